"""Each key of the spec is described with an example that the models take, and so is it in the JSON Schema."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel, TypeAdapter, ValidationError
from tests.checks.cases import rest_of_spec

from tocsin.cli.main import main
from tocsin.source.document import Document
from tocsin.spec import base
from tocsin.spec.keys import ITEM, NAME, Key, keys_named, spec_keys
from tocsin.spec.load import load_documents
from tocsin.spec.mistakes.shape import keys_of
from tocsin.spec.model import Spec
from tocsin.spec.schema import spec_schema
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.diagnostics import Diagnostic

KEYS = {key.definition: key for key in spec_keys()}


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, ["explain", *args], catch_exceptions=False)


def test_every_key_of_every_model_is_there() -> None:
    models: set[type[BaseModel]] = {model for model, _ in KEYS}
    assert {"Spec", "Alert", "Period", "PagerDuty", "Policy"} <= {model.__name__ for model in models}
    properties = spec_schema()["$defs"]
    missing = [
        f"{model.__name__}.{key}"
        for model in models - {Spec}
        for key in keys_of(model)
        if key in properties[model.__name__]["properties"] and (model, key) not in KEYS
    ]
    assert missing == []


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.where)
def test_the_example_of_a_key_is_what_the_models_take(key: Key) -> None:
    TypeAdapter(key.shape.type).validate_python(key.example)
    assert key.description
    assert re.match(r"an? |one of |`true`|days|months|years|samples|another|the (?:name|path)", key.kind), (
        key.kind
    )


@pytest.mark.parametrize(
    "key", [key for key in spec_keys() if len(key.path) == 1], ids=lambda key: key.path[0]
)
def test_the_example_of_a_section_is_a_part_of_a_spec(key: Key) -> None:
    text = yaml_text({key.path[0]: key.example})
    document = Document("example.yaml", text)
    found: tuple[Diagnostic, ...] = load_documents([document, rest_of_spec([document])]).diagnostics
    assert found == ()


def test_a_whole_path_means_one_key_and_a_part_of_it_all_that_end_so() -> None:
    assert {key.where for key in keys_named("thresholds")} == {
        f"groups.NAME.alerts.NAME.{above}thresholds"
        for above in ("", "rules[].", "for_each[].", "for_each[].rules[].", "except[].", "except[].rules[].")
    }
    [location] = keys_named("routing.time_intervals.location")
    assert location.path == ("routing", "time_intervals", NAME, ITEM, "location")
    assert {key.where for key in keys_named("for")} >= {
        "project.defaults.for",
        "groups.NAME.alerts.NAME.for",
        "groups.NAME.alerts.NAME.for_each[].for",
        "groups.NAME.alerts.NAME.for_each[].thresholds.NAME.for",
        "groups.NAME.alerts.NAME.thresholds.NAME.for",
        "policy.for",
    }
    assert [key.where for key in keys_named("receivers")] == ["receivers"]
    assert [key.where for key in keys_named("alerts.for")] == ["groups.NAME.alerts.NAME.for"]
    assert keys_named("nonsense") == keys_named("thresholds.nonsense") == keys_named("") == []


def test_a_key_is_explained_without_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = _run("routing.time_intervals.location").stdout
    for part in ("Time zone", "routing.time_intervals.NAME[].location", "IANA", "location: Europe/"):
        assert part in text
    text = _run("thresholds").stdout
    for part in ("by severity", "mapping from names", "above: 5", "keep_firing_for   How long"):
        assert part in text
    assert "`seconds`, `milliseconds`" in _run("alerts.unit").stdout
    assert "the key is required" in _run("severities.rank").stdout
    assert "at least 1" in _run("severities.rank").stdout
    assert "`1m`" in _run("defaults.interval").stdout
    several = _run("for").stdout
    assert "exists in several places" in several
    assert "policy.for" in several
    again = re.findall(r"tocsin explain (\S+)", several)
    assert "exists in several places" not in _run(*again).stdout
    assert _run("http_config").stdout.count("in place of the global one") == 1
    unknown = _run("treshold")
    assert (unknown.exit_code, "did you mean `thresholds`?" in unknown.stderr) == (2, True)


@pytest.mark.parametrize("name", sorted({key.path[-1] for key in spec_keys()}))
def test_every_key_can_be_explained_within_80_columns(name: str) -> None:
    result = _run(name)
    assert result.exit_code == 0
    prose = [line for line in result.stdout.split("\n") if len(line) > 80 and ": " not in line]
    paths = ("receivers.", "groups.", "project.")
    assert [line for line in prose if not line.lstrip().startswith(paths)] == []


@pytest.mark.parametrize(
    ("written", "texts"),
    [
        (base.Duration, ["5m", "1h30m", "0", "15ms", "1d2h3ms", "", "5", "5x", "m", "1.5h", "30m1h", "5 m"]),
        (base.StartTime, ["00:00", "09:30", "23:59", "9:30", "24:00", "12:60", "noon"]),
        (base.EndTime, ["00:01", "24:00", "17:30", "24:01", "5pm"]),
        (base.Location, ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3"]),
    ],
)
def test_the_patterns_of_the_schema_take_what_the_models_take(written: Any, texts: list[str]) -> None:
    adapter = TypeAdapter(written)
    pattern = re.compile(adapter.json_schema()["pattern"])
    for text in texts:
        try:
            adapter.validate_python(text)
        except ValidationError:
            assert pattern.search(text) is None, text
        else:
            assert pattern.search(text) is not None, text


def test_the_schema_has_an_address_and_examples() -> None:
    schema = spec_schema()
    assert schema["$id"] == "urn:tocsin:spec"
    properties = [
        about for model in schema["$defs"].values() for about in model.get("properties", {}).values()
    ]
    with_examples = [about for about in properties if "examples" in about]
    assert len(with_examples) > 0.6 * len(properties)
    assert "…" not in json.dumps([about["examples"] for about in with_examples], ensure_ascii=False)
