// The payload that ALTCHA's widget and libraries send: base64 of JSON with algorithm, challenge,
// number, salt and signature. Reads it; whether it is any good, surge/proof_of_work.h says. One
// thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "booking/answers.h"
#include "http/json.h"

namespace creneau::http {

class ProofPayload {
 public:
  // Nothing when it is no such payload. What it tells points into this object.
  std::optional<booking::ProofOfWork> Read(std::string_view text);

 private:
  std::string json_;
  std::string algorithm_, challenge_, salt_, signature_;
};

// The members that ALTCHA's widget reads a challenge from.
void WriteChallenge(JsonWriter& json, const booking::ChallengeText& challenge);

}  // namespace creneau::http
