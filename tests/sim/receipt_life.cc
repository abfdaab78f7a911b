// Who got nothing asks for proof of it, and who has a seat for a receipt of that.
#include <algorithm>

#include "tests/sim/ask.h"

namespace creneau::sim {

void Life::AskKeys() {
  if (!machine_.up() || machine_.failed() || machine_.disk.dead()) return;
  std::string decided;
  machine_.Ask(Request("GET /v1/keys", "", ""), http::Audience::kPublic, &decided);
  if (machine_.decision() && machine_.decision()->shed != surge::Shed::kNo) return;
  Complain(receipts_.Keys(Told(decided)));
}

void Life::WithReceipts() {
  switch (Below(8)) {
    case 0:
    case 1:
    case 2:
      return ReportAttempt(SomeAgenda(), Below(4) == 0 ? -1 : SomeIdentity());
    case 3:
    case 4:
      if (!receipts_.attempted().empty())
        AskReceipt(receipts_.attempted()[Below(receipts_.attempted().size())]);
      return;
    case 5:
      return ForgeAttempt();
    case 6:
      return VerifySomeReceipt();
    default:
      const auto& bookings = auditor_.book().bookings;
      if (bookings.empty()) return;
      auto at = bookings.begin();
      std::advance(at, static_cast<ptrdiff_t>(Below(bookings.size())));
      return AskConfirmation(std::string(at->first));
  }
}

std::string Life::Post(const std::string& path, const std::string& body) {
  return Request("POST " + path, "Content-Type: application/json\r\n", body);
}

void Life::ReportAttempt(const OfficeAgenda& agenda, int identity) {
  const std::string body =
      identity < 0 ? "{}" : "{\"applicant\":" + ApplicantText(identity, Below(3)) + "}";
  Ask(
      Post("/v1/agendas/" + agenda.name + "/attempts", body),
      [&](const Told& told) {
        const Instant now = machine_.clock.now;
        const uint64_t bound = machine_.engine().stats().hold_bound;
        auditor_.Bound(bound - std::min(bound, waiting_.Holds()));
        const std::string wrong = auditor_.Attempt(agenda.name + "/", told, now, DiskLow());
        return wrong.empty() ? receipts_.Reported(identity, agenda.name + "/", told, now) : wrong;
      },
      http::Audience::kPublic, Rests::kOnLog,
      [this, &agenda, identity] { ReportAttempt(agenda, identity); });
}

// It may have been given by another process, days ago.
void Life::AskReceipt(const Attempted& attempted) {
  Ask(
      Post("/v1/receipts", R"({"attempt":")" + attempted.token + "\"}"),
      [&](const Told& told) { return receipts_.Issued(attempted, told, machine_.clock.now); },
      http::Audience::kPublic, Rests::kOnNothing, [this, attempted] { AskReceipt(attempted); });
}

void Life::ForgeAttempt() {
  if (receipts_.attempted().empty()) return;
  std::string forged = receipts_.attempted()[Below(receipts_.attempted().size())].token;
  char& sign = forged[Below(forged.size())];
  sign = sign == 'A' ? 'B' : 'A';
  Reach("attempt-forged");
  Ask(Post("/v1/receipts", R"({"attempt":")" + forged + "\"}"), &ReceiptAuditor::Forged,
      http::Audience::kPublic, Rests::kOnNothing);
}

void Life::VerifySomeReceipt() {
  if (receipts_.given().empty()) return;
  std::string text = receipts_.given()[Below(receipts_.given().size())];
  const bool changed = Below(2) == 0;
  char& sign = text[Below(text.size())];
  if (changed) sign = sign == 'A' ? 'B' : 'A';
  Reach(changed ? "receipt-changed" : "receipt-verified");
  Ask(
      Post("/v1/receipts/verify", R"({"receipt":")" + text + "\"}"),
      [&](const Told& told) { return ReceiptAuditor::Verified(changed, told); },
      http::Audience::kPublic, Rests::kOnNothing);
}

// What it says is known when it leaves.
void Life::AskConfirmation(const std::string& name) {
  const auto booking = auditor_.book().bookings.find(name);
  if (booking == auditor_.book().bookings.end()) return;
  const Seated seated{name, booking->second.key, booking->second.slot};
  Ask(
      HolderRequest("GET", name, "/receipt", seated.key),
      [&](const Told& told) {
        if (told.status == 200) receipts_due_[asked_] = seated;
        return auditor_.Receipt(name, told, machine_.clock.now);
      },
      http::Audience::kPublic, Rests::kOnLog, [this, name] { AskConfirmation(name); });
}

}  // namespace creneau::sim
