"""Comments that an import takes over do not tell secrets."""

from __future__ import annotations

import pytest

from tocsin.importing.comment_secrets import without_secrets


@pytest.mark.parametrize(
    "line",
    [
        "the password is hunter2trustno1",
        "Password was changed to hunter2-Tr0st!",
        "old API key: 8fe92kd02",
        "token = `a1b2c3d4e5`, ask ops",
        "service key is 'qwerty12'",
        "see https://hooks.slack.com/services/T0/B0/s3cret0ne",
    ],
)
def test_a_secret_is_hidden(line: str) -> None:
    hidden = without_secrets(line)
    assert "<hidden>" in hidden
    words = ("hunter2", "8fe92kd02", "a1b2c3d4e5", "qwerty12", "s3cret0ne")
    assert not any(word in hidden for word in words)


@pytest.mark.parametrize(
    "line",
    [
        "the password is stored in vault",
        "the token is now 2026-05-01",
        "token: see vault/kv2/alerts",
        "secret is app-secret-v2",
        "paged since 2023, see INC-77",
        "the secret of this query is sum by (job) (rate(x_total[5m]))",
        "credentials are rotated weekly",
    ],
)
def test_what_is_none_stays(line: str) -> None:
    assert without_secrets(line) == line
