// What can be done about an agenda's draw, for those outside of booking/: draw_keeper.h says what
// each does, draw_answers.h what is asked and answered. Those with an Act are decided at once, and
// their answers rest on it, as those of engine.h; close, seed and run block until what they did is
// durable, and are an operator's.
#pragma once

#include <string_view>

#include "booking/draw_answers.h"
#include "booking/engine.h"

namespace creneau::booking {

EntryAnswer EnterDraw(Engine& engine, Act& act, const EntryRequest& request, Instant received_at);
EntryAnswer LeaveDraw(Engine& engine, Act& act, const HolderRequest& request, Instant received_at);
EntryAnswer ReadEntry(Engine& engine, Act& act, const HolderRequest& request, Instant received_at);
InclusionAnswer EntryReceipt(Engine& engine, const HolderRequest& request, Instant received_at);
// An address has sent more entries than its share. The keeper notes the same by itself where a draw
// is nearly full.
void NoteCrowd(Engine& engine, AgendaId agenda);

DrawAnswer ReadDraw(const Engine& engine, std::string_view agenda, Instant now);
DrawPage ReadDrawFile(const Engine& engine, std::string_view agenda, std::string_view draw,
                      proof::DrawFile file, size_t after);
DrawStats StatsOfDraws(const Engine& engine);
// When it is that time at the agenda's office, as a draw's rules have it.
Instant InstantAt(const AgendaInfo& agenda, LocalMinute local);

DrawAnswer CloseDraw(Engine& engine, std::string_view agenda, const Actor& actor);
DrawAnswer SeedDraw(Engine& engine, std::string_view agenda, std::string_view value,
                    const Actor& actor);
DrawAnswer RunDraw(Engine& engine, std::string_view agenda, const Actor& actor);

}  // namespace creneau::booking
