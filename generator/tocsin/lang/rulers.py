"""Names that the rulers of Mimir and Loki take for namespaces of rule groups."""

from __future__ import annotations

import re

from tocsin.lang.errors import LangError

_PART = re.compile(r"-[0-9]+of[0-9]+$")


def check_own_namespace(text: str) -> None:
    """Raise LangError where the namespace looks like a part of another one, as `shop-1of2` does of `shop`."""
    found = _PART.search(text)
    if found is not None:
        raise LangError(
            f"`{found[0]}` is what the parts of a namespace end with",
            found.span(),
            f"write `{text[: found.start()]}`, or another name",
        )
