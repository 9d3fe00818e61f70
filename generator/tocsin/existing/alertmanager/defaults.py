"""What integrations take from Alertmanager's `global` section (`config.Config.UnmarshalYAML`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager.integrations import written_values
from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.settings import SETTINGS, missing_fallbacks
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tocsin.existing.alertmanager.shapes import Path
    from tocsin.lang.alertmanager.schema import Fallback, Integration


def missing_settings(
    receiver: MappingNode,
    defaults: MappingNode | None,
    path: Path,
    general_path: Path,
    wrong: Collection[Path],
) -> Iterator[Problem]:
    """What a receiver's integrations need and neither they nor the global section say.

    `general_path` is where the global section stands. What has a value that is `wrong`, by its path, is said.
    """
    general = {} if defaults is None else written_values(defaults)
    unknown = general.keys() - SETTINGS.keys.keys()
    for kind, entry in receiver.entries.items():
        if not kind.endswith("_configs") or not isinstance(entry.value, SequenceNode):
            continue
        for number, item in enumerate(entry.value.items):
            place = Place((*path, kind, number))
            if isinstance(item, ScalarNode) and item.value is not None:
                # The reader of shapes has said already that this is no integration.
                continue
            if isinstance(item, ScalarNode):
                yield Problem("alertmanager/rule", "there is nothing here", place, help="remove it")
                continue
            if kind not in BY_LIST or place.path in wrong:
                continue
            own = written_values(item) if isinstance(item, MappingNode) else {}
            beside = own.keys() - BY_LIST[kind].record.keys.keys()
            missing: list[Fallback] = []
            for fallback in missing_fallbacks(BY_LIST[kind], own, general):
                if _stands_misspelt(fallback, BY_LIST[kind], beside, unknown):
                    continue
                written = (
                    *((*place.path, key) for key in fallback.own),
                    *((*general_path, key) for key in fallback.general),
                )
                if not any(one in wrong for one in written):
                    missing.append(fallback)
            if missing:
                said = (" or ".join(f"`{key}`" for key in fallback.own) for fallback in missing)
                message = f"nothing says {' and '.join(said)}"
                settings = " and ".join(f"`{fallback.general[-1]}`" for fallback in missing)
                help_ = f"write {'them' if len(missing) > 1 else 'it'} here, or {settings} under `global`"
                yield Problem("alertmanager/rule", message, place, help=help_, unknown="global")
            null = "http_config" in general and general["http_config"] is own.get("http_config") is None
            if null and BY_LIST[kind].crashes_without_client and isinstance(item, MappingNode):
                message = "Alertmanager crashes on this: `global` says that `http_config` is nothing"
                yield Problem("alertmanager/rule", message, place, help="remove `http_config` under `global`")


def _stands_misspelt(
    fallback: Fallback, integration: Integration, own: Collection[str], general: Collection[str]
) -> bool:
    """Whether one of the keys that nobody knows, here or in the global section, was meant as one of these.

    That the key is unknown is told where it stands, and with its right name nothing is missing.
    """
    meant = {nearest(key, integration.record.keys) for key in own}
    meant |= {nearest(key, SETTINGS.keys) for key in general}
    ends = tuple(f"_{key}" for key in fallback.own)
    return not meant.isdisjoint({*fallback.own, *fallback.general}) or any(
        key.endswith(ends) for key in general
    )
