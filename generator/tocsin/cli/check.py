"""`tocsin check`: is the alerting sound?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.baseline import accept_findings, accepted_line, baseline_options, load_baseline, scope_of
from tocsin.cli.completion import complete_check
from tocsin.cli.named_targets import read_targets
from tocsin.cli.options import every_environment_option, no_cache_option, paths_argument, report_option
from tocsin.cli.planning import (
    load_each_or_exit,
    mention_faults,
    origins_of,
    show_and_exit,
    show_findings,
    terminal_width,
)
from tocsin.cli.repeated import RepeatedCommand, keep_answer
from tocsin.cli.settings import default_except, default_level, default_only, default_origin, default_policy
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tocsin.baseline.present import Present
    from tocsin.baseline.scope import Scope
    from tocsin.checking import Selection
    from tocsin.checks.framework.check import Check
    from tocsin.diagnostics import Diagnostic
    from tocsin.diagnostics.catalogue import Message
    from tocsin.plan.model import Policy
    from tocsin.workspace.load import Planned


class _Check(RepeatedCommand):
    not_repeated = frozenset({"listed", "accept", "reason", "since", "fixing", "diffing"})


@click.command(cls=_Check)
@paths_argument
@click.option("--list", "listed", is_flag=True, help="List the checks and exit.")
@click.option(
    "--only",
    multiple=True,
    default=default_only,
    shell_complete=complete_check,
    metavar="GLOB",
    help="Run only these checks, such as `label/*`.",
)
@click.option(
    "--except",
    "without",
    multiple=True,
    default=default_except,
    shell_complete=complete_check,
    metavar="GLOB",
    help="Skip these checks.",
)
@click.option(
    "--level",
    "least",
    type=click.Choice(["info", "warning", "error"]),
    default=default_level,
    help="Show findings of this level and above; lower levels do not make the command fail.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=default_policy,
    metavar="FILE",
    help="File with the team's own rules, under the key `policy` as in a spec.",
)
@baseline_options
@click.option(
    "--since",
    metavar="REV",
    help="Show only findings that are new since the working tree branched off from this git revision.",
)
@click.option(
    "--target",
    "named_targets",
    multiple=True,
    metavar="KEY=VALUE",
    help="The releases that the files are for, with the keys of a spec's `project: targets:`: "
    "`prometheus=3.5`, `alertmanager=0.28`, `features=promql-duration-expr`.",
)
@click.option(
    "--fix", "fixing", is_flag=True, help="Apply the fixes that can mean one thing only, then check again."
)
@click.option("--diff", "diffing", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option(
    "--origin",
    type=click.Choice(["own", "all"]),
    default=default_origin,
    help="Of files that are vendored, generated or read by tests, show only what keeps them from working "
    "(`own`, the default), or `all` that is found.",
)
@no_cache_option
@every_environment_option
@report_option
def check(
    paths: tuple[Path, ...],
    listed: bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    least: str,
    policy_file: Path | None,
    accept: bool,
    reason: str | None,
    baseline_file: Path | None,
    since: str | None,
    named_targets: tuple[str, ...],
    fixing: bool,
    diffing: bool,
    origin: str,
    environment: str | None,
    form: str,
) -> None:
    """Find problems in rules, routes, dashboards and runbooks.

    PATHS is the folder of a spec (`spec` by default), or any mix of files that a team already has: rule files
    of Prometheus and Loki, PrometheusRule resources, an Alertmanager configuration, ConfigMaps, Secrets and
    values of charts that hold them, and folders of them; and, where they are named, Grafana dashboards
    (*.json, or in ConfigMaps and GrafanaDashboards), notification templates (*.tmpl) and runbooks (*.md).
    Errors come first, in the order of files within a level; files that are not read are listed at the end.
    `tocsin explain CHECK` explains one check.

    With --accept, the findings are written into a baseline, with the date and a reason, and later runs report
    only new ones. An entry names a check and an alert (or route, panel, …), so it holds when lines and files
    around it change; findings that are gone are reported, and removed from the baseline by the next --accept.
    With --since, findings that existed before are left out without being recorded.

    With --fix, an edit that can mean one thing only (a misspelt key, `monday-friday` for `monday:friday`) is
    made if that removes the finding and causes no new error or warning; the rest of the file stays as it is.

    Exit codes: 0 nothing but notes was found, 1 a warning or an error was found, 2 the command could not do
    its work.
    """
    from tocsin.checks import CHECKS

    if listed:
        _list([*CHECKS.values()])
        return
    from tocsin.baseline.compare import can_be_accepted, compare, found_since, gone
    from tocsin.checking import find_in_each, find_in_one, find_problems, policy_beside, read_policy
    from tocsin.diagnostics.manual import manual
    from tocsin.diagnostics.model import Level
    from tocsin.diagnostics.origins import tell_by_origin, with_origins
    from tocsin.diagnostics.report import Sought
    from tocsin.workspace.load import load_other_environments

    if accept and since is not None:
        raise CommandError("--accept takes all findings and --since leaves some out; use one of them")
    only, without = _with_current_ids(only), _with_current_ids(without)
    chosen = _selection(only, without)
    baseline = load_baseline(baseline_file, paths, accept=accept, reason=reason)
    named = None if policy_file is None else _policy_or_exit(lambda: read_policy(policy_file), form)
    targets = read_targets(named_targets)

    def find(made: Planned) -> list[Diagnostic]:
        made = made.with_targets(targets)
        return find_problems(made, chosen, named or _policy_or_exit(lambda: policy_beside(made), form))

    def find_all(plans: Sequence[Planned], there: Sequence[Path]) -> Sequence[Diagnostic]:
        if environment is None:
            return find_in_each(plans, find)
        [one] = plans
        return find_in_one(one, find, lambda: load_other_environments(there, environment))

    if fixing or diffing:
        from tocsin.checking import Selection
        from tocsin.cli.changed_texts import write_texts
        from tocsin.cli.fixes import fix, fixed_lines

        def find_unchosen(made: Planned) -> list[Diagnostic]:
            made = made.with_targets(targets)
            own = named or _policy_or_exit(lambda: policy_beside(made), form)
            return find_problems(made, Selection(), own)

        fixed, changes, others = fix(paths, find_unchosen, chosen.wants, environment)
        if diffing:
            for line in changes:
                click.echo(visible_line(line))
        else:
            write_texts(fixed.texts)
        for line in fixed_lines(fixed, others, written=not diffing):
            click.echo(visible_line(line), err=diffing or form != "text")
        if diffing:
            sys.exit(1 if fixed.texts else 0)
    plans = load_each_or_exit(paths, form, environment=environment, rest=True)
    made = plans[0]
    present = baseline.present(plans)
    compared = compare(baseline.entries, find_all(plans, paths), present)
    found: Sequence[Diagnostic] = with_origins(compared.findings, origins_of(made, compared.findings))
    said: list[str] = []

    def told(some: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        return some if origin == "all" else tell_by_origin(some).findings

    scope = _scope(made, chosen, present, paths)
    covered = scope.covered(baseline.entries, baseline.has_file)
    if accept:
        fresh = [one for one in _of_level(told(found), least) if one.accepted is None]
        fresh = [one for one in fresh if can_be_accepted(one, is_spec=made.is_spec)]
        said.append(accept_findings(baseline, compared, fresh, present, covered, reason))
        taken = set(map(id, fresh))
        found = [one for one in found if id(one) not in taken and one.accepted is None]
    else:
        found = [*found, *gone(one for one in compared.left if covered(one))]
    left_out = list(accepted_line(baseline, _of_level(found, least)))
    if since is not None:
        from tocsin.cli.since import earlier_findings

        def find_earlier(plans: Sequence[Planned], there: Sequence[Path]) -> Sequence[Diagnostic]:
            earlier = find_all(plans, there)
            return with_origins(earlier, origins_of(plans[0], earlier))

        earlier = _of_level(earlier_findings(since, paths, environment, find_earlier), least)
        new, past = found_since(earlier, found, present)
        kept = set(map(id, new))
        before = sum(one.accepted is None and id(one) not in kept for one in told(found))
        said.append(f"since {since}: {before} found before and left out, {len(told(past))} gone")
        found = new
    if made.is_spec and all(one.id != "tocsin/crash" for one in found):
        keep_answer()
    found = _of_level(found, least)
    counted: list[str] = []
    if origin != "all":
        by_origin = tell_by_origin(found)
        found, counted = by_origin.findings, [*by_origin.lines()]
    if made.unread or not made.is_whole:
        mention_faults(one for one in made.diagnostics if not chosen.wants(one.id))
    show_findings(
        found,
        form,
        [
            *(Sought(one.id, one.level, manual(one.doc).claim) for one in chosen.checks),
            *(Sought(one.id, one.level, manual(one.doc).claim) for one in _messages(found)),
        ],
    )
    new = [one for one in found if one.accepted is None]
    failed = not all(one.is_whole for one in plans) or any(one.level is not Level.INFO for one in new)
    if form == "text":
        if not failed and not accept:
            click.echo(_summary(", ".join(map(str, paths)) or "spec", made, bool(new)))
        for line in (*said, *left_out, *counted):
            click.echo(line)
        for line in () if made.files_read is None else made.files_read.lines(new):
            click.echo(line)
        if made.estates:
            names = visible_line(", ".join(one.estate or "" for one in made.estates))
            click.echo(f"{len(made.estates)} estates, each checked by itself: {names}")
    else:
        if accept:
            click.echo(said[0], err=True)
        for line in counted:
            click.echo(line, err=True)
        for line in () if made.files_read is None else made.files_read.unchecked(new):
            click.echo(line, err=True)
    if failed:
        sys.exit(1)


def _scope(made: Planned, chosen: Selection, present: Present, paths: Sequence[Path]) -> Scope:
    """What of a baseline this run could have found."""
    from tocsin.checks.framework.completeness import areas_needed
    from tocsin.checks.framework.run import runnable
    from tocsin.diagnostics.catalogue import MESSAGES

    of_each = [runnable(chosen.checks, one.unread) for one in made.each_estate]
    # What some estate has too little for may have been found there.
    checks = [one for one in chosen.checks if all(one in ran for ran in of_each)]
    if any(one.plan.route is None for one in made.each_estate):
        checks = [one for one in checks if "routing" not in areas_needed(one)]
    messages = (id_ for id_ in MESSAGES if chosen.wants(id_) and not id_.startswith("prove/"))
    return scope_of(made, present, paths, (*(one.id for one in checks), *messages))


def _of_level(found: Iterable[Diagnostic], least: str) -> list[Diagnostic]:
    return [one for one in found if _LEVELS.index(one.level.value) >= _LEVELS.index(least)]


_LEVELS = ("info", "warning", "error")


def _messages(found: Iterable[Diagnostic]) -> Iterator[Message]:
    """The messages that are not those of checks, each once."""
    from tocsin.diagnostics.catalogue import MESSAGES

    ids = dict.fromkeys(one.id for one in found)
    return (MESSAGES[id_] for id_ in ids if id_ in MESSAGES)


def _with_current_ids(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns, in which ids that checks no longer have are replaced; a note names each of them."""
    from tocsin.checks.framework.renamed import REMOVED, current_id

    for old in patterns:
        if old in REMOVED:
            click.echo(f"note: the check `{old}` was removed: {REMOVED[old]}", err=True)
        if (new := current_id(old)) != old:
            click.echo(f"note: the check `{old}` is now called `{new}`", err=True)
    return tuple(map(current_id, patterns))


