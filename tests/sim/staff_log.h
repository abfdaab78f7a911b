// What the log says of the staff, read record by record as anybody reads it who has the log and the
// key of the names: each act with its attribution before it and nothing in between, whole, and done
// by two persons where it takes two.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "booking/names.h"
#include "codec/event.h"

namespace creneau::sim {

// One act of somebody with a key.
struct Deed {
  std::string what;
  std::string agenda;       // "sim/"
  std::string reservation;  // its name; empty: about none
  std::string reason;
  std::string person{};
  std::string key{};  // its id
  int effects = 0;    // records that follow it
  friend bool operator==(const Deed&, const Deed&) = default;
};
std::string Describe(const Deed& deed);

class StaffLog {
 public:
  explicit StaffLog(const booking::Names& names) : names_(names) {}

  void Read(const codec::Record& record);
  void ReadSeat() { open_ = false; }

  const std::vector<Deed>& deeds() const { return deeds_; }
  // Names of reservations whose holders were told how to find them again.
  const std::vector<std::string>& recoveries() const { return recoveries_; }
  const std::string& wrong() const { return wrong_; }

 private:
  bool ReadEffect(const codec::Record& record);
  void Effect(std::string_view record, std::initializer_list<std::string_view> of,
              const std::string& reservation);
  void Complain(const std::string& what) {
    if (wrong_.empty()) wrong_ = "the log: " + what;
  }
  std::string NameOf(SeatRef origin) const { return std::string(names_.NameOf(origin).view()); }

  const booking::Names& names_;
  std::vector<Deed> deeds_;
  std::vector<std::string> recoveries_;
  std::string wrong_;
  bool open_ = false;  // the latest deed's effects may follow
  std::map<std::string, uint32_t> rekeyed_;
  std::map<uint64_t, std::string> proposed_by_;
  std::map<uint64_t, std::string> settled_by_;
};

}  // namespace creneau::sim
