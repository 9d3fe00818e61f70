"""What a Compose file mounts into containers beside the configuration of a server."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tocsin.detect.signatures import value_at
from tocsin.source.node import MappingNode, plain_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.existing.input import Input

_FLAG = "--config.file"
_USUAL = ("/etc/prometheus/prometheus.yml", "/etc/alertmanager/alertmanager.yml")
"""What the images read that Prometheus and Alertmanager are published as."""

Mount = tuple[str, str]
"""A path in a container, and the file or folder in the repository that lies there."""


def mounts_of_configurations(inputs: Iterable[Input]) -> Mapping[str, tuple[Mount, ...]]:
    """What is mounted beside each configuration that a container reads, by the name of its file."""
    found: dict[str, tuple[Mount, ...]] = {}
    for one in inputs:
        folder = posixpath.dirname(posixpath.normpath(one.document.name))
        for node in one.stream.nodes if "services" in one.document.text else ():
            services = value_at(node, "services") if isinstance(node, MappingNode) else None
            data = None if services is None else plain_data(services)
            for service in data.values() if isinstance(data, dict) else ():
                found |= _of_service(service, folder) if isinstance(service, dict) else ()
    return found


def _of_service(service: Mapping[str, object], folder: str) -> Iterator[tuple[str, tuple[Mount, ...]]]:
    mounts = tuple(_mounts(service.get("volumes"), folder))
    read = (*_named(service.get("command")), *_named(service.get("entrypoint"))) or _USUAL
    for path in read:
        for file in place_in_repository(path, mounts):
            yield file, mounts


def place_in_repository(path: str, mounts: Iterable[Mount]) -> Iterator[str]:
    """Where a path or a pattern of a container leads to, by the innermost of the mounts around it."""
    around = [(inside, place) for inside, place in mounts if path == inside or path.startswith(f"{inside}/")]
    if around:
        inside, place = max(around, key=lambda one: len(one[0]))
        yield posixpath.normpath(place + path.removeprefix(inside))


def _named(command: object) -> Iterator[str]:
    """The files that a command names as its configuration."""
    words = command.split() if isinstance(command, str) else command if isinstance(command, list) else []
    texts = [one for word in words if isinstance(word, str) for one in word.split()]
    for number, word in enumerate(texts):
        name, equals, value = word.partition("=")
        if name.lstrip("-") == _FLAG.lstrip("-"):
            yield from (value,) if equals else texts[number + 1 : number + 2]


def _mounts(volumes: object, folder: str) -> Iterator[Mount]:
    for one in volumes if isinstance(volumes, list) else ():
        if isinstance(one, str):
            source, _, rest = one.partition(":")
            target = rest.split(":")[0]
        elif isinstance(one, dict):
            source, target = str(one.get("source") or ""), str(one.get("target") or "")
        else:
            continue
        # Others are names of volumes, or paths of the machine.
        if source.startswith(".") and posixpath.isabs(target):
            yield posixpath.normpath(target), posixpath.normpath(posixpath.join(folder, source))
