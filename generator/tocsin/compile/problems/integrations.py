"""Integrations that lack what neither they nor Alertmanager's global section say.

The conditions are those under which Alertmanager's `config.Config.UnmarshalYAML` refuses a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.settings import missing_fallbacks
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.model import Spec


def incomplete_integrations(spec: Spec) -> Iterator[Problem]:
    """Integrations that Alertmanager would refuse because something is said nowhere."""
    section = spec.project.alertmanager
    general = {} if section is None else section.model_dump(exclude_none=True)
    for name, receiver in spec.receivers.items():
        for integration, channels in receiver.channels():
            for index, channel in enumerate(channels):
                own = channel.model_dump(exclude_none=True)
                for fallback in missing_fallbacks(INTEGRATIONS[integration], own, general):
                    key = fallback.own[-1]
                    yield Problem(
                        "receiver/incomplete",
                        f"nothing says the {integration} channel's `{key}`",
                        Place(("receivers", name, integration, index)),
                        help=f"write `{key}: {_example(key)}` here, or `{fallback.general[-1]}` under "
                        "`project.alertmanager`",
                    )


def _example(key: str) -> str:
    examples = {"smarthost": '"mail.example.org:587"', "from": "alerts@example.org"}
    return examples.get(key, "/path/to/file" if key.endswith("_file") else "…")
