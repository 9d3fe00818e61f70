"""The Markdown files of a repository are found and compared with the links of its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[core]
    bare = false
[remote "origin"]
    url = git@github.com:Shop/alerting.git
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "alerting"
    for folder in (".git", "rules", "docs/runbooks"):
        (root / folder).mkdir(parents=True)
    (root / ".git" / "config").write_text(CONFIG, encoding="utf-8")
    (root / "docs" / "runbooks" / "web.md").write_text("# Web\n\n## Down\n", encoding="utf-8")
    monkeypatch.chdir(root / "rules")
    return root


def _check(repository: Path, link: str, *more: str) -> str:
    rules = f"""\
groups:
  - name: web
    rules:
      - alert: Down
        expr: up == 0
        annotations: {{runbook_url: "{link}"}}
"""
    (repository / "rules" / "web.yml").write_text(rules, encoding="utf-8")
    return CliRunner().invoke(main, ["check", "web.yml", *more, "--only", "link/*"]).output


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://github.com/shop/alerting/blob/main/docs/runbooks/web.md#down", "nothing found"),
        ("https://github.com/shop/alerting/blob/main/docs/runbooks/web.md#up", "no section `#up`"),
        ("https://github.com/shop/alerting/blob/main/docs/runbooks/db.md", "no page `docs/runbooks/db.md`"),
        ("https://github.com/other/alerting/blob/main/docs/runbooks/web.md#up", "nothing found"),
        ("https://github.com/other/alerting/blob/main/docs/runbooks/db.md", "nothing found"),
        ("https://wiki.shop.io/runbooks/web.md#up", "no section `#up`"),
        ("docs/runbooks/db.md", "no page `docs/runbooks/db.md`"),
    ],
)
def test_links_are_compared_with_the_files_of_the_repository(repository: Path, link: str, told: str) -> None:
    assert told in _check(repository, link)


def test_no_file_outside_is_read(repository: Path) -> None:
    (repository.parent / "key.md").write_text("# hunter2", encoding="utf-8")
    (repository / "docs" / "runbooks" / "key.md").symlink_to(repository.parent / "key.md")
    assert "hunter2" not in _check(repository, "docs/runbooks/key.md#other")


def test_a_page_that_is_named_is_read_for_links_into_itself(repository: Path) -> None:
    (repository / "rules" / "index.md").write_text("[down](#down)\n\n# Up\n", encoding="utf-8")
    output = _check(repository, "https://wiki.shop.io/other", "index.md")
    assert "index.md:1:9" in output
    assert "this page has no section `#down`" in output
