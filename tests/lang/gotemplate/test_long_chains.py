"""A chain of many `else if`, such as one that knows every team, is no deep nesting."""

from __future__ import annotations

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads
from tocsin.lang.gotemplate.notification_data import definitions
from tocsin.lang.gotemplate.notification_data import reads as notification_reads

LINKS = 3000


def _chain(condition: str, body: str) -> str:
    links = "".join(f'{{{{ else if eq {condition} "{n}" }}}}{body}' for n in range(LINKS))
    return f'{{{{ if eq {condition} "a" }}}}{body}{links}{{{{ else }}}}{{{{ $labels.last }}}}{{{{ end }}}}'


def test_everything_in_a_long_chain_is_read() -> None:
    found = reads(_chain("$labels.team", "{{ $labels.pod }}"))
    names = [use.name for use in found.labels]
    assert (names.count("pod"), names.count("last")) == (LINKS + 1, 1)


def test_a_long_chain_in_a_notification_template_is_read() -> None:
    body = '{{ template "one" . }}'
    chain = _chain(".CommonLabels.team", body).replace("{{ $labels.last }}", '{{ template "last" . }}')
    assert [one.name for one in definitions(f'{{{{ define "t" }}}}{chain}{{{{ end }}}}')] == ["t"]
    names = [call.name for call in notification_reads(chain).calls]
    assert (names.count("one"), names.count("last")) == (LINKS + 1, 1)


def test_a_chain_that_never_ends_is_told() -> None:
    with pytest.raises(LangError, match="no matching `end`"):
        reads(_chain("$labels.team", "x").removesuffix("{{ end }}"))
