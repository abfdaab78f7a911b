// proof::ReadLines, with the public key of a seed of 32 bytes 0x07. A line that begins with `+` and
// has four numbers and perhaps a chain is signed before it is read, so that mutations get past the
// signature; `!` likewise, and then one octet of the line is changed. All else is read as it is.
// Asserted: what is accepted is what was signed, and reads the same twice; one
// changed octet never gives another checkpoint; a refusal names the line.

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "proof/checkpoint.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::proof {
namespace {

constexpr int kMaxLines = 3;  // signatures take the time

auto Fields(const Checkpoint& c) { return std::tie(c.batch, c.lsn, c.epoch, c.at, c.chain); }

bool Contains(const std::vector<Checkpoint>& all, const Checkpoint& one) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Checkpoint& other) { return Fields(one) == Fields(other); });
}

Seed TheSeed() {
  Seed seed;
  seed.fill(7);
  return seed;
}

std::string Line(std::string_view line, std::vector<Checkpoint>& signed_by_us, bool* damaged) {
  if (line.empty() || (line[0] != '+' && line[0] != '!')) return std::string(line);
  fuzz::Source source(line.substr(1));
  Checkpoint made{source.Number(8),
                  Lsn{source.Number(8)},
                  source.Number(8),
                  Instant{static_cast<int64_t>(source.Number(8))},
                  {}};
  const std::string_view chain = source.Take(made.chain.size());
  std::copy(chain.begin(), chain.end(), made.chain.begin());
  signed_by_us.push_back(made);
  std::string text = SignedLine(made, TheSeed());
  text.pop_back();
  if (line[0] == '+') return text;
  *damaged = true;
  const auto by = static_cast<char>(source.Number(1));
  text[source.Number(2) % text.size()] ^= by;
  return text;
}

}  // namespace
}  // namespace creneau::proof

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  using proof::Checkpoint;
  static const proof::PublicKey key = proof::PublicKeyOf(proof::TheSeed());
  fuzz::Source source(fuzz::Text(data, size));
  std::vector<Checkpoint> ours;
  bool damaged = false;
  std::string text;
  for (int lines = 0; !source.empty() && lines < proof::kMaxLines; ++lines)
    text += proof::Line(source.Until('\n'), ours, &damaged) + "\n";
  const auto read = proof::ReadLines(text, key);
  const auto again = proof::ReadLines(text, key);
  CHECK(read.ok() == again.ok());
  if (!read.ok()) {
    CHECK(absl::IsDataLoss(read.status()));
    CHECK(read.status().message().find("line ") == 0);
    return 0;
  }
  CHECK(read->checkpoints.size() == again->checkpoints.size());
  for (size_t i = 0; i < read->checkpoints.size(); ++i) {
    const Checkpoint& one = read->checkpoints[i];
    CHECK(proof::Fields(one) == proof::Fields(again->checkpoints[i]));
    CHECK(i == 0 || read->checkpoints[i - 1].batch <= one.batch);
    // Nobody but us has signed anything.
    CHECK(proof::Contains(ours, one));
  }
  // Each line of ours is there, but for those that were changed.
  if (damaged) return 0;
  for (const Checkpoint& one : ours) CHECK(proof::Contains(read->checkpoints, one));
  return 0;
}
