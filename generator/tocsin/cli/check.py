"""`tocsin check`: is the alerting sound?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.completion import complete_check
from tocsin.cli.options import paths_argument, report_option
from tocsin.cli.planning import load_or_exit, mention_faults, show_and_exit, show_findings, terminal_width
from tocsin.cli.settings import default_except, default_level, default_only, default_policy
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.checks.framework.check import Check
    from tocsin.diagnostics import Diagnostic
    from tocsin.diagnostics.catalogue import Message
    from tocsin.plan.model import Policy
    from tocsin.workspace.load import Planned


@click.command(cls=Command, short_help="Find problems in rules, routes, dashboards and runbooks.")
@paths_argument
@click.option("--list", "listed", is_flag=True, help="List the checks and exit.")
@click.option(
    "--only",
    multiple=True,
    default=default_only,
    shell_complete=complete_check,
    metavar="GLOB",
    help="Run these checks only, such as `label/*`.",
)
@click.option(
    "--except",
    "without",
    multiple=True,
    default=default_except,
    shell_complete=complete_check,
    metavar="GLOB",
    help="Leave these checks out.",
)
@click.option(
    "--level",
    "least",
    type=click.Choice(["info", "warning", "error"]),
    default=default_level,
    help="Show findings of this level and above; others do not make the command fail.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=default_policy,
    metavar="FILE",
    help="The team's own rules, under the key `policy` as in a spec.",
)
@report_option
def check(
    paths: tuple[Path, ...],
    listed: bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    least: str,
    policy_file: Path | None,
    form: str,
) -> None:
    """Find problems in rules, routes, dashboards and runbooks.

    PATHS is the folder of a spec (`spec` when there is none), or what a team already has, in any mixture:
    rule files of Prometheus and Loki, PrometheusRule resources, an Alertmanager configuration, ConfigMaps,
    Secrets and values of charts that hold them, and folders of them; and, where they are named, Grafana
    dashboards (*.json), notification templates (*.tmpl) and runbooks (*.md). What is not read is named at
    the end. `tocsin explain CHECK` says more about one check.

    Exit codes: 0 no more than notes, 1 a warning or an error was found, 2 the command could not do its work.
    """
    from tocsin.checks import CHECKS

    if listed:
        _list([*CHECKS.values()])
        return
    from dataclasses import replace
    from datetime import date

    from tocsin.checks.framework.run import run_checks
    from tocsin.diagnostics.catalogue import MESSAGES
    from tocsin.diagnostics.manual import manual
    from tocsin.diagnostics.model import Level
    from tocsin.diagnostics.report import Sought
    from tocsin.diagnostics.secrets import mask_secrets

    checks = _chosen([*CHECKS.values()], only, without)
    made = load_or_exit(paths, form, mention=False, rest=True)
    policy = _policy(policy_file, made, form)
    plan = made.plan if policy is None else replace(made.plan, policy=policy)
    found = run_checks(
        plan,
        made.sources,
        checks,
        known={*CHECKS, *MESSAGES},
        today=date.today(),
        found=(one for one in made.diagnostics if _wanted(one.id, only, without)),
        unread=made.unread,
    )
    found = tuple(one for one in found if _LEVELS.index(one.level.value) >= _LEVELS.index(least))
    if made.unread or not made.is_whole:
        mention_faults(one for one in made.diagnostics if not _wanted(one.id, only, without))
    show_findings(
        mask_secrets(found, made.secrets),
        form,
        [
            *(Sought(one.id, one.level, manual(one.doc).claim) for one in checks),
            *(Sought(one.id, one.level, manual(one.doc).claim) for one in _messages(found)),
        ],
    )
    failed = not made.is_whole or any(one.level is not Level.INFO for one in found)
    if form == "text":
        if not failed:
            click.echo(_summary(", ".join(map(str, paths)) or "spec", made, bool(found)))
        for line in () if made.files_read is None else made.files_read.lines(found):
            click.echo(line)
    if failed:
        sys.exit(1)


_LEVELS = ("info", "warning", "error")


def _messages(found: Iterable[Diagnostic]) -> Iterator[Message]:
    """The messages that are not those of checks, each once."""
    from tocsin.diagnostics.catalogue import MESSAGES

    ids = dict.fromkeys(one.id for one in found)
    return (MESSAGES[id_] for id_ in ids if id_ in MESSAGES)


def _chosen(checks: Sequence[Check], only: tuple[str, ...], without: tuple[str, ...]) -> list[Check]:
    from fnmatch import fnmatchcase

    from tocsin.diagnostics.catalogue import MESSAGES

    known = [*(check.id for check in checks), *MESSAGES]
    for pattern in (*only, *without):
        if not any(fnmatchcase(id_, pattern) for id_ in known):
            raise CommandError(f"no check is called `{pattern}`: `tocsin check --list` shows them all")
    return [check for check in checks if _wanted(check.id, only, without)]


def _wanted(id_: str, only: tuple[str, ...], without: tuple[str, ...]) -> bool:
    from fnmatch import fnmatchcase

    if any(fnmatchcase(id_, pattern) for pattern in without):
        return False
    return not only or any(fnmatchcase(id_, pattern) for pattern in only)


def _policy(path: Path | None, made: Planned, form: str) -> Policy | None:
    """The policy that is named, or the one that stands beside plain files."""
    from tocsin.compile.policy import policy
    from tocsin.source.decode import decode_file, read_file
    from tocsin.source.document import Document
    from tocsin.spec.policy_file import load_policy

    if path is not None:
        document = decode_file(path.as_posix(), read_file(path))
    elif len(made.policies) > 1:
        names = " and ".join(one.name for one in made.policies[:2])
        raise CommandError(f"{names} are two policies: name one with --policy")
    elif made.policies:
        document = made.policies[0]
    else:
        return None
    if not isinstance(document, Document):
        raise CommandError(f"{path}: {document.message}")
    loaded = load_policy(document)
    if loaded.policy is None:
        show_and_exit(loaded.diagnostics, form)
    return policy(loaded.policy)


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
    from tocsin.plan.model import Rule

    groups = made.plan.rule_groups
    alerts = {rule.alert for group in groups for rule in group.rules if isinstance(rule, Rule)}
    said = "nothing to mend" if noted else "nothing found"
    return f"{where}: {said}; alerts: {len(alerts)}, groups: {len(made.plan.groups or groups)}"
