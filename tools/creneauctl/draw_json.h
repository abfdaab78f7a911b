// What the published files of a draw say in draw.json, and how a verdict names a place in one of
// them. Text in, a verdict out. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/instant.h"

namespace creneau::ctl {

// DataLoss. Line 0: of the file as a whole.
absl::Status WrongAt(std::string_view file, size_t line, std::string_view what);
absl::Status DiffersAt(std::string_view file, size_t line, std::string_view expected,
                       std::string_view found);

// draw.json: its members, all of which are texts.
class DrawJson {
 public:
  static absl::StatusOr<DrawJson> Read(std::string_view text);

  // Whether its leaves say whose they are.
  bool has_holders() const;
  // Empty: there is none, or it says nothing.
  std::string_view Of(const std::string& name) const;
  absl::Status Expect(const std::string& name, const std::string& expected) const;
  // A time, in the one spelling that there is.
  absl::StatusOr<Instant> TimeOf(const std::string& name, const absl::TimeZone& zone) const;

  // What it has beside that which other files make: DataLoss, where these, or the others among
  // them, show that it is not so. Who left a member out has told nothing by it.
  absl::Status CheckTold(const absl::TimeZone& zone, Instant closed_at, Instant round_at) const;
  // The members that nothing shows to be so, in the order of the alphabet.
  std::vector<std::string> Unchecked() const;

 private:
  std::map<std::string, std::string> members_;
};

}  // namespace creneau::ctl
