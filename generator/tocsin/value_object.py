"""Immutable values that cost no more than mutable ones: the type checker guards them, not Python."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(cls: type[T]) -> type[T]:
    """A dataclass with slots that can be a key, and of which no field is set after it was made.

    mypy enforces that. A guard at run time, as `dataclass(frozen=True)` has, makes each value five times as
    slow to create, and the parts of queries and plans are created by the million.

    The methods are written, and the class is made known as a dataclass, when somebody first asks for it: a
    run uses few of the four hundred classes that it loads, and `dataclass` takes longer for all of them than
    checking a small spec.
    """
    namespace = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    defaults: dict[str, Any] = {name: namespace.pop(name, MISSING) for name in cls.__annotations__}
    inherited = {name for base in cls.__mro__[1:] for name in vars(base).get("__slots__", ())}
    namespace["__slots__"] = tuple(name for name in defaults if name not in inherited)
    namespace[_FIELDS] = _DataclassFields(cls)
    metaclass: Any = type(cls)
    made: type[T] = metaclass(cls.__name__, cls.__bases__, namespace)
    _OWN_DEFAULTS[made] = defaults
    for name, write in _METHODS.items():
        if vars(made).get(name) is None:
            setattr(made, name, _written_on_use(made, name, write))
    return made


class ReadOnUse:
    """The base of a value object that may be made of text, which is read when somebody asks for a field.

    Most who look at a large value never look at such a part of it.
    """

    __slots__ = ("_unread",)
    _unread: Callable[[], Iterable[Any]]

    @classmethod
    def later(cls: type[T], read: Callable[[], Iterable[Any]]) -> T:
        """The object whose fields `read` returns, in their order."""
        made = object.__new__(cls)
        made._unread = read  # type: ignore[attr-defined]
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets the fields: what reads them is of this one."""
        return type(self), tuple(getattr(self, name) for name in _defaults(type(self)))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """A field that nobody has asked for; a field that was set is found before."""
            names = _defaults(type(self))
            if name not in names:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            read = getattr(self, "_unread", None)
            if read is not None:
                for field_name, value in zip(names, read(), strict=True):
                    setattr(self, field_name, value)
                # Whoever has asked at the same time has set equal values.
                with suppress(AttributeError):
                    del self._unread
            return object.__getattribute__(self, name)


def attributes_reader(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads the attributes of these names of an object, in their order."""
    names = tuple(names)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


_OWN_DEFAULTS: dict[type, dict[str, Any]] = {}
"""The fields that each class adds to those of its bases, with their defaults."""
_FIELDS = "__dataclass_fields__"


class _DataclassFields:
    """Stands where `dataclasses` looks for the fields of a class, until it looks."""

    def __init__(self, written: type) -> None:
        self._written = written

    def __get__(self, value: object, kind: type) -> object:
        # The class that asks may be one that is derived from the one in which this stands.
        owner = next(one for one in kind.__mro__ if vars(one).get(_FIELDS) is self)
        known = vars(dataclass(init=False, repr=False, eq=False)(self._written))
        for name in (_FIELDS, "__dataclass_params__"):
            setattr(owner, name, known[name])
        return known[_FIELDS]


def _defaults(kind: type) -> dict[str, Any]:
    """The fields of a class, in their order, each with its default, `field` or MISSING."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        found |= _OWN_DEFAULTS.get(base, {})
    return found


def _written_on_use(cls: type, name: str, write: Callable[[type], Callable[..., Any]]) -> Callable[..., Any]:
    def method(self: object, *args: object, **kwargs: object) -> object:
        written = write(cls)
        # Somebody may have put a method around this one.
        if vars(cls)[name] is method:
            setattr(cls, name, written)
        return written(self, *args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    return method


def _init(cls: type) -> Callable[..., Any]:
    arguments, lines = ["self"], []
    known: dict[str, Any] = {"_MISSING": MISSING}
    for name, default in _defaults(cls).items():
        factory: Any = MISSING
        wanted = True
        if isinstance(default, Field):
            factory, wanted, default = default.default_factory, default.init, default.default
        known[f"_default_{name}"] = default if factory is MISSING else factory
        made = f"_default_{name}" if factory is MISSING else f"_default_{name}()"
        if not wanted:
            if known[f"_default_{name}"] is not MISSING:
                lines.append(f"self.{name} = {made}")
        elif factory is not MISSING:
            arguments.append(f"{name}=_MISSING")
            lines.append(f"self.{name} = {made} if {name} is _MISSING else {name}")
        else:
            arguments.append(name if default is MISSING else f"{name}=_default_{name}")
            lines.append(f"self.{name} = {name}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    return _written(cls, f"__init__({', '.join(arguments)})", lines or ["pass"], known)


def _repr(cls: type) -> Callable[..., Any]:
    names = [one for one, default in _defaults(cls).items() if not isinstance(default, Field) or default.repr]

    def __repr__(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _eq(cls: type) -> Callable[..., Any]:
    names = [name for name, default in _defaults(cls).items() if _is_compared(default)]
    lines = [
        "if other.__class__ is not self.__class__: return NotImplemented",
        f"return {_fields_of('self', names)} == {_fields_of('other', names)}",
    ]
    return _written(cls, "__eq__(self, other)", lines, {})


def _hash(cls: type) -> Callable[..., Any]:
    names = [name for name, default in _defaults(cls).items() if _is_hashed(default)]
    return _written(cls, "__hash__(self)", [f"return hash({_fields_of('self', names)})"], {})


def _fields_of(value: str, names: Iterable[str]) -> str:
    """A tuple of fields, which Python reads faster than any function reads them."""
    return f"({''.join(f'{value}.{name}, ' for name in names)})"


def _written(cls: type, head: str, lines: Iterable[str], known: dict[str, Any]) -> Callable[..., Any]:
    """A function of these lines, which this module writes of names that Python takes for fields."""
    body = "\n    ".join(lines)
    exec(f"def {head}:\n    {body}", known)
    name = head.partition("(")[0]
    found: Callable[..., Any] = known[name]
    found.__qualname__ = f"{cls.__qualname__}.{name}"
    return found


def _is_compared(default: object) -> bool:
    return default.compare if isinstance(default, Field) else True


def _is_hashed(default: object) -> bool:
    if isinstance(default, Field) and default.hash is not None:
        return default.hash
    return _is_compared(default)


_METHODS = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash}
