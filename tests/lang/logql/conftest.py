"""Random LogQL: queries out of the whole language, mostly sound, and mutations of them, mostly not."""

from __future__ import annotations

import random

import pytest

LABELS = ("app", "level", "status", "rate", "duration", "bytes", "ip", "count", "_x", "trace_id", "a1", "é")
RESERVED = ("by", "json", "on", "bool", "drop", "offset", "unwrap", "OR", "Json")
TEXTS = (
    '"x"',
    "`x`",
    '""',
    '"a\\"b"',
    '"\\n"',
    "`\\d+`",
    '"\\\\d+"',
    '"ação"',
    '".*"',
    '".+"',
    '"a|b"',
    '"x\\u00e9"',
    '"\\x41"',
    '"\\101"',
    '"(?i)err"',
    "`[a-z]{2,3}`",
    '"#"',
    '"{{.x}}"',
)
BAD_TEXTS = (
    '"("',
    '"[z-a]"',
    '"a**"',
    '"\\d"',
    '"\\400"',
    "'x'",
    '"(?=a)"',
    "`(?P<a>x)(?P<a>y)`",
    '"a{1001}"',
)
NUMBERS = ("0", "1", "5", "0.99", "1e3", ".5", "5.", "100", "1_000", "0x1p3", "010", "1E-2")
BAD_NUMBERS = ("08", "0b1", "0x1F", "1e", "1__0", "1e999", "0o17", "0x.p1", "5x")
DURATIONS = ("5m", "1h30m", "1d", "1w", "1y", "500ms", "1.5s", "0s", "10us", "1h5s", "2h0.5m")
RANGES = ("[5m]", "[1h30m]", "[1d]", "[30s]", "[1y]", "[0]", "[5m]", "[5m]")
BAD_RANGES = ("[5]", "[ 5m ]", "[1.5h]", "[5m:1m]", "[]", "[$__interval]", "[30m1h]", "[5m", "[400y]")
SIZES = ("1B", "5MB", "10KiB", "1.5GB", "2k", "3Mi", "7G")
PATTERNS = ('"<a> <_> <b>"', '`<ip> - <_> [<_>] "<method>`', '"<_x>"', '"x <y>"')
BAD_PATTERNS = ('"<a><b>"', '"no"', '"<_>"', '"<a> <a>"', '""')
REGEXPS = ("`(?P<a>\\w+) (?P<b>.*)`", '"(?P<x>[0-9]+)"', "`(?<n>a)`")
BAD_REGEXPS = ('"(a)"', '""', "`(?P<a>`", "`(?P<é>x)`")
COMPARISONS = ("==", "!=", ">", ">=", "<", "<=")
RANGE_OPS = ("count_over_time", "rate", "bytes_rate", "bytes_over_time", "absent_over_time")
UNWRAP_OPS = (
    "avg_over_time",
    "sum_over_time",
    "min_over_time",
    "max_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "first_over_time",
    "last_over_time",
    "rate",
    "rate_counter",
    "absent_over_time",
)
VECTOR_OPS = ("sum", "avg", "count", "min", "max", "stddev", "stdvar", "sort", "sort_desc", "SUM")


