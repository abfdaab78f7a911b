#include "bench/creneau-bench/requests.h"

#include <cstring>

#include "base/check.h"

namespace creneau::bench {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr uint64_t kDossiers = 10'000'000'000;
constexpr size_t kIdempotencyBytes = 24;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void PutDigits(char* to, uint64_t number, size_t digits) {
  for (size_t i = digits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

uint64_t DossierOf(uint64_t seed, uint64_t n) {
  // A multiplier that shares no factor with 10^10 permutes: odd, and not divisible by 5.
  uint64_t multiplier = (Mix64(seed) % kDossiers) | 1;
  if (multiplier % 5 == 0) multiplier += 2;
  const Wide product =
      static_cast<Wide>(n % kDossiers) * multiplier + Mix64(seed ^ 0x5eed) % kDossiers;
  return static_cast<uint64_t>(product % kDossiers);
}

Identity IdentityOf(uint64_t seed, uint64_t n) {
  Identity identity{};
  PutDigits(identity.dossier, DossierOf(seed, n), 10);
  const uint64_t birth = Mix64(seed + n);
  std::memcpy(identity.birth_date, "1900-00-00", sizeof(identity.birth_date));
  PutDigits(identity.birth_date, 1940 + birth % 66, 4);
  PutDigits(identity.birth_date + 5, 1 + (birth >> 16) % 12, 2);
  PutDigits(identity.birth_date + 8, 1 + (birth >> 32) % 28, 2);
  return identity;
}

RequestWriter::RequestWriter(const std::vector<std::string>& agendas, std::string_view host,
                             uint64_t seed, unsigned thread, unsigned threads)
    : seed_(seed), next_(thread), step_(threads), prng_(Mix64(seed) + thread) {
  CHECK(!agendas.empty());
  for (const std::string& agenda : agendas) {
    holds_.push_back(HoldOf(agenda, host));
    reads_.push_back("GET /v1/agendas/" + agenda + "/slots HTTP/1.1\r\nHost: " + std::string(host) +
                     "\r\n\r\n");
  }
  host_ = " HTTP/1.1\r\nHost: " + std::string(host) + "\r\nCreneau-Key: ";
}

RequestWriter::Template RequestWriter::HoldOf(const std::string& agenda, std::string_view host) {
  Template hold;
  std::string body = R"({"applicant": {"dossier": ")";
  const size_t dossier = body.size();
  body += R"(0000000000", "birth_date": ")";
  const size_t birth_date = body.size();
  body += R"(1900-00-00"})";
  body.append(kHoldBodyBytes - 1 - body.size(), ' ');
  body += '}';
  hold.text =
      "POST /v1/agendas/" + agenda + "/holds HTTP/1.1\r\nHost: " + std::string(host) +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nIdempotency-Key: ";
  hold.idempotency = hold.text.size();
  hold.text.append(kIdempotencyBytes, '-');
  hold.text += "\r\n\r\n";
  hold.dossier = hold.text.size() + dossier;
  hold.birth_date = hold.text.size() + birth_date;
  hold.text += body;
  return hold;
}

void RequestWriter::Hold(size_t agenda, std::string* out) {
  const Template& hold = holds_[agenda];
  const size_t begin = out->size();
  *out += hold.text;
  char* const text = out->data() + begin;
  for (size_t i = 0; i < kIdempotencyBytes;) {
    uint64_t bits = prng_.Next();
    for (size_t j = 0; j < 8; ++j, ++i, bits >>= 6)
      text[hold.idempotency + i] = kAlphabet[bits & 63];
  }
  const Identity identity = IdentityOf(seed_, next_);
  std::memcpy(text + hold.dossier, identity.dossier, sizeof(identity.dossier));
  std::memcpy(text + hold.birth_date, identity.birth_date, sizeof(identity.birth_date));
  next_ += step_;
}

void RequestWriter::Held(std::string_view method, std::string_view act,
                         std::string_view reservation, std::string_view key,
                         std::string* out) const {
  *out += method;
  *out += " /v1/reservations/";
  *out += reservation;
  *out += act;
  *out += host_;
  *out += key;
  *out += "\r\n\r\n";
}

void RequestWriter::Confirm(std::string_view reservation, std::string_view key,
                            std::string* out) const {
  Held("POST", "/confirm", reservation, key, out);
}

void RequestWriter::Cancel(std::string_view reservation, std::string_view key,
                           std::string* out) const {
  Held("DELETE", "", reservation, key, out);
}

void RequestWriter::Show(std::string_view reservation, std::string_view key,
                         std::string* out) const {
  Held("GET", "", reservation, key, out);
}

}  // namespace creneau::bench
