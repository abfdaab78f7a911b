// A receipt in words, French or English: the same words as on the page that verifies receipts,
// since both take them from tools/verify/words.json, and in the same order. Values in, text out;
// any thread.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "proof/receipt.h"
#include "tools/creneauctl/forms.h"

namespace creneau::ctl {

class Words {
 public:
  explicit Words(const std::string& lang);  // "fr" or "en"

  const std::string& lang() const { return lang_; }
  bool Has(std::string_view name) const;
  // The words of that name, which must be there, with each {name} in them replaced.
  std::string Say(std::string_view name, const Fields& values = {}) const;
  // What a code stands for, as "outcome.nothing-left"; the code itself where there are no words.
  std::string OfCode(std::string_view kind, std::string_view code) const;
  // Why a text is no receipt, as proof::ReadReceipt says it; in French no more than of which kind.
  std::string OfFault(std::string_view why) const;
  // "9 h 20" after its date. With the zone's name, or in UTC where this machine does not know it.
  std::string Moment(Instant at, const std::string& zone) const;
  std::string LocalTime(LocalMinute minute) const;
  std::string Date(CivilDate date) const;
  std::string Week(int iso_year, int iso_week) const;
  std::string FieldNames(const std::vector<std::string>& fields) const;

 private:
  std::string Nth(std::string_view list, int index) const;

  std::string lang_;
  boost::json::object words_;
};

struct ReceiptText {
  std::string title;
  Fields rows;  // label and value
  std::string proves;
  std::vector<std::string> not_proved;
};
ReceiptText InWords(const proof::Receipt& receipt, const Words& words);

// For programs: what the receipt says, as members of an object (forms.h).
Fields AsJson(const proof::Receipt& receipt);

// Local time with the office's offset; UTC where the zone is unknown.
std::string ReceiptTime(Instant at, const std::string& zone);

std::string_view IdentityGivenName(proof::IdentityGiven identity);  // "declared"

}  // namespace creneau::ctl
