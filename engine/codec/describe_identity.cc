// Acts about identities, for people and for programs.

#include "absl/strings/str_format.h"
#include "codec/describe.h"

namespace creneau::codec {
namespace {

std::string SeatJson(const SeatRef& seat) {
  return absl::StrFormat(R"({"seat":%d,"generation":%d})", seat.seat.value, seat.generation.value);
}

std::string SeatWords(const SeatRef& seat) {
  return absl::StrFormat("seat %d generation %d", seat.seat.value, seat.generation.value);
}

std::string Whole(const Subject& subject) {
  return absl::StrFormat("%016x%016x", subject.hi, subject.lo);
}

}  // namespace

std::string Describe(const SubjectsLinked& linked, bool json) {
  std::string links;
  for (const SubjectLink& link : linked.links) {
    if (!links.empty()) links += json ? "," : "; ";
    links += json ? absl::StrFormat(R"({"identity":"%s","subject":"%s"})", Whole(link.derived),
                                    Whole(link.subject))
                  : absl::StrFormat("identity %s is subject %s", SubjectTag(link.derived),
                                    SubjectTag(link.subject));
  }
  if (json) {
    return absl::StrFormat(R"({"event":"subjects-linked","agenda":%d,"at":"%s","links":[%s]})",
                           linked.agenda.value, Utc(linked.at), links);
  }
  return absl::StrFormat("agenda %d: %s", linked.agenda.value,
                         links.empty() ? "no identity was linked" : links);
}

std::string Describe(const Rekeyed& rekeyed, bool json) {
  return json ? absl::StrFormat(R"({"event":"rekeyed","origin":%s,"times":%d})",
                                SeatJson(rekeyed.origin), rekeyed.times)
              : absl::StrFormat("%s has got another key, the %d. since it was held",
                                SeatWords(rekeyed.origin), rekeyed.times);
}

std::string Describe(const ActProposed& proposed, bool json) {
  const std::string kind(ActKindName(proposed.kind));
  if (json) {
    return absl::StrFormat(
        R"({"event":"act-proposed","act":"%016x","what":"%s","agenda":%d,"origin":%s,"reason":"%s","person":"%s","at":"%s"})",
        proposed.act, kind, proposed.agenda.value, SeatJson(proposed.origin),
        Quotable(proposed.reason), Quotable(proposed.person), Utc(proposed.at));
  }
  return absl::StrFormat("act %016x: %s proposes a %s of %s (%s)", proposed.act,
                         Printable(proposed.person), kind, SeatWords(proposed.origin),
                         Printable(proposed.reason));
}

std::string Describe(const ActSettled& settled, bool json) {
  if (json) {
    return absl::StrFormat(
        R"({"event":"act-settled","act":"%016x","person":"%s","at":"%s","withdrawn":%s,"times":%d})",
        settled.act, Quotable(settled.person), Utc(settled.at),
        settled.withdrawn ? "true" : "false", settled.times);
  }
  return absl::StrFormat("act %016x: %s by %s", settled.act,
                         settled.withdrawn ? "withdrawn" : "approved", Printable(settled.person));
}

std::string Describe(const HolderNotice& notice, bool json) {
  const std::string kind(NoticeKindName(notice.kind));
  if (json) {
    return absl::StrFormat(
        R"({"event":"holder-notice","what":"%s","agenda":%d,"origin":%s,"at":"%s"})", kind,
        notice.agenda.value, SeatJson(notice.origin), Utc(notice.at));
  }
  return absl::StrFormat("for the holder of %s: %s", SeatWords(notice.origin), kind);
}

std::string Describe(const PepperEpoch& pepper, bool json) {
  const std::string at = Utc(pepper.at);
  if (json && pepper.group.empty()) {
    return absl::StrFormat(R"({"event":"pepper-epoch","epoch":%d,"at":"%s","retired":%s})",
                           pepper.epoch, at, pepper.retired ? "true" : "false");
  }
  if (json) {
    return absl::StrFormat(
        R"({"event":"pepper-epoch","epoch":%d,"at":"%s","group":"%s","left":%d})", pepper.epoch, at,
        pepper.group, pepper.left);
  }
  if (pepper.group.empty()) {
    return absl::StrFormat("pepper %d %s, %s", pepper.epoch,
                           pepper.retired ? "is destroyed" : "was made", at);
  }
  std::string out =
      absl::StrFormat("group %s uses pepper %d from %s on", pepper.group, pepper.epoch, at);
  if (pepper.left > 0) absl::StrAppendFormat(&out, ", and pepper %d no longer", pepper.left);
  return out;
}

}  // namespace creneau::codec
