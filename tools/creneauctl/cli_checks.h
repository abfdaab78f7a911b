// What options are held to before anything is sent. For the files of the command line.
#pragma once

#include <string>

#include "base/text.h"

namespace creneau::ctl {

inline std::string CheckSlot(const std::string& text) {
  return ParseLocalMinute(text) ? ""
                                : "expected a slot such as 2026-12-01T09:20, got \"" + text + "\"";
}

inline std::string CheckDate(const std::string& text) {
  return ParseDate(text) ? "" : "expected a date such as 2026-12-01, got \"" + text + "\"";
}

}  // namespace creneau::ctl
