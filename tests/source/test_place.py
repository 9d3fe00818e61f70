import pytest

from tocsin.source import Document, MappingNode, Place, Sources, read_yaml

TEXT = """\
alerts:
  Disk:
    query: 'up ''x'''
    labels:
      - {a: b}
      - [c]
    empty:
"""


def at(*path: str | int, piece: tuple[int, int] | None = None, key: bool = False) -> str:
    node = read_yaml(Document("a.yaml", TEXT)).node
    assert isinstance(node, MappingNode)
    span = Sources(node).locate(Place(path, piece, key))
    return TEXT[span.start : span.end]


def test_values_keys_and_pieces() -> None:
    assert at("alerts", "Disk", "query") == "'up ''x'''"
    assert at("alerts", "Disk", "query", piece=(3, 6)) == "''x''"
    assert at("alerts", "Disk", "query", key=True) == "query"
    assert at("alerts", "Disk", key=True, piece=(0, 2)) == "Di"


def test_a_mapping_or_list_is_named_by_its_key() -> None:
    assert at("alerts", "Disk") == "Disk"
    assert at("alerts", "Disk", "labels") == "labels"
    assert at("alerts", "Disk", "labels", 1) == "[c]"
    assert at("alerts", "Disk", "labels", 0, key=True) == "{a: b}"


def test_an_empty_value_is_named_by_its_key() -> None:
    assert at("alerts", "Disk", "empty") == "empty"


def test_a_path_that_leads_nowhere_stops_at_the_last_thing_written() -> None:
    assert at("alerts", "Disk", "missing", "deeper") == "Disk"
    assert at("alerts", "Disk", "query", "deeper", piece=(0, 1)) == "query"
    assert at("alerts", "Disk", "labels", 7) == "labels"
    assert at("alerts", "Disk", "labels", 0, "z") == "{a: b}"
    assert at("alerts", "Disk", "labels", "word") == "labels"


def test_nothing_read_is_no_place() -> None:
    with pytest.raises(LookupError):
        Sources(None).locate(Place(("a",)))
