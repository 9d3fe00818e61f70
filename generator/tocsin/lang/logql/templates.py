"""The templates of `line_format` and `label_format`: Go's, with the functions that Loki gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.functions import GO
from tocsin.lang.gotemplate.parser import parse_template
from tocsin.lang.tokens import split_words

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Text

_FUNCTIONS = frozenset(GO) | split_words(
    """
    Replace ToLower ToUpper Trim TrimLeft TrimPrefix TrimRight TrimSpace TrimSuffix __line__ __timestamp__
    add addf alignLeft alignRight b64dec b64enc bytes ceil contains count date default div divf duration
    duration_seconds float64 floor fromJson hasPrefix hasSuffix indent int lower max maxf min minf mod mul
    mulf nindent now regexReplaceAll regexReplaceAllLiteral repeat replace round sub subf substr title toDate
    toDateInZone trim trimAll trimPrefix trimSuffix trunc unixEpoch unixEpochMillis unixEpochNanos unixToTime
    upper urldecode urlencode
    """
)


def check_format_template(template: Text) -> None:
    """Raise a LangError where Loki cannot read the template; the whole string where it has escapes."""
    try:
        parse_template(template.value, _FUNCTIONS)
    except LangError as error:
        start, end = template.span
        if end - start == len(template.value) + 2:
            raise error.shifted(start + 1) from None
        raise LangError(error.reason, template.span, error.help) from None
