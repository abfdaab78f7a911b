// What the staff does about identities: looks up whose reservation it is, links two identities of
// one person, puts a mistyped one right, gives a usurped seat back; and how a holder is told.
//
// Nobody here learns more than was asked: a name and a moment to the staff, nothing to whoever asks
// for a recovery.

#include <cstring>

#include "base/check.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kNewDocument = "new-document";
constexpr std::string_view kReasons[] = {"typing-error", "office-error", kNewDocument, "usurped",
                                         "other"};

// The problems of an applicant who stands elsewhere in a body than at /applicant.
std::vector<rules::IdentityProblem> Below(std::string_view member,
                                          std::vector<rules::IdentityProblem> problems) {
  constexpr std::string_view kUsual = "/applicant";
  for (rules::IdentityProblem& problem : problems) {
    problem.pointer = "/" + std::string(member) + problem.pointer.substr(kUsual.size());
  }
  return problems;
}

IdentityAnswer Invalid(const AgendaInfo* agenda, std::vector<rules::IdentityProblem> problems) {
  IdentityAnswer answer;
  answer.outcome = Outcome::kValidationFailed;
  answer.agenda = agenda;
  answer.problems = std::move(problems);
  return answer;
}

// In how many fields two applicants differ who are named by the same alternative; nothing where
// they are not.
std::optional<size_t> FieldsThatDiffer(const rules::Agenda& agenda, const rules::Applicant& a,
                                       const rules::Applicant& b, Instant now) {
  const auto complete = [](const rules::IdentityAlternative& alternative,
                           const rules::Applicant& applicant) {
    for (const rules::IdentityField field : alternative) {
      if (applicant.fields[static_cast<size_t>(field)].empty()) return false;
    }
    return true;
  };
  for (const rules::IdentityAlternative& alternative : agenda.identity) {
    if (complete(alternative, a) != complete(alternative, b)) return std::nullopt;
    if (!complete(alternative, a)) continue;
    size_t differ = 0;
    for (const rules::IdentityField field : alternative) {
      const auto at = static_cast<size_t>(field);
      std::string ignored;
      differ += rules::Normalise(field, a.fields[at], now, &ignored) !=
                rules::Normalise(field, b.fields[at], now, &ignored);
    }
    // All of it is another person.
    return differ < alternative.size() ? std::optional(differ) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool IsReason(std::string_view text) {
  return std::find(std::begin(kReasons), std::end(kReasons), text) != std::end(kReasons);
}

std::string_view AllReasons() {
  return "is one of typing-error, office-error, new-document, usurped, other";
}

void Engine::Impl::Attribute(Act& act, const Actor& actor, std::string_view what,
                             const AgendaInfo& agenda, std::optional<SeatRef> origin,
                             std::string_view reason, Instant now) {
  act.PushCopy(Attribution(actor, {what, agenda.rules.name, origin, reason}, now));
}

// The live reservation of that name, whoever's it is.
std::optional<ledger::SeatView> Engine::Impl::LiveByName(Act& act, std::string_view name,
                                                         Instant now) {
  const std::optional<SeatRef> ref = names_->Parse(name);
  if (!ref) return std::nullopt;
  const std::optional<ledger::SeatView> seat = ledger_.Look(*ref, act);
  if (!seat || !ledger::IsReserved(seat->word.state())) return std::nullopt;
  const bool lapsed = ledger::AwaitsConfirm(seat->word.state()) &&
                      DeadlineTime(now) > ledger::InstantOfDeadline(seat->word.deadline_s());
  return lapsed ? std::nullopt : seat;
}

// The live reservation of a subject; with a Reading or a Writing.
std::optional<ledger::SeatView> Engine::Impl::LiveOf(Act& act, const Subject& subject,
                                                     Instant now) {
  std::optional<ledger::SeatView> seat = ledger_.Find(subject, act);
  const bool over = seat && seat->word.state() == ledger::SeatState::kConfirmed &&
                    now >= seat->starts_at + seat->minutes * kMsPerMinute;
  if (!over) return seat;
  ledger_.EndPast(seat->ref.seat, now, act);
  return std::nullopt;
}

void Engine::Impl::Notify(Act& act, codec::NoticeKind kind, const ledger::SeatView& seat,
                          Instant now) {
  if (LogRoom() != Room::kPlenty) return;  // which is kept for those who hold a seat
  if (!proofs_->MayNotify(kind, seat.subject, clock_.MonotonicNs())) {
    if (kind == codec::NoticeKind::kRecovery) act.PushCopy(codec::EncodeProbe({now}));
    return;
  }
  act.PushCopy(codec::EncodeNotice({kind, seat.agenda, seat.origin, now}));
}

IdentityAnswer Engine::Impl::Lookup(Act& act, std::string_view name,
                                    const rules::Applicant& applicant, const Actor& actor,
                                    Instant now) {
  const AgendaInfo* const agenda = registry_.Find(name);
  if (agenda == nullptr) return Denied(Outcome::kUnknownAgenda);
  const Identities::Reading reading = people_->identities.Read();
  rules::Identity identity =
      rules::Identify(agenda->rules, applicant, peppers_.Of(agenda->id), now);
  if (!identity.problems.empty()) return Invalid(agenda, std::move(identity.problems));
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, agenda);
  auto seat = LiveOf(act, people_->identities.Of(identity.subject), now);
  // Agendas of one group share their people: what is in another's is for whoever may act for that.
  if (seat && !Covers(actor, registry_.Find(seat->agenda)->rules.name)) seat.reset();
  Attribute(act, actor, "lookup", *agenda, seat ? std::optional(seat->origin) : std::nullopt, "",
            now);
  IdentityAnswer answer;
  answer.agenda = seat ? registry_.Find(seat->agenda) : agenda;
  if (seat) answer.reservation = Describe(*seat, HandleOf(*seat));
  return answer;
}

IdentityAnswer Engine::Impl::Recover(Act& act, std::string_view name,
                                     const rules::Applicant& applicant, Instant now) {
  const AgendaInfo* const agenda = registry_.Find(name);
  if (agenda == nullptr) return Denied(Outcome::kUnknownAgenda);
  const Identities::Reading reading = people_->identities.Read();
  rules::Identity identity =
      rules::Identify(agenda->rules, applicant, peppers_.Of(agenda->id), now);
  if (!identity.problems.empty()) return Invalid(agenda, std::move(identity.problems));
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, agenda);
  const Subject subject = people_->identities.Of(identity.subject);
  if (proofs_->TooOften(subject, clock_.MonotonicNs()))
    return Denied(Outcome::kRateLimited, agenda);
  // The answer is the same either way, and waits for the disk either way: without a record it would
  // come sooner.
  if (const auto seat = LiveOf(act, subject, now)) {
    Notify(act, codec::NoticeKind::kRecovery, *seat, now);
  } else {
    act.PushCopy(codec::EncodeProbe({now}));
  }
  IdentityAnswer answer;
  answer.agenda = agenda;
  return answer;
}

