// protobuf tells of bytes that are no UTF-8 on standard error: a hundred thousand times, here.
// libFuzzer calls this before the first input.

#include <google/protobuf/stubs/logging.h>

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}
