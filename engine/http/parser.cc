#include "http/parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <memory>
#include <optional>
#include <type_traits>

#include "base/check.h"
#include "base/limits.h"
#include "http/head_scan.h"
#include "http/octets.h"

namespace creneau::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;

static_assert(limits::kMaxTargetBytes < limits::kMaxHeaderBytes);

constexpr std::string_view kAskForHttp11 =
    "Only HTTP/1.1 is spoken here. In nginx, set proxy_http_version 1.1 and proxy_set_header "
    "Connection \"\" for this "
    "upstream.";

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// reg-name, IPv4, bracketed IPv6, port: the characters they are made of.
constexpr OctetSet kHostOctets = OctetSet::LettersDigitsAnd("-._~:[]%");

bool IsHostText(std::string_view text) { return !text.empty() && kHostOctets.HasAll(text); }

// No fragment, no octet beyond ASCII, no backslash: each means different things to different
// programs.
bool IsOriginForm(std::string_view target) {
  const size_t fit = CountBefore(target, [](SixteenOctets octets) {
    return (octets <= ' ') | (octets >= 0x7f) | (octets == '#') | (octets == '\\');
  });
  return target.front() == '/' && fit == target.size();
}

// One head. Lives for one call of put() with the whole head in one buffer, so Beast neither copies
// nor allocates and every view it hands out stays valid.
class HeadParser final : public beast::basic_parser<true> {
 public:
  explicit HeadParser(Request& request) : request_(request) {
    header_limit(static_cast<uint32_t>(limits::kMaxHeaderBytes));
    body_limit(boost::none);  // ours, because its answer differs by listener
  }

  const std::optional<Refusal>& refusal() const { return refusal_; }
  bool expects_continue() const { return expects_continue_; }
  int hosts() const { return hosts_; }

 private:
  void Refuse(Outcome outcome, std::string_view detail, error_code& ec) {
    if (!refusal_) refusal_ = Refusal{outcome, detail};
    ec = beast::error::bad_field;  // only ends put(); the refusal says what is wrong
  }

  void on_request_impl(beast::verb verb, boost::beast::string_view,
                       boost::beast::string_view target, int version, error_code& ec) override {
    if (version != 11) return Refuse(Outcome::kHttpVersion, kAskForHttp11, ec);
    request_.head = verb == beast::verb::head;
    switch (verb) {
      case beast::verb::get:
      case beast::verb::head:
        request_.method = Method::kGet;
        break;
      case beast::verb::post:
        request_.method = Method::kPost;
        break;
      case beast::verb::put:
        request_.method = Method::kPut;
        break;
      case beast::verb::delete_:
        request_.method = Method::kDelete;
        break;
      case beast::verb::options:
      case beast::verb::patch:
        request_.method = Method::kOther;
        break;
      default:
        return Refuse(Outcome::kMethodNotAllowed, "Use GET, HEAD, POST, PUT or DELETE.", ec);
    }
    request_.target = View(target);
    if (target.size() > limits::kMaxTargetBytes) {
      return Refuse(Outcome::kHeadersTooLarge, "The request target is longer than 2048 octets.",
                    ec);
    }
    if (!IsOriginForm(request_.target)) {
      Refuse(Outcome::kMalformedRequest,
             "The request target is not in origin form: a path that begins with /, and perhaps a "
             "query.",
             ec);
    }
  }

  void on_field_impl(beast::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code& ec) override {
    if (++fields_ > limits::kMaxHeaders) {
      return Refuse(Outcome::kHeadersTooLarge, "More than 64 header lines were sent.", ec);
    }
    const std::string_view text = View(value);
    switch (field) {
      case beast::field::host:
        return TakeHost(text, ec);
      case beast::field::transfer_encoding:
        return Refuse(Outcome::kMalformedRequest,
                      "Transfer-Encoding is not accepted; send Content-Length. In nginx, leave "
                      "proxy_request_buffering on.",
                      ec);
      case beast::field::content_length:
        if (lengths_++ != 0 || !AllDigits(text)) {
          Refuse(Outcome::kMalformedRequest, "Content-Length must stand once, as a decimal number.",
                 ec);
        }
        return;
      case beast::field::expect:
        if (!EqualsInAnyCase(text, "100-continue")) {
          return Refuse(Outcome::kMalformedRequest, "Expect may only be 100-continue.", ec);
        }
        expects_continue_ = true;
        return;
      case beast::field::authorization:
        return TakeOnce(request_.authorization, text, ec);
      case beast::field::content_type:
        return TakeOnce(request_.content_type, text, ec);
      case beast::field::if_match:
        return TakeOnce(request_.if_match, text, ec);
      // Lists: a second line would go on with the first one, and is left aside.
      case beast::field::accept:
        return TakeFirst(request_.accept, text);
      case beast::field::accept_language:
        return TakeFirst(request_.accept_language, text);
      case beast::field::if_none_match:
        return TakeFirst(request_.if_none_match, text);
      default:
        break;
    }
    if (field != beast::field::unknown) return;
    const std::string_view own = View(name);
    if (EqualsInAnyCase(own, "creneau-key")) return TakeOnce(request_.creneau_key, text, ec);
    if (EqualsInAnyCase(own, "idempotency-key")) {
      return TakeOnce(request_.idempotency_key, text, ec);
    }
    if (EqualsInAnyCase(own, "last-event-id")) return TakeOnce(request_.last_event_id, text, ec);
    // Proxies append to it or add a line of their own: what the nearest one says is in the last.
    if (EqualsInAnyCase(own, "x-forwarded-for")) request_.forwarded_for = text;
  }

