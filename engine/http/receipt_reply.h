// Receipts as replies.
#pragma once

#include "base/instant.h"
#include "booking/engine.h"
#include "http/json.h"
#include "http/reply.h"

namespace creneau::http {

// Signs it, and makes `reply` that. Once the act that it rests on is durable, never before.
void WriteReceipt(Reply& reply, booking::Engine& engine, const booking::PendingReceipt& pending,
                  Instant now);

// "2026-W49".
void WriteWeek(JsonWriter& json, int year, int week);

// All that a receipt says, as members of an object.
void WriteMembers(JsonWriter& json, const booking::Engine& engine, const booking::Receipt& receipt);

}  // namespace creneau::http
