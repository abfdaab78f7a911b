#include "http/routes.h"

#include <array>
#include <utility>

#include "http/handlers.h"
#include "http/staff_rule.h"

namespace creneau::http {
namespace {

constexpr unsigned Bits(Audience audience) { return static_cast<unsigned>(audience); }
constexpr unsigned kStaff = Bits(Audience::kAdmin) | Bits(Audience::kStaff);
constexpr unsigned kEveryone = Bits(Audience::kPublic) | kStaff;
constexpr unsigned kHolder = kEveryone | Bits(Audience::kHolder);
constexpr unsigned kMachines = Bits(Audience::kAdmin) | Bits(Audience::kProbe);

using rules::Role;
using surge::Lane;

// Whose they are, where they are the staff's.
constexpr StaffRule kAnyone{};
constexpr StaffRule kOperators{RolesOf(Role::kOperator), Scope::kNamed};
constexpr StaffRule kPassGivers{RolesOf(Role::kSite, Role::kAgent, Role::kOperator), Scope::kNamed};
constexpr StaffRule kFinders{RolesOf(Role::kAgent, Role::kHelper), Scope::kNamed};
constexpr StaffRule kAgents{RolesOf(Role::kAgent), Scope::kNamed};
constexpr StaffRule kAgentsInside{RolesOf(Role::kAgent), Scope::kInside};
constexpr StaffRule kMandateReaders{RolesOf(Role::kAgent, Role::kOperator, Role::kAuditor),
                                    Scope::kInside};
constexpr StaffRule kEnterers{RolesOf(Role::kSite, Role::kAgent, Role::kHelper), Scope::kNamed};
constexpr StaffRule kKeepers{RolesOf(Role::kOperator), Scope::kWhole};
constexpr StaffRule kFollowers{RolesOf(Role::kSite, Role::kOperator, Role::kAuditor),
                               Scope::kInside};
constexpr StaffRule kReaders{RolesOf(Role::kOperator, Role::kAuditor), Scope::kWhole};

struct Route {
  Method method;
  std::string_view path;  // {} is any one segment, which becomes Exchange::name
  Lane lane;
  unsigned audiences;
  void (*handle)(Exchange&);
  StaffRule staff = kAnyone;
};

constexpr Route kRoutes[] = {
    {Method::kGet, "/v1/agendas", Lane::kRead, kEveryone, ListAgendas},
    {Method::kGet, "/v1/agendas/{}", Lane::kRead, kEveryone, ShowAgenda},
    {Method::kGet, "/v1/agendas/{}/slots", Lane::kRead, kEveryone, ListSlots},
    {Method::kGet, "/v1/agendas/{}/queue", Lane::kRead, kEveryone, ShowQueue},
    {Method::kGet, "/v1/agendas/{}/record", Lane::kRead, kEveryone, ShowRecord},
    {Method::kGet, "/v1/agendas/{}/releases", Lane::kRead, kEveryone, ShowReleases},
    {Method::kGet, "/v1/agendas/{}/notice", Lane::kRead, kEveryone, ShowNotice},
    {Method::kPost, "/v1/agendas/{}/tickets", Lane::kArrival, kEveryone, IssueTicket},
    {Method::kGet, "/v1/agendas/{}/challenge", Lane::kArrival, kEveryone, ShowChallenge},
    {Method::kPost, "/v1/agendas/{}/holds", Lane::kHold, kEveryone, HoldSeat},
    {Method::kPost, "/v1/reservations/{}/confirm", Lane::kConfirm, kHolder, ConfirmReservation},
    {Method::kPost, "/v1/reservations/{}/move", Lane::kHold, kEveryone, MoveReservation},
    {Method::kPost, "/v1/reservations/{}/extend", Lane::kConfirm, kHolder, ExtendReservation},
    {Method::kGet, "/v1/reservations/{}", Lane::kConfirm, kHolder, ShowReservation},
    {Method::kDelete, "/v1/reservations/{}", Lane::kConfirm, kHolder, CancelReservation},
    {Method::kGet, "/v1/reservations/{}/receipt", Lane::kReceipt, kHolder, ShowReceipt},
    {Method::kPost, "/v1/agendas/{}/waitlist", Lane::kArrival, kEveryone, JoinWaitlist},
    {Method::kGet, "/v1/waitlist/{}", Lane::kRead, kEveryone, ShowPlace},
    {Method::kDelete, "/v1/waitlist/{}", Lane::kHold, kEveryone, LeaveWaitlist},
    {Method::kPost, "/v1/agendas/{}/attempts", Lane::kReceipt, kEveryone, ReportAttempt},
    {Method::kPost, "/v1/receipts", Lane::kReceipt, kEveryone, IssueReceipt},
    {Method::kPost, "/v1/receipts/verify", Lane::kReceipt, kEveryone, VerifyReceipt},
    {Method::kGet, "/v1/keys", Lane::kRead, kEveryone, ShowKeys},
    {Method::kPost, "/v1/agendas/{}/entries", Lane::kArrival, kEveryone, EnterDraw},
    {Method::kGet, "/v1/entries/{}", Lane::kRead, kEveryone, ShowEntry},
    {Method::kDelete, "/v1/entries/{}", Lane::kHold, kEveryone, LeaveDraw},
    {Method::kGet, "/v1/entries/{}/receipt", Lane::kReceipt, kEveryone, ShowInclusion},
    {Method::kGet, "/v1/agendas/{}/draw", Lane::kRead, kEveryone, ShowDraw},
    {Method::kPost, "/v1/agendas/{}/draw/entries", Lane::kOperator, kStaff, EnterFor, kEnterers},
    {Method::kPost, "/v1/agendas/{}/draw/close", Lane::kOperator, kStaff, CloseDraw, kOperators},
    {Method::kPost, "/v1/agendas/{}/draw/seed", Lane::kOperator, kStaff, SeedDraw, kOperators},
    {Method::kPost, "/v1/agendas/{}/draw/run", Lane::kOperator, kStaff, RunDraw, kOperators},
    {Method::kPut, "/v1/agendas/{}", Lane::kOperator, kStaff, PublishAgenda, kOperators},
    {Method::kPost, "/v1/agendas/{}/pause", Lane::kOperator, kStaff, PauseAgenda, kOperators},
    {Method::kPost, "/v1/agendas/{}/resume", Lane::kOperator, kStaff, ResumeAgenda, kOperators},
    {Method::kPost, "/v1/agendas/{}/drain", Lane::kOperator, kStaff, DrainQueue, kOperators},
    {Method::kPost, "/v1/agendas/{}/rate", Lane::kOperator, kStaff, CapRate, kOperators},
    {Method::kPost, "/v1/agendas/{}/extend", Lane::kOperator, kStaff, ExtendOpening, kOperators},
    {Method::kPost, "/v1/agendas/{}/beacon", Lane::kOperator, kStaff, TellBeacon, kOperators},
    {Method::kPost, "/v1/agendas/{}/without-beacon", Lane::kOperator, kStaff, OpenWithoutBeacon,
     kOperators},
    {Method::kPost, "/v1/agendas/{}/shift", Lane::kOperator, kStaff, ShiftSeats, kOperators},
    {Method::kPost, "/v1/agendas/{}/passes", Lane::kOperator, kStaff, GrantPass, kPassGivers},
    {Method::kPut, "/v1/agendas/{}/roster", Lane::kOperator, kStaff, ReplaceRoster, kOperators},
    {Method::kPost, "/v1/agendas/{}/roster", Lane::kOperator, kStaff, AddToRoster, kOperators},
    {Method::kPost, "/v1/agendas/{}/lookup", Lane::kOperator, kStaff, LookupApplicant, kFinders},
    {Method::kPost, "/v1/agendas/{}/desk", Lane::kOperator, kStaff, BookAtDesk, kFinders},
    {Method::kPost, "/v1/agendas/{}/links", Lane::kOperator, kStaff, LinkApplicants, kAgents},
    {Method::kPost, "/v1/agendas/{}/recoveries", Lane::kArrival, kEveryone, RecoverReservation},
    {Method::kPost, "/v1/agendas/{}/places", Lane::kOperator, kStaff, TakePlaceFor, kFinders},
    {Method::kPost, "/v1/agendas/{}/close", Lane::kOperator, kStaff, CloseDay, kOperators},
    {Method::kPost, "/v1/agendas/{}/reopen", Lane::kOperator, kStaff, ReopenDay, kOperators},
    {Method::kPost, "/v1/reservations/{}/corrections", Lane::kOperator, kStaff, CorrectReservation,
     kAgentsInside},
    {Method::kPost, "/v1/reservations/{}/repairs", Lane::kOperator, kStaff, RepairReservation,
     kAgentsInside},
    {Method::kGet, "/v1/acts", Lane::kOperator, kStaff, ListActs, kAgentsInside},
    {Method::kPost, "/v1/acts/{}/approve", Lane::kOperator, kStaff, ApproveAct, kAgentsInside},
    {Method::kDelete, "/v1/acts/{}", Lane::kOperator, kStaff, WithdrawAct, kAgentsInside},
    {Method::kPost, "/v1/mandates", Lane::kOperator, kStaff, EnterMandate, kAgentsInside},
    {Method::kGet, "/v1/mandates", Lane::kOperator, kStaff, ListMandates, kMandateReaders},
    {Method::kPost, "/v1/mandates/{}/approve", Lane::kOperator, kStaff, ApproveMandate,
     kAgentsInside},
    {Method::kDelete, "/v1/mandates/{}", Lane::kOperator, kStaff, WithdrawMandate, kAgentsInside},
    {Method::kGet, "/v1/snapshots", Lane::kOperator, kStaff, ListSnapshots, kReaders},
    {Method::kPost, "/v1/snapshots", Lane::kOperator, kStaff, TakeSnapshot, kKeepers},
    {Method::kGet, "/v1/peppers", Lane::kOperator, kStaff, ShowPeppers, kReaders},
    {Method::kPut, "/v1/peppers/{}", Lane::kOperator, kStaff, RenewPepper, kKeepers},
    {Method::kDelete, "/v1/peppers/{}", Lane::kOperator, kStaff, RetirePepper, kKeepers},
    {Method::kGet, "/v1/events", Lane::kOperator, kStaff, StreamEvents, kFollowers},
    {Method::kGet, "/livez", Lane::kOperator, kMachines, ReportLive},
    {Method::kGet, "/readyz", Lane::kOperator, kMachines, ReportReady},
    {Method::kGet, "/metrics", Lane::kOperator, kMachines, ShowMetrics},
};

constexpr size_t kRouteCount = std::size(kRoutes);

// A route's path, cut at its slashes when this is compiled: every request is held against several.
struct Segments {
  constexpr explicit Segments(std::string_view path) {
    for (; !path.empty(); ++count) {
      path.remove_prefix(1);
      texts[count] = path.substr(0, path.find('/'));
      if (texts[count] == "{}") name_at = count;
      path.remove_prefix(texts[count].size());
    }
  }

