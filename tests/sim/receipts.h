// What is owed to those who got nothing, and to those who have a seat: a receipt that says what
// they were told, which the public key proves and one changed octet does not (design 5). Reads
// receipts by the table of octets in engine/proof/receipt.h and with libsodium alone.
//
// Agendas are named as in auditor.h, "sim/"; identities are numbers (who.h), -1: none was given.
// Methods return "" or what is wrong.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "tests/sim/told.h"

namespace creneau::sim {

// A refusal, and what it was told with.
struct Attempted {
  std::string token;
  int identity = -1;
  std::string agenda;
  std::string outcome;
  Instant at;
  uint64_t start = 0;  // how many starts there had been
};

// A seat as it was when its receipt was asked for.
struct Seated {
  std::string reservation;
  std::string key;
  std::string slot;  // "sim/2027-06-01T09:00"
};

// Where the log stood, as a receipt says it.
struct LogPosition {
  uint64_t lsn = 0;
  uint64_t epoch = 0;
  std::array<uint8_t, 32> chain{};
  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

class ReceiptAuditor {
 public:
  explicit ReceiptAuditor(std::map<std::string, uint64_t>& reached) : reached_(reached) {}

  // Another process: what the one before has given out is worth the same.
  void Restarted() { ++starts_; }
  // GET /v1/keys. The first time, somebody writes the key down; it is the same ever after.
  std::string Keys(const Told& told);

  // Whoever asks for a seat or a ticket was answered.
  std::string Refused(int identity, const std::string& agenda, const Told& told, Instant now);
  // Whoever says that he found nothing was answered.
  std::string Reported(int identity, const std::string& agenda, const Told& told, Instant now);
  const std::deque<Attempted>& attempted() const { return attempted_; }
  // What an attempt was turned into.
  std::string Issued(const Attempted& attempted, const Told& told, Instant now);
  static std::string Forged(const Told& told);
  std::string Confirmation(const Seated& seated, const Told& told, Instant now);

  // Receipts that were given, to be looked at by the engine, as they are or with one sign changed.
  const std::deque<std::string>& given() const { return given_; }
  static std::string Verified(bool changed, const Told& told);

  // By batch, what receipts have said; held against what the log has there.
  const std::map<uint64_t, LogPosition>& positions() const { return positions_; }

 private:
  void Remember(const Attempted& attempted);
  std::string Prove(std::string_view octets) const;
  std::string Opens(std::string_view octets, const Attempted& attempted, const Told& told) const;

  std::map<std::string, uint64_t>& reached_;
  std::string key_;  // Ed25519, 32 octets
  uint64_t starts_ = 0;
  std::deque<Attempted> attempted_;
  std::deque<std::string> given_;
  std::map<uint64_t, LogPosition> positions_;
};

}  // namespace creneau::sim
