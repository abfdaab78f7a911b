// What a test can see of the system's page cache. One thread.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "catch2/catch.hpp"
#include "env/file.h"

namespace creneau::env {

// How many pages of the file, which is not empty, lie there.
inline int64_t PagesInCache(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  struct stat info;
  REQUIRE(::fstat(fd, &info) == 0);
  const auto bytes = static_cast<size_t>(info.st_size);
  void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE(at != MAP_FAILED);
  std::vector<unsigned char> pages((bytes + kAlignment - 1) / kAlignment);
  REQUIRE(::mincore(at, bytes, pages.data()) == 0);
  REQUIRE(::munmap(at, bytes) == 0);
  REQUIRE(::close(fd) == 0);
  return std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return page & 1; });
}

// Pages that are not durable stay.
inline void DropFromCache(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  CHECK(::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
  REQUIRE(::close(fd) == 0);
}

// Whether the file may be used past it.
inline bool TakesDirect(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
  if (fd >= 0) REQUIRE(::close(fd) == 0);
  return fd >= 0;
}

}  // namespace creneau::env
