// Every limit, with its reason. Full is an outcome, never a wait.
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::limits {

// --- ledger ---
// One free word per slot and channel has 64 bits, so a slot has at most 64 seats (design 2).
inline constexpr uint32_t kSeatsPerSlot = 64;
// Seats are given to slots in blocks of 8 consecutive seats: small enough that a slot of one seat
// wastes little, large enough that a slot names its seats in eight words.
inline constexpr uint32_t kSeatsPerBlock = 8;
inline constexpr uint32_t kBlocksPerSlot = kSeatsPerSlot / kSeatsPerBlock;
// Address space is reserved for this many seats; memory is used as seats are touched. Six times the
// design's 10 million.
inline constexpr uint32_t kMaxSeats = 1u << 26;
inline constexpr uint32_t kMaxBlocks = kMaxSeats / kSeatsPerBlock;
inline constexpr uint32_t kMaxSlots = 1u << 24;
inline constexpr uint32_t kMaxAgendas = 1u << 12;  // 101 departments with 40 services each
// A generation has 17 bits: one hold every five minutes for more than a year. A seat that reaches
// it is withdrawn.
inline constexpr uint32_t kMaxGeneration = (1u << 17) - 1;
// Eras of a log, one for each loss that was accepted and each five minutes in which none was
// (wal/format.h): as many bits as a reservation's name has left, twenty years.
inline constexpr uint64_t kMaxEra = (1u << 21) - 1;
// Steps within one generation have 6 bits: hold, extend, confirm, cancel, cool, and 50 lengthenings
// after crashes.
inline constexpr uint32_t kMaxStep = (1u << 6) - 1;
// 64-way levels of a bitmap over slots or blocks: five reach 2^30 items.
inline constexpr size_t kSummaryLevels = 5;
// A subject index starts with room for an agenda of an ordinary day, and grows from there.
inline constexpr size_t kIndexEntriesAtStart = 1u << 12;
// For as many published seats as this or more the index is made large enough when they are
// published, not under the holds that take them.
inline constexpr size_t kIndexSeatsToProvideFor = kIndexEntriesAtStart / 2;
// Entries that one request moves while the index grows: some microseconds of its time.
inline constexpr size_t kIndexChunkEntries = 128;
// People who book together, in one slot: a family; design 5 has one record for all of them.
inline constexpr int kPartyMax = 8;
// A reservation moves at most twice (design 7).
inline constexpr uint32_t kMaxMoves = 2;

// --- time ---
// The steward waits this long after a deadline before it takes a hold back: a confirm that arrived
// in time may still be in a queue of ours.
inline constexpr int64_t kExpiryGraceMs = 2'000;
// Expiry stands still while the log has not finished a batch for this long.
inline constexpr int64_t kExpiryLagMs = 1'000;
inline constexpr int64_t kStewardTickMs = 250;

// --- log ---
// O_DIRECT and the padding of batches: the largest logical block size in use.
inline constexpr size_t kPageBytes = 4096;
inline constexpr size_t kMaxRecordBytes = 256 * 1024;
// A batch is one device write: beyond about 1 MiB its latency grows with its size (measured.md).
inline constexpr size_t kMaxBatchBytes = 1024 * 1024;
inline constexpr uint64_t kDefaultSegmentBytes = 64ull << 20;
inline constexpr uint64_t kMinSegmentBytes = 2ull << 20;
static_assert(kMinSegmentBytes >= kMaxBatchBytes + 2 * kPageBytes);
static_assert(kMaxRecordBytes * 2 <= kMaxBatchBytes);
// 10 ms without traffic: an empty batch seals the last one (design 4).
inline constexpr int64_t kSealAfterMs = 10;
// What one live hold may still cost the log at worst: extend, lengthen, confirm, cancel, each in a
// batch of its own, padded to a page, with a seal behind it.
inline constexpr uint64_t kLogReservePerHoldBytes = 8 * kPageBytes;
// Kept beside that: the end of a segment that the largest batch does not fit into.
inline constexpr uint64_t kLogReserveMarginBytes = kMaxBatchBytes;
// Above that, cancelling what is confirmed and freeing what has cooled still go on: some hundred
// acts between the first refusal of a hold and the last thing that can wait.
inline constexpr uint64_t kLogHoldersMarginBytes = 2 * kMaxBatchBytes;
static_assert(kLogHoldersMarginBytes > kLogReserveMarginBytes);

// --- front end ---
inline constexpr size_t kMaxHeaderBytes = 8 * 1024;
inline constexpr size_t kMaxHeaders = 64;
inline constexpr size_t kMaxTargetBytes = 2 * 1024;
inline constexpr size_t kMaxBodyBytes = 8 * 1024;
// An agenda file of ten thousand CSV slots is half a megabyte.
inline constexpr size_t kMaxAdminBodyBytes = 1024 * 1024;
inline constexpr size_t kMaxPipelined = 16;
inline constexpr size_t kMaxConnections = 16 * 1024;
// Of the confirm listener, beside those: a second's standstill of the disk at 4,000 confirms a
// second.
inline constexpr size_t kMaxConfirmConnections = kMaxConnections / 4;
// Of one client address that is not a listed proxy, where nothing else is said. A town hall behind
// one address fits; to fill the listener takes sixteen of them.
inline constexpr size_t kConnectionsPerAddress = kMaxConnections / 16;
// Requests a second of one client address, where nothing else is said: a thousand people behind one
// address of an office or a carrier who look every five seconds. What tools/nginx lets through from
// one address, 40 a second and 900 at once, is well below, so that behind nginx it is nginx who
// refuses. One address has a hundredth of what a core answers.
inline constexpr uint32_t kRequestsPerAddress = 200;
// Rates are counted in whole milliseconds (surge/rate_sketch.h).
inline constexpr uint32_t kRequestsPerAddressMax = 1'000;
// An address that was quiet may send what it may in so long a time at once: those behind it come
// together, at nine.
inline constexpr int64_t kRequestsAtOnceMs = 10'000;
// Who is refused for his address is told each of these seconds in turn: connections and requests of
// an address come and go with the pages of those behind it.
inline constexpr int kAddressRetryFirstS = 5;
inline constexpr int kAddressRetryLastS = 15;
// Addresses of X-Forwarded-For that are looked at, from the right: no chain of proxies is longer.
inline constexpr int kMaxForwarded = 8;
inline constexpr int64_t kHeaderDeadlineMs = 10'000;
inline constexpr int64_t kBodyDeadlineMs = 10'000;
inline constexpr int64_t kIdleDeadlineMs = 75'000;  // nginx keeps upstream connections 60 s
inline constexpr int64_t kWriteDeadlineMs = 10'000;
inline constexpr size_t kIdempotencyKeyMin = 22;  // 128 bits in base64url
inline constexpr size_t kIdempotencyKeyMax = 64;

// --- staff ---
// What attributes an act fits into a commit node (codec/staff_act.h), so that no act of the staff
// waits for memory between its attribution and its own records.
inline constexpr size_t kStaffPersonChars = 40;
inline constexpr size_t kStaffWhatChars = 16;
inline constexpr size_t kStaffReasonChars = 24;
inline constexpr size_t kStaffKeyIdChars = 8;
// Keys of one engine, those that have expired included: every agent of a large prefecture, many
// times over. The file stays below a megabyte or two and is read at once.
inline constexpr size_t kStaffKeys = 4096;
inline constexpr size_t kStaffKeyAgendas = 64;
// A key that nobody renews is a key that nobody looks after; two years are the longest contract.
inline constexpr int64_t kStaffKeyDaysMax = 730;
inline constexpr int64_t kStaffKeyDays = 90;
// The old key and the new one, while the new one is put in its place.
inline constexpr size_t kStaffKeysPerPerson = 2;
// Connections of the public listener that came with a valid key, each with room for the largest
// body: the website, and everybody at the desks of a large office.
inline constexpr int64_t kMaxStaffConnections = 256;
// Of these, with keys of one person or site: a website's pool, and what a leaked key can take.
inline constexpr int kStaffConnectionsPerPerson = 32;
// Keys that are none, from one address: a mistyped file is noticed by then. Only such are refused:
// a good key from the same address is as good as before.
inline constexpr uint32_t kWrongKeysPerAddress = 20;
inline constexpr int64_t kWrongKeysPeriodMs = 60'000;

// A website vouches for whoever has just logged in: long enough for a form and a retry, short
// enough that a copy is worth little (proof/assertion.h).
inline constexpr int64_t kAssertionLifeMs = 300'000;
// By how much the website's clock may be ahead.
inline constexpr int64_t kAssertionSkewMs = 30'000;
// Nonces that were shown and have not expired, 8 octets each: 1 MiB. At 200 requests a second with
// one each, 60,000 are alive at a time: nearly half of the places, and few sets are full.
inline constexpr size_t kSpentNonces = 1u << 17;

// --- surge ---
// Somebody who was let in and has not asked for a hold by then has gone: ten polls of those who are
// next.
inline constexpr int64_t kGrantLifeMs = 120'000;
// A subject that let so many holds go has had its turn in that opening (design 5).
inline constexpr uint32_t kTurnsPerOpening = 2;
// What a batch surely holds while that many confirms wait: half of a full round. An I/O thread
// closes a round at 128 requests, or at half of its connections where they are fewer. Mostly it is
// more, since a batch takes the rounds of all threads that came while the last one was written.
inline constexpr int64_t kRecordsPerBatch = 64;
// However quick the disk: a request takes an I/O thread 14 to 17 us (bench/README.md), and two
// thirds of its time are for the others who ask.
inline constexpr int64_t kConfirmsPerSecond = 20'000;
// Live holds are so few that all of them could be confirmed within this time, with half of it in
// reserve.
inline constexpr int64_t kConfirmAllMs = 10'000;
// How far back "recent" goes for the time that batches take, in steps of a second. Long enough that
// probes alone give ten batches, short enough that admission resumes soon after the disk recovers.
inline constexpr int64_t kBatchWindowMs = 10'000;
// After a second without a batch nobody knows how the disk is. A probe is two pages, so 30 MB in an
// hour in which nobody books.
inline constexpr int64_t kBatchProbeMs = 1'000;
static_assert(kBatchWindowMs >= 10 * kBatchProbeMs);
// Before the first batch: slower than any disk in working order.
inline constexpr int64_t kAssumedBatchMs = 1'000;
// --- surge ---
// However few of those let in have come of late: more grants than this for a free seat would send
// most of them away if they all came after all, as after a failure in the network.
inline constexpr int64_t kGrantsPerSeat = 5;
// A counter of people has 2^13 registers, 8 KiB, and a standard error of 1.15 %; half of that would
// have 1.63 %, 800 of 50,000.
inline constexpr int kPeopleIndexBits = 13;
// Who came to an opening and when, 8 octets each: 8 MiB for the whole engine. Of half a million
// people in openings of one day, 1 in 150 is not remembered.
inline constexpr size_t kArrivals = 1u << 20;
// Whose requests are counted at once, 8 octets each: 2 MiB. Of an engine that answers 100,000 a
// second that is everybody in the last two seconds, and for longer those who ask most.
inline constexpr size_t kRates = 1u << 18;
// One person asks for tickets, and to hold a seat out of turn, this often: a nervous hand on the
// reload button stays below it, a program that tries a seat's owner's name does not.
inline constexpr uint32_t kAsksPerSubject = 100;
inline constexpr int64_t kAsksPeriodMs = 20'000;
// A limit that lasts longer would be punishment, and be lost with the process.
inline constexpr int64_t kRatePeriodMaxMs = 3'600'000;
// Proofs of work that were used and have not expired, 8 octets each: 1 MiB. Of 50,000, one in 500
// is forgotten early.
inline constexpr size_t kSpentProofs = 1u << 17;
// A telephone finds the number in half a second on average, at 250,000 hashes a second; whoever
// invents a hundred thousand people pays for each.
inline constexpr uint32_t kProofNumber = 250'000;
// Arrivals a second from which on agendas that ask for proofs "by load" do so: an opening of 50,000
// people in a minute.
inline constexpr uint64_t kArrivalsForProof = 800;
// A pass is granted while somebody is on the phone, or a page is open; until the end of the day.
inline constexpr int64_t kPassLifeMs = 12 * 3'600'000;
// A challenge is solved in seconds; who fetches one and then fills in a form has an hour.
inline constexpr int64_t kProofLifetimeMaxS = 3'600;
// Twenty seconds of a slow telephone, at half a million hashes a second: nobody should wait longer.
inline constexpr uint32_t kProofNumberMax = 10'000'000;
// Of an agenda's name (rules/agenda.h).
inline constexpr size_t kProofAgendaChars = 64;

// --- acts of the staff ---
// Acts that wait for a second person's approval: a colleague who is away on Friday is back within
// a week, and what nobody has approved by then was not meant.
inline constexpr int64_t kPairActLifeMs = 7 * 24 * 3'600'000;
// An office has a handful under way; this many are a mistake of a program.
inline constexpr size_t kPairActs = 1'000;
// Of one person: a desk's day of mistakes, and not all of the others' room.
inline constexpr size_t kPairActsOfOne = 100;
// With those that are settled, which are kept so that their answer can be had again: some 400
// octets each.
inline constexpr size_t kPairActsKept = 4'000;
// A holder is told, and the log written to, this often for one reservation: that somebody asks how
// to find it again, or tries to book in its name. Each is a mail to whoever did nothing.
inline constexpr uint32_t kNoticesPerHolder = 3;
inline constexpr int64_t kNoticesPeriodMs = 3'600'000;
static_assert(kNoticesPeriodMs <= kRatePeriodMaxMs);
// --- events ---
// Readers of events at once: a website and its spare, an auditor, somebody who looks. Each has a
// descriptor and a buffer, and all share one thread.
inline constexpr int kEventStreams = 8;
// What all of them may keep of what seats were, 8 octets a seat (booking/event_teller.h): eight
// readers of four million seats, three of ten million.
inline constexpr size_t kEventFeedsBytes = size_t{256} << 20;
// What waits for a reader: some two hundred events. What is not written is read again from the log.
inline constexpr size_t kEventBufferBytes = 64 * 1024;
// A reader that has all is told of what comes within this time: mails need no more, and ten looks a
// second at one number cost nothing.
inline constexpr int64_t kEventLookMs = 100;
// A reader whom nothing was told hears that it is still so: well within the minute after which
// proxies give up.
inline constexpr int64_t kEventHeartbeatMs = 15'000;
// How long a reader may ask to be kept; without asking, until either side ends it.
inline constexpr int64_t kEventWaitMaxS = 3'600;

// --- load ---
// How long a request waits for its turn on an I/O thread decides who is refused (surge/shedding.h).
// Each lane begins to be refused here, and all of it is at the next line, where a lane that has a
// better claim begins to be: until then it loses nothing. A crowd that a thread can bear is within
// the first: 1,000 connections with a request each are some 20 ms.
inline constexpr int64_t kArrivalLagMs = 50;
// Whoever asks for a receipt can as well ask in an hour: refused before anybody else, and as soon
// as a crowd that can be borne makes a thread late.
inline constexpr int64_t kReceiptLagMs = 25;
// What an agenda's beacon gave (codec/state.h): 256 bits in hexadecimal; a record of an opening has
// room for no more.
inline constexpr size_t kBeaconChars = 64;
// So many arrivals a second of a thread are let in however it lags: some 15 us each, they are not
// what makes it lag. 50,000 people have a ticket within ten seconds.
inline constexpr int64_t kArrivalFloorPerS = 5'000;
// 999 of 1,000 confirms are to be answered within 250 ms, their write to the log included, also
// where they come by the public listener: reads begin to yield well before that.
inline constexpr int64_t kReadLagMs = 125;
// From here on confirms are late because of holds. 10,000 connections with a hold each, answered at
// full speed, are some 200 ms, and stay below.
inline constexpr int64_t kHoldLagMs = 250;
// Everybody has an answer within 2 s, of which this is a quarter: with all lanes refused that can
// be, a queue of so long is gone in half of its time.
inline constexpr int64_t kMostLagMs = 500;
static_assert(kReceiptLagMs < kArrivalLagMs);
static_assert(kArrivalLagMs < kReadLagMs && kReadLagMs < kHoldLagMs && kHoldLagMs < kMostLagMs);
// Waiting is measured by a probe, one at a time, no more often than this: a hundred system calls a
// second, and short beside what it is to tell.
inline constexpr int64_t kLagProbeMs = 10;
static_assert(5 * kLagProbeMs <= kArrivalLagMs);
// Once a batch has been under way for so long, new holds are refused: whoever comes now waits for
// the rest of it and for another one, and has an answer within 2 s only if that is no slower. Below
// what makes expiry stand still.
inline constexpr int64_t kHoldLogMs = 500;
static_assert(kHoldLogMs < kExpiryLagMs);
// A refusal says when to come back: spread over these seconds, so that those who came together do
// not come back together. The first is what an answer may take at most.
inline constexpr int kRetryFirstS = 2;
inline constexpr int kRetryLastS = 8;

// --- receipts ---
// A receipt is a QR code on paper: with every text as long as this it has 1,331 octets, 1,775 in
// base64url, and the largest code holds 2,331 of them where a seventh of it may be unreadable
// (ISO/IEC 18004, level M). Longer titles are cut.
inline constexpr size_t kReceiptTextBytes = 200;
inline constexpr size_t kReceiptNameBytes = 64;  // an agenda's is no longer (rules/agenda.h)
inline constexpr size_t kReceiptFields = 8;      // of an alternative; twice what there are
inline constexpr size_t kReceiptBytes = 2'331 / 4 * 3;
// --- the record ---
// A service record that is kept for a year can be held against a decision that was contested within
// its two months and judged some months later; CNIL 2021-122 asks for six to twelve months of logs.
inline constexpr int kRetentionDays = 365;
// A decision can be contested for two months; a month more for whoever has to find a lawyer.
inline constexpr int kRetentionDaysMin = 90;
inline constexpr int kRetentionDaysMax = 3'660;  // ten years: a typing error beyond that
// Peppers that an engine ever has: one a month for a century is a mistake of a program.
inline constexpr uint32_t kPepperEpochs = 1'200;
// Counts are told by the minute (design 5).
inline constexpr int64_t kServiceMinuteMs = 60'000;
// While nothing changes and nobody is refused, the log is told so no later than this: what nothing
// tells of is time in which the engine may have been away. 288 times two pages a day, 840 MB of log
// a year, or some 30 in the archive.
inline constexpr int64_t kServiceQuietMs = 5 * kServiceMinuteMs;
// Agendas told of in one record; the largest entry has 250 bytes or so.
inline constexpr size_t kAgendasPerServiceRecord = 256;
static_assert(kAgendasPerServiceRecord * 512 < kMaxRecordBytes);
// What a record's answer reads of each of its two files at once; `next` says where to go on. A
// quiet week of an office is 100 kB, a week in which every minute has something to say 2 MB.
inline constexpr size_t kRecordPageBytes = 128 * 1024;
// Records that a start hands to those files: a sync and a crash apart are 10 of them. Of more, the
// files are gone, and are made anew from the whole log after the start.
inline constexpr size_t kServiceRecordsAtStart = 256;
// The files of the record are made durable this often, and when the engine stops: what a power cut
// takes of them, the log's end gives back at the next start.
inline constexpr int64_t kRecordSyncMs = 10 * kServiceMinuteMs;
// A month and a bit is what people plan with; three months of openings are still some 10 kB.
inline constexpr int kReleaseDaysDefault = 28;
inline constexpr int kReleaseDaysMax = 92;
// Answers that are read from files or reckoned at length, waiting for the thread beside the
// citizens' that makes them: with the largest pages 32 MiB. Nobody waits long: a third of a
// millisecond each.
inline constexpr int kMaxReadings = 128;
// A proxy may keep them for a minute; here for a second they are given to whoever asks the same,
// and for ten while somebody reads anew.
inline constexpr int64_t kReadingFreshMs = 1'000;
inline constexpr int64_t kReadingStaleMs = 10'000;
// Slots looked at for them: some milliseconds. An office has 30 a day.
inline constexpr size_t kReleaseSlotsMax = 20'000;
// Design 5: who failed has so long to ask for the receipt.
inline constexpr int64_t kAttemptLifeMs = 30 * int64_t{86'400'000};
// Signatures made or checked for whoever asks, of the whole engine: at 25 to 60 us each a
// twentieth of one core at most, and a million receipts within half an hour.
inline constexpr int64_t kReceiptsPerSecond = 1'000;
// So many at once: a thread that makes all of them is late by some milliseconds, which nobody
// notices.
inline constexpr int64_t kReceiptsAtOnce = 100;

// --- agenda files ---
inline constexpr int kSlotDaysDefault = 7;
inline constexpr int kSlotDaysMax = 31;
inline constexpr int kCalendarDaysMax =
    1100;  // three years ahead: a typing error, not a plan, beyond that
inline constexpr size_t kSlotsPerAgenda = 1u << 22;

}  // namespace creneau::limits
