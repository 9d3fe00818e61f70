"""Prometheus' own configuration, as far as it bears on rules: intervals, external labels, relabelling, files.

What else stands in it is kept and not judged; `promtool check config` does that.
"""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_sample_name
from tocsin.lang.errors import LangError
from tocsin.lang.regexes import check_regex
from tocsin.plan.model import Relabelling, Server
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.node_reader import Reader
    from tocsin.source.node import Entry

    Path = tuple[str | int, ...]

_INTERVAL = "1m"
_FORM = re.compile(r"template[_.-]")
_BY_OPERATOR = "30s"
_TRUE = frozenset({"true", "yes", "on", "y"})
_ACTIONS = frozenset(
    {"replace", "keep", "drop", "keepequal", "dropequal", "hashmod"}
    | {"labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"}
)


RULES_ELSEWHERE = "write the groups into a file of their own, and name it under `rule_files:`"


def no_rules_here(key: str) -> str:
    """What is said of a key of a server's configuration that holds rules: there is none for them."""
    return f"Prometheus' configuration has no key `{key}`, and the server does not start with it"


def server(node: MappingNode, path: Path, reader: Reader) -> Server:
    """The server that runs with a `prometheus.yml`."""
    general = _mapping(node, "global", reader)
    alerting = _mapping(node, "alerting", reader)
    interval = reader.duration(general.entries.get("scrape_interval")) or _INTERVAL
    files = node.entries.get("rule_files")
    for entry in node.entries.values():
        if isinstance(entry.value, MappingNode) and "groups" in entry.value.entries:
            reader.error("file/unknown-key", no_rules_here(entry.key.text), entry.key.span, RULES_ELSEWHERE)
    return Server(
        evaluation_interval=reader.duration(general.entries.get("evaluation_interval")) or _INTERVAL,
        scrape_interval=interval,
        jobs=dict(_jobs(node, interval, reader)),
        has_other_jobs="scrape_config_files" in node.entries
        or _sets_jobs(node.entries.get("scrape_configs")),
        external_labels=reader.texts(general.entries.get("external_labels")),
        relabellings=tuple(_relabellings(alerting, (*path, "alerting", "alert_relabel_configs"), reader)),
        rule_files=tuple(
            (item.text, Place((*path, "rule_files", number)))
            for number, item in enumerate(reader.items(files))
            if isinstance(item, ScalarNode) and item.value is not None
        ),
        place=Place((*path, "global"), key=True) if general.entries else Place(path),
    )


def server_of_operator(resource: MappingNode, path: Path, reader: Reader, key: str = "spec") -> Server:
    """The server that the Prometheus operator runs for a `Prometheus` resource, whose spec is under `key`."""
    spec = _mapping(resource, key, reader)
    metadata = _mapping(resource, "metadata", reader)
    name, space = (reader.text(metadata.entries.get(key)) for key in ("name", "namespace"))
    own = spec.entries.get("prometheusExternalLabelName")
    added = "prometheus" if own is None else reader.text(own) or ""
    interval = reader.duration(spec.entries.get("scrapeInterval")) or _BY_OPERATOR
    labels = reader.texts(spec.entries.get("externalLabels"))
    if added:
        labels = {added: f"{space}/{name}" if space else "$(namespace)", **labels}
    return Server(
        evaluation_interval=reader.duration(spec.entries.get("evaluationInterval")) or _BY_OPERATOR,
        scrape_interval=interval,
        jobs={},
        has_other_jobs=True,
        external_labels=labels,
        relabellings=(),
        rule_files=(),
        place=Place((*path, key), key=True),
    )


