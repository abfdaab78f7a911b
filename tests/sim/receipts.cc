#include "tests/sim/receipts.h"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/check.h"
#include "tests/sim/auditor.h"
#include "tests/sim/verdict.h"
#include "tests/sim/who.h"

namespace creneau::sim {
namespace {

constexpr size_t kMostRemembered = 12;
constexpr size_t kSignature = crypto_sign_BYTES;

const std::set<std::string> kProvable = {"nothing-left", "not-open-yet", "paused",
                                         "not-admitted", "overloaded",   "read-only",
                                         "slot-taken",   "not-listed"};

std::string Digest(const std::string& text) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<uint8_t*>(digest.data()),
                     reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return digest;
}

// A text as it stands in what is signed and in what is hashed.
std::string Lengthened(const std::string& text) {
  std::string out;
  out += static_cast<char>(text.size() >> 8);
  out += static_cast<char>(text.size());
  return out += text;
}

std::string FromText(const std::string& text) {
  std::string octets(text.size(), '\0');
  size_t size = 0;
  const int wrong = sodium_base642bin(reinterpret_cast<uint8_t*>(octets.data()), octets.size(),
                                      text.data(), text.size(), nullptr, &size, nullptr,
                                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return wrong == 0 ? octets.substr(0, size) : "";
}

std::string OfHex(const std::string& digits) {
  std::string octets(digits.size() / 2, '\0');
  size_t size = 0;
  sodium_hex2bin(reinterpret_cast<uint8_t*>(octets.data()), octets.size(), digits.data(),
                 digits.size(), nullptr, &size, nullptr);
  return octets.substr(0, size);
}

class Octets {
 public:
  explicit Octets(std::string_view octets) : rest_(octets) {}
  std::string Take(size_t count) {
    whole_ = whole_ && count <= rest_.size();
    const std::string taken(rest_.substr(0, count));
    rest_.remove_prefix(std::min(count, rest_.size()));
    return taken;
  }
  uint64_t Number(size_t octets) {
    uint64_t number = 0;
    for (const char c : Take(octets)) number = number << 8 | static_cast<uint8_t>(c);
    return number;
  }
  std::string Text() { return Take(Number(2)); }
  // Nothing is missing, and nothing is left but the signature.
  bool Ends() const { return whole_ && rest_.size() == kSignature; }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

// Complaints, the first of which counts.
class Sheet {
 public:
  template <typename A, typename B>
  void Same(const char* what, const A& is, const B& should) {
    if (other_ == nullptr && is != should) other_ = what;
  }
  std::string wrong() const {
    return other_ == nullptr ? std::string() : std::string("a receipt has another ") + other_;
  }

 private:
  const char* other_ = nullptr;
};

// The office is in France, an hour ahead of UTC all life long.
std::pair<uint64_t, uint64_t> WeekOf(Instant at) {
  using std::chrono::days;
  using std::chrono::sys_days;
  const int64_t day = (at.ms + kMsPerHour) / kMsPerDay;
  const int64_t thursday = day - (day + 3) % 7 + 3;
  const std::chrono::year year = std::chrono::year_month_day(sys_days(days(thursday))).year();
  const int64_t first = sys_days(year / 1 / 1).time_since_epoch().count();
  return {static_cast<uint64_t>(static_cast<int>(year)),
          static_cast<uint64_t>((thursday - first) / 7 + 1)};
}

std::string NameIn(const std::string& agenda) { return agenda.substr(0, agenda.size() - 1); }
bool IsListed(const std::string& agenda) { return agenda == "sim-listed/"; }

void ReadHead(Octets& octets, uint64_t kind, const std::string& key, Sheet& sheet) {
  sheet.Same("beginning", octets.Take(8), "CRENRCPT");
  sheet.Same("version", octets.Number(1), uint64_t{1});
  sheet.Same("kind", octets.Number(1), kind);
  sheet.Same("key", octets.Take(8), Digest(key).substr(0, 8));
}

void ReadOffice(Octets& octets, const std::string& agenda, Sheet& sheet) {
  sheet.Same("agenda", octets.Text(), NameIn(agenda));
  sheet.Same("title", octets.Text(), "Simulation");
  sheet.Same("office", octets.Text(), "Préfecture simulée");
  sheet.Same("time zone", octets.Text(), "Europe/Paris");
}

// Of agendas without a queue the auditor knows it.
bool PhaseFits(const Attempted& attempted, const std::string& phase) {
  if (attempted.agenda != "sim/" && attempted.agenda != "sim-day/")
    return std::set<std::string>{"closed", "gathering", "open", "exhausted"}.contains(phase);
  if (attempted.outcome == "nothing-left") return phase == "exhausted";
  return phase == (attempted.outcome == "not-open-yet" ? "closed" : "open");
}

}  // namespace

std::string ReceiptAuditor::Keys(const Told& told) {
  const size_t at = told.body.find(R"("use":"receipt")");
  if (at == std::string::npos) return Wrong("a key for receipts is published", told);
  Told entry;
  entry.body = told.body.substr(told.body.rfind('{', at), told.body.find('}', at));
  const std::string key = OfHex(entry.Member("public_key"));
  if (!key_.empty() && key != key_) return Wrong("the key was another one", told);
  key_ = key;
  return key.size() == crypto_sign_PUBLICKEYBYTES ? "" : Wrong("a key has 32 octets", told);
}

void ReceiptAuditor::Remember(const Attempted& attempted) {
  attempted_.push_back(attempted);
  attempted_.back().start = starts_;
  if (attempted_.size() > kMostRemembered) attempted_.pop_front();
}

std::string ReceiptAuditor::Refused(int identity, const std::string& agenda, const Told& told,
                                    Instant now) {
  const std::string token = told.Member("attempt");
  // One slot is taken, and others are free: nobody who might hold one of those has proof.
  const bool others = told.body.find(R"("alternatives":[")") != std::string::npos;
  const bool may_have = told.code == "slot-taken" && !others;
  if (!may_have && (kProvable.contains(told.code) && !others) == token.empty())
    return Wrong("who is refused a seat, and nobody else, can have proof", told);
  if (!token.empty()) Remember({token, identity, agenda, told.code, now});
  return "";
}

std::string ReceiptAuditor::Reported(int identity, const std::string& agenda, const Told& told,
                                     Instant now) {
  if (told.status != 201) return "";
  ++reached_[identity < 0 ? "attempt-of-nobody" : "attempt-of-somebody"];
  Remember({told.Member("attempt"), identity, agenda, told.Member("outcome"), now});
  return told.Member("attempt").empty() ? Wrong("an attempt is given", told) : "";
}

// The signature is the key's; and once one bit of it or of what it signs is another, it is not.
std::string ReceiptAuditor::Prove(std::string_view octets) const {
  const auto verifies = [&](const std::string& all) {
    const auto* const begin = reinterpret_cast<const uint8_t*>(all.data());
    const size_t signed_size = all.size() - kSignature;
    return crypto_sign_verify_detached(begin + signed_size, begin, signed_size,
                                       reinterpret_cast<const uint8_t*>(key_.data())) == 0;
  };
  if (octets.size() <= kSignature) return "a receipt is none";
  std::string all(octets);
  if (!verifies(all)) return "a receipt that the public key does not prove";
  all[static_cast<uint8_t>(all[40]) * 7 % all.size()] ^= 1;
  if (verifies(all)) return "a changed receipt is proved";
  return "";
}

std::string ReceiptAuditor::Opens(std::string_view signed_octets, const Attempted& attempted,
                                  const Told& told) const {
  Sheet sheet;
  Octets octets(signed_octets);
  ReadHead(octets, 1, key_, sheet);
  sheet.Same("moment of issue", octets.Number(8), static_cast<uint64_t>(attempted.at.ms));
  sheet.Same("moment", octets.Number(8), static_cast<uint64_t>(attempted.at.ms));
  ReadOffice(octets, attempted.agenda, sheet);
  sheet.Same("outcome", octets.Text(), attempted.outcome);
  sheet.Same("phase", PhaseFits(attempted, octets.Text()), true);
  const auto [year, week] = WeekOf(attempted.at);
  sheet.Same("year", octets.Number(2), year);
  sheet.Same("week", octets.Number(1), week);
  const bool listed = IsListed(attempted.agenda) && attempted.outcome != "not-listed";
  sheet.Same("certainty", octets.Number(1),
             static_cast<uint64_t>(attempted.identity < 0 ? 0
                                   : listed               ? 2
                                                          : 1));
  std::string hashed = Lengthened("creneau attempt v1") + Lengthened(OfHex(told.Member("nonce")));
  uint64_t count = 0;
  if (attempted.identity >= 0) {
    const auto fields = CanonicalFields(attempted.identity);
    count = octets.Number(1);
    sheet.Same("number of fields", count, fields.size());
    for (const auto& [name, value] : fields) {
      sheet.Same("field", octets.Text(), name);
      hashed += Lengthened(name) + Lengthened(value);
    }
  } else {
    sheet.Same("number of fields", octets.Number(1), count);
  }
  sheet.Same("commitment", octets.Take(32),
             attempted.identity < 0 ? std::string(32, '\0') : Digest(hashed));
  sheet.Same("end", octets.Ends(), true);
  return sheet.wrong();
}

std::string ReceiptAuditor::Issued(const Attempted& attempted, const Told& told, Instant now) {
  constexpr int64_t kLifeMs = 30 * kMsPerDay;
  if (now - attempted.at > kLifeMs)
    return told.code == "attempt-expired" ? "" : Wrong("it is too late", told);
  ++reached_["receipt-of-" + attempted.outcome];
  if (attempted.start != starts_) ++reached_["receipt-of-an-attempt-before-a-start"];
  if (told.status != 200 || told.Member("outcome") != attempted.outcome)
    return Wrong("an attempt gets its receipt, of " + attempted.outcome, told);
  const std::string octets = FromText(told.Member("receipt"));
  std::string wrong = Prove(octets);
  if (wrong.empty()) wrong = Opens(octets, attempted, told);
  if (!wrong.empty()) return Wrong(wrong, told);
  given_.push_back(told.Member("receipt"));
  if (given_.size() > kMostRemembered) given_.pop_front();
  return "";
}

std::string ReceiptAuditor::Forged(const Told& told) {
  return told.code == "validation-failed" ? "" : Wrong("nobody gave that attempt", told);
}

std::string ReceiptAuditor::Confirmation(const Seated& seated, const Told& told, Instant now) {
  ++reached_["receipt-of-a-confirmation"];
  const std::string all = FromText(told.Member("receipt"));
  if (const std::string wrong = Prove(all); !wrong.empty()) return Wrong(wrong, told);
  Sheet sheet;
  Octets octets(all);
  ReadHead(octets, 2, key_, sheet);
  sheet.Same("moment of issue", octets.Number(8), static_cast<uint64_t>(now.ms));
  sheet.Same("reservation", octets.Text(), seated.reservation);
  ReadOffice(octets, AgendaOf(seated.slot), sheet);
  sheet.Same("slot", octets.Text(), TimeOf(seated.slot));
  // Two hours ahead of UTC in summer.
  const bool summer = TimeOf(seated.slot).substr(5, 2) == "06";
  const int64_t starts_ms =
      Seconds(TimeOf(seated.slot) + (summer ? ":00+02:00" : ":00+01:00")) * kMsPerSecond;
  sheet.Same("start", octets.Number(8), static_cast<uint64_t>(starts_ms));
  sheet.Same("length", octets.Number(2), uint64_t{30});
  sheet.Same("channel", octets.Text(), ChannelOf(seated.slot));
  sheet.Same("certainty", octets.Number(1), uint64_t{IsListed(AgendaOf(seated.slot)) ? 2u : 1u});
  sheet.Same("holder", octets.Take(32),
             Digest(Lengthened("creneau holder v1") + Lengthened(seated.reservation) +
                    Lengthened(seated.key)));
  const uint64_t batch = octets.Number(8);
  LogPosition position;
  position.lsn = octets.Number(8);
  position.epoch = octets.Number(8);
  const std::string chain = octets.Take(32);
  std::copy(chain.begin(), chain.end(), position.chain.begin());
  sheet.Same("end", octets.Ends(), true);
  const LogPosition& known = positions_.try_emplace(batch, position).first->second;
  sheet.Same("log", known == position, true);
  return sheet.wrong().empty() ? "" : Wrong(sheet.wrong(), told);
}

std::string ReceiptAuditor::Verified(bool changed, const Told& told) {
  if (told.status == 200 && told.Member("valid") == (changed ? "false" : "true")) return "";
  return Wrong(changed ? "a changed receipt is none" : "that receipt was given", told);
}

}  // namespace creneau::sim
