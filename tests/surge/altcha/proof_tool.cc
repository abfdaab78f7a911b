// Our side of the test beside altcha-lib.
//
//   proof_tool make KEY NOW     challenges of ours, one JSON object a line
//   proof_tool check KEY NOW    reads proofs, one a line, fields parted by tabs: the verdict that
//   is
//                               expected, agenda, algorithm, challenge, number, salt, signature;
//                               exit 1 and the lines with another verdict if there are any
//
// KEY has 32 characters; NOW is in seconds since 1970.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "surge/proof_of_work.h"

namespace creneau::surge {
namespace {

struct Wanted {
  const char* agenda;
  int64_t expires_in_s;
  uint32_t max_number;
};

constexpr Wanted kWanted[] = {
    {"92-naturalisation", 600, 1},
    {"92-naturalisation", 600, 1'000},
    {"92-titres", 3'600, 1'000},
    {"a", 60, 3'000},
    {"0-9", 600, 100},
    {"92-naturalisation", -1, 100},
    {"92-naturalisation", -600, 100},
};

int Make(const ProofOfWork& work, int64_t now_s) {
  uint8_t count = 0;
  for (const Wanted& wanted : kWanted) {
    const ProofOfWork::Random random{0xcd, ++count};
    const Challenge made =
        work.Make(wanted.agenda, random, now_s + wanted.expires_in_s, wanted.max_number);
    const auto print = [](const char* name, std::string_view value) {
      std::printf("\"%s\": \"%.*s\", ", name, static_cast<int>(value.size()), value.data());
    };
    std::printf("{");
    print("agenda", wanted.agenda);
    print("algorithm", kProofAlgorithm);
    print("challenge", made.challenge());
    print("salt", made.salt());
    print("signature", made.signature());
    std::printf("\"maxnumber\": %u, \"expires_in_s\": %lld}\n", made.max_number,
                static_cast<long long>(wanted.expires_in_s));
  }
  return 0;
}

int Check(const ProofOfWork& work, int64_t now_s) {
  int different = 0;
  int read = 0;
  for (std::string line; std::getline(std::cin, line); ++read) {
    std::vector<std::string_view> fields;
    for (std::string_view rest = line;;) {
      const size_t tab = rest.find('\t');
      fields.push_back(rest.substr(0, tab));
      if (tab == std::string_view::npos) break;
      rest.remove_prefix(tab + 1);
    }
    if (fields.size() != 7) return 2;
    const Proof proof{fields[2], fields[3], std::strtoull(fields[4].data(), nullptr, 10), fields[5],
                      fields[6]};
    const std::string_view verdict =
        ProofVerdictName(work.Check(fields[1], proof, Instant{now_s * kMsPerSecond}));
    if (verdict == fields[0]) continue;
    ++different;
    std::cerr << "ours: " << verdict << ", expected: " << line << "\n";
  }
  std::cout << read << " proofs checked, " << different << " differences\n";
  return different == 0 && read > 0 ? 0 : 1;
}

}  // namespace
}  // namespace creneau::surge

int main(int argc, char** argv) {
  creneau::KeyedHash::Key key;
  if (argc != 4 || std::strlen(argv[2]) != key.size()) return 2;
  std::memcpy(key.data(), argv[2], key.size());
  const creneau::surge::ProofOfWork work(key);
  const int64_t now_s = std::strtoll(argv[3], nullptr, 10);
  const std::string_view verb = argv[1];
  if (verb == "make") return creneau::surge::Make(work, now_s);
  if (verb == "check") return creneau::surge::Check(work, now_s);
  return 2;
}
