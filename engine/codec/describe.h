// What the files that describe records (event.h, DescribeRecord) share. Not for others.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "codec/desk.h"
#include "codec/identity_acts.h"
#include "codec/mandate.h"
#include "codec/pepper.h"
#include "codec/seats_shifted.h"
#include "codec/waitlist.h"

namespace creneau::codec {

std::string Utc(Instant instant);
// The pseudonym's first eight digits: enough to follow one subject through the log, and keyed like
// the whole.
std::string SubjectTag(const Subject& subject);
// Some text comes from a log that somebody else may have written: none of it speaks to a terminal.
std::string Printable(std::string_view text);
// Nor does this end a JSON string.
std::string Quotable(std::string_view text);

// describe_identity.cc
std::string Describe(const SubjectsLinked& linked, bool json);
std::string Describe(const Rekeyed& rekeyed, bool json);
std::string Describe(const ActProposed& proposed, bool json);
std::string Describe(const ActSettled& settled, bool json);
std::string Describe(const HolderNotice& notice, bool json);
std::string Describe(const PepperEpoch& pepper, bool json);

// describe_waitlist.cc
std::string Describe(const WaitlistPlace& place, bool json);
std::string Describe(const DayClosed& closed, bool json);

// desk.cc
std::string Describe(const HelperCount& count, bool json);
std::string Describe(const DeskNote& note, bool json);
// seats_shifted.cc
std::string Describe(const SeatsShifted& shifted, bool json);
// mandate.cc
std::string Describe(const Mandate& mandate, bool json);

}  // namespace creneau::codec
