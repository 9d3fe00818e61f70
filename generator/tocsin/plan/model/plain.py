"""Files beside plain rules: dashboards, Markdown, notification templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.plan.model.routing import Receiver
    from tocsin.plan.model.rules import Engine
    from tocsin.source.place import Place


@value_object
class DrawnQuery:
    """A query of a plain dashboard, as it is written, with Grafana's variables in it."""

    expr: str
    engine: Engine | None
    """None where the datasource does not tell."""
    legend: str
    place: Place
    legend_place: Place


@value_object
class UsedSource:
    """A datasource that a panel, a query or a variable of a plain dashboard names, as it is written."""

    name: str
    place: Place


@value_object
class Dashboard:
    """A plain Grafana dashboard."""

    uid: str
    panels: frozenset[int]
    """The ids of its panels."""
    queries: tuple[DrawnQuery, ...]
    variables: frozenset[str]
    """The names that its template variables have."""
    place: Place
    several: frozenset[str] = frozenset()
    """The variables that can have several values at once, other than those that a panel is repeated for."""
    inputs: frozenset[str] = frozenset()
    """What an export leaves for the import to fill in."""
    sources: tuple[UsedSource, ...] = ()
    repeated_ids: tuple[tuple[int, Place], ...] = ()
    """The ids that an earlier panel has as well, each with its place."""
    uid_place: Place | None = None
    title: str = ""
    title_place: Place | None = None
    choices: tuple[tuple[str, Place], ...] = ()
    """The queries for what its variables can be chosen from, which may name other variables."""
    folder: str = ""
    """What a resource around it says of the folder and the Grafana that it is for, as words to compare."""
    filled_in: frozenset[str] = frozenset()
    """The variables that something else fills in before Grafana sees them."""


@value_object
class MarkdownFile:
    """A Markdown file beside plain rules, which their annotations may link."""

    path: str
    """From the root of its repository."""
    text: str | None
    """None where nobody links it or named it."""
    place: Place


@value_object
class TemplateFile:
    """A file with notification templates."""

    text: str
    place: Place


@value_object
class FurtherConfiguration:
    """What is judged of a plain Alertmanager configuration beside the first one."""

    receivers: tuple[Receiver, ...]
    templates: tuple[TemplateGlob, ...]


@value_object
class TemplateGlob:
    """A pattern of files with notification templates that a plain Alertmanager configuration loads."""

    pattern: str
    place: Place
    files: tuple[TemplateFile, ...] | None
    """Those that match, in the order of their names; None where nobody could look."""
