"""Just enough C++ for tools/tidy: comments and literals blanked out, and where functions begin and end.

A heuristic by braces, not a parser: it has to be right about code that clang-format has laid out and that compiles. Where
it errs it should miss, not accuse.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<comment>//(?:[^\n\\]|\\.|\\\n)*|/\*.*?\*/)
    | (?P<raw>\b(?:u8|[uUL])?R"(?P<delimiter>[^ ()\\\t\n]{0,16})\(.*?\)(?P=delimiter)")
    | (?P<string>"(?:[^"\\\n]|\\.|\\\n)*")
    | (?P<char>(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+')
    """,
    re.VERBOSE | re.DOTALL,
)


def blank(text):
    """The text with comments and the insides of literals replaced by spaces, line by line as long as before."""

    def spaces(piece):
        return re.sub(r"[^\n]", " ", piece)

    def replace(match):
        piece = match.group(0)
        if match.group("comment") is not None:
            return spaces(piece)
        quote = '"' if piece.endswith('"') else "'"
        return quote + spaces(piece[1:-1]) + quote

    return TOKEN.sub(replace, text)


@dataclass
class Function:
    name: str
    first: int  # line of the signature's beginning
    last: int  # line of the closing brace


def _without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code,
                  flags=re.MULTILINE | re.DOTALL)


_PREFIX = re.compile(
    r"^\s*(?:(?:public|private|protected)\s*:\s*|template\s*<[^{}]*?>\s*(?=\b(?:class|struct|union)\b)|"
    r"\[\[[^\]]*\]\]\s*|(?:inline|static|typedef|friend|constexpr|export)\b\s*)*")
_SCOPE = re.compile(r"^(?:namespace|class|struct|union|enum)\b|^extern\s*\"")


def _kind(header):
    """What a brace opens at namespace or class level: "scope", "function" or "other" (an initialiser)."""
    rest = header[_PREFIX.match(header).end():].strip()
    if _SCOPE.match(rest):
        # `struct X F() {` is a function, `struct alignas(64) X {` is not.
        return "scope" if not re.search(r"\w\s*\([^()]*\)\s*(?:const\s*)?$", rest) else "function"
    if rest.endswith(("=", ",", "(", "return")) or ")" not in rest:
        return "other"
    return "function"


def _name(header):
    match = re.search(r"([~\w:]+|operator\s*[^\s\w(]+)\s*\(", header[_PREFIX.match(header).end():])
    return " ".join(match.group(1).split()) if match else header.strip()[:40]


def functions(code):
    """The functions of blanked code. Lambdas and local classes count as lines of the function around them."""
    code = _without_preprocessor(code)
    found = []
    stack = []  # (kind, name, first line)
    header_start = 0
    inside = 0  # how many open braces are function or initialiser: what is within is not looked at
    line_of = _LineIndex(code)
    parens = 0
    for match in re.finditer(r"[{};()]", code):
        token, at = match.group(0), match.start()
        if token in "()":
            parens += 1 if token == "(" else -1
            continue
        if token == "{":
            header = code[header_start:at]
            kind = "other" if inside or (parens > 0 and not stack) else _kind(header)
            begin = header_start + len(header) - len(header.lstrip())
            label = re.match(r"(?:(?:public|private|protected)\s*:\s*)+", code[begin:at])
            begin += label.end() if label else 0
            stack.append((kind, _name(header) if kind == "function" else "", line_of(begin)))
            inside += kind != "scope"
        elif token == "}" and stack:
            kind, name, first = stack.pop()
            inside -= kind != "scope"
            if kind == "function" and not inside:
                found.append(Function(name, first, line_of(at)))
        if not inside:
            header_start = at + 1
    return found


class _LineIndex:
    def __init__(self, text):
        self._starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def __call__(self, offset):
        import bisect
        return bisect.bisect_right(self._starts, offset)
