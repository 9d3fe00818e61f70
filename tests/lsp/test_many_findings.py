"""What a session does with documents that have many findings, and when its editor is gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types
from tests.lsp.client import PATIENCE

from tocsin.lsp import edit as edits
from tocsin.lsp.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RULES = "groups:\n  - name: web\n    rules:\n" + "".join(
    f"      - alert: Down{number}\n        expr: sum(up) == 0\n"
    '        annotations: {summary: "{{ $labels.no }}"}\n'
    for number in range(60)
)


def test_a_document_is_compared_once_for_all_of_its_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    shown: list[types.PublishDiagnosticsParams] = []
    compared: list[int] = []
    find_edit = edits.find_edit

    def counted(old: str, new: str) -> object:
        compared.append(len(new))
        return find_edit(old, new)

    monkeypatch.setattr("tocsin.lsp.session.find_edit", counted)

    async def answer() -> None:
        session = Session(shown.append, lambda _: None)
        session.open(types.TextDocumentItem(file.as_uri(), "yaml", 1, RULES))
        while not shown:
            await asyncio.sleep(0.02)
        compared.clear()
        place = types.Range(types.Position(3, 15), types.Position(3, 19))
        session.change(
            types.VersionedTextDocumentIdentifier(2, file.as_uri()),
            [types.TextDocumentContentChangePartial(text="Gone", range=place)],
        )
        while shown[-1].version != 2:
            await asyncio.sleep(0.02)
        session.stop()

    asyncio.run(asyncio.wait_for(answer(), PATIENCE))
    assert len(shown[-1].diagnostics) > 50
    assert len(compared) == 1


def test_a_check_that_nobody_waits_for_any_more_comes_to_an_end(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    tried: list[str] = []
    failed: list[object] = []

    def publish(params: types.PublishDiagnosticsParams) -> None:
        tried.append(params.uri)
        raise BrokenPipeError

    async def check() -> Session:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
        session = Session(publish, lambda _: None)
        session.open(types.TextDocumentItem(file.as_uri(), "yaml", 1, RULES))
        while not tried:
            await asyncio.sleep(0.02)
        return session

    session = asyncio.run(asyncio.wait_for(check(), PATIENCE))
    assert not failed
    project = session.project_of(file)
    assert project is not None
    # asyncio shows what a callback was given, and may be asked to show this.
    assert len(repr(project)) < 200
    assert len(repr(project.analysis)) < 200


def test_a_file_in_which_nothing_changed_is_not_shown_again(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yml", tmp_path / "b.yml"
    first.write_text(RULES, encoding="utf-8")
    second.write_text(RULES.replace("Down", "Away"), encoding="utf-8")
    shown: list[types.PublishDiagnosticsParams] = []

    async def answer() -> None:
        session = Session(shown.append, lambda _: None)
        session.start([tmp_path])
        session.open(types.TextDocumentItem(first.as_uri(), "yaml", 1, RULES))
        while {one.uri for one in shown} != {first.as_uri(), second.as_uri()}:
            await asyncio.sleep(0.02)
        project = session.project_of(first)
        assert project is not None
        before = project.analysis
        place = types.Range(types.Position(3, 15), types.Position(3, 19))
        session.change(
            types.VersionedTextDocumentIdentifier(2, first.as_uri()),
            [types.TextDocumentContentChangePartial(text="Gone", range=place)],
        )
        while project.analysis is before:
            await asyncio.sleep(0.02)
        session.stop()

    asyncio.run(asyncio.wait_for(answer(), PATIENCE))
    # Nor does the check of the whole find anything else than that of the edit.
    assert [one.version for one in shown if one.uri == first.as_uri()] == [1, 2]
    assert {len(one.diagnostics) for one in shown} == {60}
    assert [one.version for one in shown if one.uri == second.as_uri()] == [None]
