#include "rules/notice.h"

#include <algorithm>

#include "base/check.h"
#include "rules/notice_words.h"

namespace creneau::rules {
namespace {

using Words = std::string (*)(const NoticeInput&);
struct Rule {
  std::string_view word;
  Words french;
  Words english;
};

#define CRENEAU_RULE(name, word) {word, french::name, english::name},
constexpr Rule kRules[] = {CRENEAU_NOTICE_RULES(CRENEAU_RULE)};
#undef CRENEAU_RULE

// A weight in thousandths; what is no number counts as 1, as where there is none.
int WeightOf(std::string_view parameters) {
  const size_t at = parameters.find("q=");
  if (at == std::string_view::npos || at + 2 >= parameters.size()) return 1'000;
  const std::string_view text = parameters.substr(at + 2);
  if (text.front() != '0') return 1'000;
  int weight = 0;
  for (size_t i = 2; i < 5; ++i) {
    const bool digit = i < text.size() && text[i] >= '0' && text[i] <= '9';
    weight = weight * 10 + (digit ? text[i] - '0' : 0);
  }
  return weight;
}

bool IsOf(std::string_view range, std::string_view tag) {
  if (range.size() < tag.size()) return false;
  for (size_t i = 0; i < tag.size(); ++i) {
    if ((range[i] | 0x20) != tag[i]) return false;
  }
  return range.size() == tag.size() || range[tag.size()] == '-';
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view LanguageTag(Language language) {
  return language == Language::kFrench ? "fr" : "en";
}

std::optional<Language> LanguageFromTag(std::string_view tag) {
  if (tag == "fr") return Language::kFrench;
  if (tag == "en") return Language::kEnglish;
  return std::nullopt;
}

Language NegotiateLanguage(std::string_view accept_language) {
  int french = 0;
  int english = 0;
  while (!accept_language.empty()) {
    const std::string_view item = accept_language.substr(0, accept_language.find(','));
    accept_language.remove_prefix(std::min(accept_language.size(), item.size() + 1));
    const size_t semicolon = std::min(item.size(), item.find(';'));
    const std::string_view range = Trimmed(item.substr(0, semicolon));
    const int weight = WeightOf(item.substr(semicolon));
    if (IsOf(range, "fr") || range == "*") french = std::max(french, weight);
    if (IsOf(range, "en")) english = std::max(english, weight);
  }
  return english > french ? Language::kEnglish : Language::kFrench;
}

std::string Listed(const std::vector<std::string>& items, std::string_view last_joint) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && i + 1 == items.size()) out += last_joint;
    if (i > 0 && i + 1 < items.size()) out += ", ";
    out += items[i];
  }
  return out;
}

std::string Percent(uint64_t part, uint64_t whole, char point) {
  CHECK(whole > 0);
  const uint64_t tenths = (1'000 * part + whole / 2) / whole;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += point + std::to_string(tenths % 10);
  return text;
}

std::vector<NoticeParagraph> NoticeOf(const Agenda& agenda, const Zone& zone,
                                      const NoticeFacts& facts, Language language) {
  const NoticeInput in{agenda, zone, facts};
  std::vector<NoticeParagraph> paragraphs;
  for (const Rule& rule : kRules) {
    std::string text = (language == Language::kFrench ? rule.french : rule.english)(in);
    if (!text.empty()) paragraphs.push_back({rule.word, std::move(text)});
  }
  return paragraphs;
}

std::string NoticeText(const std::vector<NoticeParagraph>& paragraphs) {
  std::string text;
  for (const NoticeParagraph& paragraph : paragraphs) {
    if (!text.empty()) text += '\n';
    text += paragraph.text;
    text += '\n';
  }
  return text;
}

}  // namespace creneau::rules