class Queries:
    """A source of queries; `wrong` is the share of places where something is written that may be wrong."""

    def __init__(self, seed: int, wrong: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.wrong = wrong

    def query(self) -> str:
        """One query: a log query or a metric query."""
        return self.log() if self.random.random() < 0.3 else self.metric(3)

    def mutated(self) -> str:
        """A query with one to three small changes in its text."""
        text = self.query()
        for _ in range(self.random.choice((1, 1, 2, 3))):
            text = self._changed(text)
        return text

    def _changed(self, text: str) -> str:
        pieces = _pieces(text) or [" "]
        at = self.random.randrange(len(pieces) + 1)
        kind = self.random.random()
        if kind < 0.3 and at < len(pieces):
            del pieces[at]
        elif kind < 0.5:
            pieces.insert(at, self.random.choice(pieces))
        elif kind < 0.65 and at + 1 < len(pieces):
            pieces[at], pieces[at + 1] = pieces[at + 1], pieces[at]
        elif kind < 0.8 and at < len(pieces):
            pieces[at] = self.random.choice(pieces)
        else:
            spot = self.random.randrange(len(text) + 1)
            stray = self.random.choice("(){}[]|=!~<>,\"'`+-*/%^#.0159abm_ \n\\:;$@é")
            cut = self.random.choice((0, 0, 1))
            return text[:spot] + stray + text[spot + cut :]
        return "".join(pieces)

    def _any(self, good: tuple[str, ...], bad: tuple[str, ...] = ()) -> str:
        if bad and self.random.random() < self.wrong:
            return self.random.choice(bad)
        return self.random.choice(good)

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def _label(self) -> str:
        return self._any(LABELS, RESERVED)

    def _text(self) -> str:
        return self._any(TEXTS, BAD_TEXTS)

    def _labels(self) -> str:
        return ", ".join(self._label() for _ in range(self.random.randrange(4)))

    def _grouping(self) -> str:
        return f"{self._any(('by', 'without', 'BY'))} ({self._labels()})"

    def _matcher(self) -> str:
        return f"{self._label()}{self._any(('=', '!=', '=~', '!~'))}{self._text()}"

    def selector(self) -> str:
        """A stream selector, which now and then selects everything."""
        sure = f"{self._label()}{self._any(('=', '=~'))}{self._any((TEXTS[0], TEXTS[9]))}"
        matchers = [sure, *(self._matcher() for _ in range(self.random.randrange(3)))]
        if self._maybe(self.wrong):
            matchers.pop(0)
        return "{" + self._any((", ", ",", " , ")).join(matchers) + "}"

    def _condition(self, depth: int) -> str:
        kind = self.random.random()
        label = self._label()
        if depth and kind < 0.3:
            joint = self._any((" and ", " or ", ", ", " ", " OR "), (" unless ", ",,"))
            return f"{self._condition(depth - 1)}{joint}{self._condition(depth - 1)}"
        if depth and kind < 0.4:
            return f"({self._condition(depth - 1)})"
        op = self._any(("=", *COMPARISONS), ("=~", "=>"))
        if kind < 0.55:
            return f"{label}{op}{self._any(('', '-', '+'))}{self._any(NUMBERS, BAD_NUMBERS)}"
        if kind < 0.65:
            return f"{label} {op} {self._any(('', '-'))}{self._any(DURATIONS)}"
        if kind < 0.72:
            return f"{label} {op} {self._any(SIZES, ('5mb', '3EB', '1.2.3k'))}"
        if kind < 0.78:
            return f'{label} {self._any(("=", "!="), ("==",))} ip("10.0.0.0/8")'
        return self._matcher()

    def _line_filter(self) -> str:
        op = self._any(("|=", "!=", "|~", "!~", "|>", "!>"))
        text = self._any(TEXTS) if op in ("|~", "!~") else self._text()
        texts = [
            text if self._maybe(0.9) else 'ip("127.0.0.1")' for _ in range(self.random.choice((1, 1, 2, 3)))
        ]
        return f"{op} {' or '.join(texts)}"

    def _extractions(self) -> str:
        each = (
            self._label() if self._maybe(0.3) else f"{self._label()}={self._any((TEXTS[0], TEXTS[1]))}"
            for _ in range(self.random.randrange(3))
        )
        return ", ".join(each)

    def _stage(self) -> str:
        kind = self.random.randrange(12)
        if kind < 3:
            return self._line_filter()
        if kind < 5:
            return f"| {self._condition(2)}"
        if kind == 5:
            return f"| json {self._extractions()}"
        if kind == 6:
            flags = self._any(
                ("", " --strict", " --keep-empty", " --strict --keep-empty"), (" --lax", " -strict")
            )
            return f"| logfmt{flags} {self._extractions()}"
        if kind == 7:
            pattern = self._any(PATTERNS, BAD_PATTERNS)
            return self._any(
                (f"| pattern {pattern}", f"| regexp {self._any(REGEXPS, BAD_REGEXPS)}", "| unpack")
            )
        if kind == 8:
            return self._any((f"| line_format {self._text()}", "| decolorize"))
        if kind == 9:
            one = f"{self._label()}={self._any((self._label(), self._text()))}"
            return f"| label_format {one}" + (f", {self._label()}={self._text()}" if self._maybe(0.4) else "")
        names = ", ".join(
            self._matcher() if self._maybe(0.3) else self._label()
            for _ in range(self.random.choice((1, 1, 2)))
        )
        return f"| {self._any(('drop', 'keep', 'Drop'))} {names}"

    def _stages(self) -> str:
        return " ".join(self._stage() for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))))

    def log(self) -> str:
        """A log query."""
        text = f"{self.selector()} {self._stages()}"
        return f"({text})" if self._maybe(0.1) else text

    def _unwrap(self) -> str:
        label = self._label()
        conversion = self._any(("", "", "duration", "bytes", "duration_seconds"), ("count", "DURATION"))
        text = f"| unwrap {conversion}({label})" if conversion else f"| unwrap {label}"
        return text + (f" | {self._condition(1)}" if self._maybe(0.3) else "")

    def _range(self, unwrapped: bool) -> str:
        selector, stages = self.selector(), self._stages()
        unwrap = self._unwrap() if unwrapped else ""
        range = self._any(RANGES, BAD_RANGES)
        if self._maybe(0.2):
            range += f" offset {self._any(('5m', '1h', '-5m'), ('5', '- 5m'))}"
        kind = self.random.random()
        if kind < 0.6:
            return f"{selector} {stages} {unwrap} {range}"
        if kind < 0.75:
            return f"({selector} {stages} {unwrap}) {range}"
        if kind < 0.9:
            return f"{selector} {range} {stages} {unwrap}"
        if kind < 0.95:
            return f"({selector}) {range} {unwrap}"
        return f"(({selector} {stages} {unwrap} {range}))"

    def _range_aggregation(self) -> str:
        unwrapped = self._maybe(0.35)
        op = self._any(UNWRAP_OPS if unwrapped else RANGE_OPS, UNWRAP_OPS + RANGE_OPS)
        if unwrapped and self._maybe(0.2):
            quantile = self._any(NUMBERS, BAD_NUMBERS)
            return f"quantile_over_time({quantile}, {self._range(True)}) {self._optional_group()}"
        groupable = op not in ("rate", "rate_counter", "sum_over_time", "absent_over_time", *RANGE_OPS)
        grouping = self._optional_group() if groupable or self._maybe(self.wrong) else ""
        return f"{op}({self._range(unwrapped)}) {grouping}"

    def _optional_group(self) -> str:
        return self._grouping() if self._maybe(0.4) else ""

    def _aggregation(self, depth: int) -> str:
        inner = self.metric(depth - 1)
        op = self._any(VECTOR_OPS)
        grouping = self._grouping() if not op.startswith("sort") and self._maybe(0.6) else ""
        if self._maybe(0.15):
            op, inner = (
                self._any(("topk", "bottomk")),
                f"{self._any(('1', '5'), ('0', '1.5', '-1'))}, {inner}",
            )
        elif self._maybe(0.03 + self.wrong):
            op, inner = "approx_topk", f"3, {inner}"
        return f"{op} {grouping}({inner})" if self._maybe(0.5) else f"{op}({inner}) {grouping}"

    def _operator(self) -> str:
        op = self._any(("+", "-", "*", "/", "%", "^", *COMPARISONS, "and", "or", "unless", "OR"))
        if self._maybe(0.15):
            op += " bool"
        if self._maybe(0.3):
            op += f" {self._any(('on', 'ignoring'))} ({self._labels()})"
            if self._maybe(0.5):
                op += f" {self._any(('group_left', 'group_right'))}"
                op += f" ({self._labels()})" if self._maybe(0.5) else ""
        return op

    def metric(self, depth: int) -> str:
        """A metric query with so many levels at most."""
        kind = self.random.random()
        if depth <= 0 or kind < 0.35:
            return self._range_aggregation()
        if kind < 0.6:
            return self._aggregation(depth)
        if kind < 0.78:
            return f"{self.metric(depth - 1)} {self._operator()} {self.metric(depth - 1)}"
        if kind < 0.84:
            return f"({self.metric(depth - 1)})"
        if kind < 0.9:
            arguments = ", ".join(self._any(TEXTS, BAD_TEXTS) for _ in range(4))
            return f"label_replace({self.metric(depth - 1)}, {arguments})"
        if kind < 0.93:
            return f"vector({self._any(NUMBERS, (*BAD_NUMBERS, '-1'))})"
        if kind < 0.96:
            comment = self._any(("# why\n", "/* why */", "// why\n"))
            return f"{self.metric(depth - 1)} {comment}"
        return self._any(("", "-", "+")) + self._any(NUMBERS, BAD_NUMBERS)


@pytest.fixture(scope="session")
def queries() -> type[Queries]:
    """The source of random queries, to be made with a seed."""
    return Queries


def _pieces(text: str) -> list[str]:
    """The words, signs and blanks of a text."""
    pieces: list[str] = []
    for sign in text:
        if pieces and (sign.isalnum() or sign == "_") and (pieces[-1][-1].isalnum() or pieces[-1][-1] == "_"):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces
