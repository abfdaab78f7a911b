// The bytes that are sent, and the people in them. Every journey is a new applicant: a dossier of
// ten digits that no other journey of the run has, a birth date, an Idempotency-Key, all from the
// seed. Bodies have 150 bytes, as the floors were measured with (the rest is white space that JSON
// allows).
//
// One writer per thread. Appends to the caller's string; allocates only when that must grow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"

namespace creneau::bench {

inline constexpr size_t kHoldBodyBytes = 150;

// The n-th of ten billion different dossiers, by a permutation that the seed chooses.
uint64_t DossierOf(uint64_t seed, uint64_t n);

// Who the n-th applicant is, as the requests and a roster spell it.
struct Identity {
  char dossier[10];
  char birth_date[10];
  std::string_view dossier_view() const { return {dossier, sizeof(dossier)}; }
  std::string_view birth_date_view() const { return {birth_date, sizeof(birth_date)}; }
};
Identity IdentityOf(uint64_t seed, uint64_t n);

class RequestWriter {
 public:
  // The people of thread `thread` of `threads` are none of another thread's.
  RequestWriter(const std::vector<std::string>& agendas, std::string_view host, uint64_t seed,
                unsigned thread, unsigned threads);

  // Another applicant each time.
  void Hold(size_t agenda, std::string* out);
  void Confirm(std::string_view reservation, std::string_view key, std::string* out) const;
  void Cancel(std::string_view reservation, std::string_view key, std::string* out) const;
  void Read(size_t agenda, std::string* out) const { *out += reads_[agenda]; }
  void Show(std::string_view reservation, std::string_view key, std::string* out) const;

 private:
  struct Template {
    std::string text;
    size_t idempotency = 0;  // where in it the parts go that differ
    size_t dossier = 0;
    size_t birth_date = 0;
  };
  static Template HoldOf(const std::string& agenda, std::string_view host);
  void Held(std::string_view method, std::string_view act, std::string_view reservation,
            std::string_view key, std::string* out) const;

  std::vector<Template> holds_;
  std::vector<std::string> reads_;
  std::string host_;  // the Host line and what follows it on requests about a reservation
  uint64_t seed_;
  uint64_t next_;
  uint64_t step_;
  Prng prng_;
};

}  // namespace creneau::bench
