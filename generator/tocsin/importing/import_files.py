"""Everything that can be imported of files, as the files of one spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.diagnostics.model import sort_diagnostics
from tocsin.existing.templates import Templates
from tocsin.files import text_file
from tocsin.formatting import format_spec_file
from tocsin.importing.alertmanager.import_routing import differing_routing, import_routing
from tocsin.importing.alertmanager.read import KINDS
from tocsin.importing.dashboard_panels import DashboardPanels
from tocsin.importing.import_slos import SourceFile, import_slos
from tocsin.importing.notes import Notes
from tocsin.importing.project import project_value, rank_severities
from tocsin.importing.report import import_report
from tocsin.importing.rules.import_rules import prove_rules, read_rule_files
from tocsin.importing.rules.kept_lifts import Beside, joined_pages, left_pages
from tocsin.importing.rules.keys import Keys
from tocsin.importing.rules.lifts import ALL_LIFTS, PAGES, PROJECT
from tocsin.importing.rules.objects import delivered, mention_objects
from tocsin.importing.rules.sources import rule_sources
from tocsin.importing.rules.suited_prometheus import suited_prometheus
from tocsin.importing.rules.unheld import refuse_never_loaded
from tocsin.importing.runbook_pages import RunbookPages, mention_front_matter
from tocsin.importing.sourced import plain_text
from tocsin.parallel import parallel_map, useful_processes
from tocsin.source.document import Document
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.existing.input import Input
    from tocsin.files import File
    from tocsin.importing.alertmanager.import_routing import SoundRouting
    from tocsin.importing.import_slos import Import
    from tocsin.importing.rules.import_rules import ProvedRules
    from tocsin.importing.rules.rule_file import RuleFile
    from tocsin.importing.verify import SoundFiles
    from tocsin.source.node import MappingNode

NO_TEMPLATES = Templates()
MUCH = 500_000
"""Bytes of files for which further processes are worth their while."""


@value_object
class Imported:
    """The files of a spec, what they were made of, and what there is to say."""

    files: tuple[File, ...]
    """None where something keeps the spec from being equal."""
    slos: Import
    rules: ProvedRules
    routing: SoundRouting | None
    spec: SoundFiles | None
    """The whole spec, where it holds rules or routes."""
    read: int
    """How many of the files hold something that is imported."""
    diagnostics: tuple[Diagnostic, ...]


def import_files(
    inputs: Sequence[tuple[Input, str]],
    window: str | None,
    lifts: Collection[str] = ALL_LIFTS,
    *,
    part: bool = False,
    templates: Templates = NO_TEMPLATES,
    pages: Sequence[Document] = (),
    dashboards: Sequence[MappingNode] = (),
    unread: Sequence[Diagnostic] = (),
) -> Imported:
    """Import what the files hold, each given with its path below the folder that was named.

    With `part`, the files become a part of a spec that has its project elsewhere. `templates` are those of an
    Alertmanager configuration among the files, `pages` Markdown and `dashboards` those of Grafana that may be
    about alerts, and `unread` says what of the files could not be read.
    """
    notes = Notes()
    sources = [SourceFile(file.document, file.stream.nodes, below) for file, below in inputs]
    slos = import_slos(sources, window, part=True)
    refuse_never_loaded((file for file, _ in inputs), notes)
    keys = Keys(slos.alerts)
    found = list(read_rule_files(rule_sources(inputs), keys, notes))

    bare = _project(slos, (), is_routed=True)
    routing = import_routing([file for file, _ in inputs], templates, [*slos.files, bare], notes)
    routed = () if routing is None else (routing.file,)

    def project(files: Sequence[RuleFile]) -> File:
        return _project(slos, files, is_routed=routing is not None)

    def others(files: Sequence[RuleFile]) -> Iterable[File]:
        return (*slos.files, *routed, project(files))

    # What the project says holds for SLOs as well, and a part of a spec has its project elsewhere.
    possible = [one for one in lifts if one != PROJECT or not (part or slos.files)]
    beside = Beside(RunbookPages(pages), DashboardPanels(dashboards))
    proved = prove_rules(found, others, possible, notes, beside)
    mention_objects(proved.rules, notes, part=part)
    mention_front_matter(joined_pages(proved.rules).values(), notes)
    spec = proved.spec or (None if routing is None else routing.spec)
    differences = [*proved.differences]
    if routing is not None and spec is not None:
        differences += differing_routing(routing, spec.plan)
    said = {one.span for one in notes.found if one.id == "import/refused"}
    alone = [one for one in unread if one.span not in said]
    diagnostics = sort_diagnostics((*alone, *slos.diagnostics, *notes.found, *differences))
    files: list[File] = []
    if (slos.files or proved.files or routed) and not differences:
        files = [*slos.files, *proved.files, *routed]
        if not part:
            files.append(project(proved.rules))
        processes = useful_processes(sum(len(file.content) for file in files), MUCH)
        files = parallel_map(_laid_out, files, processes)
        if proved.files or routed:
            left = left_pages(proved.rules, beside.pages) if PAGES in lifts else ()
            files.append(import_report(proved, routing, diagnostics, left))
    kinds = KINDS | {DocumentKind.RULES}
    read = sum(any(part.kind in kinds for part in file.parts()) for file, _ in inputs)
    return Imported(tuple(files), slos, proved, routing, spec, slos.read + read, diagnostics)


def _laid_out(file: File) -> File:
    """The file as `tocsin fmt` writes it: its values are the same, and its comments are all there."""
    return text_file(file.path, format_spec_file(Document(file.path, file.content.decode())).text)


def _project(slos: Import, files: Sequence[RuleFile], *, is_routed: bool) -> File:
    rules = [rule for file in files for rule in file.rules()]
    if not rules and is_routed and not slos.files:
        heading = "What routes do not say, so that the files make a whole spec."
        value = project_value((), title="Imported routes", exact=True, is_routed=True)
    elif not rules:
        heading = "What SLOs of other tools do not say, so that the files make a whole spec."
        value = project_value(slos.severities, is_routed=is_routed)
    else:
        heading = "What rules do not say, so that the files make a whole spec."
        named = {plain_text(rule.severity) for rule in rules if rule.severity is not None}
        teams = {plain_text(rule.team) for rule in rules if rule.team is not None}
        value = project_value(
            rank_severities({*named, *slos.severities}),
            teams,
            title="Imported alerts",
            exact=True,
            is_routed=is_routed,
            targets=suited_prometheus(files),
            deliver=delivered(files),
            labels={name: plain_text(one) for name, one in files[0].project_labels.items()},
        )
    return text_file("project.yaml", yaml_text(value, heading=heading))
