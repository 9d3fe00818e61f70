"""JSON is read as YAML, at the same places."""

from __future__ import annotations

import json

from tocsin.source import Document, read_stream
from tocsin.source.json import json_as_yaml
from tocsin.source.node import plain_data


def test_a_character_beyond_the_first_plane_keeps_its_place() -> None:
    text = json.dumps({"title": "🔴 x", "other": "\\ud83d\\ude00", "c": "é/\t"})
    made = json_as_yaml(text)
    assert len(made) == len(text)
    stream = read_stream(Document("a.json", made))
    assert stream.faults == ()
    assert plain_data(stream.nodes[0]) == {"title": "🔴   x", "other": "\\ud83d\\ude00", "c": "é/\t"}
