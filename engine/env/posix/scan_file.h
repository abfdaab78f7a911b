// A file that is read once, from one end to the other (OpenMode::kScan): past the page cache, so
// that no processor copies what the device can put in place, and what others have there stays. A
// file that lies in the cache already is read from it. Where the file system refuses O_DIRECT, and
// for reads that are not aligned, it is an ordinary file. Any number of threads may read.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "env/file.h"

namespace creneau::env {

absl::StatusOr<std::unique_ptr<File>> OpenScan(const std::string& path);

}  // namespace creneau::env
