"""The types of what a template of a notification reads, with their fields, methods and functions.

They are those of Alertmanager's `template/template.go`, and of Go's `time` for what it makes of times.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


class Type(Enum):
    """A type; its value is what it is called in a message."""

    UNKNOWN = "a value"
    """Nothing is known about it; as a parameter it takes everything."""
    NOTHING = "nothing"
    """The dot of a template that is called without one, and `nil`."""
    DATA = "a notification"
    ALERT = "an alert"
    ALERTS = "the list of alerts"
    ALERT_LIST = "a list of alerts"
    """What `.Alerts.Firing` and `.Alerts.Resolved` give, without their methods."""
    GROUP_LABELS = "the group's labels"
    COMMON_LABELS = "the common labels"
    LABELS = "an alert's labels"
    ANNOTATIONS = "annotations"
    KV = "a set of labels"
    PAIRS = "a list of pairs"
    PAIR = "a pair"
    STRINGS = "a list of strings"
    STRING = "a string"
    STATUS = "a status"
    HTML = "a string of HTML"
    BOOL = "a boolean"
    INT = "an integer"
    BYTE = "a byte"
    BYTES = "a list of bytes"
    FLOAT = "a number"
    TIME = "a time"
    DURATION = "a duration"
    MONTH = "a month"
    WEEKDAY = "a weekday"
    LOCATION = "a time zone"
    LIST = "a list"
    DICT = "a dict"


@frozen
class Signature:
    """What a function or method takes and gives."""

    parameters: tuple[Type, ...]
    result: Type
    rest: Type | None = None
    """The type of the further arguments, of which there can be any number."""


T = Type
MAPS = frozenset({T.GROUP_LABELS, T.COMMON_LABELS, T.LABELS, T.ANNOTATIONS, T.KV})
TEXTS = frozenset({T.STRING, T.STATUS})
"""Go's `string`."""
INTEGERS = frozenset({T.INT, T.DURATION, T.MONTH, T.WEEKDAY})
ELEMENTS: Mapping[Type, Type] = {
    T.ALERTS: T.ALERT,
    T.ALERT_LIST: T.ALERT,
    T.STRINGS: T.STRING,
    T.PAIRS: T.PAIR,
    T.LIST: T.UNKNOWN,
    T.BYTES: T.BYTE,
}
"""By type of a list: that of its items."""
NULLABLE = frozenset({*MAPS, *ELEMENTS, T.DICT, T.UNKNOWN, T.LOCATION})
"""What can be `nil`."""

FIELDS: Mapping[Type, Mapping[str, Type]] = {
    T.DATA: {
        "Receiver": T.STRING,
        "Status": T.STATUS,
        "Alerts": T.ALERTS,
        "GroupLabels": T.GROUP_LABELS,
        "CommonLabels": T.COMMON_LABELS,
        "CommonAnnotations": T.ANNOTATIONS,
        "ExternalURL": T.STRING,
        "NotificationReason": T.STRING,
    },
    T.ALERT: {
        "Status": T.STATUS,
        "Labels": T.LABELS,
        "Annotations": T.ANNOTATIONS,
        "StartsAt": T.TIME,
        "EndsAt": T.TIME,
        "GeneratorURL": T.STRING,
        "Fingerprint": T.STRING,
    },
    T.PAIR: {"Name": T.STRING, "Value": T.STRING},
}

