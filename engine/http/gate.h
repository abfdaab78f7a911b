// Lets a thread's requests through to their handlers, or refuses them when there is more to do than
// can be done in time: by lane (surge/shedding.h), as soon as it is known what is asked for, before
// anything is read of a body. A refusal is bytes that were put together at the start.
//
// One for each I/O thread. Where caps on the rate of requests (by address, by person) come, they
// belong here, beside the load: who asks is known to the connection (callers.h).
#pragma once

#include <cstdint>
#include <string>

#include "http/ready_replies.h"
#include "surge/shedding.h"

namespace creneau::http {

// Who knows how busy the thread is.
class LoadSource {
 public:
  // At this moment. Must not throw.
  virtual const surge::Load& load() noexcept = 0;

 protected:
  ~LoadSource() = default;
};

class Gate {
 public:
  Gate();

  // From now on requests are refused as this says; before that nobody is. Not owned.
  void Follow(LoadSource& source) { source_ = &source; }

  surge::Shed Decide(surge::Lane lane) {
    if (source_ == nullptr) return surge::Shed::kNo;
    draw_ += kGoldenRatio;
    return surge::Decide(source_->load(), lane, draw_);
  }
  // 503 overloaded.
  void AppendRefusal(std::string& out, const Framing& framing) { busy_.Append(out, framing); }

 private:
  // Steps that spread over all of the numbers as evenly as any do (Weyl): of few requests already,
  // as many are refused as should be.
  static constexpr uint32_t kGoldenRatio = 0x9e3779b9;

  LoadSource* source_ = nullptr;
  uint32_t draw_ = 0;
  ReadyReplies busy_;
};

}  // namespace creneau::http
