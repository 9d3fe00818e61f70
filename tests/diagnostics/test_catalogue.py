"""Every id that a command can print is listed, explained, and shown by its example."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from tests.checks.cases import documents, rest_of_spec

import tocsin
from tocsin.checks import CHECKS
from tocsin.cli.main import main
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.manual import manual
from tocsin.spec.messages import message_id

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(tocsin.__file__).parent
_ID = re.compile(r"[a-z]+/[a-z0-9-]+")
_MAKERS = {"Diagnostic", "Problem", "of_language", "error", "info", "language", "located"}
_KINDS = {"PydanticCustomError", "judged_by", "_name", "refusal"}
_WITH_EXAMPLES = [id_ for id_, message in MESSAGES.items() if manual(message.doc).bad]
_WITHOUT_EXAMPLES = {
    "spec/encoding",
    "spec/empty",
    "spec/invalid-value",
    "file/encoding",
    "file/unreadable",
    "tocsin/crash",
    "baseline/gone",
    "limit/size",
    "prove/never-fires",
    "prove/only-on-paper",
    "prove/not-shown",
    "prove/not-loaded",
    "prove/no-loki",
    *(id_ for id_ in MESSAGES if id_.startswith("import/")),
}


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _calls() -> Iterator[tuple[Path, str, ast.Call]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                yield path, name, node


def _strings(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def test_every_id_in_the_code_is_in_the_catalogue() -> None:
    made = {
        (text, path.relative_to(PACKAGE).as_posix())
        for path, name, call in _calls()
        if name in _MAKERS and "catalogue" not in path.parts and call.args
        for text in _strings(call.args[0])
        if _ID.fullmatch(text)
    }
    assert len(made) > 30
    assert {(id_, path) for id_, path in made if id_ not in MESSAGES and id_ not in CHECKS} == set()


def test_every_error_of_the_models_has_an_id_of_its_own() -> None:
    kinds = {
        call.args[0].value
        for path, name, call in _calls()
        if name in _KINDS and "spec" in path.parts and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert len(kinds) > 30
    ids = {str(kind): message_id(str(kind)) for kind in kinds}
    assert {kind: id_ for kind, id_ in ids.items() if id_ == "spec/invalid-value"} == {}
    assert set(ids.values()) <= MESSAGES.keys()


def test_every_message_of_the_catalogue_is_made_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if "catalogue" not in path.parts and path.parent.name != "checks"
    )
    made_of_parts = re.compile(r"reference/|label/reserved|annotation/reserved|tocsin/crash")
    kinds = {id_ for id_ in MESSAGES if id_.startswith("spec/") and f'"{id_.removeprefix("spec/")}"' in code}
    unused = {id_ for id_ in MESSAGES if f'"{id_}"' not in code and not made_of_parts.match(id_)}
    assert unused - kinds == set()


def test_checks_and_other_messages_have_different_ids() -> None:
    assert CHECKS.keys() & MESSAGES.keys() == set()


def test_every_message_is_listed_with_level_and_claim() -> None:
    text = _run("check", "--list").stdout
    for id_, message in MESSAGES.items():
        assert re.search(rf"^{id_} +{message.level.value} +[A-Z`]", text, re.MULTILINE), id_


@pytest.mark.parametrize("id_", MESSAGES)
def test_every_message_is_explained_within_80_columns(id_: str) -> None:
    text = _run("explain", id_).stdout
    assert text.startswith(f"{id_}\n  {MESSAGES[id_].level.value.capitalize()}. ")
    assert "How to fix it" in text
    assert ("cannot be allowed" in text) == (not MESSAGES[id_].allowable)
    assert [line for line in text.split("\n") if len(line) > 80] == []


def test_only_what_no_file_can_show_has_no_example() -> None:
    assert MESSAGES.keys() - set(_WITH_EXAMPLES) == _WITHOUT_EXAMPLES


@pytest.mark.parametrize("id_", _WITH_EXAMPLES)
def test_the_example_has_this_finding_and_its_correction_has_not(id_: str, tmp_path: Path) -> None:
    said = manual(MESSAGES[id_].doc)
    assert id_ in _found(said.bad, tmp_path / "bad", id_)
    assert [one for one in _found(said.good, tmp_path / "good", id_) if one in MESSAGES] == []


def _found(text: str, folder: Path, id_: str) -> set[str]:
    """The ids that `check` prints about the example; info about what it does not show is left out."""
    folder.mkdir()
    made = documents(text)
    if not id_.startswith(("file/", "alertmanager/")):
        made = [*made, rest_of_spec(made)]
    for document in made:
        (folder / document.name).write_text(document.text, encoding="utf-8")
    paths = [folder] if id_ not in ("file/kind", "file/yaml") else [folder / made[0].name]
    result = _run("check", *paths)
    return set(re.findall(r"^(?:error|warning|info)\[([^\]]+)\]", result.stdout, re.MULTILINE))


def test_a_message_can_be_chosen_and_left_out(tmp_path: Path) -> None:
    said = manual(MESSAGES["file/group"].doc)
    assert "file/group" in _found(said.bad, tmp_path / "all", "file/group")
    only = _run("check", tmp_path / "all", "--only", "file/*")
    assert re.findall(r"\[([^\]]+)\]", only.stdout) == ["file/group"]
    assert "file/group" not in _run("check", tmp_path / "all", "--except", "file/*").stdout


def test_what_cannot_be_allowed_says_so(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "groups:\n  - name: web\n    rules:\n"
        "      # tocsin: allow spec/unknown-key: we like it\n"
        "      - alert: Down\n        expr: up == 0\n"
    )
    result = _run("check", rules)
    assert "error[allow/unknown]: `spec/unknown-key` cannot be allowed" in result.stdout
