#include "booking/draw.h"

#include "booking/engine_impl.h"
#include "rules/calendar.h"

namespace creneau::booking {

EntryAnswer EnterDraw(Engine& engine, Act& act, const EntryRequest& request, Instant received_at) {
  EntryAnswer answer = engine.inside().draw_keeper_->Enter(act, request, received_at);
  engine.inside().refusals_.Count(answer.agenda, answer.outcome);
  return answer;
}
EntryAnswer LeaveDraw(Engine& engine, Act& act, const HolderRequest& request, Instant received_at) {
  return engine.inside().draw_keeper_->Leave(act, request, received_at);
}
EntryAnswer ReadEntry(Engine& engine, Act& act, const HolderRequest& request, Instant received_at) {
  return engine.inside().draw_keeper_->Read(act, request, received_at);
}
InclusionAnswer EntryReceipt(Engine& engine, const HolderRequest& request, Instant received_at) {
  return engine.inside().draw_keeper_->Receipt(request, received_at);
}
void NoteCrowd(Engine& engine, AgendaId agenda) { engine.inside().draw_keeper_->NoteCrowd(agenda); }

DrawAnswer ReadDraw(const Engine& engine, std::string_view agenda, Instant now) {
  return engine.inside().draw_keeper_->Look(agenda, now);
}
DrawPage ReadDrawFile(const Engine& engine, std::string_view agenda, std::string_view draw,
                      proof::DrawFile file, size_t after) {
  return engine.inside().draw_keeper_->Page(agenda, draw, file, after);
}
DrawStats StatsOfDraws(const Engine& engine) { return engine.inside().draw_keeper_->stats(); }
Instant InstantAt(const AgendaInfo& agenda, LocalMinute local) {
  std::string error;
  return rules::InstantOf(local, agenda.zone.absl(), &error);
}

DrawAnswer CloseDraw(Engine& engine, std::string_view agenda, const Actor& actor) {
  return engine.inside().draw_keeper_->Close(agenda, actor);
}
DrawAnswer SeedDraw(Engine& engine, std::string_view agenda, std::string_view value,
                    const Actor& actor) {
  return engine.inside().draw_keeper_->Seed(agenda, value, actor);
}
DrawAnswer RunDraw(Engine& engine, std::string_view agenda, const Actor& actor) {
  return engine.inside().draw_keeper_->Run(agenda, actor);
}

}  // namespace creneau::booking
