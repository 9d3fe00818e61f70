"""Real configurations come out equal, or are refused with a reason that is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.engines.amtool import check_config
from tocsin.existing.input import read_input
from tocsin.importing.import_files import import_files
from tocsin.source.decode import decode_file
from tocsin.source.document import Document
from tocsin.targets import alertmanager
from tocsin.workspace.templates import read_templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from tocsin.engines.program import Program
    from tocsin.importing.import_files import Imported


def _imports(corpora: Path) -> Iterator[tuple[Path, Imported]]:
    for path in sorted((corpora / "alertmanager").rglob("*")):
        document = decode_file(path.as_posix(), path.read_bytes()) if path.is_file() else None
        if not isinstance(document, Document):
            continue
        file = read_input(document, named=True)
        if DocumentKind.ALERTMANAGER in {part.kind for part in file.parts()}:
            yield path, import_files([(file, path.name)], None, templates=read_templates([file], ()))


def test_what_alertmanager_loads_is_equal(
    corpora: Path, amtool: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    equal, refused, leaked = [], [], []
    for number, (path, made) in enumerate(_imports(corpora)):
        assert "import/differs" not in {one.id for one in made.diagnostics}, path
        if made.routing is None or made.spec is None:
            refused.append(path)
            continue
        equal.append(tmp_path / f"{number}/alertmanager/alertmanager.yaml")
        files = [*made.files]
        for file in alertmanager.emit(made.spec.plan):
            files.append(file)
            (tmp_path / f"{number}" / file.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / f"{number}" / file.path).write_bytes(file.content)
        # A short one may be a word.
        secrets = [one for one in made.routing.read.files.secrets() if len(one) > 8 and not one.isalpha()]
        texts = [file.content.decode() for file in files]
        leaked += [path for secret in secrets for text in texts if secret in text]
    with capsys.disabled():
        print(f"\n{len(equal)} configurations equal, {len(refused)} refused")
    assert leaked == []
    assert check_config(amtool, *equal) is None
    if os.environ.get("TOCSIN_THOROUGH"):
        wrongly = {path.name for path in refused if check_config(amtool, path) is None}
        # It names three targets at once, of which only one is notified.
        assert wrongly <= {"skeleton_base_with_sns_receiver_no_CRs.golden"}
