"""The manual: complete, at most 80 columns wide, with links that lead somewhere and commands that work."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner, Result
from tests.conftest import ENGINES
from tests.tools import write_manual
from tests.tools.draw_terminal import PICTURE, picture
from tests.tools.manual_commands import needs_promtool, run_page

from tocsin.checks import CHECKS, FAMILIES
from tocsin.cli.main import main
from tocsin.cli.page import page_lines
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.lang.markdown import anchors
from tocsin.manual import FOLDER, TOPICS, families, ids, read_page, sections
from tocsin.spec.keys import keys_named

ROOT = Path(__file__).parents[2]
PACKAGE = FOLDER.parent
README = ROOT / "README.md"
HAND_WRITTEN = [topic for topic in TOPICS if f"{topic}.md" not in write_manual.pages()]
PAGES = [*FOLDER.rglob("*.md"), README]
_FENCE = re.compile(r"^```([^\n]*)\n.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^ *(`{3,}).*?^ *\1$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, ["explain", *args], catch_exceptions=False)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix().removeprefix("generator/tocsin/")


def test_generated_pages_are_up_to_date_or_make_manual_renews_them() -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.md")}
    generated = write_manual.pages()
    assert there == {*generated, *(f"{topic}.md" for topic in TOPICS)}
    stale = [path for path, text in generated.items() if (FOLDER / path).read_text("utf-8") != text]
    if (FOLDER / PICTURE).read_text("utf-8") != picture():
        stale.append(PICTURE)
    assert stale == [], "run `make manual` and commit what it writes"


def test_every_check_and_message_has_its_section() -> None:
    assert set(ids()) == {*CHECKS, *MESSAGES}
    for section in (section for family in families() for section in sections(family)):
        known = CHECKS.get(section.id) or MESSAGES[section.id]
        assert (section.level, section.claim[:1].islower()) == (known.level.value, False)


def test_the_page_of_checks_names_every_family() -> None:
    assert re.findall(r"\(checks/(\w+)\.md\)", read_page("checks")) == list(dict.fromkeys(FAMILIES))


def test_no_topic_hides_a_key_of_the_spec() -> None:
    assert [topic for topic in TOPICS if keys_named(topic)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_pages_and_sections_that_are_there(page: Path) -> None:
    text = _CODE.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / PurePosixPath(path) if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found.read_text("utf-8")), target


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_shown_within_80_columns_but_for_what_commands_print(topic: str) -> None:
    shown = _run(topic)
    assert shown.exit_code == 0
    prose = _FENCE.sub(lambda fence: "" if fence[1] in ("", "console") else fence[0], read_page(topic))
    assert [line for _, line in page_lines(prose, 80) if len(line) > 80] == []
    assert "\n\n\n" not in shown.stdout
    assert "](" not in shown.stdout


def test_the_topics_are_listed_with_their_titles() -> None:
    listed = _run().stdout
    for topic in TOPICS:
        title = read_page(topic).split("\n")[0].removeprefix("# ")
        assert re.search(rf"^  {topic} +{re.escape(title)}$", listed, re.MULTILINE)
    assert [line for line in listed.split("\n") if len(line) > 80] == []


def test_a_whole_family_is_shown() -> None:
    shown = _run("rule/*").stdout
    assert all(id_ in shown for id_ in CHECKS if id_.startswith("rule/"))


def test_a_topic_that_is_misspelt_is_met_with_the_nearest_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = _run("existing-file")
    assert (result.exit_code, "did you mean `existing-files`?" in result.stderr) == (2, True)


@pytest.mark.parametrize("page", [README, *(FOLDER / f"{topic}.md" for topic in HAND_WRITTEN)], ids=_name)
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
    path = f"{ENGINES}:{os.environ['PATH']}"
    if needs_promtool(text) and shutil.which("promtool", path=path) is None:
        pytest.skip("there is no promtool on PATH, which commands of this page need")
    for ran in run_page(text, tmp_path):
        assert ran.agrees(), "\n".join([f"$ {ran.command}", *ran.printed])


def test_files_that_pages_name_are_there() -> None:
    for topic in ("architecture", "evidence"):
        text = read_page(topic)
        for path in re.findall(r"`[^`]*?((?:tests|generator)/[\w/]+(?:\.\w+)?)", text):
            assert (ROOT / path).exists(), path
    for path in re.findall(r"`([a-z_]+/[\w/]*(?:\.py|\.tmpl)?)`", read_page("architecture")):
        assert any(
            (base / path).exists() for base in (PACKAGE, PACKAGE / "prove", PACKAGE / "checks", ROOT)
        ), path
