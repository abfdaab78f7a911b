#include "booking/identities.h"

#include <algorithm>
#include <utility>

namespace creneau::booking {
namespace {

// A record stays well below what it may have.
constexpr size_t kLinksPerRecord = 4'000;

}  // namespace

Subject Identities::OfLinked(const Subject& derived) const {
  const auto at = links_.find(derived);
  return at == links_.end() ? derived : at->second.subject;
}

std::vector<Subject> Identities::AllOf(const Subject& subject) const {
  std::vector<Subject> all;
  if (!links_.contains(subject)) all.push_back(subject);
  const auto [from, until] = derived_of_.equal_range(subject);
  for (auto at = from; at != until; ++at) all.push_back(at->second);
  return all;
}

std::vector<Subject> Identities::AllNow(const Subject& subject) const {
  std::vector<Subject> all = AllOf(subject);
  if (links_.contains(subject)) all.push_back(subject);
  std::erase_if(all, [&](const Subject& known) { return Now(known) != subject; });
  return all;
}

std::vector<codec::SubjectLink> Identities::ToJoin(const Subject& derived,
                                                   const Subject& subject) const {
  std::vector<codec::SubjectLink> links;
  for (const Subject& one : AllOf(Of(derived))) links.push_back({one, subject});
  return links;
}

void Identities::Take(const codec::SubjectsLinked& linked) {
  for (const codec::SubjectLink& link : linked.links) {
    const auto before = links_.find(link.derived);
    if (before != links_.end()) {
      const auto [from, until] = derived_of_.equal_range(before->second.subject);
      derived_of_.erase(std::find_if(
          from, until, [&](const auto& entry) { return entry.second == link.derived; }));
    }
    links_[link.derived] = {link.subject, linked.agenda};
    derived_of_.emplace(link.subject, link.derived);
  }
}

void Identities::Forget(AgendaId agenda) {
  std::erase_if(links_, [&](const auto& entry) { return entry.second.agenda == agenda; });
  derived_of_.clear();
  for (const auto& [derived, linked] : links_) derived_of_.emplace(linked.subject, derived);
}

uint32_t Identities::FindRekeyed(SeatRef origin) const {
  const std::lock_guard lock(rekeyed_mutex_);
  const auto at = rekeyed_.find(origin);
  return at == rekeyed_.end() ? 0 : at->second;
}

void Identities::Take(const codec::Rekeyed& rekeyed) {
  const std::lock_guard lock(rekeyed_mutex_);
  uint32_t& times = rekeyed_[rekeyed.origin];
  times = std::max(times, rekeyed.times);
  any_rekeyed_.store(true);
}

size_t Identities::links() const {
  const Reading reading = Read();
  return links_.size();
}

std::vector<std::string> Identities::Snapshot() const {
  std::vector<std::string> events;
  std::map<AgendaId, codec::SubjectsLinked> by_agenda;
  const auto put = [&events](codec::SubjectsLinked& linked) {
    events.push_back(codec::EncodeLinks(linked));
    linked.links.clear();
  };
  {
    const Reading reading = Read();
    for (const auto& [derived, linked] : links_) {
      codec::SubjectsLinked& record = by_agenda[linked.agenda];
      record.agenda = linked.agenda;
      record.links.push_back({derived, linked.subject});
      if (record.links.size() == kLinksPerRecord) put(record);
    }
  }
  for (auto& [agenda, record] : by_agenda) {
    if (!record.links.empty()) put(record);
  }
  const std::lock_guard lock(rekeyed_mutex_);
  for (const auto& [origin, times] : rekeyed_)
    events.push_back(codec::EncodeRekeyed({origin, times}));
  return events;
}

}  // namespace creneau::booking
