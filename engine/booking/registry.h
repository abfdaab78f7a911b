// The agendas that are published: name and number → rules in force. Readers see immutable versions
// through atomic pointers: one for each agenda, which every publication replaces, and one for the
// table of names, which only a new agenda does. Versions are kept until the process ends, a kB or
// two each: a publication, or a shift of seats (shift.h). Threads: reads from any; Put from one at
// a time.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "booking/answers.h"
#include "ledger/region.h"

namespace creneau::booking {

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Null when there is none of that name or number.
  const AgendaInfo* Find(std::string_view name) const;
  const AgendaInfo* Find(AgendaId id) const;
  std::vector<const AgendaInfo*> All() const;  // by name
  AgendaId NextId() const;

  // Puts a version in force.
  void Put(AgendaInfo info);

 private:
  using Names = std::map<std::string, AgendaId, std::less<>>;

  std::vector<std::unique_ptr<const AgendaInfo>> infos_;
  std::vector<std::unique_ptr<const Names>> tables_;
  // Release on Put, acquire on reads: whoever sees a pointer sees what it points to. A version is
  // there before its name is.
  ledger::Region<std::atomic<const AgendaInfo*>> in_force_{limits::kMaxAgendas};
  std::atomic<const Names*> names_;
  std::atomic<uint32_t> ids_{0};  // given out so far
};

}  // namespace creneau::booking
