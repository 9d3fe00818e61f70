"""Rule files as files of a spec, proved to make the rules that they were made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Level
from tocsin.existing.node_reader import Reader
from tocsin.existing.rules import rule_groups
from tocsin.existing.yaml_faults import faults
from tocsin.files import text_file
from tocsin.importing.comments import Comments
from tocsin.importing.notes import difference
from tocsin.importing.refused import RefusedError
from tocsin.importing.rules.kept_lifts import Beside, KeptLifts, joined_pages
from tocsin.importing.rules.model import ImportedAlert
from tocsin.importing.rules.proof import differences
from tocsin.importing.rules.read import read_groups
from tocsin.importing.rules.rule_file import RuleFile
from tocsin.importing.rules.unheld import find_unheld, mention_left_out
from tocsin.importing.rules.values import group_value
from tocsin.importing.rules.write import spec_text
from tocsin.importing.runbook_pages import lost_lines
from tocsin.importing.verify import verify_spec
from tocsin.plan.model import Engine
from tocsin.source.document import Document, Span
from tocsin.source.yaml import read_yaml
from tocsin.targets import loki, prometheus, runbooks
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.importing.notes import Notes
    from tocsin.importing.rules.keys import Keys
    from tocsin.importing.rules.model import ImportedGroup
    from tocsin.importing.rules.sources import RuleSource
    from tocsin.importing.verify import Fault, SoundFiles
    from tocsin.plan.model import Plan
    from tocsin.source.node import MappingNode

NOTHING_BESIDE = Beside()


@value_object
class ProvedRules:
    """The rule files of which a spec makes the same rules, as files of the spec."""

    rules: tuple[RuleFile, ...]
    """With their lifts."""
    files: tuple[File, ...]
    spec: SoundFiles | None = None
    """The whole spec, of which they are a part."""
    differences: tuple[Diagnostic, ...] = ()
    """Where the spec makes other rules than the files have: then it must not be used."""


def read_rule_files(sources: Iterable[RuleSource], keys: Keys, notes: Notes) -> Iterator[RuleFile]:
    """The rule files that are sound; the others are refused, as their engine refuses them."""
    for source in sources:
        reader = Reader()
        read = list(rule_groups(source.node, source.path, reader, loki=source.is_loki))
        name = source.input.document.name
        wrong = [*faults(source.input.stream), *(one for one in reader.found if one.level is Level.ERROR)]
        if wrong:
            place, help_ = wrong[0].span or source.node.span, wrong[0].help or "correct it and import again"
            notes.refuse(name, RefusedError(wrong[0].message, place, help_))
            continue
        unheld = next(find_unheld(source), None)
        if unheld is not None:
            notes.refuse(name, unheld)
            continue
        mention_left_out(source, notes)
        engine = read[0].engine if read else Engine.PROMETHEUS
        groups = _in_order(tuple(read_groups(source.node, f"{source.file}.yaml", engine, keys)))
        if groups:
            yield RuleFile(source, engine, groups)


def _in_order(groups: tuple[ImportedGroup, ...]) -> tuple[ImportedGroup, ...]:
    """The groups of a file, which stay in the order in which they are written."""
    names = [group.key for group in groups]
    if names == sorted(names):
        return groups
    return tuple(replace(group, order=number) for number, group in enumerate(groups))


def prove_rules(
    files: Sequence[RuleFile],
    others: Callable[[Sequence[RuleFile]], Iterable[File]],
    lifts: Collection[str],
    notes: Notes,
    beside: Beside = NOTHING_BESIDE,
) -> ProvedRules:
    """The rule files as a spec, together with the `others` that it needs for them.

    A lift with which the spec would make other rules is taken back. What a spec cannot hold is refused. Of
    the pages beside them, those become runbooks of which the pages that the spec makes show every line.
    """
    files = list(files)
    kept = KeptLifts(files, lifts, beside)
    while files:
        lifted = kept.lift(files)
        written = _written(lifted)
        values, spans = _parts(lifted)
        verified = verify_spec([*written, *others(lifted)], values, spans)
        if verified.sound is None and kept.leave_project():
            continue
        if verified.sound is None:
            refused = dict(_unliftable(verified.faults, lifted, kept))
            files = list(_without(files, refused, notes))
            continue
        found = list(_differences(lifted, verified.sound.plan))
        if found and kept.leave_project():
            continue
        again = [kept.take_back(*where) for where in {where for where, _ in found}]
        changed = list(_changed_pages(lifted, verified.sound.plan)) if beside.pages and not any(again) else []
        for where in changed:
            kept.leave_page(*where)
        if not any(again) and not changed:
            said = tuple(one for _, one in found)
            return ProvedRules(tuple(lifted), tuple(written), verified.sound, said)
    return ProvedRules((), ())


def _changed_pages(files: Iterable[RuleFile], plan: Plan) -> Iterator[tuple[str, str]]:
    """The groups and alerts whose page would lose a line as the runbook of the alert."""
    joined = {alert: (group, page) for (group, alert), page in joined_pages(files).items()}
    if not joined:
        return
    texts = {file.path: file.content.decode() for file in runbooks.emit(plan)}
    for group in plan.groups:
        for alert in group.alerts:
            if alert.name in joined:
                key, page = joined[alert.name]
                if any(lost_lines(page, texts.get(f"runbooks/{alert.runbook.page.file}", ""))):
                    yield key, alert.name


def _unliftable(
    faults: Iterable[Fault], files: Iterable[RuleFile], kept: KeptLifts
) -> Iterator[tuple[str, RefusedError]]:
    """The groups that a spec cannot hold even as they stand; for others lifts are taken back."""
    groups = {group.key: group for file in files for group in file.groups}
    seen: set[tuple[str, str | None]] = set()
    wrong: dict[str, RefusedError] = {}
    took_back = False
    for fault in faults:
        help_ = fault.help or "leave it where it is, or change it"
        if fault.key is None or fault.key[1] not in groups:
            # Where no single group is at fault, none can be written.
            for key, group in groups.items():
                wrong.setdefault(key, RefusedError(fault.message, _name_of(group.node), help_))
            continue
        alert = str(fault.inside[1]) if len(fault.inside) > 1 and fault.inside[0] == "alerts" else None
        where = (fault.key[1], alert)
        if where not in seen:
            seen.add(where)
            if kept.take_back(*where):
                took_back = True
            else:
                message = _about_alert(fault.message, alert, groups[where[0]])
                wrong.setdefault(where[0], RefusedError(message, fault.span, help_))
    if not took_back:
        yield from wrong.items()


def _about_alert(message: str, key: str | None, group: ImportedGroup) -> str:
    """What is wrong with an alert, by the name that its file has for it."""
    named = (item for item in group.items if isinstance(item, ImportedAlert) and item.key == key)
    alert = next(named, None)
    if alert is None:
        return message
    message = message.replace(f"`{alert.key}`", f"`{alert.name}`")
    return message if f"`{alert.name}`" in message else f"in `{alert.name}`, {message}"


def _without(
    files: Iterable[RuleFile], groups: Mapping[str, RefusedError], notes: Notes
) -> Iterator[RuleFile]:
    """The files of which a spec can hold all groups: one without some of them would be another one."""
    for file in files:
        error = next((groups[group.key] for group in file.groups if group.key in groups), None)
        if error is None:
            yield file
        else:
            notes.refuse(file.source.input.document.name, error)


def _parts(files: Iterable[RuleFile]) -> tuple[dict[tuple[str, str], object], dict[tuple[str, str], Span]]:
    groups = [group for file in files for group in file.groups]
    values: dict[tuple[str, str], object] = {("groups", one.key): group_value(one) for one in groups}
    return values, {("groups", one.key): _name_of(one.node) for one in groups}


def _name_of(group: MappingNode) -> Span:
    return group.entries["name"].value.span


def _written(files: Iterable[RuleFile]) -> list[File]:
    """The files of the spec; the comments of a file go to the parts of it that they stand in or before."""
    of_document: dict[str, list[RuleFile]] = {}
    for file in files:
        of_document.setdefault(file.source.input.document.name, []).append(file)
    made: list[File] = []
    for parts in of_document.values():
        source = parts[0].source.input
        comments = Comments(source.document, source.stream.nodes)
        root = source.root()
        for number, file in enumerate(parts):
            whole = file.source.whole
            # What stands before a document, such as a licence, is the document's.
            start = 0 if number == 0 and whole is root else whole.start
            is_last = number == len(parts) - 1 and (whole is root or len(source.stream.nodes) > 1)
            made.append(text_file(file.path, spec_text(file.groups, comments, start, is_last=is_last)))
    return made


def _differences(
    files: Iterable[RuleFile], plan: Plan
) -> Iterator[tuple[tuple[str, str | None], Diagnostic]]:
    """What the spec would make otherwise, each with the keys of its group and of its alert, if it has one."""
    generated = {
        file.path: file.content.decode() for target in (prometheus, loki) for file in target.emit(plan)
    }
    for file in files:
        path = file.generated
        node = read_yaml(Document(f"output/{path}", generated.get(path, "groups: []\n"))).node
        assert node is not None, "a rule file that was generated can be read"
        keys = {id(group.node): group.key for group in file.groups}
        alerts = {
            id(rule.node): item.key
            for group in file.groups
            for item in group.items
            if isinstance(item, ImportedAlert)
            for rule in item.rules
        }
        for one in differences(file.source.node, node, file.engine):
            message = f"the spec would make other rules: {one.message}"
            said = difference(message, one.original, one.generated)
            yield (keys.get(id(one.group), file.groups[0].key), alerts.get(id(one.rule))), said
