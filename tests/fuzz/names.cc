// booking::Names, under a secret of 32 bytes 0x2a. The input is what a request gives as a
// reservation's name or key. Asserted: a name that is accepted is, spelled as Crockford says, the
// name of what it stands for, and every seat's name parses back to
// it, however people spell it; a key fits itself and no
// other text.

#include "booking/names.h"

#include <cctype>

#include "base/limits.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  booking::Names::Secret secret;
  secret.fill(0x2a);
  static const booking::Names names(secret);
  const fuzz::Copy text(fuzz::Text(data, size));
  if (const auto ref = names.Parse(text.view())) {
    std::string spelled(text.view());
    for (char& c : spelled) {
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      if (c == 'O') c = '0';
      if (c == 'I' || c == 'L') c = '1';
    }
    CHECK(names.NameOf(*ref).view() == spelled);
    CHECK(ref->seat.value < limits::kShippedMaxSeats);
    CHECK(ref->generation.value <= limits::kMaxGeneration);
  }
  fuzz::Source source(text.view());
  const SeatRef made{SeatId{static_cast<uint32_t>(source.Number(4) % limits::kShippedMaxSeats)},
                     Generation{static_cast<uint32_t>(source.Number(3) & limits::kMaxGeneration)}};
  std::string spoken(names.NameOf(made).view());
  CHECK(names.Parse(spoken) == made);
  for (char& c : spoken) {
    const uint64_t how = source.Number(1);
    if (c == '0' && how % 2 == 1) c = 'O';
    if (c == '1' && how % 2 == 1) c = how % 4 == 1 ? 'I' : 'L';
    if (how % 8 > 3) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  CHECK(names.Parse(spoken) == made);
  const Subject subject{source.Number(8), source.Number(8)};
  const booking::ReservationKey key = names.KeyOf(made, subject, source.Number(8));
  CHECK(booking::Names::Same(key, key.view()));
  CHECK(booking::Names::Same(key, text.view()) == (key.view() == text.view()));
  std::string changed(key.view());
  changed[source.Number(1) % changed.size()] ^= static_cast<char>(1 + source.Number(1) % 255);
  CHECK(!booking::Names::Same(key, changed));
  const uint64_t hash = names.IdempotencyOf(text.view(), 1);
  CHECK(booking::Names::SameKey(hash, names.IdempotencyOf(text.view(), 2)));
  return 0;
}