_KV = {
    "SortedPairs": Signature((), T.PAIRS),
    "Remove": Signature((T.STRINGS,), T.KV),
    "Names": Signature((), T.STRINGS),
    "Values": Signature((), T.STRINGS),
    "String": Signature((), T.STRING),
}
_DURATION = {
    **dict.fromkeys(("Hours", "Minutes", "Seconds"), Signature((), T.FLOAT)),
    **dict.fromkeys(("Milliseconds", "Microseconds", "Nanoseconds"), Signature((), T.INT)),
    **dict.fromkeys(("Round", "Truncate"), Signature((T.DURATION,), T.DURATION)),
    "Abs": Signature((), T.DURATION),
    "String": Signature((), T.STRING),
}
_TIME = {
    **dict.fromkeys(
        ("Day", "Hour", "Minute", "Nanosecond", "Second", "Year", "YearDay"),
        Signature((), T.INT),
    ),
    **dict.fromkeys(
        ("Unix", "UnixMicro", "UnixMilli", "UnixNano"),
        Signature((), T.INT),
    ),
    **dict.fromkeys(("Local", "UTC"), Signature((), T.TIME)),
    **dict.fromkeys(("IsDST", "IsZero"), Signature((), T.BOOL)),
    **dict.fromkeys(("After", "Before", "Equal"), Signature((T.TIME,), T.BOOL)),
    **dict.fromkeys(("Round", "Truncate"), Signature((T.DURATION,), T.TIME)),
    **dict.fromkeys(("GoString", "String"), Signature((), T.STRING)),
    **dict.fromkeys(("MarshalBinary", "MarshalJSON", "MarshalText", "GobEncode"), Signature((), T.BYTES)),
    **dict.fromkeys(("AppendBinary", "AppendText"), Signature((T.BYTES,), T.BYTES)),
    **dict.fromkeys(
        ("UnmarshalBinary", "UnmarshalJSON", "UnmarshalText", "GobDecode"), Signature((T.BYTES,), T.UNKNOWN)
    ),
    "Add": Signature((T.DURATION,), T.TIME),
    "AddDate": Signature((T.INT, T.INT, T.INT), T.TIME),
    "AppendFormat": Signature((T.BYTES, T.STRING), T.BYTES),
    "Compare": Signature((T.TIME,), T.INT),
    "Format": Signature((T.STRING,), T.STRING),
    "In": Signature((T.LOCATION,), T.TIME),
    "Location": Signature((), T.LOCATION),
    "Month": Signature((), T.MONTH),
    "Sub": Signature((T.TIME,), T.DURATION),
    "Weekday": Signature((), T.WEEKDAY),
}
METHODS: Mapping[Type, Mapping[str, Signature]] = {
    **dict.fromkeys(MAPS, _KV),
    T.ALERTS: {"Firing": Signature((), T.ALERT_LIST), "Resolved": Signature((), T.ALERT_LIST)},
    T.PAIRS: {name: _KV[name] for name in ("Names", "Values", "String")},
    T.TIME: _TIME,
    T.DURATION: _DURATION,
    **{one: {"String": Signature((), T.STRING)} for one in (T.MONTH, T.WEEKDAY, T.LOCATION)},
}
SEVERAL_RESULTS = frozenset({"Clock", "Date", "ISOWeek", "Zone", "ZoneBounds"})
"""Methods of a time that no template can call: they give several values."""

_ANY = T.UNKNOWN
FUNCTIONS: Mapping[str, Signature] = {
    **dict.fromkeys(("toUpper", "toLower", "title", "trimSpace"), Signature((T.STRING,), T.STRING)),
    "urlUnescape": Signature((T.STRING,), T.STRING),
    **dict.fromkeys(("safeHtml", "safeUrl"), Signature((T.STRING,), T.HTML)),
    "join": Signature((T.STRING, T.STRINGS), T.STRING),
    "match": Signature((T.STRING, T.STRING), T.BOOL),
    "reReplaceAll": Signature((T.STRING, T.STRING, T.STRING), T.STRING),
    "stringSlice": Signature((), T.STRINGS, T.STRING),
    "date": Signature((T.STRING, T.TIME), T.STRING),
    "tz": Signature((T.STRING, T.TIME), T.TIME),
    "since": Signature((T.TIME,), T.DURATION),
    "humanizeDuration": Signature((_ANY,), T.STRING),
    "toJson": Signature((_ANY,), T.STRING),
    "list": Signature((), T.LIST, _ANY),
    "append": Signature((T.LIST,), T.LIST, _ANY),
    "dict": Signature((), T.DICT, _ANY),
    "and": Signature((_ANY,), _ANY, _ANY),
    "or": Signature((_ANY,), _ANY, _ANY),
    "not": Signature((_ANY,), T.BOOL),
    "len": Signature((_ANY,), T.INT),
    "index": Signature((_ANY,), _ANY, _ANY),
    "slice": Signature((_ANY,), _ANY, _ANY),
    "call": Signature((_ANY,), _ANY, _ANY),
    **dict.fromkeys(("print", "println", "html", "js", "urlquery"), Signature((), T.STRING, _ANY)),
    "printf": Signature((T.STRING,), T.STRING, _ANY),
    "eq": Signature((_ANY,), T.BOOL, _ANY),
    **dict.fromkeys(("ne", "lt", "le", "gt", "ge"), Signature((_ANY, _ANY), T.BOOL)),
}
"""Those that Alertmanager's templates may call, Go's own among them."""