// With a Writing: two identities become one subject, that of the seat where one of them has one.
Engine::Impl::Joined Engine::Impl::ToJoin(Act& act, const Subject& one, const Subject& other,
                                          Instant now) {
  const Identities& identities = people_->identities;
  const Subject a = identities.Of(one);
  const Subject b = identities.Of(other);
  Joined joined;
  joined.existed = a == b;
  if (joined.existed) return joined;
  const auto seat_a = LiveOf(act, a, now);
  const auto seat_b = LiveOf(act, b, now);
  // Which of the two is to go, a person must say.
  if (seat_a && seat_b) joined.outcome = Outcome::kAlreadyReserved;
  joined.seat = seat_a ? seat_a : seat_b;
  // A subject that a correction took from its own identity is known as theirs by what links to it
  // alone: whoever joins comes to it, or a place that it has would be for whoever has that
  // identity.
  const bool to_a = seat_a || (!seat_b && identities.Of(a) != a);
  joined.links = to_a ? identities.ToJoin(other, a) : identities.ToJoin(one, b);
  return joined;
}

IdentityAnswer Engine::Impl::Link(Act& act, const LinkRequest& request, const Actor& actor,
                                  Instant now) {
  const AgendaInfo* const agenda = registry_.Find(request.agenda);
  if (agenda == nullptr) return Denied(Outcome::kUnknownAgenda);
  if (!IsReason(request.reason)) return Invalid(agenda, {{"/reason", std::string(AllReasons())}});
  const Identities::Writing writing = people_->identities.Write();
  rules::Identity one =
      rules::Identify(agenda->rules, request.applicant, peppers_.Of(agenda->id), now);
  if (!one.problems.empty()) return Invalid(agenda, std::move(one.problems));
  rules::Identity other =
      rules::Identify(agenda->rules, request.same_as, peppers_.Of(agenda->id), now);
  if (!other.problems.empty()) return Invalid(agenda, Below("same_as", std::move(other.problems)));
  const Joined joined = ToJoin(act, one.subject, other.subject, now);
  IdentityAnswer answer;
  answer.agenda = agenda;
  answer.existed = joined.existed;
  const AgendaInfo* const held = joined.seat ? registry_.Find(joined.seat->agenda) : nullptr;
  const bool covered = held == nullptr || Covers(actor, held->rules.name);
  // It tells who is whom, and who has a seat: whoever asks stands in the log, as with a lookup.
  if (answer.existed || !covered || joined.outcome != Outcome::kOk) {
    Attribute(act, actor, "link", *agenda, std::nullopt, request.reason, now);
    if (answer.existed) return answer;
    return Denied(covered ? joined.outcome : Outcome::kForbidden, agenda);
  }
  // It says whose seat that is as well: not one person's to say.
  if (joined.seat) {
    answer = Propose(act,
                     {0, codec::ActKind::kLink, held->id, joined.seat->origin, one.subject,
                      other.subject, std::string(request.reason), std::string(actor.person), now},
                     *held, actor, now);
    if (answer.act) answer.reservation = Describe(*joined.seat, HandleOf(*joined.seat));
    return answer;
  }
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, agenda);
  Attribute(act, actor, "link", *agenda, std::nullopt, request.reason, now);
  PutInForce(act, {agenda->id, now, joined.links});
  return answer;
}