def _selection(only: tuple[str, ...], without: tuple[str, ...]) -> Selection:
    """The checks that the patterns choose; CommandError where one of them is the name of none."""
    from fnmatch import fnmatchcase

    from tocsin.checking import Selection
    from tocsin.checks import CHECKS
    from tocsin.checks.framework.renamed import REMOVED
    from tocsin.diagnostics.catalogue import MESSAGES

    known = [*CHECKS, *MESSAGES, *REMOVED]
    for pattern in (*only, *without):
        if not any(fnmatchcase(id_, pattern) for id_ in known):
            raise CommandError(f"no check is called `{pattern}`; `tocsin check --list` lists them all")
    return Selection(only, without)


def _policy_or_exit(read: Callable[[], Policy | None], form: str) -> Policy | None:
    """The policy; what is wrong with its file is shown, and the command exits with 1."""
    from tocsin.checking import PolicyError

    try:
        return read()
    except PolicyError as error:
        show_and_exit(error.diagnostics, form)


def _list(checks: Sequence[Check]) -> None:
    import textwrap

    from tocsin.diagnostics.catalogue import MESSAGES
    from tocsin.diagnostics.manual import manual

    rows = [(check.id, check.level.value, manual(check.doc).claim) for check in checks]
    rows += [(one.id, one.level.value, manual(one.doc).claim) for one in MESSAGES.values()]
    width = max(len(id_) for id_, _, _ in rows)
    for id_, level, said in rows:
        first, *rest = textwrap.wrap(said, max(terminal_width() - width - 11, 30))
        click.echo(f"{id_:{width}}  {level:7}  {first}")
        for line in rest:
            click.echo(" " * (width + 11) + line)


def _summary(where: str, made: Planned, noted: bool) -> str:
    from tocsin.plan.parts import names_of_alerts, outline_of

    outline = outline_of(made.plan)
    said = "nothing to fix" if noted else "nothing found"
    groups = len(outline.groups or outline.rule_groups)
    return f"{where}: {said}; alerts: {len(names_of_alerts(outline))}, groups: {groups}"
