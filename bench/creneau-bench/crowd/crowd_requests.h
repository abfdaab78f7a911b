// The bytes that people send to a queue, and what came back, as a person hears it. Everybody is the
// applicant of a number (requests.h). Appends to the caller's string; allocates only when that must
// grow. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/creneau-bench/crowd/sight.h"
#include "bench/creneau-bench/requests.h"

namespace creneau::bench {

// What is asked of the server. Latencies and outcomes are kept by this.
enum class Ask : uint8_t { kTicket, kStatus, kSlots, kHold, kConfirm, kProbe };
inline constexpr size_t kAsks = 6;
std::string_view NameOf(Ask ask);

class CrowdRequests {
 public:
  CrowdRequests(const std::vector<std::string>& agendas, std::string_view host, uint64_t seed);

  void Ticket(size_t agenda, uint32_t number, std::string* out) const;
  // An empty slot: the first that is free.
  void Hold(size_t agenda, uint32_t number, std::string_view ticket, std::string_view slot,
            std::string* out) const;
  void Status(size_t agenda, std::string* out) const { *out += status_[agenda]; }
  void Slots(size_t agenda, std::string* out) const { writer_.Read(agenda, out); }
  void Confirm(std::string_view reservation, std::string_view key, std::string* out) const {
    writer_.Confirm(reservation, key, out);
  }

 private:
  std::vector<std::string> tickets_;  // up to the length of the body
  std::vector<std::string> holds_;
  std::vector<std::string> status_;
  RequestWriter writer_;
  uint64_t seed_;
};

// `retry_after_s`: of the head; 0: not said.
Heard HeardOf(Ask ask, int status, std::string_view body, int retry_after_s);

// The `pick`-th, counted around, of the slots that are said to be free; empty: there is none.
std::string_view FreeSlot(std::string_view body, uint64_t pick);

}  // namespace creneau::bench
