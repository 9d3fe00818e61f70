"""What the server receives from the process that checks."""

from __future__ import annotations

import gc
import pickle

import pytest

from tocsin.lsp.packed import Packed, load_value
from tocsin.source.place import Place
from tocsin.value_pickle import pickle_value


def test_a_packed_value_is_read_once() -> None:
    place = Place(("groups", "g"))
    packed: Packed[Place] = pickle.loads(pickle_value(Packed.of(place)))
    assert packed.value == place
    assert packed.value is packed.value


@pytest.mark.parametrize("was_enabled", [True, False])
def test_garbage_is_collected_afterwards_as_before(was_enabled: bool) -> None:
    enabled = gc.isenabled()
    try:
        (gc.enable if was_enabled else gc.disable)()
        assert load_value(pickle_value(Place(("groups",)))) == Place(("groups",))
        with pytest.raises(EOFError):
            load_value(b"")
        assert gc.isenabled() == was_enabled
    finally:
        (gc.enable if enabled else gc.disable)()
        gc.unfreeze()
