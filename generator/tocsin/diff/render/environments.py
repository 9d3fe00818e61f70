"""Changes of several environments of one spec: those that are the same are shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from tocsin.diff.render import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.diff.changes import Changes


def render_environments(
    form: str, compared: Mapping[str, Changes], added: Iterable[str], removed: Iterable[str]
) -> str:
    """One text for all environments: those that both sides have are compared, the others named."""
    lone = {"added": list(added), "removed": list(removed)}
    shown = {name: RENDERERS[form](changes) for name, changes in compared.items()}
    if form == "json":
        environments = {name: orjson.loads(text) for name, text in shown.items()}
        return (
            orjson.dumps({"environments": environments, **lone}, option=orjson.OPT_INDENT_2).decode() + "\n"
        )
    mark, quote = ("## ", "`") if form == "markdown" else ("", "")
    together: dict[str, list[str]] = {}
    for name, text in shown.items():
        together.setdefault(text, []).append(f"{quote}{name}{quote}")
    parts = [f"{mark}In {', '.join(names)}\n\n{text}" for text, names in together.items()]
    parts += [
        f"{mark}The environment {quote}{name}{quote} was {how}\n"
        for how, names in lone.items()
        for name in names
    ]
    return "\n".join(parts)