def unmatched_patterns(server: Server, files: Iterable[str]) -> Iterator[tuple[str, Place]]:
    """The patterns of rule files that none of the files matches that were read.

    Of `rules/*.yml` and `rules/*.yaml` it is enough that one has files.
    """
    names = [posixpath.normpath(name) for name in files]
    # A form to copy is the file that it becomes.
    names += [posixpath.splitext(name)[0] for name in names if is_sample_name(posixpath.splitext(name)[1])]
    folders = [(posixpath.dirname(name), posixpath.basename(name)) for name in names]
    names += [posixpath.join(folder, _FORM.sub("", name)) for folder, name in folders if _FORM.match(name)]
    matched = set[str]()
    missing: list[tuple[str, Place]] = []
    for pattern, place in server.rule_files:
        whole, last = path_of(server, pattern), posixpath.basename(pattern)
        # Absolute paths are those of the machine it runs on.
        ends = [last]
        if posixpath.isabs(pattern):
            # What is mounted there may be called `.yaml` in the repository, and `.yml` in the container.
            ends += [posixpath.splitext(last)[0] + suffix for suffix in (".yml", ".yaml")]
        if any(
            fnmatchcase(name, whole) or any(fnmatchcase(posixpath.basename(name), end) for end in ends)
            for name in names
        ):
            matched.add(posixpath.splitext(pattern)[0])
        else:
            missing.append((pattern, place))
    yield from ((one, place) for one, place in missing if posixpath.splitext(one)[0] not in matched)


def path_of(server: Server, pattern: str) -> str:
    """Where a file that a configuration names lies, seen from where its own name starts."""
    folder = posixpath.dirname(str(server.place.path[0]))
    return posixpath.normpath(posixpath.join(folder, pattern))


def _mapping(node: MappingNode, key: str, reader: Reader) -> MappingNode:
    entry = node.entries.get(key)
    found = None if entry is None else reader.mapping(entry.value, entry.key)
    return MappingNode(node.document, node.start, node.start, {}) if found is None else found


def _jobs(node: MappingNode, interval: str, reader: Reader) -> Iterator[tuple[str, str]]:
    for item in reader.items(node.entries.get("scrape_configs")):
        job = reader.mapping(item)
        name = None if job is None else reader.text(job.entries.get("job_name"))
        if job is not None and name:
            yield name, reader.duration(job.entries.get("scrape_interval")) or interval


def _sets_jobs(configs: Entry | None) -> bool:
    """Whether what is scraped may get another `job` than the name of its job.

    By relabelling, by a label of the targets, or because it brings its own (`honor_labels`), as metrics of a
    Pushgateway do.
    """
    for config in _mappings(configs):
        if _text(config.entries.get("honor_labels")).lower() in _TRUE:
            return True
        for key in ("relabel_configs", "metric_relabel_configs"):
            if any(
                _text(one.entries.get("target_label")) == "job" for one in _mappings(config.entries.get(key))
            ):
                return True
        for target in _mappings(config.entries.get("static_configs")):
            labels = target.entries.get("labels")
            if labels is not None and isinstance(labels.value, MappingNode) and "job" in labels.value.entries:
                return True
    return False


def _mappings(entry: Entry | None) -> Iterator[MappingNode]:
    items = entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()
    return (one for one in items if isinstance(one, MappingNode))


def _text(entry: Entry | None) -> str:
    return entry.value.text if entry is not None and isinstance(entry.value, ScalarNode) else ""


def _relabellings(alerting: MappingNode, path: Path, reader: Reader) -> Iterator[Relabelling]:
    for number, item in enumerate(reader.items(alerting.entries.get("alert_relabel_configs"))):
        node = reader.mapping(item)
        if node is None:
            continue
        action = reader.scalar(node.entries.get("action"))
        kind = "replace" if action is None else action.text.lower()
        if kind not in _ACTIONS:
            assert action is not None
            reader.error("file/type", f"`{action.text}` is not a relabelling action", action.span)
            continue
        regex = reader.scalar(node.entries.get("regex"))
        if regex is not None and not _is_regex(regex, reader):
            continue
        separator = reader.scalar(node.entries.get("separator"))
        replacement = reader.scalar(node.entries.get("replacement"))
        yield Relabelling(
            action=kind,
            sources=tuple(_texts(node.entries.get("source_labels"))),
            separator=";" if separator is None else separator.text,
            regex="(.*)" if regex is None else regex.text,
            target=reader.text(node.entries.get("target_label")) or "",
            replacement="$1" if replacement is None else replacement.text,
            place=Place((*path, number)),
        )


def _is_regex(node: ScalarNode, reader: Reader) -> bool:
    try:
        check_regex(node.text, (0, len(node.text)))
    except LangError as error:
        reader.language("file/type", error, node)
        return False
    return True


def _texts(entry: Entry | None) -> Iterator[str]:
    items = entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()
    for item in items:
        if isinstance(item, ScalarNode):
            yield item.text
