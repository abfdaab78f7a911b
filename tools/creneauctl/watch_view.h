// What `creneauctl watch` shows once a second: an opening as operators follow it from 8:55 on. From
// the engine's answers to figures, and from figures to a screen or a line of JSON. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tools/creneauctl/metrics_text.h"

namespace creneau::ctl {

// A figure that the engine does not give, or not yet, is absent.
struct WatchFrame {
  std::string agenda;
  std::string phase;     // "open"
  std::string in_words;  // "open until 2026-12-01T10:00, PAUSED"
  bool paused = false;
  bool draining = false;
  // Of the agenda. The first four of its queue, where it has one; seats are those of the web.
  std::optional<uint64_t> waiting;
  std::optional<uint64_t> admitted;
  std::optional<uint64_t> rate_per_min;
  std::optional<uint64_t> rate_cap_per_min;  // absent: none
  std::optional<uint64_t> held;
  std::optional<uint64_t> confirmed;
  std::optional<uint64_t> left;
  std::string limited_by;
  // Of the whole engine. A confirm's is the bound of its bucket: at most that much, in the time
  // between two frames; infinite beyond the last bound.
  std::optional<double> confirm_p99_s;
  std::optional<double> flush_p99_s;
  std::optional<uint64_t> live_holds;
  std::optional<uint64_t> hold_bound;
  // What was refused, between two frames and since watching began: requests by outcome; "shed …",
  // which of them for load; "connections …".
  struct Refused {
    uint64_t lately = 0;
    uint64_t in_all = 0;
  };
  std::map<std::string, Refused> refused;
};

// Answers to GET /v1/agendas/{agenda}, …/queue (empty for an agenda without one) and /metrics: this
// one, the one before it, the first one of all.
struct WatchSources {
  std::string_view agenda;
  std::string_view queue;
  const MetricsText& metrics;
  const MetricsText& before;
  const MetricsText& first;
};

WatchFrame ReadFrame(const WatchSources& sources);

// `at`: when, as it is to be shown.
std::string FrameAsJson(const WatchFrame& frame, std::string_view at);
std::string FrameAsScreen(const WatchFrame& frame, std::string_view at);

}  // namespace creneau::ctl
