// receipt verify, show, print: what a receipt says, whether it is genuine, and whose it is. No
// engine is needed, and nobody else's word.
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/receipt_check.h"
#include "tools/creneauctl/receipt_form.h"
#include "tools/creneauctl/receipt_words.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

std::string Render(const proof::Receipt& receipt, const Words& words) {
  const ReceiptText text = InWords(receipt, words);
  std::string out = text.title + "\n\n";
  for (const auto& [label, value] : text.rows) out += label + ": " + value + "\n";
  out += "\n" + words.Say("proves") + "\n  " + text.proves + "\n" + words.Say("not") + "\n";
  for (const std::string& line : text.not_proved) out += "  " + line + "\n";
  out.pop_back();
  return out;
}

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnreadable:
      return "unreadable";
    case Verdict::kUnknownKey:
      return "unknown-key";
    case Verdict::kForged:
      return "forged";
    case Verdict::kValid:
      return "valid";
  }
  CHECK(false);
}

std::string Explain(const CheckedReceipt& checked, const Words& words) {
  const Fields values = {{"why", words.OfFault(checked.why)},
                         {"key", checked.receipt ? Hex(checked.receipt->key) : ""}};
  const bool valid = checked.verdict == Verdict::kValid;
  const std::string name =
      valid ? "verdict.valid.why" : "verdict." + std::string(NameOf(checked.verdict));
  return words.Say(valid ? "verdict.valid" : "verdict.invalid") + "\n" + words.Say(name, values);
}

std::string Explain(Whose whose, const proof::Receipt& receipt, const Words& words) {
  std::string fields;
  if (const auto* attempt = std::get_if<proof::AttemptReceipt>(&receipt.body))
    fields = words.FieldNames(attempt->alternative);
  return words.Say("whose." + std::string(WhoseName(whose)), {{"fields", fields}});
}

// What was given beside it, to see whose it is. Not what it must be: a status.
absl::StatusOr<Whose> WhoseIs(const proof::Receipt& receipt, const Command& command) {
  const auto read = [](const std::string& file) -> absl::StatusOr<std::string> {
    if (file.empty()) return std::string();
    return ReadInput(file);
  };
  if (!std::holds_alternative<proof::AttemptReceipt>(receipt.body)) {
    const absl::StatusOr<std::string> key = read(command.key_file);
    if (!key.ok()) return key.status();
    return std::holds_alternative<proof::InclusionReceipt>(receipt.body)
               ? WhoseEntry(receipt, *key)
               : WhoseConfirmation(receipt, *key);
  }
  if (command.nonce_file.empty() && command.applicant_file.empty()) return Whose::kUnchecked;
  const absl::StatusOr<std::string> nonce = read(command.nonce_file);
  if (!nonce.ok()) return nonce.status();
  const absl::StatusOr<std::string> applicant = read(command.applicant_file);
  if (!applicant.ok()) return applicant.status();
  return WhoseAttempt(receipt, *nonce, *applicant);
}

void Report(const Session& session, const CheckedReceipt& checked, Whose whose) {
  const Command& command = session.command();
  if (command.json) {
    Fields members = checked.receipt ? AsJson(*checked.receipt) : Fields();
    members.insert(members.begin(),
                   {{"valid", checked.verdict == Verdict::kValid ? "true" : "false"},
                    {"verdict", JsonText(NameOf(checked.verdict))},
                    {"whose", JsonText(WhoseName(whose))}});
    if (!checked.why.empty()) members.emplace_back("why", JsonText(checked.why));
    return session.Print(JsonObject(members));
  }
  const Words words(command.lang);
  session.Print(Explain(checked, words));
  if (checked.verdict != Verdict::kValid) return;
  session.Print(Explain(whose, *checked.receipt, words) + "\n");
  session.Print(Render(*checked.receipt, words));
}

