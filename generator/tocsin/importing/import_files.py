"""Everything that can be imported of files, as the files of one spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import sort_diagnostics
from tocsin.files import text_file
from tocsin.importing.import_slos import SourceFile, import_slos
from tocsin.importing.notes import Notes
from tocsin.importing.project import project_value, rank_severities
from tocsin.importing.report import import_report
from tocsin.importing.rules.import_rules import prove_rules, read_rule_files
from tocsin.importing.rules.keys import Keys
from tocsin.importing.rules.lifts import LIFTS
from tocsin.importing.rules.sources import rule_sources
from tocsin.importing.sourced import plain_text
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.existing.files import Input
    from tocsin.files import File
    from tocsin.importing.import_slos import Import
    from tocsin.importing.rules.import_rules import ProvedRules, RuleFile


@value_object
class Imported:
    """The files of a spec, what they were made of, and what there is to say."""

    files: tuple[File, ...]
    """None where something keeps the spec from being equal."""
    slos: Import
    rules: ProvedRules
    read: int
    """How many of the files hold something that is imported."""
    diagnostics: tuple[Diagnostic, ...]


def import_files(
    inputs: Sequence[tuple[Input, str]],
    window: str | None,
    lifts: Collection[str] = tuple(LIFTS),
    *,
    part: bool = False,
) -> Imported:
    """Import what the files hold, each given with its path below the folder that was named.

    With `part`, the files become a part of a spec that has its project elsewhere.
    """
    notes = Notes()
    sources = [SourceFile(file.document, file.stream.nodes, below) for file, below in inputs]
    slos = import_slos(sources, window, part=True)
    keys = Keys(slos.alerts)
    found = list(read_rule_files(rule_sources(inputs), keys, notes))

    def others(files: Sequence[RuleFile]) -> Iterable[File]:
        return (*slos.files, _project(slos, files))

    proved = prove_rules(found, others, lifts, notes)
    diagnostics = sort_diagnostics((*slos.diagnostics, *notes.found, *proved.differences))
    files: list[File] = []
    if (slos.files or proved.files) and not proved.differences:
        files = [*slos.files, *proved.files]
        if not part:
            files.append(_project(slos, proved.rules))
        if proved.files:
            files.append(import_report(proved, diagnostics))
    with_rules = {source.input.document.name for source in rule_sources(inputs)}
    return Imported(tuple(files), slos, proved, slos.read + len(with_rules), diagnostics)


def _project(slos: Import, files: Iterable[RuleFile]) -> File:
    rules = [rule for file in files for rule in file.rules() if rule.is_alert]
    if not rules:
        heading = "What SLOs of other tools do not say, so that the files make a whole spec."
        value = project_value(slos.severities)
    else:
        heading = "What rules do not say, so that the files make a whole spec."
        named = {plain_text(rule.severity) for rule in rules if rule.severity is not None}
        teams = {plain_text(rule.team) for rule in rules if rule.team is not None}
        value = project_value(
            rank_severities({*named, *slos.severities}), teams, title="Imported alerts", exact=True
        )
    return text_file("project.yaml", yaml_text(value, heading=heading))
