"""Making the fixes that leave no doubt, if the finding is gone then and no error or warning has come."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Level
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tocsin.diagnostics import Diagnostic

    Texts = Mapping[str, str]
    Find = Callable[[Texts], Sequence[Diagnostic]]

_MOST_ROUNDS = 20
_MOST_ALONE = 50
"""How many fixes are tried one by one: each time all files are checked again."""


@value_object
class Fixed:
    """The texts of the changed files, the findings that are gone, and those whose fix did not help.

    `left` are those whose fix would change a file that others write.
    """

    texts: Texts
    made: tuple[Diagnostic, ...]
    not_made: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]


def fix_texts(
    texts: Texts, find: Find, wants: Callable[[str], bool], is_own: Callable[[str], bool] = lambda _name: True
) -> Fixed:
    """Make the safe fixes of the checks that `wants` chooses in these files, by name.

    `find` checks the files with other texts in the place of some of them, and first as they are. `is_own`
    says of a file, by name, whether its own people keep it up; it is asked after that.
    """
    changed: dict[str, str] = {}
    made: list[Diagnostic] = []
    refused: dict[object, Diagnostic] = {}
    found = find(changed)
    for _ in range(_MOST_ROUNDS):
        waiting = [
            one for one in _safe(found, texts, wants) if _is_in(one, is_own) and _key(one) not in refused
        ]
        if not waiting:
            break
        together = _apart(waiting)
        for chosen in [together, *([one] for one in together[:_MOST_ALONE] if len(together) > 1)]:
            after = _with(texts, changed, chosen)
            left = find(after)
            if _helps(found, left, chosen):
                changed, found = after, left
                made += chosen
                # What is left of this round has moved.
                break
        else:
            refused.update((_key(one), one) for one in together)
    left_alone = (one for one in _safe(found, texts, wants) if not _is_in(one, is_own))
    return Fixed(changed, tuple(made), tuple(refused.values()), tuple(left_alone))


def _safe(found: Iterable[Diagnostic], texts: Texts, wants: Callable[[str], bool]) -> list[Diagnostic]:
    safe = [one for one in found if one.fix is not None and one.fix.is_safe and wants(one.id)]
    return [one for one in safe if one.fix is not None and one.fix.span.document.name in texts]


def _is_in(one: Diagnostic, is_own: Callable[[str], bool]) -> bool:
    """Whether the edit is in one of these files."""
    return one.fix is not None and is_own(one.fix.span.document.name)


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those whose edits do not touch each other."""
    kept: list[Diagnostic] = []
    taken: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        assert one.fix is not None
        span = one.fix.span
        others = taken.setdefault(span.document.name, [])
        if all(span.end < start or end < span.start for start, end in others):
            others.append((span.start, span.end))
            kept.append(one)
    return kept


def _with(texts: Texts, changed: Texts, fixes: Iterable[Diagnostic]) -> dict[str, str]:
    """The changed texts after some more edits, from the last to the first."""
    after = dict(changed)
    edits = [one.fix for one in fixes if one.fix is not None]
    for edit in sorted(edits, key=lambda one: one.span.start, reverse=True):
        name = edit.span.document.name
        text = after.get(name, texts[name])
        after[name] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return after


def _helps(before: Iterable[Diagnostic], after: Iterable[Diagnostic], fixes: Iterable[Diagnostic]) -> bool:
    after = list(after)
    earlier, later = Counter(map(_key, before)), Counter(map(_key, after))
    gone = Counter(map(_key, fixes))
    # What is only good to know may show once more of a file can be read.
    notes = {_key(one) for one in after if one.level is Level.INFO}
    return not (later - earlier).keys() - notes and all(
        later[key] <= earlier[key] - count for key, count in gone.items()
    )


def _key(one: Diagnostic) -> object:
    """What a finding says, wherever its line is now."""
    return one.id, one.message, None if one.span is None else one.span.document.name
