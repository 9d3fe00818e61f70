"""From a plan to what is proven of each of its alerting rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.lasting import awaits_repetition
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.releases import release
from tocsin.parallel import parallel_map, useful_processes
from tocsin.plan.evaluation import evaluated_every, recorded_every
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.outside_labels import outside_labels
from tocsin.plan.parts import recordings_with_groups
from tocsin.prove.cases.basic import assumptions_of
from tocsin.prove.cases.same_labels import with_failure
from tocsin.prove.cases.simulate import AlertTiming
from tocsin.prove.kept_answers import answer_again
from tocsin.prove.logs.verdicts import log_verdicts
from tocsin.prove.mutation.rule_mutants import rule_mutants
from tocsin.prove.objectives.verdicts import prove_objectives
from tocsin.prove.promtool.load_errors import with_load_errors
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import Verified, verify_cases
from tocsin.prove.question import FoundCases, Question, answer_question
from tocsin.prove.rule_values import rule_values
from tocsin.prove.verdict import Status, Subject, Verdict
from tocsin.prove.witness.inline_recordings import recording_alternatives
from tocsin.prove.witness.labels.reality import STORED_OTHERWISE
from tocsin.prove.witness.recording_pace import too_seldom
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan, RuleGroup
    from tocsin.prove.logs.verify import LogJudge
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.witness.find import Answer
    from tocsin.prove.witness.inline_recordings import Inlined
    from tocsin.prove.witness.objective import Goal
    from tocsin.result_store import ResultStore

_FEW = 12
_MOST_PROCESSES = 8
_MOST_SAID = 400
_STORES_POINTS = "3.0"
_DOES: dict[Goal, str] = {"fires": "fires", "silent": "is silent"}


def proof_subjects(plan: Plan, *, own_group: bool = False) -> list[Subject]:
    """The alerting rules of a plan in their order, with the recording rules of the plan.

    With `own_group`, only with those that stand before the alert in its group: a unit test that loads the
    rules as they are can rely on the order of these alone.
    """
    everywhere = _recordings([rule for group in plan.rule_groups for rule in _metric_rules(group)])
    paces = {
        name: interval / 1000
        for name, interval in recorded_every(recordings_with_groups(plan), plan.server).items()
    }
    outside = outside_labels(plan)
    objectives = {slo.burn.rule_group: slo for slo in plan.slos if slo.burn is not None}
    target = plan.targets.prometheus
    keeps_numbers = target is not None and release(target) < release(_STORES_POINTS)
    return [
        Subject(
            rule,
            group,
            _recordings(_metric_rules(group)[:index]) if own_group else everywhere,
            paces,
            parse_duration(evaluated_every(plan.server, group) or "1m") / 1000,
            outside,
            objectives.get(group.name) if rule.written.is_derived else None,
            plan.inhibitions,
            keeps_numbers,
        )
        for group in plan.rule_groups
        for index, rule in enumerate(group.rules)
        if isinstance(rule, Rule)
    ]


def _metric_rules(group: RuleGroup) -> tuple[Rule | Recording, ...]:
    return group.rules if group.engine is Engine.PROMETHEUS else ()


def _recordings(rules: Sequence[Rule | Recording]) -> dict[str, list[Recording]]:
    found: dict[str, list[Recording]] = {}
    for rule in rules:
        if isinstance(rule, Recording):
            found.setdefault(rule.record, []).append(rule)
    return found


def prove(
    found: Sequence[Subject],
    promtool: Program,
    progress: Callable[[int], object] = lambda _: None,
    *,
    whole: bool = False,
    loki: Callable[[], AbstractContextManager[LogJudge]] | None = None,
    store: ResultStore | None = None,
) -> list[Verdict]:
    """Look for proofs of each rule, and let promtool judge them, or for log alerts a Loki.

    `progress` is called twice for each rule; with `whole`, every case of a test suite is derived;
    `loki` starts a Loki, and is None where there is none. What earlier runs found is taken from the `store`.
    """
    logs = [subject for subject in found if subject.group.engine is Engine.LOKI]
    metrics = [subject for subject in found if subject.group.engine is not Engine.LOKI]
    proven = iter(_prove_metrics(metrics, promtool, progress, whole=whole, store=store))
    proven_logs = iter(log_verdicts(logs, loki, progress))
    return [next(proven_logs if subject.group.engine is Engine.LOKI else proven) for subject in found]


def _prove_metrics(
    found: Sequence[Subject],
    promtool: Program,
    progress: Callable[[int], object],
    *,
    whole: bool,
    store: ResultStore | None,
) -> list[Verdict]:
    """Rules of objectives by the shares of bad events that they wait for, all others by a search."""
    shown = prove_objectives(found, promtool, progress, store)
    rest = [subject for index, subject in enumerate(found) if index not in shown]
    searched = iter(_search(rest, promtool, progress, whole=whole, store=store))
    verdicts = [shown[index] if index in shown else next(searched) for index in range(len(found))]
    return with_load_errors(verdicts, promtool)


def _search(
    found: Sequence[Subject],
    promtool: Program,
    progress: Callable[[int], object],
    *,
    whole: bool,
    store: ResultStore | None,
) -> list[Verdict]:
    """Through the recording rules where there are some, and with recorded series as input for the rest."""
    ways = [recording_alternatives(subject.rule.expr, subject.recordings) for subject in found]
    through: dict[int, Verdict] = {}
    shown: dict[int, Verdict] = {}
    for turn in range(max(map(len, ways), default=0)):
        longer = [
            index
            for index, alternatives in enumerate(ways)
            if index not in shown and len(alternatives) > turn and alternatives[turn][1].dead is None
        ]
        tried = [
            (replace(found[index], recordings=recordings), way)
            for index in longer
            for recordings, way in [ways[index][turn]]
        ]
        for index, verdict in zip(
            longer, _round(tried, promtool, lambda _: None, whole=whole, store=store), strict=True
        ):
            through.setdefault(index, verdict)
            if is_proven(verdict):
                shown[index] = verdict
    progress(2 * len(shown))
    plain = [index for index in range(len(found)) if index not in shown]
    rest = _round([(found[index], None) for index in plain], promtool, progress, whole=whole, store=store)
    verdicts = {**shown, **dict(zip(plain, rest, strict=True))}
    for index in plain:
        if ways[index]:
            verdicts[index] = as_input(verdicts[index], ways[index][0][1], through.get(index))
    return [_at_pace(verdicts[index]) for index in range(len(found))]


def _at_pace(verdict: Verdict) -> Verdict:
    """The verdict where the recordings come only every so often."""
    subject = verdict.subject
    if verdict.fires is not Status.PROVEN or not subject.recorded_every:
        return verdict
    hold = parse_duration(subject.rule.for_ or "0s") / 1000
    reason = too_seldom(parse_promql(subject.rule.expr), hold, subject.every, subject.recorded_every)
    return verdict if reason is None else _on_paper(verdict, f"it fires only on paper: {reason}")


def _round(
    found: Sequence[tuple[Subject, Inlined | None]],
    promtool: Program,
    progress: Callable[[int], object],
    *,
    whole: bool,
    store: ResultStore | None,
) -> list[Verdict]:
    questions = [_question(subject, way, whole=whole) for subject, way in found]
    asked = [question for question in dict.fromkeys(questions) if isinstance(question, Question)]

    def answer(fresh: Sequence[Question]) -> list[FoundCases | str]:
        processes = useful_processes(len(fresh), 2, _MOST_PROCESSES) if len(fresh) >= _FEW else 1
        progress(len(asked) - len(fresh))
        return parallel_map(answer_question, fresh, processes, progress)

    answers = answer_again(store, asked, answer)
    known = [question if isinstance(question, str) else answers[question] for question in questions]
    progress(len(found) - len(asked))
    case_groups = [
        _case_group(subject, way, answer) for (subject, way), answer in zip(found, known, strict=True)
    ]
    judged = verify_cases(promtool, case_groups, progress, store)
    return [
        replace(_verdict(subject, answer, cases), through=() if way is None else way.rules)
        for (subject, way), answer, cases in zip(found, known, judged, strict=True)
    ]


def _question(subject: Subject, way: Inlined | None, *, whole: bool) -> Question | str:
    rule = subject.rule
    try:
        hold = parse_duration(rule.for_ or "0s") / 1000
        keep = parse_duration(rule.keep_firing_for or "0s") / 1000
    except LangError as error:
        return f"`for`: {error.reason}"
    wanted = tuple(rule_mutants(subject, way)) if whole else ()
    timing = AlertTiming(hold, keep)
    # Only those that are named: rules with the same question are searched once.
    names = frozenset(name for name in subject.recordings if ":" not in name and name in rule.expr)
    if way is None or not wanted:
        expr, recorded = (rule.expr if way is None else way.expr), None
    else:
        expr, recorded = way.expr, rule.expr
    return Question(expr, timing, whole, wanted, recorded, names, awaits_repetition(rule.alert))


def _case_group(subject: Subject, way: Inlined | None, found: FoundCases | str) -> CaseGroup:
    rules = rule_values(subject.rule, () if way is None else way.rules)
    group = {"name": "proof", "rules": rules}
    cases = () if isinstance(found, str) else found.cases
    named = tuple(replace(case, alert=subject.rule.alert) for case in cases)
    return CaseGroup(yaml_text({"groups": [group]}), named)


def _verdict(subject: Subject, found: FoundCases | str, judged: Sequence[Verified]) -> Verdict:
    if isinstance(found, str):
        return Verdict(subject, Status.UNPROVEN, Status.UNPROVEN, (found,), (), None, ())
    answer = _as_stored(found.answer) if subject.keeps_numbers else found.answer
    confirmed = {one.case.name: one.case for one in judged if one.refusal is None}
    refusals = [
        _refusal(one.refusal)
        for one in judged
        if one.refusal is not None and one.case.name in ("fires", "silent")
    ]
    fires, why_not = _status(answer, "fires", confirmed, answer.never_fires)
    silent, why_loud = _status(answer, "silent", confirmed, answer.never_silent)
    if fires is Status.ON_PAPER and answer.by_name is not None:
        why_not = f"{why_not}; {answer.by_name}"
    faults = [() if one is None else one.faults for one in (answer.fires, answer.silent)]
    if fires is silent is Status.ON_PAPER and faults[0] == faults[1]:
        why_not, why_loud = f"only on paper: {'; '.join(faults[0])}", None
    reasons = (*refusals, *(reason for reason in (why_not, why_loud) if reason is not None))
    assumptions: list[str] = []
    for witness in (answer.fires, answer.silent):
        if witness is not None and witness.goal in confirmed:
            assumptions += assumptions_of(witness)
    unique = tuple(dict.fromkeys(assumptions))
    refused = tuple(one for one in judged if one.refusal is not None)
    failing = [with_failure(one.case, one.refusal) for one in judged]
    shown = (*confirmed.values(), *(case for case in failing if case is not None))
    if any(faults):
        shown = tuple(_marked(case) for case in shown)
    return Verdict(subject, fires, silent, reasons, unique, answer, shown, refused)


def _as_stored(answer: Answer) -> Answer:
    """The answer for a server that stores `le="1"` as it is written: such series can exist."""
    fires, silent = (
        None
        if one is None
        else replace(
            one, faults=tuple(fault for fault in one.faults if not fault.startswith(STORED_OTHERWISE))
        )
        for one in (answer.fires, answer.silent)
    )
    return replace(answer, fires=fires, silent=silent)


def _marked(case: ProofCase) -> ProofCase:
    """A case of data that cannot exist, which says so."""
    return replace(case, title=f"Only on paper, with data that cannot exist. {case.title}")


def _refusal(said: str) -> str:
    if "too many samples" in said:
        return "promtool reads no more than 10,000 samples in a query, and this takes more"
    return f"promtool: {said}"[:_MOST_SAID]


def is_proven(verdict: Verdict) -> bool:
    """Whether both proofs were found."""
    return verdict.fires is Status.PROVEN and verdict.silent is Status.PROVEN


def as_input(verdict: Verdict, way: Inlined, through: Verdict | None) -> Verdict:
    """A verdict about recorded series as they are, after their recording rules led to no proof.

    What was shown through the rules is shown; what is known not to come through them is so on paper only,
    and where no series was found that does, it is unproven.
    """
    names = ", ".join(f"`{name}`" for name in dict.fromkeys(rule.record for rule in way.rules))
    why = way.dead or ("; ".join(through.reasons) if through is not None else "")
    told = f"it takes {names} from elsewhere, not from the recording rule beside it"
    if way.lacking is not None and way.lacking in verdict.subject.outside_labels:
        # The rules ask for it again and again: a ruler or a federation adds it.
        return replace(
            verdict, assumptions=(*verdict.assumptions, f"something adds `{way.lacking}` to {names}")
        )
    reason = f"only on paper: {told}" + (f": {why}" if why else "")
    fires = _through(verdict.fires, None if through is None else through.fires)
    silent = _through(verdict.silent, None if through is None else through.silent)
    if Status.ON_PAPER in (fires, silent):
        return replace(_on_paper(verdict, reason), fires=fires, silent=silent)
    if (fires, silent) == (verdict.fires, verdict.silent):
        return verdict
    unclear = f"it was shown with {names} as input only, not through the recording rule beside it: {why}"
    return replace(verdict, fires=fires, silent=silent, reasons=(*verdict.reasons, unclear[:_MOST_SAID]))


def _on_paper(verdict: Verdict, reason: str) -> Verdict:
    """The verdict of an alert that fires on paper only."""
    cases = tuple(_marked(case) for case in verdict.cases)
    reasons = (*verdict.reasons, reason[:_MOST_SAID])
    return replace(verdict, fires=Status.ON_PAPER, reasons=reasons, cases=cases)


def _through(shown: Status, by_rules: Status | None) -> Status:
    """What is shown of recorded series, where the rules that record them showed something else."""
    if shown is not Status.PROVEN or by_rules is Status.PROVEN:
        return shown
    return Status.UNPROVEN if by_rules is Status.UNPROVEN else Status.ON_PAPER


def _status(
    answer: Answer, goal: Goal, confirmed: Mapping[str, ProofCase], never: str | None
) -> tuple[Status, str | None]:
    witness = answer.fires if goal == "fires" else answer.silent
    if witness is not None and goal in confirmed:
        if not witness.faults:
            return Status.PROVEN, None
        faults = "; ".join(witness.faults)
        # By their names metrics keep an alert from firing, not from being silent.
        if answer.argued and (goal == "fires" or answer.by_name is None):
            return Status.ON_PAPER, f"it {_DOES[goal]} only on paper: {faults}"
        return Status.UNPROVEN, f"{_nothing_found(answer, goal, ' with data that can exist')}: {faults}"
    if never is not None:
        return Status.IMPOSSIBLE, never
    return Status.UNPROVEN, _not_found(answer, goal)


def _not_found(answer: Answer, goal: Goal) -> str | None:
    witness = answer.fires if goal == "fires" else answer.silent
    if witness is not None:
        return None
    if goal == "silent" and answer.always:
        return "it always has a result, whatever the data are"
    return _nothing_found(answer, goal)


def _nothing_found(answer: Answer, goal: Goal, with_what: str = "") -> str:
    what = "makes it fire" if goal == "fires" else "keeps it silent"
    limited = "; the search was cut short" if answer.limited else ""
    return f"no series was found that {what}{with_what}{limited}"
