"""Changes of several environments of a spec, or several estates: those that are the same are shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from tocsin.diff.render import RENDERERS
from tocsin.diff.render.markdown import escape
from tocsin.diff.render.words import first_alerts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.diff.changes import Changes


def render_environments(
    form: str,
    compared: Mapping[str, Changes],
    added: Mapping[str, tuple[str, ...]],
    removed: Mapping[str, tuple[str, ...]],
    kind: str = "environment",
) -> str:
    """One text for all of them: those that both sides have are compared, the others named.

    Of these the alerts may be named as well. `kind` is what they are, such as `estate`.
    """
    lone = {"added": added, "removed": removed}
    shown = {name: RENDERERS[form](changes) for name, changes in compared.items()}
    if form == "json":
        value: dict[str, object] = {f"{kind}s": {name: orjson.loads(text) for name, text in shown.items()}}
        value |= {how: [*names] for how, names in lone.items()}
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"
    mark, quote = ("## ", "`") if form == "markdown" else ("", "")
    together: dict[str, list[str]] = {}
    for name, text in shown.items():
        together.setdefault(text, []).append(f"{quote}{name}{quote}")
    parts = [f"{mark}In {', '.join(names)}\n\n{text}" for text, names in together.items()]
    parts += [
        f"{mark}The {kind} {quote}{name}{quote} was {how}{_alerts(alerts, form)}\n"
        for how, names in lone.items()
        for name, alerts in names.items()
    ]
    return "\n".join(parts)


def _alerts(alerts: tuple[str, ...], form: str) -> str:
    """Which alerts a part has that is named and not compared."""
    if not alerts:
        return ""
    said = f"alerts: {first_alerts(alerts)}"
    return f"\n\n{escape(said)}" if form == "markdown" else f"\n  {said}"
