// What the log says, record by record, as `creneauctl log show --json` would.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "codec/event.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {

class LogLines final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    lines.push_back(codec::DescribeRecord(record, /*json=*/true));
    return absl::OkStatus();
  }
  absl::Status End() override { return absl::OkStatus(); }

  size_t Count(std::string_view words) const {
    return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), Having(words)));
  }
  // Where such a line is; all of them: none is.
  size_t Find(std::string_view words) const {
    return static_cast<size_t>(std::find_if(lines.begin(), lines.end(), Having(words)) -
                               lines.begin());
  }
  bool Has(std::string_view words) const { return Find(words) < lines.size(); }

  std::vector<std::string> lines;

 private:
  struct Having {
    explicit Having(std::string_view w) : words(w) {}
    bool operator()(const std::string& line) const { return line.find(words) != std::string::npos; }
    std::string_view words;
  };
};

// Stops the engine for it, and starts it again.
inline LogLines LinesOf(World& world) {
  world.Stop();
  LogLines lines;
  const std::string data = world.directory + "/data";
  REQUIRE(wal::Verify(world.files, LogDirectory(data), lines, {}, ArchiveDirectory(data)).ok());
  world.Start();
  return lines;
}

}  // namespace creneau::booking
