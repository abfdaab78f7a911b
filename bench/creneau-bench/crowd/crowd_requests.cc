#include "bench/creneau-bench/crowd/crowd_requests.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "bench/creneau-bench/response.h"
#include "bench/creneau-bench/schedule.h"

namespace creneau::bench {
namespace {

using What = Heard::What;

constexpr std::string_view kApplicant = R"({"applicant":{"dossier":")";
constexpr std::string_view kBorn = R"(","birth_date":")";
constexpr std::string_view kTicket = R"("},"ticket":")";
constexpr std::string_view kSlot = R"(","slot":")";
constexpr size_t kIdentityBytes = 20;

constexpr std::pair<std::string_view, What> kRefusals[] = {
    {"not-open-yet", What::kNotOpenYet},  {"not-admitted", What::kNotAdmitted},
    {"nothing-left", What::kNothingLeft}, {"paused", What::kPaused},
    {"slot-taken", What::kSlotTaken},     {"hold-expired", What::kHoldExpired},
    {"not-listed", What::kNotListed},     {"outcome-unknown", What::kLost},
    {"overloaded", What::kRefused},       {"rate-limited", What::kRefused},
    {"read-only", What::kRefused},
};

What SuccessOf(Ask ask, int status, std::string_view body) {
  switch (ask) {
    case Ask::kTicket:
      return status == 201 && !JsonText(body, "\"ticket\"").empty() ? What::kTicket : What::kWrong;
    case Ask::kSlots:
      return status == 200 && !JsonText(body, "\"agenda\"").empty() ? What::kSlots : What::kWrong;
    case Ask::kHold:
      return status <= 201 && JsonText(body, "\"state\"") == "held" ? What::kHeld : What::kWrong;
    case Ask::kConfirm:
      return status == 200 && JsonText(body, "\"state\"") == "confirmed" ? What::kConfirmed
                                                                         : What::kWrong;
    case Ask::kStatus:
    case Ask::kProbe:
      break;
  }
  CHECK(false);
}

void AppendBody(std::string_view head, size_t size, uint64_t seed, uint32_t number,
                std::string* out) {
  *out += head;
  std::array<char, 20> digits{};
  char* at = digits.end();
  for (size_t rest = size; rest > 0; rest /= 10) *--at = static_cast<char>('0' + rest % 10);
  out->append(at, digits.end());
  *out += "\r\n\r\n";
  const Identity identity = IdentityOf(seed, number);
  *out += kApplicant;
  *out += identity.dossier_view();
  *out += kBorn;
  *out += identity.birth_date_view();
}

}  // namespace

std::string_view NameOf(Ask ask) {
  switch (ask) {
    case Ask::kTicket:
      return "ticket";
    case Ask::kStatus:
      return "status";
    case Ask::kSlots:
      return "slots";
    case Ask::kHold:
      return "hold";
    case Ask::kConfirm:
      return "confirm";
    case Ask::kProbe:
      return "probe";
  }
  CHECK(false);
}

CrowdRequests::CrowdRequests(const std::vector<std::string>& agendas, std::string_view host,
                             uint64_t seed)
    : writer_(agendas, host, seed, 0, 1), seed_(seed) {
  const std::string ends = " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
  const std::string body = ends + "Content-Type: application/json\r\nContent-Length: ";
  for (const std::string& agenda : agendas) {
    tickets_.push_back("POST /v1/agendas/" + agenda + "/tickets" + body);
    holds_.push_back("POST /v1/agendas/" + agenda + "/holds" + body);
    status_.push_back("GET /v1/agendas/" + agenda + "/queue" + ends + "\r\n");
  }
}

void CrowdRequests::Ticket(size_t agenda, uint32_t number, std::string* out) const {
  constexpr std::string_view kEnd = R"("}})";
  const size_t size = kApplicant.size() + kBorn.size() + kIdentityBytes + kEnd.size();
  AppendBody(tickets_[agenda], size, seed_, number, out);
  *out += kEnd;
}

void CrowdRequests::Hold(size_t agenda, uint32_t number, std::string_view ticket,
                         std::string_view slot, std::string* out) const {
  constexpr std::string_view kEnd = R"("})";
  size_t size = kApplicant.size() + kBorn.size() + kIdentityBytes + kTicket.size() + ticket.size() +
                kEnd.size();
  if (!slot.empty()) size += kSlot.size() + slot.size();
  AppendBody(holds_[agenda], size, seed_, number, out);
  *out += kTicket;
  *out += ticket;
  if (!slot.empty()) {
    *out += kSlot;
    *out += slot;
  }
  *out += kEnd;
}

Heard HeardOf(Ask ask, int status, std::string_view body, int retry_after_s) {
  Heard heard;
  long after_s = JsonNumber(body, "\"poll_after_s\"");
  if (after_s <= 0) after_s = retry_after_s;
  heard.after_ns = std::clamp<int64_t>(after_s, 0, 3600) * kNsPerSecond;
  if (status >= 200 && status < 300) {
    heard.what = SuccessOf(ask, status, body);
    heard.admitted = body.find("\"admitted\":true") != std::string_view::npos ||
                     body.find("\"admitted\": true") != std::string_view::npos;
    const long expires_s = JsonNumber(body, "\"expires_in_s\"");
    heard.expires_in_ns = std::clamp<int64_t>(expires_s, 0, 86'400) * kNsPerSecond;
    return heard;
  }
  const std::string_view code = JsonText(body, "\"code\"");
  for (const auto& [known, what] : kRefusals) {
    if (code != known) continue;
    heard.what = what;
    return heard;
  }
  // In front of the engine nginx refuses with a page of its own.
  const bool refused = status == 429 || status == 502 || status == 503 || status == 504;
  heard.what = refused ? What::kRefused : What::kWrong;
  return heard;
}

std::string_view FreeSlot(std::string_view body, uint64_t pick) {
  constexpr std::string_view kName = "\"slot\"";
  const auto each = [body, kName](auto&& with) {
    for (size_t at = body.find(kName); at != std::string_view::npos;) {
      const size_t next = body.find(kName, at + kName.size());
      const std::string_view one = body.substr(at, next - at);
      if (JsonNumber(one, "\"free\"") > 0) with(JsonText(one, kName));
      at = next;
    }
  };
  uint64_t free = 0;
  each([&free](std::string_view) { ++free; });
  if (free == 0) return {};
  uint64_t left = pick % free;
  std::string_view picked;
  each([&](std::string_view slot) {
    if (left-- == 0) picked = slot;
  });
  return picked;
}

}  // namespace creneau::bench