// With a Writing.
void Engine::Impl::PutInForce(Act& act, const codec::SubjectsLinked& linked) {
  act.PushOwned(codec::EncodeLinks(linked));
  people_->identities.Take(linked);
}

// With a Writing: the seat's subject becomes that identity's, and all by which it was known before
// become a new one's, since they may be somebody else's.
Outcome Engine::Impl::Rebind(Act& act, const ledger::SeatView& seat, const Subject& right,
                             Instant now) {
  Identities& identities = people_->identities;
  const Subject before = identities.Of(right);
  if (before == seat.subject) return Outcome::kOk;
  if (LiveOf(act, before, now)) return Outcome::kAlreadyReserved;
  codec::SubjectsLinked linked{seat.agenda, now, identities.ToJoin(right, seat.subject)};
  Subject fresh;
  std::array<uint8_t, sizeof fresh> random;
  entropy_.Fill(random);
  std::memcpy(&fresh, random.data(), sizeof fresh);
  for (const Subject& known : identities.AllOf(seat.subject))
    linked.links.push_back({known, fresh});
  PutInForce(act, linked);
  return Outcome::kOk;
}

// With a Writing: whoever has the key now has it no longer.
void Engine::Impl::Rekey(Act& act, const ledger::SeatView& seat) {
  const codec::Rekeyed rekeyed{seat.origin, people_->identities.TimesRekeyed(seat.origin) + 1};
  act.PushOwned(codec::EncodeRekeyed(rekeyed));
  people_->identities.Take(rekeyed);
}

