// How creneauctl ends (design 9). Scripts rely on these numbers.
#pragma once

namespace creneau::ctl {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;        // wrong arguments
inline constexpr int kExitRefused = 3;      // the engine said no, or a file has errors
inline constexpr int kExitUnreachable = 4;  // no engine, no answer, or not an engine's answer
inline constexpr int kExitIntegrity = 5;    // log, keys or receipt are not what was written
inline constexpr int kExitObjective = 6;    // a measured objective was missed
inline constexpr int kExitIo = 7;           // a file could not be read or written, here or there

}  // namespace creneau::ctl
