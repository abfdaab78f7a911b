#include "http/proof_payload.h"

#include <sodium.h>

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace creneau::http {
namespace {

// A payload of ours has some 450 octets.
constexpr size_t kLongestJson = 1024;

bool TakeText(const boost::json::object& members, std::string_view name, std::string* out) {
  const boost::json::value* value = members.if_contains(name);
  if (value == nullptr || !value->is_string()) return false;
  const boost::json::string& text = value->get_string();
  out->assign(text.data(), text.size());
  return true;
}

}  // namespace

std::optional<booking::ProofOfWork> ProofPayload::Read(std::string_view text) {
  json_.resize(kLongestJson);
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(json_.data()), json_.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  json_.resize(size);
  std::array<unsigned char, 4 * kLongestJson> room;
  boost::json::monotonic_resource memory(room.data(), room.size());
  boost::json::error_code failed;
  const boost::json::value value = boost::json::parse(json_, failed, &memory);
  if (failed || !value.is_object()) return std::nullopt;
  const boost::json::object& members = value.get_object();
  const boost::json::value* number = members.if_contains("number");
  if (number == nullptr || !number->is_int64() || number->get_int64() < 0 ||
      !TakeText(members, "algorithm", &algorithm_) ||
      !TakeText(members, "challenge", &challenge_) || !TakeText(members, "salt", &salt_) ||
      !TakeText(members, "signature", &signature_))
    return std::nullopt;
  return booking::ProofOfWork{algorithm_, challenge_, static_cast<uint64_t>(number->get_int64()),
                              salt_, signature_};
}

void WriteChallenge(JsonWriter& json, const booking::ChallengeText& challenge) {
  json.Object().Name("algorithm").String(booking::kProofAlgorithm);
  json.Name("challenge").String(challenge.challenge());
  json.Name("maxnumber").Number(challenge.max_number);
  json.Name("salt").String(challenge.salt());
  json.Name("signature").String(challenge.signature()).EndObject();
}

}  // namespace creneau::http
