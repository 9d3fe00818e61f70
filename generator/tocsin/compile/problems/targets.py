"""Keys of Alertmanager that the release which a spec is for does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.diagnostics.problem import Problem
from tocsin.source.place import Place
from tocsin.spec.integrations import INTEGRATIONS
from tocsin.spec.integrations.releases import newer_integrations, newer_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from tocsin.spec.model import Spec

Path = tuple[str | int, ...]


def unknown_to_targets(spec: Spec) -> Iterator[Problem]:
    """Integrations and keys that came after the oldest Alertmanager that has to read the configuration."""
    version = spec.project.targets.alertmanager
    if spec.project.alertmanager is not None:
        yield from _of_model(spec.project.alertmanager, "global", ("project", "alertmanager"), version)
    newer = newer_integrations(version)
    for name, receiver in spec.receivers.items():
        for integration in INTEGRATIONS:
            for index, channel in enumerate(getattr(receiver, integration) or ()):
                path: Path = ("receivers", name, integration)
                if integration in newer:
                    if index == 0:
                        yield _unknown(integration, path, version, newer[integration])
                else:
                    yield from _of_model(channel, integration, (*path, index), version)


def _of_model(model: BaseModel, where: str, path: Path, version: str) -> Iterator[Problem]:
    written = model.model_dump(by_alias=True, exclude_none=True)
    yield from _of_values(written, where, path, version)
    if "http_config" in written:
        yield from _of_values(written["http_config"], "http_config", (*path, "http_config"), version)


def _of_values(written: Any, where: str, path: Path, version: str) -> Iterator[Problem]:
    for dotted, since in newer_keys(where, version):
        inner: Any = written
        keys = dotted.split(".")
        for key in keys:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if inner is not None:
            yield _unknown(keys[-1], (*path, *keys), version, since)


def _unknown(key: str, path: Path, version: str, since: str) -> Problem:
    return Problem(
        "target/newer-key",
        f"Alertmanager {version} does not know `{key}`, which came with {since}",
        Place(path, key=True),
        help=f"take it away, or, if no older Alertmanager reads the configuration, write "
        f'`targets: {{alertmanager: "{since}"}}` under `project:`',
    )