IdentityAnswer Engine::Impl::Correct(Act& act, const CorrectionRequest& request, const Actor& actor,
                                     Instant now) {
  const Identities::Writing writing = people_->identities.Write();
  const auto seat = LiveByName(act, request.reservation, now);
  if (!seat) return Denied(Outcome::kUnknownReservation);
  const AgendaInfo& agenda = *registry_.Find(seat->agenda);
  if (!Covers(actor, agenda.rules.name)) return Denied(Outcome::kUnknownReservation);
  if (!IsReason(request.reason)) return Invalid(&agenda, {{"/reason", std::string(AllReasons())}});
  if (request.reason == kNewDocument) {
    return Invalid(&agenda, {{"/reason",
                              "a new document is no mistake, and the old one stays this person's: "
                              "have both become one with a link"}});
  }
  rules::Identity right = rules::Identify(agenda.rules, request.right, peppers_.Of(agenda.id), now);
  if (!right.problems.empty()) return Invalid(&agenda, std::move(right.problems));
  rules::Identity booked;
  std::optional<size_t> differ;
  if (request.booked) {
    booked = rules::Identify(agenda.rules, *request.booked, peppers_.Of(agenda.id), now);
    if (!booked.problems.empty())
      return Invalid(&agenda, Below("booked", std::move(booked.problems)));
    differ = FieldsThatDiffer(agenda.rules, request.right, *request.booked, now);
  }
  IdentityAnswer answer;
  answer.agenda = &agenda;
  answer.reservation = Describe(*seat, HandleOf(*seat));
  answer.existed = people_->identities.Of(right.subject) == seat->subject;
  const bool of_another = request.booked && people_->identities.Of(booked.subject) != seat->subject;
  // It tells whose seat that is, or whose it is not.
  if (answer.existed || of_another)
    Attribute(act, actor, "correct", agenda, seat->origin, request.reason, now);
  if (answer.existed) return answer;
  if (of_another) {
    return Invalid(&agenda, {{"/booked",
                              "is not whom this reservation is for: say what was typed when it was "
                              "booked, or leave it out and have a second agent approve"}});
  }
  // One field of what was booked, not one after the other of what corrections have made of it, and
  // nothing that a colleague has said to be this person's as well.
  const bool known_by_one = people_->identities.AllOf(seat->subject).size() == 1;
  if (differ != 1u || booked.subject != seat->subject || !known_by_one) {
    return Propose(act,
                   {0, codec::ActKind::kCorrection, agenda.id, seat->origin, right.subject,
                    booked.subject, std::string(request.reason), std::string(actor.person), now},
                   agenda, actor, now);
  }
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, &agenda);
  // Said before it is done; what is then refused was asked for all the same.
  Attribute(act, actor, "correct", agenda, seat->origin, request.reason, now);
  answer.outcome = Rebind(act, *seat, right.subject, now);
  return answer;
}

IdentityAnswer Engine::Impl::Repair(Act& act, const RepairRequest& request, const Actor& actor,
                                    Instant now) {
  const Identities::Writing writing = people_->identities.Write();
  const auto seat = LiveByName(act, request.reservation, now);
  if (!seat) return Denied(Outcome::kUnknownReservation);
  const AgendaInfo& agenda = *registry_.Find(seat->agenda);
  if (!Covers(actor, agenda.rules.name)) return Denied(Outcome::kUnknownReservation);
  if (!IsReason(request.reason)) return Invalid(&agenda, {{"/reason", std::string(AllReasons())}});
  rules::Identity owner = rules::Identify(agenda.rules, request.owner, peppers_.Of(agenda.id), now);
  if (!owner.problems.empty()) return Invalid(&agenda, std::move(owner.problems));
  if (people_->identities.Of(owner.subject) != seat->subject) {
    Attribute(act, actor, "repair", agenda, seat->origin, request.reason, now);
    return Invalid(&agenda, {{"/applicant",
                              "is not whom this reservation is for: a wrong identity is corrected "
                              "first"}});
  }
  return Propose(act,
                 {0, codec::ActKind::kRepair, agenda.id, seat->origin, owner.subject, Subject{},
                  std::string(request.reason), std::string(actor.person), now},
                 agenda, actor, now);
}

}  // namespace creneau::booking
