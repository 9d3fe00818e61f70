"""`tocsin push`: what it says, how it ends, and that it shows no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from tests.deliver.ruler_server import Ruler, serving

from tocsin.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text("utf-8")


@pytest.fixture
def mimir() -> Iterator[Ruler]:
    with serving(Ruler()) as ruler:
        yield ruler


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ADDRESS", "AUTH_TOKEN", "API_USER", "API_KEY"):
        monkeypatch.delenv(f"MIMIR_{name}", raising=False)
        monkeypatch.delenv(f"LOKI_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "shop.yaml").write_text(SHOP, "utf-8")
    _deliver(folder, "{mimir: {namespace: tocsin-shop, tenant: shop}, loki: {namespace: tocsin-shop}}")
    return folder


def _deliver(folder: Path, text: str) -> None:
    (folder / "deliver.yaml").write_text(f"deliver: {text}\n", "utf-8")


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, ["push", *args], catch_exceptions=False)


def test_a_plan_is_shown_done_and_then_there_is_nothing_to_do(mimir: Ruler) -> None:
    planned = _run("mimir", "--address", mimir.url)
    assert planned.exit_code == 1
    assert "+ shop: tocsin-shop/checkout: " in planned.stdout
    assert "planned, `--apply` does it" in planned.stdout
    assert mimir.writes() == []
    done = _run("mimir", "--address", mimir.url, "--apply")
    assert (done.exit_code, "added: done" in done.stdout) == (0, True)
    again = _run("mimir", "--address", mimir.url)
    assert (again.exit_code, "there is nothing to do" in again.stdout) == (0, True)
    assert [*mimir.stored] == ["shop"]


def test_a_change_is_shown_by_what_it_means(mimir: Ruler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIMIR_ADDRESS", mimir.url)
    _run("mimir", "--apply")
    rule = mimir.stored["shop"]["tocsin-shop"]["checkout"]["rules"][0]
    rule["keep_firing_for"] = "7m"
    shown = _run("mimir")
    assert shown.exit_code == 1
    assert f"    {rule['alert']}: keep_firing_for: 7m → " in shown.stdout
    [change] = json.loads(_run("mimir", "--format", "json").stdout)
    assert (change["change"], change["group"], change["differences"][0]["what"]) == (
        "changed",
        "checkout",
        "keep_firing_for",
    )


def test_loki_is_asked_for_each_tenant() -> None:
    with serving(Ruler("loki")) as loki:
        assert _run("loki", "--address", loki.url, "--apply", "--tenant", "left").exit_code == 0
        assert [*loki.stored] == ["fake"]
        loki.stored["left"] = {"tocsin-shop": {"a": {"name": "a", "rules": []}}}
        assert _run("loki", "--address", loki.url).exit_code == 0
        shown = _run("loki", "--address", loki.url, "--tenant", "left")
        assert (shown.exit_code, "- left: tocsin-shop/a: 0 rules" in shown.stdout) == (1, True)


def test_a_run_that_was_broken_off_says_how_far_it_came(mimir: Ruler) -> None:
    mimir.fails_at = 2
    result = _run("mimir", "--address", mimir.url, "--apply")
    assert result.exit_code == 2
    assert "answered 500: the object store is not there; 1 of " in result.stderr
    assert "run it again" in result.stderr
    mimir.fails_at = None
    assert _run("mimir", "--address", mimir.url, "--apply").exit_code == 0


def test_a_ruler_that_does_not_keep_what_it_takes_is_found_out(mimir: Ruler) -> None:
    mimir.forgets = "annotations"
    result = _run("mimir", "--address", mimir.url, "--apply")
    assert result.exit_code == 2
    assert "the ruler has other rules than it was sent: tocsin-shop/" in result.stderr
    assert "(annotation " in result.stderr


@pytest.mark.parametrize("failing", ["error", "echo"])
def test_no_secret_is_shown(failing: str, mimir: Ruler, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret-t0ken\n", "utf-8")
    mimir.echoes = failing == "echo"
    mimir.fails_at = 0 if failing == "error" else None
    result = _run("mimir", "--address", mimir.url, "--token-file", "token")
    assert result.exit_code == 2
    assert mimir.headers[0]["Authorization"] == "Bearer s3cret-t0ken"
    assert "s3cret" not in result.output + result.stderr


def test_secrets_come_from_the_environment_as_well(mimir: Ruler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIMIR_API_USER", "me")
    monkeypatch.setenv("MIMIR_API_KEY", "s3cret")
    assert _run("mimir", "--address", mimir.url).exit_code == 1
    assert mimir.headers[0]["Authorization"].startswith("Basic ")
    monkeypatch.setenv("MIMIR_AUTH_TOKEN", "t0ken")
    result = _run("mimir", "--address", mimir.url)
    assert (result.exit_code, "the ruler takes one of them" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "nothing says where the ruler is"),
        (("--address", "mimir.example"), "begin with http:// or https://"),
        (("--address", "https://me:s3cret@mimir.example"), "a user and a password have no place"),
        (("--address", "http://127.0.0.1:9", "--token-file", "empty"), "holds no secret"),
        (("--address", "http://127.0.0.1:9", "--token-file", "broken"), "holds no secret"),
        (("--address", "http://127.0.0.1:9", "--password-file", "fine"), "but no user"),
        (("--address", "http://127.0.0.1:9", "--ca-file", "fine"), "holds no certificates"),
        (("--address", "http://127.0.0.1:9", "--path", "rules"), "has to begin with a slash"),
        (("--address", "http://127.0.0.1:9", "--path", "/rules?x"), "more than a path"),
        (("--address", "http://127.0.0.1:9", "--tenant", "a/b"), "cannot be the name of a tenant"),
        (("--address", "http://127.0.0.1:9", "--timeout", "2"), "no answer"),
    ],
)
def test_what_cannot_be_done_is_said(args: tuple[str, ...], said: str, tmp_path: Path) -> None:
    for name, text in (("empty", ""), ("broken", "a\r\nX-Scope-OrgID: b"), ("fine", "s3cret")):
        (tmp_path / name).write_bytes(text.encode())
    result = _run("mimir", *args)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert "s3cret" not in result.output + result.stderr


def test_a_spec_that_delivers_nothing_says_what_to_write(spec: Path) -> None:
    _deliver(spec, "{}")
    result = _run("mimir", "--address", "http://127.0.0.1:9")
    assert (result.exit_code, "write `deliver: {mimir: {namespace: tocsin-shop}}`" in result.stderr) == (
        2,
        True,
    )


def test_what_the_ruler_would_refuse_is_found_before(spec: Path) -> None:
    _deliver(spec, "{mimir: {namespace: tocsin-shop, groups: 1}}")
    result = _run("mimir", "--address", "http://127.0.0.1:9")
    assert (result.exit_code, "limit/groups" in result.stdout) == (2, True)
    assert result.stderr == "the rules cannot be compared with those of the ruler until this is fixed\n"


def test_a_spec_with_a_mistake_is_not_taken_for_one_that_would_change_something(
    mimir: Ruler, spec: Path
) -> None:
    (spec / "more.yaml").write_text("groups: {odd: {title: Odd, alrets: {}}}\n", "utf-8")
    for applying in ((), ("--apply",)):
        result = _run("mimir", "--address", mimir.url, *applying)
        assert (result.exit_code, "spec/unknown-key" in result.stdout) == (2, True)
    assert mimir.asked == []


def test_another_spelling_of_a_query_for_loki_is_no_change(spec: Path) -> None:
    with serving(Ruler("loki")) as loki:
        assert _run("loki", "--address", loki.url, "--apply").exit_code == 0
        text = (spec / "shop.yaml").read_text("utf-8")
        assert text.count("[5m]") > 0
        (spec / "shop.yaml").write_text(text.replace("[5m]", "[300s]"), "utf-8")
        result = _run("loki", "--address", loki.url)
        assert (result.exit_code, "there is nothing to do" in result.stdout) == (0, True)


def test_each_environment_has_a_ruler_of_its_own(mimir: Ruler, spec: Path) -> None:
    (spec / "environments.yaml").write_text(
        "environments:\n"
        "  production: {}\n"
        "  staging: {deliver: {mimir: {namespace: tocsin-staging, tenant: staging}}}\n",
        "utf-8",
    )
    args = ("mimir", "--address", mimir.url, "--apply")
    refused = _run(*args)
    assert (refused.exit_code, "`--environment`: production, staging" in refused.stderr) == (2, True)
    assert mimir.asked == []
    assert _run(*args, "--environment", "staging").exit_code == 0
    assert {tenant: [*held] for tenant, held in mimir.stored.items()} == {"staging": ["tocsin-staging"]}
