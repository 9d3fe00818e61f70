"""Functions of Sprig, which templates of Helm have, and what to write instead of them in those of alerts."""

from __future__ import annotations

_ARITHMETIC = "templates do no arithmetic: compute it in the query of the rule"
_INSTEAD = {
    **dict.fromkeys(("default", "coalesce"), '`or` gives the first that is not empty: `or .A "none"`'),
    **dict.fromkeys(("add", "sub", "mul", "div", "mod", "addf", "subf", "mulf", "divf"), _ARITHMETIC),
    **dict.fromkeys(("round", "floor", "ceil"), 'write `printf "%.0f"`, or round in the query of the rule'),
    **dict.fromkeys(("int", "int64", "float64"), 'write `printf "%.0f"`'),
    **dict.fromkeys(("replace", "regexReplaceAll"), 'write `reReplaceAll "pattern" "replacement" TEXT`'),
    **dict.fromkeys(
        ("contains", "hasPrefix", "hasSuffix", "regexMatch"),
        'write `match "pattern" TEXT`, with a regular expression',
    ),
    **dict.fromkeys(
        ("env", "getenv"),
        "templates read no environment variables: write the value, or fill it in before the file is read",
    ),
    "ternary": "write `{{ if … }}…{{ else }}…{{ end }}`",
    "quote": 'write `printf "%q"`',
    "date": 'a time has `.Format "2006-01-02 15:04"`',
}


def of_sprig(name: str) -> str | None:
    """What to write instead of a function of Sprig; None for another one."""
    return _INSTEAD.get(name)
