#include "booking/draw_keeper.h"

#include <sodium.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/engine_impl.h"
#include "proof/receipt.h"
#include "rules/calendar.h"
#include "rules/draw_text.h"

namespace creneau::booking {

DrawKeeper::DrawKeeper(Engine::Impl& engine, const Names::Secret& names)
    : engine_(engine), draws_(engine.people_->draws) {
  static_assert(crypto_kdf_KEYBYTES == std::tuple_size_v<Names::Secret>);
  crypto_kdf_derive_from_key(secret_.data(), secret_.size(), 1, "creneaud", names.data());
}

DrawKeeper::~DrawKeeper() { sodium_memzero(secret_.data(), secret_.size()); }

// One for each draw, so that whoever had one could not join its list with another's. It is never
// published: whoever had it and the pepper could ask of anybody whether they had entered. A
// verifier does not need it: that the list was not changed once the value was known, the root
// shows; and whether a tag is one person's, no key could show, but only the office's files.
proof::DrawKey DrawKeeper::KeyOf(const AgendaInfo& agenda, std::string_view draw) const {
  const std::string text =
      absl::StrCat("creneau draw key v1\n", agenda.rules.name, "\n", std::string(draw), "\n");
  proof::DrawKey key;
  static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<proof::DrawKey>);
  static_assert(crypto_auth_hmacsha256_KEYBYTES == std::tuple_size_v<proof::DrawKey>);
  crypto_auth_hmacsha256(key.data(), reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                         secret_.data());
  return key;
}

EntryHolder DrawKeeper::HoldersOfEntries() const {
  return [&names = *engine_.names_](const codec::DrawEntry& entry) {
    return proof::HolderOf(
        names.NameOf(Names::Kind::kEntry, entry.name),
        names.KeyOf(Names::Kind::kEntry, entry.name, entry.subject, entry.idempotency).view());
  };
}

Instant DrawKeeper::InstantOf(const AgendaInfo& agenda, LocalMinute local) const {
  std::string error;
  return rules::InstantOf(local, agenda.zone.absl(), &error);
}

absl::Status DrawKeeper::WorkOut(const AgendaInfo& agenda, Draw& draw) const {
  using codec::DrawStep;
  const codec::DrawState& state = draw.state;
  if (state.closed_at == Instant{}) return absl::OkStatus();
  const auto wrong = [&](const char* what) {
    return absl::FailedPreconditionError(absl::StrCat(
        "draw ", state.rules.id, " of agenda ", agenda.rules.name, ": with ", engine_.options_.keys,
        "/names.key ", what, " is not what was published. Restore that file from its backup."));
  };
  // One that was run by an engine of before has its seats in the result only.
  draw.committed = CommitTo(KeyOf(agenda, state.rules.id), draw.entries,
                            state.slots.empty() ? draw.told_slots : state.slots,
                            state.holders ? HoldersOfEntries() : nullptr);
  if (draw.committed->tree.root() != state.root) return wrong("the root of its entries");
  if (state.seats != proof::Hash{} && draw.committed->seats != state.seats)
    return wrong("the list of its seats");
  if (state.step != DrawStep::kDone) return absl::OkStatus();
  draw.drawn = DrawFrom(state.seed, *draw.committed);
  if (draw.drawn->given != draw.told_given || draw.drawn->allocation != state.allocation)
    return wrong("its result");
  draw.told_slots = {};
  draw.told_given = {};
  return absl::OkStatus();
}

absl::Status DrawKeeper::Restore() {
  const Draws::Lock lock = draws_.Take();
  for (const auto& [agenda, number] : draws_.Kept()) {
    const AgendaInfo* const info = engine_.registry_.Find(agenda);
    Draw* const draw = draws_.Of(agenda, number);
    if (info == nullptr) return absl::DataLossError("a draw of an agenda that is not published");
    if (const absl::Status status = WorkOut(*info, *draw); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace creneau::booking
