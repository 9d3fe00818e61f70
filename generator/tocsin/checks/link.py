"""Checks of the links that alerts carry: to runbooks, anchors of pages, and panels."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tocsin.answers import answered_once
from tocsin.checks.framework.check import Finding, check, check_with_outputs
from tocsin.checks.framework.generated_pages import GeneratedPages
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.framework.sections import section_help
from tocsin.detect.file_names import is_template_name
from tocsin.diagnostics.model import Level
from tocsin.lang.markdown import anchors, leads_to, links_inside
from tocsin.plan.outline import may_hold_link
from tocsin.plan.source_spans import text_piece
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import did_you_mean
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.plan.model import MarkdownFile, Plan, Rule

_TODO = regex_on_use(
    r"(?:https?://)?(?:todo|fixme|tbd|tba|change[-_ ]?me|placeholder|x{3,})\b[\s.:!/]*", re.IGNORECASE
)
_TODO_INSIDE = regex_on_use(r"\b(?:TODO|FIXME|TBD)\b")
_UNFILLED = regex_on_use(
    r"<[A-Za-z][\w .-]{0,200}>|\$\{\w+\}|\$\([A-Za-z]\w*\)|%\([A-Za-z]\w*\)s|@[A-Z_]{3,}@"
)
_IN_STRING = regex_on_use(r"\"[^\"]*\$\{[a-z]\w*\}")
_VARIABLE = "`${"
"""How a variable stands in a reason."""
_TEMPLATED = regex_on_use(r"\{\{.*?(?:\}\}|\Z)", re.DOTALL)
_EXAMPLE = regex_on_use(r"example\.|invalid", re.IGNORECASE)
_NOBODYS = regex_on_use(r"(?:.*\.)?(?:example\.(?:com|org|net)|invalid)", re.IGNORECASE)
_COMMON = frozenset({"readme", "index", "runbook", "runbooks", "alerts"})
"""Names that a page elsewhere may have as well."""
_DASHBOARD = regex_on_use(r"/d/(?P<uid>[^/]+)")
_SHOWN = regex_on_use(r"/(?:-/)?(?:blob|tree|src/branch)/(?P<rest>.+)")


@check("link/placeholder", Level.WARNING)
def placeholder(plan: Plan) -> Iterator[Finding]:
    """A link of an alert was never filled in.

    Why:
        Whoever is woken by the alert opens the link and finds nothing.

    Fix:
        Write the page, and its address; or leave the annotation out until there is one.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {runbook_url: TODO}

    Good:
        - alert: Down
          expr: up == 0
          annotations: {runbook_url: https://wiki.shop.example/Down}
    """
    filled_in = plan.is_filled_in_later or _fills_in_queries(plan)
    for link in _links(plan):
        reason = _unfilled(link)
        is_later = filled_in or is_template_name(str(link.about.path[0]))
        if reason is not None and not (_VARIABLE in reason and is_later):
            yield Finding(
                f"the annotation `{link.name}` {reason}",
                at=link.place,
                help="write the address of the page, or leave the annotation out",
                about=link.about,
            )


@check("link/page", Level.WARNING)
def page(plan: Plan) -> Iterator[Finding]:
    """A link of an alert leads to a page that is not there.

    Why:
        The page was renamed or taken away, and the alert was not updated. At night the link leads nowhere.

    Fix:
        Write the path of the page as it is now.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {runbook_url: docs/runbooks/Down.md}
        ---
        <!-- docs/runbooks/HostDown.md -->
        # HostDown

    Good:
        - alert: Down
          expr: up == 0
          annotations: {runbook_url: docs/runbooks/Down.md}
        ---
        <!-- docs/runbooks/Down.md -->
        # Down
    """
    own = sorted(GeneratedPages(plan).files)
    paths = [file.path for file in plan.markdown]
    for link in _links(plan):
        wanted, known = _own_page(plan, link), own
        if wanted is None:
            wanted, known = _in_repository(plan, link, paths), paths
        if wanted is None or wanted in known or link.url is None:
            continue
        yield Finding(
            f"there is no page `{wanted}`",
            at=link.place,
            help=did_you_mean(wanted, known) or "write the page, or the path of another one",
            about=link.about,
        )


@check_with_outputs("link/anchor", Level.WARNING)
def anchor(plan: Plan, outputs: Outputs) -> Iterator[Finding]:
    """A link leads to a section that its page does not have.

    Why:
        The page opens at its top, and a reader in a hurry has to look for the section, which may be
        called otherwise now, or be gone.

    Fix:
        Write the anchor of the heading, or the section that is missing.

    Bad:
        - alert: HostDown
          expr: up == 0
          annotations: {runbook_url: https://wiki.shop.example/web.md#down}
        ---
        <!-- web.md -->
        # Web
        ## Host is gone

    Good:
        - alert: HostDown
          expr: up == 0
          annotations: {runbook_url: https://wiki.shop.example/web.md#down}
        ---
        <!-- web.md -->
        # Web
        ## Down
    """
    for link in _links(plan):
        url = link.url if "#" in link.text else None
        name = unquote(url.fragment) if url is not None else ""
        if not name or name.startswith("L") or "=" in name:
            continue
        page, known = _sections(plan, outputs, link)
        if known is None or leads_to(name, known):
            continue
        start = link.text.rfind("#") + 1
        yield Finding(
            f"`{page}` has no section `#{name}`",
            at=text_piece(link.place, (start, len(link.text.rstrip()))),
            help=section_help(name, known),
            about=link.about,
        )
    for file in plan.markdown:
        known = anchors(file.text) if file.text is not None else frozenset[str]()
        for name, span in links_inside(file.text or ""):
            if not leads_to(unquote(name), known):
                yield Finding(
                    f"this page has no section `#{unquote(name)}`",
                    at=Place(file.place.path, span),
                    help=section_help(unquote(name), known),
                )


@check("link/panel", Level.WARNING)
def panel(plan: Plan) -> Iterator[Finding]:
    """A link of an alert leads to a panel that its dashboard does not have.

    Why:
        Grafana opens the dashboard and shows nothing where the panel should be.

    Fix:
        Leave the annotation out: Tocsin writes `dashboard_url` itself, with the panel of the alert.

    Bad:
        project: {name: p, title: P, urls: {grafana: https://g.example}}
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                expr: up == 0
                severity: critical
                annotations: {graph_url: "https://g.example/d/p-web?viewPanel=7"}
                runbook: {actions: {restart: {title: Restart the shop}}}

    Good:
        project: {name: p, title: P, urls: {grafana: https://g.example}}
        groups:
          web:
            title: Web
            alerts:
              Down:
                summary: the shop is down
                description: nobody can buy
                expr: up == 0
                severity: critical
                annotations: {graph_url: "https://g.example/d/p-web"}
                runbook: {actions: {restart: {title: Restart the shop}}}
    """
    base = plan.project.urls.grafana
    panels = {group.dashboard.uid: {alert.panel.id for alert in group.alerts} for group in plan.groups}
    panels |= {one.uid: set(one.panels) for one in plan.dashboards if one.uid}
    for link in _links(plan) if panels else ():
        url = link.url
        found = _DASHBOARD.search(url.path) if url is not None else None
        if url is None or found is None or (base and not link.text.strip().startswith(f"{base}/d/")):
            continue
        uid = found["uid"]
        wanted = parse_qs(url.query).get("viewPanel", [""])[0].removeprefix("panel-")
        if uid in panels and wanted.isdecimal() and int(wanted) not in panels[uid]:
            yield Finding(
                f"the dashboard `{uid}` has no panel {wanted}",
                at=link.place,
                help="leave the annotation out: `dashboard_url` is written with the panel of the alert"
                if base
                else "write the `id` of the panel, as the dashboard's JSON has it",
                about=link.about,
            )


@value_object
class _Link:
    """An annotation that should be a link."""

    name: str
    text: str
    rule: Rule

    @property
    def about(self) -> Place:
        """The place of its rule."""
        return self.rule.place

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.rule.written.annotations[self.name]

    # To part an address costs more than all that is mostly asked of its text.
    @property
    def url(self) -> SplitResult | None:
        """Its parts; None where it is none, or is a template."""
        text = self.text.strip()
        try:
            return None if "{{" in text or " " in text else urlsplit(text)
        except ValueError:
            return None


@answered_once
def _links(plan: Plan) -> tuple[_Link, ...]:
    return tuple(_found(plan))


def _found(plan: Plan) -> Iterator[_Link]:
    for _, rule in alerting_rules(plan):
        for name, text in rule.annotations.items():
            if name not in rule.added and may_hold_link(name):
                yield _Link(name, text, rule)


def _fills_in_queries(plan: Plan) -> bool:
    """Whether queries hold variables in their strings, so that another program reads the files first."""
    return any("${" in rule.expr and _IN_STRING.search(rule.expr) for _, rule in alerting_rules(plan))


def _unfilled(link: _Link) -> str | None:
    text = link.text.strip()
    if not text:
        return "is empty"
    if _TODO.fullmatch(text) or _TODO_INSIDE.search(text):
        return "is still to be written"
    # What stands in braces is filled in by Prometheus: `${1}` is a group of `reReplaceAll` there.
    written = _TEMPLATED.sub("", text)
    found = next(
        (one for one in _UNFILLED.finditer(written) if _is_in_url(link, written[: one.start()])), None
    )
    if found is not None:
        return f"was not filled in: it still contains `{found[0]}`"
    url = link.url if _EXAMPLE.search(text) else None
    if url is not None and url.hostname and _NOBODYS.fullmatch(url.hostname):
        return f"is an example: no one owns `{url.hostname}`"
    return None


def _is_in_url(link: _Link, before: str) -> bool:
    """Whether what follows a text is part of an address: instructions may have commands to fill in."""
    return link.url is not None or "://" in re.split(r"\s", before)[-1]


def _sections(plan: Plan, outputs: Outputs, link: _Link) -> tuple[str | None, frozenset[str] | None]:
    """The page that a link is for, and its sections; None where it is not known."""
    page = _own_page(plan, link)
    if page is not None:
        return page, outputs.runbook_sections(page)
    file = _meant(plan, link)
    if file is None or file.text is None:
        return None, None
    return file.path, anchors(file.text)


def _own_page(plan: Plan, link: _Link) -> str | None:
    """The generated page that a link is for; None where it leads elsewhere."""
    base = plan.project.urls.runbooks
    text = re.split("[?#]", link.text.strip())[0]
    if base is None or not text.startswith(f"{base}/") or not text.endswith(".md"):
        return None
    return unquote(text[len(base) + 1 :])


def _in_repository(plan: Plan, link: _Link, paths: list[str]) -> str | None:
    """The path in the repository of the rules that a link is for; None where it may be elsewhere."""
    url = link.url if paths else None
    if url is None:
        return None
    path = unquote(url.path)
    if url.scheme in ("http", "https"):
        where = f"{url.hostname}{url.path}".lower()
        shown = _SHOWN.search(url.path)
        if shown is None or not any(where.startswith(f"{one}/") for one in plan.repositories):
            return None
        # The name of a branch may have slashes: the page is the part that begins with a folder of the root.
        parts = unquote(shown["rest"]).split("/")[1:]
        return "/".join(parts) if parts and parts[-1].endswith(".md") else None
    if url.scheme or url.netloc or not path.endswith(".md"):
        return None
    path = posixpath.normpath(path.lstrip("/"))
    # Only where its folder is known, it is known what is in it.
    folder = posixpath.dirname(path)
    if not folder or not any(posixpath.dirname(one) == folder for one in paths):
        return None
    return path


def _meant(plan: Plan, link: _Link) -> MarkdownFile | None:
    """The one file whose path ends most like that of the link."""
    url = link.url
    wanted = [part for part in unquote(url.path).split("/") if part] if url is not None else []
    best: list[MarkdownFile] = []
    most = 0
    for file in plan.markdown:
        have = file.path.split("/")
        alike = 0
        while alike < min(len(have), len(wanted)) and have[-1 - alike] == wanted[-1 - alike]:
            alike += 1
        if alike > most:
            best, most = [], alike
        if alike and alike == most:
            best.append(file)
    return best[0] if len(best) == 1 and _is_sure(plan, link, best[0], most) else None


def _is_sure(plan: Plan, link: _Link, file: MarkdownFile, alike: int) -> bool:
    """Whether a link is for a file that ends like it: not where it is for another repository."""
    url = link.url
    shown = url is not None and _SHOWN.search(url.path) is not None
    if url is not None and shown and plan.repositories:
        where = f"{url.hostname}{url.path}".lower()
        return any(where.startswith(f"{one}/") for one in plan.repositories)
    return alike > 1 or (not shown and posixpath.splitext(file.path)[0].lower() not in _COMMON)