  std::array<std::string_view, 5> texts;
  size_t count = 0;
  size_t name_at = kNowhere;  // where {} stands

  static constexpr size_t kNowhere = static_cast<size_t>(-1);
};

template <size_t... kIndex>
constexpr std::array<Segments, kRouteCount> CutAll(std::index_sequence<kIndex...>) {
  return {Segments(kRoutes[kIndex].path)...};
}
constexpr std::array<Segments, kRouteCount> kSegments =
    CutAll(std::make_index_sequence<kRouteCount>());

// Whether the target's path is this route's; `name` receives the segment at {}.
bool Matches(const Segments& path, const Target& target, std::string_view& name) {
  if (target.segments() != path.count) return false;
  for (size_t i = 0; i < path.count; ++i) {
    if (i != path.name_at && path.texts[i] != target.segment(i)) return false;
  }
  if (path.name_at != Segments::kNowhere) name = target.segment(path.name_at);
  return true;
}

// The methods that the target's path has for these audiences.
unsigned MethodsOf(const Target& target, unsigned audiences) {
  unsigned methods = 0;
  std::string_view name;
  for (size_t i = 0; i < kRouteCount; ++i) {
    if ((kRoutes[i].audiences & audiences) == 0) continue;
    if (Matches(kSegments[i], target, name)) methods |= static_cast<unsigned>(kRoutes[i].method);
  }
  return methods;
}

struct MethodName {
  Method method;
  std::string_view name;
};
constexpr MethodName kMethodNames[] = {{Method::kGet, "GET, HEAD"},
                                       {Method::kPost, "POST"},
                                       {Method::kPut, "PUT"},
                                       {Method::kDelete, "DELETE"}};

void RefuseMethod(Exchange& exchange, unsigned allowed) {
  std::string names;
  for (const MethodName& entry : kMethodNames) {
    if ((allowed & static_cast<unsigned>(entry.method)) == 0) continue;
    if (!names.empty()) names += ", ";
    names += entry.name;
  }
  exchange.reply.AddHeader("Allow", names);
  exchange.Refuse({.outcome = Outcome::kMethodNotAllowed});
}

}  // namespace

size_t RouteCount() { return kRouteCount; }

size_t ConfirmRoute() {
  constexpr size_t kAt = [] {
    size_t at = 0;
    while (kRoutes[at].handle != ConfirmReservation) ++at;
    return at;
  }();
  return kAt;
}

std::string_view RouteName(size_t route) {
  return route < kRouteCount ? kRoutes[route].path : "none";
}

std::string_view RouteMethod(size_t route) {
  if (route >= kRouteCount) return "none";
  switch (kRoutes[route].method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
    case Method::kOther:
      break;
  }
  return "none";
}

const StaffRule& RouteStaff(size_t route) { return kRoutes[route].staff; }
unsigned RouteAudiences(size_t route) { return kRoutes[route].audiences; }

surge::Lane RouteLane(size_t route) { return kRoutes[route].lane; }

bool IsForStaff(Method method, const Target& target) {
  std::string_view name;
  for (size_t i = 0; i < kRouteCount; ++i) {
    if (kRoutes[i].staff.roles != 0 && kRoutes[i].method == method &&
        Matches(kSegments[i], target, name))
      return true;
  }
  return false;
}

size_t Dispatch(Exchange& exchange, Audience audience) {
  const unsigned audiences =
      Bits(audience) | (exchange.staff_come_here ? Bits(Audience::kStaff) : 0);
  for (size_t i = 0; i < kRouteCount; ++i) {
    const Route& route = kRoutes[i];
    if (route.method != exchange.request.method || (route.audiences & audiences) == 0) continue;
    if (!Matches(kSegments[i], exchange.target, exchange.name)) continue;
    exchange.audience = audience;
    exchange.shed = exchange.gate.Decide(route.lane, exchange.caller,
                                         exchange.request.forwarded_for, exchange.now);
    if (exchange.shed == surge::Shed::kNo && MayCall(exchange, route.staff)) route.handle(exchange);
    return i;
  }
  const unsigned allowed = MethodsOf(exchange.target, audiences);
  if (allowed == 0) {
    exchange.Refuse({.outcome = Outcome::kUnknownRoute, .detail = exchange.elsewhere});
  } else {
    RefuseMethod(exchange, allowed);
  }
  return kRouteCount;
}

}  // namespace creneau::http
