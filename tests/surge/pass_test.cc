// A pass is good for one person, in one agenda, until it expires; nothing else is one.
#include "surge/pass.h"

#include <string>

#include "catch2/catch.hpp"

namespace creneau::surge {

TEST_CASE("a pass is good for its person, in its agenda, until it expires") {
  KeyedHash::Key key{};
  const KeyedHash secret(key);
  key[0] = 1;
  const KeyedHash other(key);
  const AgendaId agenda{3};
  const Subject ada{1, 2};
  const Instant now{1'796'110'200'000};
  const std::string pass(Grant(secret, agenda, ada, now + 60'000).view());
  CHECK(IsGranted(secret, agenda, ada, pass, now));
  CHECK(IsGranted(secret, agenda, ada, pass, now + 60'999));
  CHECK(!IsGranted(secret, agenda, ada, pass, now + 61'000));
  CHECK(!IsGranted(other, agenda, ada, pass, now));
  CHECK(!IsGranted(secret, AgendaId{4}, ada, pass, now));
  CHECK(!IsGranted(secret, agenda, Subject{2, 1}, pass, now));
  for (size_t at = 0; at < pass.size(); ++at) {
    for (const char c : {'A', 'B', '-', '=', '\xc3'}) {
      std::string bad = pass;
      if (bad[at] == c) continue;
      bad[at] = c;
      CHECK(!IsGranted(secret, agenda, ada, bad, now));
    }
    CHECK(!IsGranted(secret, agenda, ada, pass.substr(0, at), now));
  }
}

}  // namespace creneau::surge
