// The JSON that the engine answers with, turned into what a person reads. Text in, text out; a
// member that is missing or of another type than expected is left out, since the engine may be
// newer or older than this program. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/creneauctl/forms.h"

namespace creneau::ctl {

std::string RenderAgendaList(std::string_view body);
std::string RenderAgenda(std::string_view body);
std::string RenderSlots(std::string_view body);
std::string RenderReservation(std::string_view body);
std::string RenderFamily(std::string_view body);
// What waits for a second person, or what has become of it; one line.
std::string RenderAct(std::string_view body);
std::string RenderPublication(std::string_view body, bool dry_run);
// One of them, or a list.
std::string RenderSnapshots(std::string_view body);
// The status document of a queue, or what an order to an opening came to.
std::string RenderQueue(std::string_view body);
// How many people an agenda's roster now lists.
std::string RenderRoster(std::string_view body);
// "refused: slot-taken: This slot is taken. ..." and what helps, each on its line.
std::string RenderProblem(int status, std::string_view body);

// The `code` of a problem document; empty when it is not one.
std::string ProblemCode(std::string_view body);
// Of a hold.
std::string NameOf(std::string_view body);
std::string KeyOf(std::string_view body);
std::string WithoutKey(std::string_view body);
// A problem document about a part of a file: its lines, but the first, as they are numbered in the
// whole.
std::string WithLinesOfFile(std::string_view body, int lines_before);
// A JSON object with further members, of plain text.
std::string WithMembers(std::string_view body, const Fields& more);
// What names an applicant in an agenda: alternatives of fields. Empty when the reply does not say.
std::vector<std::vector<std::string>> IdentityAlternatives(std::string_view body);
// In force, after a publication; 0 when the reply does not say.
unsigned VersionOf(std::string_view body);
// Of a dry run of a publication: whether the agenda would be made.
bool WouldCreate(std::string_view body);

}  // namespace creneau::ctl
