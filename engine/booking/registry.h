// The agendas that are published: name and number → rules in force. Readers see an immutable table
// through one atomic pointer; every publication makes a new one. Tables and versions are kept until
// the process ends: a few kB for each publication. Threads: reads from any; Put from one at a time.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "booking/answers.h"

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
  struct Table {
    std::map<std::string, const AgendaInfo*, std::less<>> by_name;
    std::vector<const AgendaInfo*> by_id;
  };

  std::vector<std::unique_ptr<const AgendaInfo>> infos_;
  std::vector<std::unique_ptr<const Table>> tables_;
  // Release on Put, acquire on reads: whoever sees a table sees what it points to.
  std::atomic<const Table*> current_;
};

}  // namespace creneau::booking
