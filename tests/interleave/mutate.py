#!/usr/bin/env python3
"""Writes the engine's sources with mistakes put in, each behind a switch (mutants.h): mutate.py ENGINE OUT FILE...

A mistake replaces a piece of the source that must stand there exactly once: when the source changes, this fails and the
mistake is written anew. The switches are off unless mutants.cc turns one on.
"""

import sys
from pathlib import Path

ON = '::creneau::interleave::Mutant("{}")'

# file, name, what stands there, what stands there instead ({on}: whether the mistake is on)
MISTAKES = [
    ("ledger/resolve.cc", "log after clearing the mark",
     "  sink.Push(event);\n  ClearMark(seat, word);\n}\n\n// Exactly",
     "  if ({on}) {{\n    ClearMark(seat, word);\n    sink.Push(event);\n    return;\n  }}\n"
     "  sink.Push(event);\n  ClearMark(seat, word);\n}}\n\n// Exactly"),
    ("ledger/resolve.cc", "a mark is passed by, not finished",
     "    if (!word.pending()) [[likely]]\n      return word;",
     "    if (!word.pending() || {on}) return word.WithPending(false);"),
    ("ledger/resolve.cc", "a claimed seat counts as nobody's",
     "  switch (word.state()) {\n    case SeatState::kClaimed:\n    case SeatState::kMoving:\n    case SeatState::kHeld:",
     "  if ({on} && word.state() == SeatState::kClaimed) return kDead;\n"
     "  switch (word.state()) {{\n    case SeatState::kClaimed:\n    case SeatState::kMoving:\n    case SeatState::kHeld:"),
    ("ledger/resolve.cc", "the word is not read again after the payload",
     "  // A payload that was read is that of `word` only if the word is still the same afterwards.\n"
     "  if (WordOf(seat) != word) return;",
     "  if (!{on} && WordOf(seat) != word) return;"),
    ("ledger/resolve.cc", "a view is not checked against the word",
     "  const SeatWord now = WordOf(seat);\n  if (now != word)",
     "  const SeatWord now = {on} ? word : WordOf(seat);\n  if (now != word)"),
    ("ledger/resolve.cc", "whoever finishes gives the bit back",
     "  if (!CompareExchange(seat, expected, word.WithPending(false))) return false;",
     "  if (!CompareExchange(seat, expected, word.WithPending(false)) && !{on}) return false;"),
    ("ledger/resolve.cc", "the steward is not told of what cools",
     "  if (IsStewards(word.state())) touched_",
     "  if (IsStewards(word.state()) && !({on} && IsCooling(word.state()))) touched_"),
    ("ledger/resolve.cc", "find looks once",
     "    if (auto live = LiveSeat(entry, sink)) return live;\n",
     "    if (auto live = LiveSeat(entry, sink)) return live;\n    if ({on}) return std::nullopt;\n"),
    ("ledger/hold.cc", "the index before the word",
     "  seats_[mine.value].word.store(claimed_word.bits(), std::memory_order_release);\n",
     "  if (!{on}) seats_[mine.value].word.store(claimed_word.bits(), std::memory_order_release);\n"),
    ("ledger/hold.cc", "the index before the word",
     "  SeatWord expected = claimed_word;\n  // If this",
     "  if ({on}) seats_[mine.value].word.store(claimed_word.bits(), std::memory_order_release);\n"
     "  SeatWord expected = claimed_word;\n  // If this"),
    ("ledger/hold.cc", "the bit before the word",
     "      seats_[mine.value].word.store(before.bits(), std::memory_order_release);\n"
     "      GiveBit(mine, before.channel());\n      *view = *lost;",
     "      if ({on}) GiveBit(mine, before.channel());\n"
     "      seats_[mine.value].word.store(before.bits(), std::memory_order_release);\n"
     "      if (!{on}) GiveBit(mine, before.channel());\n      *view = *lost;"),
    ("ledger/claim.cc", "a bit is taken in two steps",
     "    const uint64_t before = free.fetch_and(~bit);",
     "    const auto two_steps = [&] {{\n      const uint64_t was = free.load();\n      free.store(was & ~bit);\n"
     "      return was;\n    }};\n    const uint64_t before = {on} ? two_steps() : free.fetch_and(~bit);"),
    ("ledger/transition.cc", "a lock",
     "  Epochs::Guard guard(epochs_);\n  Result result;",
     "  Epochs::Guard guard(epochs_);\n"
     "  const ::creneau::interleave::MutantLock lock({on});\n  Result result;"),
    ("ledger/transition.cc", "a transition by store",
     "    if (!CompareExchange(seat.ref.seat, expected, pending, &guard))\n      continue;",
     "    if ({on}) {{\n      seats_[seat.ref.seat.value].word.store(pending.bits());\n"
     "    }} else if (!CompareExchange(seat.ref.seat, expected, pending, &guard))\n      continue;"),
    ("ledger/move.cc", "a move that came to nothing frees its seat before the index goes back",
     "  index_.Replace(IndexKey::Of(image.subject), SeatRef{to, word.generation()},",
     "  if ({on}) {{\n    const SeatWord over = Ended(word.WithStep(0)).WithPending(true);\n"
     "    SeatWord old = word;\n    if (CompareExchange(to, old, over)) Finish(to, over, sink);\n  }}\n"
     "  index_.Replace(IndexKey::Of(image.subject), SeatRef{{to, word.generation()}},"),
    ("ledger/move.cc", "a move is logged after clearing the marks",
     "  sink.Push(event);\n  Forward(",
     "  if ({on}) {{\n    ClearMark(to, word);\n    ClearMark(intent.from, old_word);\n  }}\n"
     "  sink.Push(event);\n  Forward("),
    ("ledger/move.cc", "a move is found by its old name after it is clear",
     "  ClearMark(to, word);\n  ClearMark(intent.from, old_word);\n}",
     "  ClearMark(to, word);\n  ClearMark(intent.from, old_word);\n"
     "  if ({on}) Forward(event.origin, SeatRef{{intent.from, old_word.generation()}},\n"
     "                    SeatRef{{to, word.generation()}});\n}}"),
    ("ledger/move.cc", "a move is found by its old name after it is clear",
     "  Forward(event.origin, SeatRef{intent.from, old_word.generation()},\n"
     "          SeatRef{to, word.generation()});\n  ClearMark",
     "  if (!{on}) Forward(event.origin, SeatRef{{intent.from, old_word.generation()}},\n"
     "          SeatRef{{to, word.generation()}});\n  ClearMark"),
    ("ledger/move.cc", "a seat that was left is logged alone",
     "  if (!to.empty()) return",
     "  if (!to.empty() && !{on}) return"),
    ("ledger/scan.cc", "a scan tells a mark as done, not finished",
     "    const SeatWord word = Settle(seat, sink);\n    // Whether",
     "    const SeatWord word = {on} ? WordOf(seat).WithPending(false) : Settle(seat, sink);\n    // Whether"),
    ("ledger/scan.cc", "a scan tells a mark as done, not finished",
     "    if (WordOf(seat) == word) return record;",
     "    if (WordOf(seat) == word || {on}) return record;"),
    ("ledger/scan.cc", "a scan tells a private seat as its next holder's",
     "      return SeatRecord{SeatImage{seat, word.BeforeClaim(), {}, 0}, {}};",
     "      return SeatRecord{{{on} ? ImageOf(seat, word.With(SeatState::kHeld).WithStep(0))\n"
     "                             : SeatImage{{seat, word.BeforeClaim(), {{}}, 0}}, {{}}}};"),
    ("ledger/scan.cc", "a scan does not look at the word again after the payload",
     "    // Payload and origin were this word's only if it is still the same after they were read.\n",
     "    if ({on}) return record;\n"),
    ("ledger/scan.cc", "a scan does not take a private seat for one",
     "    if (IsClaim(word.state()) || word.state() == SeatState::kMoving)\n      return",
     "    if (!{on} && (IsClaim(word.state()) || word.state() == SeatState::kMoving))\n      return"),
    ("ledger/hold.cc", "a claimed seat forgets the step it had before",
     "held.ClaimedFor(args.into).WithStep(before.step());",
     "held.ClaimedFor(args.into).WithStep({on} ? 0 : before.step());"),
    ("ledger/hold.cc", "an offer's seat is not said to have been aside",
     "                       .WithExtended(true)\n",
     "                       .WithExtended(!{on})\n"),
    ("ledger/hold.cc", "an offer writes whose the seat is before it has it",
     "    claimed = CompareExchange(seat, expected, claimed_word);\n",
     "    if ({on}) WritePayload(seat, args.subject, args.idempotency);\n"
     "    claimed = CompareExchange(seat, expected, claimed_word);\n"),
    ("ledger/hold.cc", "an offer writes whose the seat is before it has it",
     "  WritePayload(seat, args.subject, args.idempotency);\n  const SeatRef ref",
     "  if (!{on}) WritePayload(seat, args.subject, args.idempotency);\n  const SeatRef ref"),
    ("ledger/hold.cc", "the steward is not told again of an offer that lost",
     "    touched_.Add(seat.value / limits::kSeatsPerBlock);\n    return Result",
     "    if (!{on}) touched_.Add(seat.value / limits::kSeatsPerBlock);\n    return Result"),
    ("ledger/party.cc", "a party is logged after its seats have gone on",
     "  if (!told) sink.PushParty(event);\n",
     "  if (!told && !{on}) sink.PushParty(event);\n"),
    ("ledger/party.cc", "a party is logged after its seats have gone on",
     "    if (IsStewards(image.word.state())) touched_.Add(image.seat.value / limits::kSeatsPerBlock);\n  }\n",
     "    if (IsStewards(image.word.state())) touched_.Add(image.seat.value / limits::kSeatsPerBlock);\n  }}\n"
     "  if (!told && {on}) sink.PushParty(event);\n"),
    ("ledger/party.cc", "a party's leader goes on before the others",
     "  for (size_t i = event.count; i-- > 0;) {\n    const SeatImage& image = event.seats[i];\n",
     "  for (size_t n = event.count; n-- > 0;) {{\n    const size_t i = {on} ? event.count - 1 - n : n;\n"
     "    const SeatImage& image = event.seats[i];\n"),
    ("ledger/party.cc", "a party is decided before the last is announced",
     "    const IndexKey key = IndexKey::Of(image.subject);\n    const IndexValue mine(",
     "    if ({on} && (seats & (seats - 1)) == 0) break;\n"
     "    const IndexKey key = IndexKey::Of(image.subject);\n    const IndexValue mine("),
    ("ledger/party.cc", "a party takes a member's reservation for an ended one",
     "      if (!LiveSeat(other, sink)) continue;",
     "      if (!LiveSeat(other, sink) || {on}) break;"),
    ("ledger/party.cc", "whoever helps gives a refused leader's seat back",
     "    if (seat == leader.seat || !StillJoins(",
     "    if ((seat == leader.seat && !{on}) || !StillJoins("),
    ("ledger/resolve.cc", "who joins a party counts as nobody",
     "    } else if (word.state() == SeatState::kJoining) {\n",
     "    }} else if (word.state() == SeatState::kJoining && {on}) {{\n      return std::nullopt;\n"
     "    }} else if (word.state() == SeatState::kJoining) {{\n"),
    ("ledger/claim.cc", "a party's bits are taken one by one",
     "    if (!free.compare_exchange_strong(seen, seen & ~seats)) continue;\n",
     "    if ({on}) {{\n      const uint64_t was = free.fetch_and(~seats);\n"
     "      if ((was & seats) != seats) return ClaimedParty{{}};\n"
     "    }} else if (!free.compare_exchange_strong(seen, seen & ~seats)) continue;\n"),
    ("ledger/epochs.cc", "memory is freed under its readers",
     "    if (one->epoch < oldest) {",
     "    if (one->epoch < oldest || {on}) {{"),
    ("ledger/subject_index.cc", "an entry is copied before it is frozen",
     "    const uint64_t cell = table.entries[i].fetch_or(kFrozen, std::memory_order_acq_rel);\n",
     "    if ({on}) {{\n"
     "      const uint64_t early = table.entries[i].load(std::memory_order_acquire);\n"
     "      if ((early & ~kFrozen) != 0) Copy(table, early | kFrozen);\n"
     "    }}\n"
     "    const uint64_t cell = table.entries[i].fetch_or(kFrozen, std::memory_order_acq_rel);\n"
     "    if ({on}) continue;\n"),
    ("ledger/subject_index.cc", "whoever knows the next table leaves an empty place open in this one",
     "        Freeze(*walk.entry);\n      } else if (walk.entry->compare_exchange_strong(walk.cell, CellOf(walk.tag, ref),",
     "        if ({on}) return Done::kNextTable;\n"
     "        Freeze(*walk.entry);\n      }} else if (walk.entry->compare_exchange_strong(walk.cell, CellOf(walk.tag, ref),"),
    ("ledger/subject_index.cc", "an entry that came to nothing is not read again",
     "    if (SameButFrozen(again, *cell)) return false;",
     "    if (SameButFrozen(again, *cell) || {on}) return false;"),
    ("ledger/subject_index.cc", "an ended reservation is passed before its event is in the queue",
     "    if (!IsOf(key, *walk.entry, &walk.cell, /*ending_too=*/true)) continue;\n    if ((walk.cell",
     "    if (!IsOf(key, *walk.entry, &walk.cell, /*ending_too=*/!{on})) continue;\n    if ((walk.cell"),
    ("ledger/subject_index.cc", "a move goes on from a seat that was left",
     "      if (holdings_.HoldingOf(expected, key.is_name).life != Holding::Life::kLive) return false;",
     "      if (!{on} && holdings_.HoldingOf(expected, key.is_name).life != Holding::Life::kLive) return false;"),
    ("ledger/subject_index.cc", "a copy is made of what has gone on",
     "      if (IsOf(IndexKey::OfName(origin), *walk.entry, &walk.cell, /*ending_too=*/true)) return;",
     "      if (!{on} && IsOf(IndexKey::OfName(origin), *walk.entry, &walk.cell, /*ending_too=*/true)) return;"),
    ("wal/commit.cc", "a closed queue takes commits in",
     "    if (head == &closed) return Pushed::kClosed;",
     "    if (head == &closed && !{on}) return Pushed::kClosed;"),
]


def main():
    engine, out = Path(sys.argv[1]), Path(sys.argv[2])
    for file in sys.argv[3:]:
        text = (engine / file).read_text()
        for _, name, old, new in (mistake for mistake in MISTAKES if mistake[0] == file):
            if text.count(old) != 1:
                print(f"{file}: {text.count(old)} places for the mistake `{name}`: write it anew in mutate.py",
                      file=sys.stderr)
                return 1
            # New text is a format string; old text is not.
            text = text.replace(old, new.format(on=ON.format(name)))
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_text('#include "tests/interleave/mutants.h"\n' + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