// Nothing where none is given: the form has a line for it. What could not be this receipt's is
// refused, since who was handed the paper would find that out at the court.
absl::StatusOr<std::string> NonceToPrint(const proof::Receipt& receipt, const std::string& file) {
  if (file.empty()) return std::string();
  const auto* attempt = std::get_if<proof::AttemptReceipt>(&receipt.body);
  if (attempt == nullptr || attempt->alternative.empty())
    return absl::InvalidArgumentError("this receipt has no nonce");
  const absl::StatusOr<std::string> nonce = ReadInput(file);
  if (!nonce.ok()) return nonce.status();
  const std::optional<std::string> octets = FromHex(Stripped(*nonce));
  if (!octets || octets->size() != proof::Nonce{}.size())
    return absl::InvalidArgumentError("the nonce is 32 hexadecimal digits");
  return std::string(Stripped(*nonce));
}

}  // namespace

int ReceiptVerify(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
  const absl::StatusOr<std::vector<proof::PublicKey>> keys = ReadKeys(command.public_key_files);
  if (!keys.ok()) {
    return session.Fail(absl::IsInvalidArgument(keys.status()) ? kExitUsage : kExitIo,
                        std::string(keys.status().message()));
  }
  const CheckedReceipt checked = CheckReceipt(*text, *keys);
  Whose whose = Whose::kUnchecked;
  if (checked.verdict == Verdict::kValid) {
    const absl::StatusOr<Whose> found = WhoseIs(*checked.receipt, command);
    if (!found.ok()) {
      return session.Fail(absl::IsInvalidArgument(found.status()) ? kExitUsage : kExitIo,
                          std::string(found.status().message()));
    }
    whose = *found;
  }
  Report(session, checked, whose);
  // Whoever asked whose it is, and is not told, has not been shown that it is theirs.
  const bool another = whose == Whose::kOtherPerson || whose == Whose::kOtherHolder ||
                       whose == Whose::kOtherEntrant || whose == Whose::kAnybody;
  return checked.verdict == Verdict::kValid && !another ? kExitOk : kExitIntegrity;
}

int ReceiptShow(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
  const CheckedReceipt checked = CheckReceipt(*text, {});
  const Words words(command.lang);
  if (!checked.receipt) return session.Fail(kExitIntegrity, Explain(checked, words));
  if (command.json) {
    session.Print(JsonObject(AsJson(*checked.receipt)));
  } else {
    session.Print(Render(*checked.receipt, words));
    session.Warn(words.Say("show.unchecked"));
  }
  return kExitOk;
}

int ReceiptPrint(const Session& session) {
  const Command& command = session.command();
  if (command.json)
    return session.Fail(kExitUsage, "receipt print makes a page; JSON is what receipt show has");
  const auto fail = [&session](const absl::Status& status) {
    return session.Fail(absl::IsInvalidArgument(status) ? kExitUsage : kExitIo,
                        std::string(status.message()));
  };
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return fail(text.status());
  const absl::StatusOr<std::vector<proof::PublicKey>> keys = ReadKeys(command.public_key_files);
  if (!keys.ok()) return fail(keys.status());
  const CheckedReceipt checked = CheckReceipt(*text, *keys);
  const Words words(command.lang);
  const bool valid = checked.verdict == Verdict::kValid;
  if (!checked.receipt || (!keys->empty() && !valid))
    return session.Fail(kExitIntegrity, Explain(checked, words));
  const absl::StatusOr<std::string> nonce = NonceToPrint(*checked.receipt, command.nonce_file);
  if (!nonce.ok()) return fail(nonce.status());
  const std::string form =
      ReceiptForm(*checked.receipt, WithoutSpaces(*text), valid, *nonce, words);
  if (command.out_file.empty()) {
    session.Print(form);
    return kExitOk;
  }
  absl::StatusOr<SecretFile> out = SecretFile::Create(command.out_file);
  if (!out.ok()) return fail(out.status());
  const absl::Status kept = out->Keep(form);
  return kept.ok() ? kExitOk : fail(kept);
}

}  // namespace creneau::ctl