  void TakeHost(std::string_view text, error_code& ec) {
    if (++hosts_ > 1) return Refuse(Outcome::kMalformedRequest, "Host must stand once.", ec);
    if (!IsHostText(text))
      Refuse(Outcome::kMalformedRequest, "Host is not a host name and port.", ec);
  }

  // A header line may be empty, so presence is a non-null view.
  void TakeOnce(std::string_view& where, std::string_view text, error_code& ec) {
    if (where.data() != nullptr) {
      return Refuse(
          Outcome::kMalformedRequest,
          "A header that may stand once stands twice (Authorization, Content-Type, If-Match, "
          "Creneau-Key, Idempotency-Key or Last-Event-ID).",
          ec);
    }
    where = text;
  }

  static void TakeFirst(std::string_view& where, std::string_view text) {
    if (where.data() == nullptr) where = text;
  }

  void on_header_impl(error_code&) override {}

  // Beast only sees heads of requests here, never a body or a response.
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override { CHECK(false); }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {
    CHECK(false);
  }
  size_t on_body_impl(boost::beast::string_view, error_code&) override { CHECK(false); }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {
    CHECK(false);
  }
  size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view, error_code&) override {
    CHECK(false);
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::optional<Refusal> refusal_;
  size_t fields_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  bool expects_continue_ = false;
};

// Whether the first line ends as a request line of another version does, so that the answer can say
// so.
bool NamesOtherVersion(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const size_t at = line.rfind(" HTTP/");
  if (at == std::string_view::npos) return false;
  const std::string_view version = line.substr(at + 6);
  return version.size() == 3 && version != "1.1" && AllDigits(version.substr(0, 1)) &&
         version[1] == '.' && AllDigits(version.substr(2));
}

Refusal FromBeast(const error_code& ec, std::string_view head) {
  if (ec == beast::error::bad_version && NamesOtherVersion(head)) {
    return {Outcome::kHttpVersion, kAskForHttp11};
  }
  if (ec == beast::error::header_limit) {
    return {Outcome::kHeadersTooLarge, "The head is larger than 8192 octets."};
  }
  if (ec == beast::error::bad_content_length || ec == beast::error::multiple_content_length) {
    return {Outcome::kMalformedRequest, "Content-Length must stand once, as a decimal number."};
  }
  if (ec == beast::error::bad_transfer_encoding) {
    return {Outcome::kMalformedRequest, "Transfer-Encoding is not accepted; send Content-Length."};
  }
  return {Outcome::kMalformedRequest, "The request line or a header line is not HTTP/1.1."};
}

}  // namespace

RequestReader::Step RequestReader::Refuse(Outcome outcome, std::string_view detail) {
  refusal_ = {outcome, detail};
  return Step::kRefused;
}

bool RequestReader::TakeContinue() {
  const bool waits = expects_continue_;
  expects_continue_ = false;
  return waits;
}

RequestReader::Step RequestReader::ReadHead(std::string_view head, Request& request,
                                            uint64_t& body_bytes) {
  static_assert(std::is_trivially_destructible_v<Request>);
  std::construct_at(&request);  // in its place: an assignment would make it elsewhere first
  HeadParser parser(request);
  error_code ec;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (parser.refusal()) return Refuse(parser.refusal()->outcome, parser.refusal()->detail);
  if (ec) {
    const Refusal refusal = FromBeast(ec, head);
    return Refuse(refusal.outcome, refusal.detail);
  }
  // The scan found the end of the head; a parser that thinks otherwise has been led astray.
  if (!parser.is_header_done())
    return Refuse(Outcome::kMalformedRequest, "The head is not HTTP/1.1.");
  if (parser.hosts() != 1) return Refuse(Outcome::kMalformedRequest, "Host must stand once.");
  body_bytes = parser.content_length().value_or(0);
  request.keep_alive = parser.keep_alive();
  expects_continue_ = parser.expects_continue();
  return Step::kRequest;
}

RequestReader::Step RequestReader::Read(std::string_view bytes, Request& request) {
  uint64_t body_bytes = 0;
  if (message_bytes_ == 0) {
    const HeadScan scan = ScanHead(bytes.substr(0, limits::kMaxHeaderBytes), scanned_);
    if (scan.verdict == HeadScan::Verdict::kBad) {
      return Refuse(Outcome::kMalformedRequest, scan.problem);
    }
    if (scan.verdict == HeadScan::Verdict::kNeedMore) {
      scanned_ = scan.at;
      if (bytes.size() < limits::kMaxHeaderBytes) return Step::kNeedMore;
      return Refuse(Outcome::kHeadersTooLarge, "The head is larger than 8192 octets.");
    }
    head_bytes_ = scan.at;
    const Step step = ReadHead(bytes.substr(0, head_bytes_), request, body_bytes);
    if (step != Step::kRequest) return step;
    if (heads_first_ && !head_shown_ && request.authorization.data() != nullptr) {
      head_shown_ = true;
      return Step::kHead;
    }
    if (body_bytes > max_body_bytes_) return Refuse(Outcome::kPayloadTooLarge, {});
    message_bytes_ = head_bytes_ + body_bytes;
    if (bytes.size() < message_bytes_) return Step::kNeedMore;
  } else {
    if (bytes.size() < message_bytes_) return Step::kNeedMore;
    // The buffer may have moved since the head was read: its views are made anew. Twice at most per
    // request.
    const Step step = ReadHead(bytes.substr(0, head_bytes_), request, body_bytes);
    CHECK(step == Step::kRequest && head_bytes_ + body_bytes == message_bytes_);
  }
  request.body = bytes.substr(head_bytes_, body_bytes);
  consumed_ = message_bytes_;
  scanned_ = head_bytes_ = message_bytes_ = 0;
  expects_continue_ = head_shown_ = false;
  return Step::kRequest;
}

}  // namespace creneau::http
