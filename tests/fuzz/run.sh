#!/usr/bin/env bash
# One target over its seeds, for ctest and for tools/fuzz:
#
#   run.sh PROGRAM KEEP MAX_LEN [what libFuzzer takes besides: options, a directory for new inputs]
#
# The seeds are those of corpus/TARGET and those that the build made. An input that breaks something
# goes to KEEP, and the command that repeats it is said.
set -euo pipefail
program="$1" keep="$2" max_len="$3"
shift 3
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
target="$(basename "$program")"
target="${target#fuzz_}"
mkdir -p "$keep"

seeds=()
for directory in "$here/corpus/$target" "$(dirname "$program")/seeds/$target"; do
  [[ -d "$directory" ]] && seeds+=("$directory")
done
list="$(mktemp)"
trap 'rm -f "$list"' EXIT
find "${seeds[@]}" -type f | LC_ALL=C sort | paste -sd, >"$list"
dictionary=()
[[ -f "$here/corpus/$target.dict" ]] && dictionary=("-dict=$here/corpus/$target.dict")

status=0
"$program" "-seed_inputs=@$list" "-max_len=$max_len" "-artifact_prefix=$keep/" "${dictionary[@]}" \
  -rss_limit_mb=4096 -print_final_stats=1 "$@" || status=$?
if [[ $status -ne 0 ]]; then
  echo "tests/fuzz: $target ended with $status. What broke it, if it was an input, is the newest file in $keep;" >&2
  echo "  it is repeated by: $program FILE" >&2
  exit 5
fi
