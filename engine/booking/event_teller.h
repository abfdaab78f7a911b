// From the log's records to what the public is told of them. A record holds what is true after it
// (an after-image); what happened is the difference to what was true before, and the log may hold a
// record twice, however far apart, since whoever met something half done has finished it too
// (design 3). So whoever tells must know each seat's word before: it reads from a snapshot, or from
// the beginning, what it does not tell, and then tells what is newer.
//
//   before             after               told
//   -                  not newer           nothing: a repetition
//   another generation held                held
//   held               held, later         extended (by its holder where the word says so first)
//   held               the same deadline   nothing: a publication marked the seat
//   held, none         confirmed           confirmed
//   confirmed          confirmed           nothing: a publication marked the seat
//   held               cooling, expired    expired
//   held, confirmed    cooling, cancelled  cancelled
//   anything           free, withdrawn     nothing
//   anything           moved away          nothing: a move is told by its own record
//
// Slots, agendas and names are those of the running engine, which knows all that ever were.
// Eight octets for each seat. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "booking/names.h"
#include "booking/public_event.h"
#include "booking/registry.h"
#include "codec/event.h"
#include "env/file.h"
#include "ledger/ledger.h"

namespace creneau::booking {

class EventTeller {
 public:
  EventTeller(const ledger::Ledger& ledger, const Registry& registry, const Names& names)
      : ledger_(ledger), registry_(registry), names_(names) {}

  // Begins with what a snapshot holds. Blocks while it reads the file. Where it fails, Forget.
  absl::Status Load(env::FileSystem& files, const std::string& path);
  // Begins anew with nothing.
  void Forget();

  // The next record. True: `event` is what the public is told of it. DataLoss: bytes that are no
  // record.
  absl::StatusOr<bool> Tell(Lsn lsn, Instant written_at, std::string_view record,
                            PublicEvent* event);

 private:
  absl::StatusOr<bool> TellOther(std::string_view record, PublicEvent* event);
  bool Tell(const ledger::Event& change, PublicEvent* event);
  bool TellMove(const ledger::Event& move, PublicEvent* event);
  bool Tell(const ledger::PartyHeld& party, PublicEvent* event);
  bool Tell(const codec::CalendarPart& part, PublicEvent* event);
  bool Tell(const codec::RosterPart& part, PublicEvent* event);
  bool Tell(codec::OpeningState opening, PublicEvent* event);
  bool Tell(const codec::WaitlistPlace& place, PublicEvent* event);
  bool Tell(const codec::DayClosed& closed, PublicEvent* event);
  bool Tell(const codec::HolderNotice& notice, PublicEvent* event);
  bool Tell(const codec::DrawState& draw, PublicEvent* event);
  bool Tell(const codec::DrawEntry& entry, PublicEvent* event);
  bool Tell(codec::StaffAct act, PublicEvent* event);
  bool Tell(const codec::Mandate& mandate, PublicEvent* event);
  bool TellOf(SeatRef origin, PublicFact fact, PublicEvent* event);
  std::optional<ledger::SeatWord> Note(const ledger::SeatImage& image);
  bool Describe(const ledger::SeatImage& image, PublicEvent* event);
  std::optional<PublicSeat> SeatAt(SeatId seat, AgendaId* agenda) const;
  const AgendaLabel* LabelOf(AgendaId agenda);

  const ledger::Ledger& ledger_;
  const Registry& registry_;
  const Names& names_;
  std::vector<ledger::SeatWord> words_;               // by seat
  absl::btree_map<SeatId, SeatRef> origins_;          // of seats that were moved to
  std::map<AgendaId, codec::OpeningState> openings_;  // the latest of each
  std::map<AgendaId, AgendaLabel> labels_;
  std::map<std::pair<AgendaId, uint32_t>, codec::DrawState> draws_;
  codec::StaffAct act_;          // the latest
  codec::SeatsShifted shifted_;  // likewise: it is told with its calendar
};

}  // namespace creneau::booking
