"""tools/tidy --self-test: a small good tree that must pass, and one bad snippet for each rule that must be caught."""

import tempfile
from pathlib import Path

SLASH = "/"  # so that no machine path stands in this file

GOOD = {
    "engine/base/CMakeLists.txt": "add_library(base good.cc)\n",
    "engine/base/good.h": "// using namespace in a comment; new, malloc( and rand( too.\n#pragma once\n\n"
                          "const char* Text();\n",
    "engine/base/good.cc": '#include "base/good.h"\n\nconst char* Text() { return "std::mutex new rand("; }\n',
    "engine/env/posix/clock.h": "#pragma once\n\n#include <chrono>\n\nusing Wall = std::chrono::system_clock;\n",
    "engine/ledger/owned.h": '#pragma once\n\n#include "absl/status/status.h"\n#include "base/good.h"\n\n'
                             "// tidy: owned by the caller\ninline int* Make() { return new int(1); }\n",
    ".git": f"gitdir: {SLASH}home{SLASH}ada{SLASH}main{SLASH}.git{SLASH}worktrees{SLASH}one\n",
    "tests/CMakeLists.txt": "add_executable(t good_test.cc)\n",
    "tests/good_test.cc": '#include <new>\n\n#include "http/anything.h"\n\n'
                          "void* operator new(size_t n) { return malloc(n); }\nint main() { return 0; }\n",
}


def long_function(lines):
    body = "".join("  i = i + 1;\n" for _ in range(lines - 4))
    return f"int Long(int i) {{\n  if (i > 0) {{\n    i = 1;\n  }}\n{body}  return i;\n}}\n"


def header(line):
    return f"#pragma once\n\n{line}\n"


# path, content, what the complaint must contain
BAD = [
    ("engine/ledger/x.h", header('#include "wal/log.h"'), ":3: ledger/ may not include wal/"),
    ("engine/base/x.h", header('#include "env/clock.h"'), "nothing of ours"),
    ("engine/wal/x.h", header('#include "creneau/v1/event.pb.h"'), "wal/ may not include proto/"),
    ("engine/http/x.h", header('#include "ledger/ledger.h"'), "http/ may not include ledger/"),
    ("engine/codec/x.h", header('#include "tests/fixture.h"'), "nothing includes tests"),
    ("engine/codec/x.h", header('#include "event.h"'), "write the folder too"),
    ("engine/codec/x.h", header("#include <base/ids.h>"), "included with quotes"),
    ("engine/booking/x.h", header('#include "env/posix/file.h"'), "by constructor"),
    ("engine/novelty/x.h", header('#include "base/ids.h"'), "has no row"),
    ("engine/base/x.h", "#pragma once\n" + "// a line\n" * 400, ":401: 401 lines"),
    ("engine/base/x.h", "#pragma once\n\n" + long_function(72).replace("int Long", "inline int Long"), ":3: `Long` has"),
    ("tests/x.h", "#pragma once\n\nnamespace a {\nstruct B {\n  explicit B(int n) : n_{n} {}\n"
     + "".join("  " + line + "\n" for line in long_function(72).splitlines()) + "  int n_;\n};\n}  // namespace a\n",
     ":6: `Long` has"),
    ("engine/base/x.h", "int Once();\n", "no `#pragma once`"),
    ("engine/booking/x.h", header("#include <chrono>\nusing C = std::chrono::system_clock;"), ":4: `system_clock`"),
    ("engine/rules/x.h", header("inline auto Now() { return absl::Now(); }"), "the wall clock"),
    ("engine/rules/x.h", header("inline int R() { return std::rand(); }"), "base/prng.h"),
    ("engine/rules/x.h", header("inline void S() { srand(1); }"), "base/prng.h"),
    ("bench/x.h", header("using D = std::uniform_int_distribution<int>;"), "differ between libraries"),
    ("tests/x.h", header("using D = std::mt19937;"), "`std::` generators"),
    ("tools/x.h", header('inline const char* Home() { return getenv("HOME"); }'), "`getenv`"),
    ("engine/ledger/x.h", header("inline std::mutex m;"), "a lock in the ledger"),
    ("engine/ledger/x.h", header("inline void L() { std::lock_guard<M> l(m); }"), "a lock in the ledger"),
    ("engine/ledger/x.h", header("inline std::condition_variable c;"), "a lock in the ledger"),
    ("engine/ledger/x.h", header("inline void Y() { std::this_thread::yield(); }"), "waiting in the ledger"),
    ("engine/wal/x.h", header("inline int* N() { return new int; }"), "raw `new`"),
    ("engine/wal/x.h", header("inline int* N() { return new (std::nothrow) int; }"), "raw `new`"),
    ("engine/wal/x.h", header("inline void* N() { return malloc(1); }"), "raw allocation"),
    ("engine/codec/x.h", header("#include <regex>"), "<regex>"),
    ("engine/codec/x.h", header("using namespace std;"), "`using namespace`"),
    ("engine/codec/x.h", header(f'inline const char* kAt = "{SLASH}home{SLASH}ada{SLASH}data";'), "a path of one machine"),
    ("tools/x.sh", f"cd {SLASH}work{SLASH}main\n", "a path of one machine"),
    ("engine/base/CMakeLists.txt", "file(GLOB sources *.cc)\nadd_library(base good.cc)\n", "listed by name"),
    ("engine/base/forgotten.cc", "int forgotten = 0;\n", "no CMakeLists.txt names this source"),
]
BAD_FORMAT = ("engine/base/x.h", "#pragma once\n\nint   Wide( int a );\n", "clang-format -i engine/base/x.h")


def complaints(check_tree, files):
    with tempfile.TemporaryDirectory(prefix="creneau-tidy-") as folder:
        root = Path(folder)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        return check_tree(root)


def run(check_tree):
    import shutil
    failures = []
    quiet = complaints(check_tree, GOOD)
    if quiet:
        failures.append(f"the good tree was accused: {quiet}")
    cases = [(GOOD | {path: content}, path, wanted) for path, content, wanted in BAD]
    if shutil.which("clang-format"):
        style = {".clang-format": "BasedOnStyle: Google\nColumnLimit: 100\n"}
        path, content, wanted = BAD_FORMAT
        cases.append((GOOD | style | {path: content}, path, wanted))
    for files, path, wanted in cases:
        found = complaints(check_tree, files)
        if len(found) != 1 or not found[0].startswith(path + ":") or wanted not in found[0]:
            failures.append(f"{path}: wanted one complaint with `{wanted}`, got {found}")
    for failure in failures:
        print(failure)
    print(f"tidy --self-test: {len(cases) - len(failures)} of {len(cases)} bad snippets caught" if failures else
          f"tidy --self-test: all {len(cases)} bad snippets caught, the good tree left in peace")
    return 1 if failures else 0
