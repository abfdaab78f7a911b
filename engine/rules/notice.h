// The algorithm notice: every rule that decides who gets a seat of an agenda, in words that whoever
// asks for one understands (design 5; CRPA L. 311-3-1 and R. 311-3-1-1). Made from the agenda and
// nothing else, so that it says what is done: whoever changes a rule changes the notice. What an
// agenda cannot choose is told from the limits it is built with.
//
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"
#include "rules/agenda.h"

namespace creneau::rules {

enum class Language : uint8_t { kFrench, kEnglish };
std::string_view LanguageTag(Language language);  // "fr"
// Of a parameter: exactly "fr" or "en".
std::optional<Language> LanguageFromTag(std::string_view tag);
// Of an Accept-Language header: French, unless English is wanted more (RFC 9110 12.5.4).
Language NegotiateLanguage(std::string_view accept_language);

// What there is to know of an agenda beside its rules.
struct NoticeFacts {
  uint32_t version = 0;  // 0: not published
  Instant in_force_since;
  std::array<uint64_t, kChannels> seats{};  // published, of appointments to come
};

struct NoticeParagraph {
  std::string_view rule;  // a stable word: "policy", "hold", …
  std::string text;
};

// Paragraphs that say nothing of this agenda are left out.
std::vector<NoticeParagraph> NoticeOf(const Agenda& agenda, const Zone& zone,
                                      const NoticeFacts& facts, Language language);
// All of it, with empty lines between.
std::string NoticeText(const std::vector<NoticeParagraph>& paragraphs);

}  // namespace creneau::rules
