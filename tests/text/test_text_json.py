"""The JSON writer."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from tocsin.text.json import json_bytes


def test_keys_keep_their_order_and_the_text_ends_with_a_newline() -> None:
    assert json_bytes({"b": 1, "a": ["é"]}).decode() == '{\n  "b": 1,\n  "a": [\n    "é"\n  ]\n}\n'


def test_a_frozen_mapping_is_an_object_and_a_tuple_a_list() -> None:
    assert json_bytes(MappingProxyType({"a": (1,)})) == json_bytes({"a": [1]})


def test_a_value_that_json_has_no_writing_for_is_refused() -> None:
    with pytest.raises(TypeError):
        json_bytes({"key": object()})
