"""The table of what was proven, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tocsin.prove.failures import UNTRIED, failure
from tocsin.prove.logs.verdicts import NO_LOKI
from tocsin.prove.verdict import Status, Verdict
from tocsin.text.visible import visible_line, xml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.diagnostics.problem import Problem
    from tocsin.prove.mutation.score import Score
    from tocsin.source.place import Sources

_SIGNS = {Status.PROVEN: "yes", Status.ON_PAPER: "paper", Status.IMPOSSIBLE: "NEVER", Status.UNPROVEN: "?"}
_DISTURBED = {
    "gap": ("gap ",),
    "reset": ("counter reset ",),
    "missing": ("no data", "healthy without ", "broken without "),
}
"""Columns for disturbed data, by the names of the cases in them."""


@value_object
class ProofRow:
    """A verdict with the place of the rule."""

    verdict: Verdict
    file: str
    line: int
    failure: Problem | None = None
    """What it fails for."""
    excuse: str | None = None
    """Why that is no failure of the run: it is allowed, or was accepted."""
    estates: tuple[str, ...] = ()
    """Those in which it is so, where the files are those of several."""

    @property
    def is_tried(self) -> bool:
        """Whether anybody judged the alert."""
        return self.failure is None or self.failure.id != UNTRIED

    @property
    def fails(self) -> bool:
        """Whether the run fails for it."""
        return self.failure is not None and self.excuse is None and self.is_tried


def verdict_place(verdict: Verdict, sources: Sources) -> ProofRow:
    """The verdict with the file and the line in which the rule is written."""
    span = sources.locate(verdict.subject.rule.place)
    return ProofRow(verdict, span.document.name, span.line, failure(verdict))


def join_estates(rows: Sequence[ProofRow]) -> list[ProofRow]:
    """The rows, of which those of one rule in several estates are one where nothing that is shown differs."""
    found: dict[tuple[str, int], ProofRow] = {}
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for row in rows:
        shown = json.dumps(_value(replace(row, estates=())))
        # Two rules of one estate stay two, though they are the same.
        counts[shown, row.estates] += 1
        key = shown, counts[shown, row.estates]
        before = found[key].estates if key in found else ()
        found[key] = replace(found.get(key, row), estates=(*before, *row.estates))
    return [*found.values()]


def render(rows: Sequence[ProofRow], form: str, scores: Sequence[Score] = (), *, cases: bool = False) -> str:
    """The rows as `text`, `json` or `junit`, with what the tests notice where that was counted.

    With `cases`, the text says what each alert does in each case.
    """
    if form == "junit":
        return _junit(rows)
    if form == "json":
        return _json(rows, scores)
    return _text(rows, cases=cases) + (f"\n{_mutation(scores)}" if scores else "")


def _json(rows: Sequence[ProofRow], scores: Sequence[Score]) -> str:
    by_verdict = {id(score.verdict): score for score in scores}
    values = []
    for row in rows:
        value = _value(row)
        score = by_verdict.get(id(row.verdict))
        if score is not None:
            value["mutation"] = {
                "killed": len(score.killed),
                "killed_by_proofs": score.by_proofs,
                "killed_by_tests": score.by_tests,
                "survivors": [mutant.what for mutant in score.survivors],
                "equivalent": [mutant.what for mutant in score.equivalent],
            }
        values.append(value)
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _mutation(scores: Sequence[Score]) -> str:
    """The mutation scores as text, and every mistake that no test notices."""
    lines = ["mistakes noticed by the tests"]
    width = _column([_name(score.verdict) for score in scores])
    for score in scores:
        total = len(score.killed) + len(score.survivors)
        name = _name(score.verdict)
        if score.dead:
            lines += _row(name, width, f"never fires: none of {total} can be noticed")
            continue
        same = f", {len(score.equivalent)} change nothing" if score.equivalent else ""
        who = "" if score.by_tests is None else f" (proofs {score.by_proofs}, `tests:` {score.by_tests})"
        lines += _row(name, width, f"{len(score.killed)} of {total}{who}{same}")
        lines += [f"    not noticed: {mutant.what}" for mutant in score.survivors]
    alive = [score for score in scores if not score.dead]
    killed = sum(len(score.killed) for score in alive)
    total = killed + sum(len(score.survivors) for score in alive)
    lines += ["", f"{killed} of {total} mistakes noticed ({100 * killed / max(1, total):.1f} %)"]
    dead = [score for score in scores if score.dead]
    if dead:
        apart = sum(len(score.killed) + len(score.survivors) for score in dead)
        lines.append(f"not counted: {apart} mistakes in {len(dead)} alerts that can never fire")
    if any(score.by_tests is not None for score in scores):
        proofs, tests = sum(s.by_proofs for s in alive), sum(s.by_tests or 0 for s in alive)
        lines.append(f"by the proofs {proofs}, by the `tests:` of the spec {tests}")
    return "\n".join(map(visible_line, lines)) + "\n"


def verdict_findings(verdict: Verdict) -> list[str]:
    """What surprises in the cases that promtool confirmed, each once."""
    return list(dict.fromkeys(case.finding for case in verdict.cases if case.finding is not None))


def _value(row: ProofRow) -> dict[str, object]:
    verdict = row.verdict
    return {
        **({"estates": [*row.estates]} if row.estates else {}),
        "alert": verdict.subject.rule.alert_key,
        "severity": verdict.subject.rule.severity,
        "file": row.file,
        "line": row.line,
        "fires": str(verdict.fires),
        "silent": str(verdict.silent),
        "tests": [case.name for case in verdict.cases],
        "cases": {case.name: " ".join(case.title.split()) for case in verdict.cases},
        "findings": verdict_findings(verdict),
        "reason": "; ".join(verdict.reasons) or None,
        "assumptions": list(verdict.assumptions),
        "failure": None if row.failure is None else row.failure.id,
        "accepted": row.excuse,
    }


def _text(rows: Sequence[ProofRow], *, cases: bool) -> str:
    names = [_name(row.verdict) for row in rows]
    width = _column(names)
    more = "".join(f"  {name:<7}" for name in _DISTURBED) if cases else ""
    lines = [f"{'alert':<{width}}  fires  silent  boundary  story{more}".rstrip()]
    title = ""
    for row, name in zip(rows, names, strict=True):
        verdict = row.verdict
        where = f"{row.file}, in {', '.join(row.estates)}" if row.estates else row.file
        if where != title:
            title = where
            lines.append(title)
        shown = [case.name for case in verdict.cases]
        boundary = "yes" if any(case.startswith("just inside") for case in shown) else "-"
        story = "yes" if any(case.startswith("story") for case in shown) else "-"
        signs = f"{_SIGNS[verdict.fires]:<5}  {_SIGNS[verdict.silent]:<6}  {boundary:<8}  {story:<5}"
        signs += (
            "".join(f"  {_disturbed(verdict, kinds):<7}" for kinds in _DISTURBED.values()) if cases else ""
        )
        lines += _row(name, width, signs)
        lines += [f"    line {row.line}: {reason}" for reason in verdict.reasons]
        lines += [] if row.excuse is None else [f"    {row.excuse}"]
        lines += [f"    assumed: {assumption}" for assumption in verdict.assumptions]
        lines += [f"    line {row.line}: {finding}" for finding in verdict_findings(verdict)]
        lines += [f"    {case.name}: {case.title}" for case in verdict.cases if cases]
    lines += ["", summary_line(rows)]
    return "\n".join(map(visible_line, lines)) + "\n"


def _column(names: Sequence[str]) -> int:
    """How wide the column of names is, beside which there is room in 80 characters."""
    return min(max(map(len, names), default=len("alert")), 44)


def _row(name: str, width: int, said: str) -> list[str]:
    """A row of a table; a name that is wider than its column has a line of its own."""
    if len(name) <= width:
        return [f"{name:<{width}}  {said}".rstrip()]
    return [name, f"{'':<{width}}  {said}".rstrip()]


def _disturbed(verdict: Verdict, kinds: tuple[str, ...]) -> str:
    """Whether the alert bears a disturbance: `-` where no test of it could be made."""
    found = [case for case in verdict.cases if case.name.startswith(kinds)]
    if not found:
        return "-"
    return "!" if any(case.finding for case in found) else "ok"


def summary_line(rows: Sequence[ProofRow]) -> str:
    """The figures in one line."""
    verdicts = [row.verdict for row in rows]
    both = sum(v.fires is Status.PROVEN and v.silent is Status.PROVEN for v in verdicts)
    fires, silent = Counter(v.fires for v in verdicts), Counter(v.silent for v in verdicts)
    names = {v.subject.rule.alert for v in verdicts}
    # Each severity of an alert is a rule, and so is each copy: what is proven is proven of rules.
    of_rules = f" in {len(verdicts)} rules" if len(names) < len(verdicts) else ""
    parts = [f"{len(names)} alert{'s' * (len(names) != 1)}{of_rules}: {both} proven both ways"]
    parts += [f"{fires[Status.IMPOSSIBLE]} can never fire"] if fires[Status.IMPOSSIBLE] else []
    parts += [f"{silent[Status.IMPOSSIBLE]} can never be silent"] if silent[Status.IMPOSSIBLE] else []
    on_paper = sum(Status.ON_PAPER in (v.fires, v.silent) for v in verdicts)
    parts += [f"{on_paper} only on paper"] if on_paper else []
    invalid = sum(v.invalid is not None for v in verdicts)
    parts += [f"{invalid} not loaded by Prometheus"] if invalid else []
    tried = [row.verdict for row in rows if row.is_tried]
    open_ = sum(Status.UNPROVEN in (v.fires, v.silent) and v.invalid is None for v in tried)
    parts += [f"{open_} unproven"] if open_ else []
    parts += [f"{len(rows) - len(tried)} not tried, as there is no Loki"] if len(tried) < len(rows) else []
    excused = sum(row.excuse is not None for row in rows)
    parts += [f"{excused} allowed or accepted"] if excused else []
    return ", ".join(parts)


def _name(verdict: Verdict) -> str:
    rule = verdict.subject.rule
    return rule.title


def _junit(rows: Sequence[ProofRow]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    failures = sum(row.fails for row in rows)
    skipped = sum(row.failure is not None and not row.fails for row in rows)
    counts = f'tests="{len(rows)}" failures="{failures}" skipped="{skipped}"'
    lines.append(f'<testsuite name="tocsin prove" {counts}>')
    for row in rows:
        verdict = row.verdict
        of = f" in {', '.join(row.estates)}" if row.estates else ""
        attributes = f"classname={_attribute(row.file + of)} name={_attribute(_name(verdict))}"
        if row.failure is None:
            lines.append(f"  <testcase {attributes}/>")
            continue
        if not row.fails:
            why = _attribute(row.excuse or NO_LOKI)
            lines.append(f"  <testcase {attributes}><skipped message={why}/></testcase>")
            continue
        said = f"fires: {verdict.fires}, silent: {verdict.silent}"
        reasons = escape(xml_text("; ".join(verdict.reasons), "?"))
        lines.append(
            f"  <testcase {attributes}><failure message={_attribute(said)}>"
            f"{escape(xml_text(row.file, '?'))}:{row.line}: {reasons}"
            "</failure></testcase>"
        )
    return "\n".join([*lines, "</testsuite>"]) + "\n"


def _attribute(text: str) -> str:
    return quoteattr(xml_text(text, "?"))
