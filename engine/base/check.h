// CHECK: for our own bugs only, on in production as in tests. A broken invariant stops the process
// with what, where and the failed expression: an engine that goes on with a broken ledger would
// lie. What users or disks can cause is an Outcome (outcome.h) or an absl::Status, never a CHECK.
// Any thread. Does not allocate before it has written its message.
#pragma once

namespace creneau {

[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace creneau

#define CHECK(expression)                             \
  (__builtin_expect(static_cast<bool>(expression), 1) \
       ? static_cast<void>(0)                         \
       : ::creneau::CheckFailed(__FILE__, __LINE__, #expression))
