"""`tocsin explain`: a page of the manual, a check, a key of the spec, or all that is known of one alert."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.completion import complete_name
from tocsin.cli.options import environment_option, estate_option, named_paths_argument
from tocsin.cli.page import print_page
from tocsin.cli.planning import choose_estate, load_or_exit, terminal_width
from tocsin.cli.settings import default_paths
from tocsin.cli.terminal import heading
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.workspace.load import Planned

    _Sections = list[tuple[str, list[str]]]


@click.command(cls=Command)
@click.argument("name", metavar="[TOPIC|CHECK|KEY|ALERT|SLO]", required=False, shell_complete=complete_name)
@named_paths_argument
@environment_option
@estate_option
def explain(name: str | None, paths: tuple[Path, ...], environment: str | None, estate: str | None) -> None:
    """Show a page of the manual, what a CHECK looks for and why, what a KEY of the spec means, or all
    that the spec or the files in PATHS say about an ALERT or an SLO. Without a name, the topics are listed.

    A check or any other message is named as findings show it, such as `rule/duplicate` or
    `spec/unknown-key`; `'rule/*'` shows all of a family. A key is named by itself or with the keys above it,
    such as `thresholds` or `routing.time_intervals.location`. Of an alert you see its rules, who is notified
    and when, what inhibits it, its panel and its runbook, in each of several estates where they differ; of
    an SLO, how soon each tier of its burn-rate alerts fires. With PATHS, a name is always that of an alert or
    an SLO.
    """
    from tocsin.manual import TOPICS, read_page

    if name is None:
        _list_topics()
        return
    if "/" in name:
        _explain_check(name)
        return
    if not paths and name in TOPICS:
        print_page(read_page(name), terminal_width())
        return
    from tocsin.cli.keys import explained
    from tocsin.routing.render.explanation import alert_names, members_of
    from tocsin.routing.render.slo_explanation import explain_slo
    from tocsin.spec.keys import keys_named

    if not paths and (keys := keys_named(name)):
        _print(explained(name, keys, min(terminal_width(), 80) - 2))
        return
    read = paths or default_paths()
    if not read and not Path("spec").exists():
        raise CommandError(_no_such_name(name))
    made = choose_estate(load_or_exit(read, "text", environment=environment), estate)
    plans = made.each_estate
    known = dict.fromkeys(one for plan in plans for one in alert_names(plan.plan))
    members = (name,) if name in known else members_of(made.plan, name)
    slo = next((one for one in made.plan.slos if one.name == name), None)
    if not members and slo is not None:
        _print(explain_slo(slo))
        return
    if not members:
        names = (*known, *(one.name for one in made.plan.slos))
        near = _nearest(name, names if paths else (*names, *TOPICS))
        raise CommandError(
            f"there is no alert and no SLO `{name}` here, and no topic and no key of that name{near}"
        )
    for member in members:
        for where, sections in _in_each(plans, member):
            if where is not None:
                heading(where)
            _print(sections)


def _in_each(plans: Sequence[Planned], alert: str) -> Iterator[tuple[str | None, _Sections]]:
    """All that is known of an alert, and in which estates, where there are several."""
    from tocsin.routing.render.explanation import alert_names, explain_alert

    found: list[tuple[_Sections, list[str]]] = []
    for one in plans:
        if alert not in alert_names(one.plan):
            continue
        sections = explain_alert(one.plan, alert, routing_is_whole="routing" not in one.unread.areas)
        same = next((names for said, names in found if said == sections), None)
        if same is None:
            found.append((sections, same := []))
        same += [] if one.estate is None or len(plans) == 1 else [one.estate]
    return ((f"In {', '.join(names)}" if names else None, sections) for sections, names in found)


def _list_topics() -> None:
    from tocsin.manual import TOPICS, read_page, title

    heading("Topics: tocsin explain TOPIC")
    width = max(map(len, TOPICS))
    for topic in TOPICS:
        click.echo(f"  {topic:{width}}  {title(read_page(topic))}")
    click.echo()
    heading("Also")
    for example, meaning in (
        ("tocsin explain rule/duplicate", "a check; `tocsin check --list` lists them"),
        ("tocsin explain thresholds", "a key of the spec"),
        ("tocsin explain HostDown", "an alert of the spec in this folder"),
    ):
        click.echo(f"  {example:31}{meaning}")


def _no_such_name(name: str) -> str:
    """The message about a name that is neither topic nor key, without a spec whose alert it might be."""
    from tocsin.manual import TOPICS
    from tocsin.spec.keys import spec_keys

    known = sorted({*(key.path[-1] for key in spec_keys()), *TOPICS})
    near = _nearest(name.rpartition(".")[2], known)
    return f"no topic and no key is called `{name}`, and there is no folder `spec` here with alerts{near}"


def _nearest(name: str, known: Iterable[str]) -> str:
    from tocsin.text.suggest import did_you_mean

    near = did_you_mean(name, known)
    return f": {near}" if near else ""


def _print(sections: _Sections) -> None:
    for title, lines in sections:
        heading(title)
        for line in lines:
            click.echo(f"  {visible_line(line)}")


def _explain_check(id_: str) -> None:
    from tocsin.checks.framework.renamed import REMOVED, current_id
    from tocsin.manual import families, find_section, ids, read_family

    if (new := current_id(id_)) != id_:
        click.echo(f"note: the check `{id_}` is now called `{new}`", err=True)
        id_ = new
    family, _, name = id_.partition("/")
    if name == "*" and family in families():
        print_page(read_family(family), terminal_width())
    elif (section := find_section(id_)) is not None:
        print_page(f"# {id_}\n{section.text}", terminal_width())
    elif id_ in REMOVED:
        raise CommandError(f"the check `{id_}` was removed: {REMOVED[id_]}")
    else:
        near = _nearest(id_, ids())
        raise CommandError(f"there is no check `{id_}`{near or ': `tocsin check --list` lists them all'}")
