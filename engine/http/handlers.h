// What each route does. A handler reads the exchange, asks the engine, fills the reply; it never
// waits, except where an operator's acts do. Called by routes.cc only.
#pragma once

#include "http/exchange.h"

namespace creneau::http {

// handlers_public.cc: the same for everyone, cacheable for a second.
void ListAgendas(Exchange& exchange);
void ShowAgenda(Exchange& exchange);
void ListSlots(Exchange& exchange);

// handlers_record.cc: likewise, for a minute: what was done, and what decides.
void ShowRecord(Exchange& exchange);
void ShowReleases(Exchange& exchange);
void ShowNotice(Exchange& exchange);

// handlers_queue.cc: places in a queue, and what operators do to openings.
void ShowQueue(Exchange& exchange);
void IssueTicket(Exchange& exchange);
void ShowChallenge(Exchange& exchange);
void GrantPass(Exchange& exchange);
void PauseAgenda(Exchange& exchange);
void ResumeAgenda(Exchange& exchange);
void DrainQueue(Exchange& exchange);
void CapRate(Exchange& exchange);
void ExtendOpening(Exchange& exchange);
void TellBeacon(Exchange& exchange);
void OpenWithoutBeacon(Exchange& exchange);
void ReplaceRoster(Exchange& exchange);
void AddToRoster(Exchange& exchange);

// handlers_draw.cc: entries, and the draw that they are in.
void EnterDraw(Exchange& exchange);
void EnterFor(Exchange& exchange);
void ShowEntry(Exchange& exchange);
void LeaveDraw(Exchange& exchange);
void ShowInclusion(Exchange& exchange);
void ShowDraw(Exchange& exchange);
void CloseDraw(Exchange& exchange);
void SeedDraw(Exchange& exchange);
void RunDraw(Exchange& exchange);

// handlers_reservation.cc: one person's business.
void HoldSeat(Exchange& exchange);
void ConfirmReservation(Exchange& exchange);
void MoveReservation(Exchange& exchange);
void ExtendReservation(Exchange& exchange);
void ShowReservation(Exchange& exchange);
void CancelReservation(Exchange& exchange);

// handlers_waitlist.cc: places in a waitlist, and days that an office closes.
void JoinWaitlist(Exchange& exchange);
void TakePlaceFor(Exchange& exchange);
void ShowPlace(Exchange& exchange);
void LeaveWaitlist(Exchange& exchange);
void CloseDay(Exchange& exchange);
void ReopenDay(Exchange& exchange);

// handlers_identity.cc: what agents do about identities, and how a holder finds a reservation
// again.
void LookupApplicant(Exchange& exchange);
void RecoverReservation(Exchange& exchange);
void LinkApplicants(Exchange& exchange);
void CorrectReservation(Exchange& exchange);
void RepairReservation(Exchange& exchange);
void ApproveAct(Exchange& exchange);
void WithdrawAct(Exchange& exchange);
void ListActs(Exchange& exchange);
// handlers_desk.cc: what the staff books for others.
void BookAtDesk(Exchange& exchange);

// handlers_mandates.cc: reservations that courts have ordered.
void EnterMandate(Exchange& exchange);
void ApproveMandate(Exchange& exchange);
void WithdrawMandate(Exchange& exchange);
void ListMandates(Exchange& exchange);

// handlers_shift.cc: seats from one channel to another.
void ShiftSeats(Exchange& exchange);

// handlers_receipts.cc: proof of what was.
void ReportAttempt(Exchange& exchange);
void IssueReceipt(Exchange& exchange);
void VerifyReceipt(Exchange& exchange);
void ShowReceipt(Exchange& exchange);
void ShowKeys(Exchange& exchange);

// handlers_admin.cc: the operator's, and the machine room's.
void PublishAgenda(Exchange& exchange);
void ListSnapshots(Exchange& exchange);
void TakeSnapshot(Exchange& exchange);
void ReportLive(Exchange& exchange);
void ReportReady(Exchange& exchange);
void ShowMetrics(Exchange& exchange);

// handlers_peppers.cc: what applicants are hashed with.
void ShowPeppers(Exchange& exchange);
void RenewPepper(Exchange& exchange);
void RetirePepper(Exchange& exchange);

// handlers_events.cc: what has happened, and what happens.
void StreamEvents(Exchange& exchange);

}  // namespace creneau::http
