"""The answers of `tocsin route`, printed for people and for programs."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.colour import colours
from tocsin.cli.terminal import heading
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from tocsin.cli.routing import Routed
    from tocsin.routing.config import FiringAlert, RoutingConfig, Silence
    from tocsin.routing.decision import Decision
    from tocsin.routing.render.outline import Outline

_LONGEST_QUESTION = 1024 * 1024


def firing_alert(labels: dict[str, str]) -> FiringAlert:
    """An alert that fires, with these labels."""
    from tocsin.routing.config import FiringAlert

    return FiringAlert(labels)


def decide_alone(
    table: RoutingConfig,
    labels: dict[str, str],
    moment: datetime,
    firing: Sequence[FiringAlert],
    silences: Iterable[Silence],
) -> Decision:
    """Who is notified of an alert that begins to fire, beside others that do already."""
    from tocsin.routing.decision import decide

    # The alert itself came last: it may be the source of another one, and is then known to the inhibitor.
    return decide(table, labels, moment, [*firing, firing_alert(labels)], silences)


def show_decisions(asked: Routed, verdicts: list[Decision], form: str, moment: datetime) -> None:
    """Print the decisions about some alerts, or the routing tree."""
    from tocsin.routing.render.answers import as_value
    from tocsin.routing.render.outline import outline
    from tocsin.routing.render.pictures import mermaid, svg

    tree = outline(asked.table.route, (notice.stop for one in verdicts for notice in one.notices))
    if form == "json":
        import orjson

        for verdict in verdicts:
            value = {"labels": dict(verdict.labels), "at": moment.isoformat(), **as_value(verdict)}
            click.echo(orjson.dumps(asked.value(value)).decode())
    elif form == "mermaid":
        click.echo(mermaid(tree), nl=False)
    elif form == "svg":
        click.echo(svg(tree), nl=False)
    else:
        _print(tree, verdicts, moment)


def _print(tree: Outline, verdicts: list[Decision], moment: datetime) -> None:
    from tocsin.routing.render.answers import decision_sentences, labels_text

    if len(verdicts) <= 1:
        _print_tree(tree)
    several = len(verdicts) > 1
    answers: dict[tuple[str, ...], list[str]] = {}
    for verdict in verdicts:
        lines = tuple(decision_sentences(verdict, values=not several))
        answers.setdefault(lines, []).append(labels_text(verdict.labels))
    for lines, alerts in answers.items():
        for alert in alerts:
            heading(alert)
        for line in lines:
            click.echo(f"  {visible_line(line)}")
    if verdicts:
        click.echo(f"at {moment:%Y-%m-%d %H:%M %Z}")


def _print_tree(tree: Outline) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def label(node: Outline) -> Text:
        style = "bold green" if node.lit else ""
        mark = "● " if node.stopped else ""
        text = Text(visible_line(f"{mark}{node.asks}"), style=style)
        text.append(visible_line(f" → {node.receiver}"), style=style)
        if node.notes:
            text.append(visible_line(f"  {', '.join(node.notes)}"), style="dim")
        return text

    def grown(node: Outline, branch: Tree) -> None:
        for child in node.children:
            grown(child, branch.add(label(child), guide_style="green" if child.lit else "dim"))
        if node.hidden:
            branch.add(Text(node.hidden, style="dim"))

    root = Tree(label(tree), guide_style="dim")
    grown(tree, root)
    # A pipe has no width: whoever reads it gets whole lines.
    width = None if sys.stdout.isatty() else 1000
    colour = colours()
    Console(highlight=False, width=width, force_terminal=colour, no_color=not colour).print(root)


def answer_batch(file: Path, asked: Sequence[Routed], where: tzinfo, moment: datetime) -> None:
    """Print what each estate answers to each line of a file; exits with 1 where a line is no question."""
    import orjson

    from tocsin.cli.parsing import json_line, labels_of, moment_of
    from tocsin.routing.render.answers import as_value
    from tocsin.source.decode import open_file

    broken = False
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else open_file(file) as lines:
        while raw := lines.readline(_LONGEST_QUESTION + 1):
            if len(raw) > _LONGEST_QUESTION:
                raise CommandError(f"{file}: a line is longer than {_LONGEST_QUESTION // 1024} KiB")
            line = raw.decode("utf-8", "replace")
            if not line.strip():
                continue
            try:
                question = json_line(line)
                labels = labels_of(question.get("labels"), "`labels`")
                others = question.get("active", [])
                if not isinstance(others, list):
                    raise ValueError("`active` has to be a list of label sets")
                at = question.get("at")
                when = moment if at is None else moment_of(str(at), where)
                firing = [
                    firing_alert(
                        labels_of(one.get("labels", one) if isinstance(one, dict) else one, "`active`")
                    )
                    for one in others
                ]
                answers: list[dict[str, Any]] = [
                    one.value(as_value(decide_alone(one.table, labels, when, firing, ()))) for one in asked
                ]
            except (ValueError, CommandError) as error:
                broken = True
                answers = [{"error": error.message if isinstance(error, CommandError) else str(error)}]
            for answer in answers:
                click.echo(orjson.dumps(answer).decode())
    if broken:
        sys.exit(1)


def show_timeline(
    asked: Routed,
    questions: list[dict[str, str]],
    firing: Sequence[FiringAlert],
    silences: tuple[Silence, ...],
    moment: datetime,
    length: str,
    where: tzinfo,
    form: str,
) -> None:
    """Print who is notified over a period, and when."""
    from datetime import timedelta

    import orjson

    from tocsin.lang.durations import parse_duration
    from tocsin.lang.errors import LangError
    from tocsin.routing.render.answers import labels_text
    from tocsin.routing.timeline import TooLongError, timeline

    try:
        end = moment + timedelta(milliseconds=parse_duration(length))
        found = timeline(asked.table, [*firing, *map(firing_alert, questions)], moment, end, silences)
    except LangError as error:
        raise CommandError(error.reason) from None
    except (TooLongError, OverflowError) as error:
        raise CommandError(str(error)) from None
    for one in found:
        at = one.at.astimezone(where)
        if form == "json":
            value = {
                "at": at.isoformat(),
                "receiver": one.receiver,
                "channel": one.channel,
                "reason": one.reason,
                "group": dict(one.group),
                "firing": [dict(labels) for labels in one.firing],
                "resolved": [dict(labels) for labels in one.resolved],
            }
            click.echo(orjson.dumps(asked.value(value)).decode())
        else:
            ended = f", {len(one.resolved)} resolved" if one.resolved else ""
            said = f"{one.receiver}  {labels_text(one.group)}: {one.reason}, {len(one.firing)} firing{ended}"
            click.echo(f"{at:%Y-%m-%d %H:%M:%S}  {visible_line(said)}")
    if found and form == "text":
        click.echo(f"times in {where}")
    elif form == "text":
        silent = sorted(name for name, channels in asked.table.tells_ends.items() if not channels)
        why = f"; receivers without integrations: {', '.join(silent)}" if silent else ""
        click.echo(f"no notifications in this period{why}")


def show_gaps(asked: Routed, alert: str | None, year: int, location: str, form: str) -> None:
    """Print in which hours of a year nobody is notified, of one alert or of all."""
    import orjson

    from tocsin.routing.alert_gaps import alert_gaps
    from tocsin.routing.render.hours import gap_lines, gap_value

    found = alert_gaps(asked.plan, asked.table, year, location)
    if alert is not None:
        found = [one for one in found if one.alert == alert]
    if form == "json":
        for one in found:
            value = {"alert": one.alert, "labels": dict(one.labels), **gap_value(one.gaps)}
            click.echo(orjson.dumps(asked.value(value)).decode())
        return
    answers: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        severity = one.labels.get("severity")
        name = one.alert + (f" ({severity})" if severity else "")
        answers.setdefault(tuple(gap_lines(one.gaps)), []).append(name)
    for lines, names in answers.items():
        for name in dict.fromkeys(names):
            heading(name)
        for line in lines:
            click.echo(f"  {visible_line(line)}")
    click.echo(
        f"hours in {location}, {year}" if found else "every alert notifies a receiver at any time of the year"
    )
