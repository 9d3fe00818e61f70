"""Where secrets stand in a text that looks like them, line by line."""

from __future__ import annotations

import pytest

from tocsin.text.secret_looks import secret_spans

_TOKEN = "glpat-" + "a1B2" * 5


def test_a_secret_is_found_on_each_line_and_nothing_around_it() -> None:
    text = f"first line\n\nsecond: token={_TOKEN}\nurl: https://me:{_TOKEN}@git.example/x\nlast"
    found = {text[start:end] for start, end in secret_spans(text)}
    assert found == {_TOKEN, f"me:{_TOKEN}"}


@pytest.mark.parametrize(
    "stand_in", ["{{ .Values.password }}", "${PASSWORD_OF_ALL}", "<your password>", "********"]
)
def test_what_stands_for_a_secret_is_none(stand_in: str) -> None:
    assert not [*secret_spans(f"url: https://x.example/?password={stand_in}")]


@pytest.mark.parametrize(
    "address",
    [
        "maker.ifttt.com/trigger/down/with/a1b2c3d4",
        "hc-ping.com/0f0f0f0f-a1b2",
        "chat.googleapis.com/v1/spaces/AAAA/messages",
        "open.feishu.cn/open-apis/bot/v2/hook/a1b2c3d4",
        "open.larksuite.com/open-apis/bot/v2/hook/a1b2c3d4",
        "alert.victorops.com/integrations/generic/20131114/alert/a1b2",
        "api.telegram.org/bota1b2c3d4/sendMessage",
    ],
)
def test_an_address_who_knows_which_may_post_is_secret_without_its_scheme(address: str) -> None:
    assert [*secret_spans(f"it goes to {address}")]
    assert [*secret_spans(f"it goes to https://{address}")]


def test_of_an_address_a_user_with_a_password_is_secret_and_a_page_is_not() -> None:
    assert [*secret_spans("see postgres://admin:hunter2@db.example/shop")]
    assert not [*secret_spans("see https://grafana.example/d/up?var-mail=me@example.org")]
