// A loss that an operator accepted, and its record (proto/creneau/v1/event.proto). Tells all there
// is to say of it, so that reading it twice changes nothing. Plain values; pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

struct LossAccepted {
  // Of what was lost, what somebody signed and kept (proof/checkpoint.h).
  struct Known {
    uint64_t batch = 0;
    Lsn lsn;
    uint64_t epoch = 0;
    Instant at;
    std::array<uint8_t, 32> chain{};
    friend bool operator==(const Known&, const Known&) = default;
  };

  Instant at;
  Lsn after;                 // the last record that is left
  uint64_t after_batch = 0;  // the last batch that is
  Instant after_written_at;  // 0: there was none
  uint64_t era = 0;          // wal/format.h
  // Of any seat that is given out from here on, at least: so a generation tells the era in which
  // its reservation got its name (booking/names.h).
  Generation first_generation;
  // How many agendas are left: in what was lost, those that have the next numbers now may have been
  // others.
  uint32_t agendas = 0;
  std::optional<Known> newest;  // checkpoint that is known of what was lost
  friend bool operator==(const LossAccepted&, const LossAccepted&) = default;
};

std::string EncodeLoss(const LossAccepted& loss);

}  // namespace creneau::codec
