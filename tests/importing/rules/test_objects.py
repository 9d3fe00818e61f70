"""The objects that rules were in are made again, under their names."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.importing.rules.imported import written

from tocsin.cli.generated_files import generate_files
from tocsin.existing.input import read_input
from tocsin.importing.import_files import Imported, import_files
from tocsin.source.document import Document

OBJECT = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {name}-rules
  namespace: observe
  labels: {{release: stack, part: {name}}}
spec:
  groups:
    - name: {name}.rules
      rules:
        - {{alert: Of{name}, expr: up == 0, labels: {{severity: warning}}, annotations: {{summary: s}}}}
"""
NODE, DISK = OBJECT.format(name="node"), OBJECT.format(name="disk")


def _imported(*texts: str, part: bool = False) -> Imported:
    files = [(f"manifests/{number}.yaml", text) for number, text in enumerate(texts)]
    inputs = [(read_input(Document(name, text), named=True), name) for name, text in files]
    return import_files(inputs, None, part=part)


def _project(made: Imported) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(written(made, "project.yaml"))
    return found


def _left_out(made: Imported) -> list[str]:
    return [one.message for one in made.diagnostics if one.id == "import/left-out"]


def test_the_generated_objects_are_called_as_the_imported_ones() -> None:
    made = _imported(NODE, DISK, f"{NODE.replace('node', 'b')}---\n{NODE.replace('node', 'c')}")
    assert made.spec is not None
    files = [
        yaml.safe_load(file.content)
        for file in generate_files(made.spec.plan)
        if "prometheusrule" in file.path
    ]
    found = {one["metadata"]["name"]: one for one in files}
    assert sorted(found) == ["b-rules", "c-rules", "disk-rules", "node-rules"]
    for name, text in (("node", NODE), ("disk", DISK)):
        before, after = yaml.safe_load(text), found[f"{name}-rules"]
        assert after["metadata"]["namespace"] == before["metadata"]["namespace"]
        assert after["metadata"]["labels"]["release"] == "stack"
        assert [one["name"] for one in after["spec"]["groups"]] == [f"{name}.rules"]
    assert _project(made)["deliver"]["kubernetes"]["rules"]["labels"] == {"release": "stack"}


def test_a_label_that_not_all_objects_have_is_mentioned() -> None:
    made = _imported(NODE, DISK.replace("  labels:", "  annotations: {owner: web}\n  labels:"))
    assert _left_out(made) == [
        "imported without the label `part` of an object",
        "imported without the annotation `owner` of an object",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        (NODE, DISK.replace("observe", "other")),
        (NODE.replace("  namespace: observe\n", ""),),
        (NODE.replace("node-rules", "Node_Rules"),),
        (NODE, "groups:\n" + DISK.partition("  groups:\n")[2]),
        (NODE, DISK.replace("disk-rules", "node-rules")),
    ],
)
def test_where_no_spec_says_it_that_is_mentioned(texts: tuple[str, ...]) -> None:
    made = _imported(*texts)
    assert "deliver" not in _project(made)
    assert _left_out(made) == [
        "imported without the names, namespaces and labels of the objects that rules were in"
    ]


def test_a_part_of_a_spec_says_nothing_of_objects() -> None:
    made = _imported(NODE, part=True)
    assert [file.path for file in made.files] == ["rules/manifests/0.yaml", "IMPORT.md"]
    assert len(_left_out(made)) == 1


def test_plain_files_are_in_no_object() -> None:
    made = _imported("groups:\n" + NODE.partition("  groups:\n")[2])
    assert "deliver" not in _project(made)
    assert _left_out(made) == []
