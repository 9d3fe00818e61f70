"""The one error that the languages raise: what is wrong, where in the text, and what to write instead."""

from __future__ import annotations


class LangError(ValueError):
    """A text is not what its language allows; `span` counts code points from the start of that text.

    `fix` is what to write in place of the span, where the help comes down to that; it is safe where nothing
    else can be meant.
    """

    reason: str
    span: tuple[int, int]
    help: str | None
    fix: str | None
    is_safe: bool

    def __init__(
        self,
        reason: str,
        span: tuple[int, int],
        help: str | None = None,
        fix: str | None = None,
        *,
        is_safe: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
        self.help = help
        self.fix = fix
        self.is_safe = is_safe and fix is not None

    def shifted(self, by: int) -> LangError:
        """The same error, seen from a text in which this one starts `by` code points later."""
        start, end = self.span
        return LangError(self.reason, (start + by, end + by), self.help, self.fix, is_safe=self.is_safe)
