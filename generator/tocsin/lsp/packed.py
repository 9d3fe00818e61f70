"""Values that one process of a language server has sent to the other, read when they are needed."""

from __future__ import annotations

import gc
import pickle
from functools import cached_property
from typing import Any, Generic, TypeVar

from tocsin.value_pickle import pickle_value

Value = TypeVar("Value")


class Packed(Generic[Value]):
    """A value in bytes of its own: who receives it reads these when the value is first asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @classmethod
    def of(cls, value: Value) -> Packed[Value]:
        """A value as bytes."""
        return cls(pickle_value(value))

    @cached_property
    def value(self) -> Value:
        """The value, which is the same object each time."""
        value: Value = load_value(self._content)
        self._content = b""
        return value


def load_value(content: bytes) -> Any:
    """The value that was sent as these bytes.

    It stays for long, and is of so many parts that looking through them for what is no longer needed would
    take longer than making them: no garbage collection is made meanwhile, and none later looks at them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        value = pickle.loads(content)
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()
    return value
