"""The types of what a template of a notification reads, with their fields, methods and functions.

They are those of Alertmanager's `template/template.go`, and of Go's `time` for what it makes of times.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


class GoType(Enum):
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
    COMMON_ANNOTATIONS = "the common annotations"
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


@value_object
class GoSignature:
    """What a function or method takes and gives."""

    parameters: tuple[GoType, ...]
    result: GoType
    rest: GoType | None = None
    """The type of the further arguments, of which there can be any number."""


T = GoType
MAPS = frozenset({T.GROUP_LABELS, T.COMMON_LABELS, T.LABELS, T.ANNOTATIONS, T.COMMON_ANNOTATIONS, T.KV})
TEXTS = frozenset({T.STRING, T.STATUS})
"""Go's `string`."""
INTEGERS = frozenset({T.INT, T.DURATION, T.MONTH, T.WEEKDAY})
ELEMENTS: Mapping[GoType, GoType] = {
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

FIELDS: Mapping[GoType, Mapping[str, GoType]] = {
    T.DATA: {
        "Receiver": T.STRING,
        "Status": T.STATUS,
        "Alerts": T.ALERTS,
        "GroupLabels": T.GROUP_LABELS,
        "CommonLabels": T.COMMON_LABELS,
        "CommonAnnotations": T.COMMON_ANNOTATIONS,
        "ExternalURL": T.STRING,
        "NotificationReason": T.STRING,
        "RouteLabels": T.KV,
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
    "SortedPairs": GoSignature((), T.PAIRS),
    "Remove": GoSignature((T.STRINGS,), T.KV),
    "Names": GoSignature((), T.STRINGS),
    "Values": GoSignature((), T.STRINGS),
    "String": GoSignature((), T.STRING),
}
_DURATION = {
    **dict.fromkeys(("Hours", "Minutes", "Seconds"), GoSignature((), T.FLOAT)),
    **dict.fromkeys(("Milliseconds", "Microseconds", "Nanoseconds"), GoSignature((), T.INT)),
    **dict.fromkeys(("Round", "Truncate"), GoSignature((T.DURATION,), T.DURATION)),
    "Abs": GoSignature((), T.DURATION),
    "String": GoSignature((), T.STRING),
}
_TIME = {
    **dict.fromkeys(
        ("Day", "Hour", "Minute", "Nanosecond", "Second", "Year", "YearDay"),
        GoSignature((), T.INT),
    ),
    **dict.fromkeys(
        ("Unix", "UnixMicro", "UnixMilli", "UnixNano"),
        GoSignature((), T.INT),
    ),
    **dict.fromkeys(("Local", "UTC"), GoSignature((), T.TIME)),
    **dict.fromkeys(("IsDST", "IsZero"), GoSignature((), T.BOOL)),
    **dict.fromkeys(("After", "Before", "Equal"), GoSignature((T.TIME,), T.BOOL)),
    **dict.fromkeys(("Round", "Truncate"), GoSignature((T.DURATION,), T.TIME)),
    **dict.fromkeys(("GoString", "String"), GoSignature((), T.STRING)),
    **dict.fromkeys(("MarshalBinary", "MarshalJSON", "MarshalText", "GobEncode"), GoSignature((), T.BYTES)),
    **dict.fromkeys(("AppendBinary", "AppendText"), GoSignature((T.BYTES,), T.BYTES)),
    **dict.fromkeys(
        ("UnmarshalBinary", "UnmarshalJSON", "UnmarshalText", "GobDecode"), GoSignature((T.BYTES,), T.UNKNOWN)
    ),
    "Add": GoSignature((T.DURATION,), T.TIME),
    "AddDate": GoSignature((T.INT, T.INT, T.INT), T.TIME),
    "AppendFormat": GoSignature((T.BYTES, T.STRING), T.BYTES),
    "Compare": GoSignature((T.TIME,), T.INT),
    "Format": GoSignature((T.STRING,), T.STRING),
    "In": GoSignature((T.LOCATION,), T.TIME),
    "Location": GoSignature((), T.LOCATION),
    "Month": GoSignature((), T.MONTH),
    "Sub": GoSignature((T.TIME,), T.DURATION),
    "Weekday": GoSignature((), T.WEEKDAY),
}
METHODS: Mapping[GoType, Mapping[str, GoSignature]] = {
    **dict.fromkeys(MAPS, _KV),
    T.ALERTS: {"Firing": GoSignature((), T.ALERT_LIST), "Resolved": GoSignature((), T.ALERT_LIST)},
    T.PAIRS: {name: _KV[name] for name in ("Names", "Values", "String")},
    T.TIME: _TIME,
    T.DURATION: _DURATION,
    **{one: {"String": GoSignature((), T.STRING)} for one in (T.MONTH, T.WEEKDAY, T.LOCATION)},
}
SEVERAL_RESULTS = frozenset({"Clock", "Date", "ISOWeek", "Zone", "ZoneBounds"})
"""Methods of a time that no template can call: they give several values."""

_ANY = T.UNKNOWN
FUNCTIONS: Mapping[str, GoSignature] = {
    **dict.fromkeys(("toUpper", "toLower", "title", "trimSpace"), GoSignature((T.STRING,), T.STRING)),
    **dict.fromkeys(
        ("urlUnescape", "routeLabels", "base64encode", "base64decode"), GoSignature((T.STRING,), T.STRING)
    ),
    **dict.fromkeys(("safeHtml", "safeUrl"), GoSignature((T.STRING,), T.HTML)),
    "join": GoSignature((T.STRING, T.STRINGS), T.STRING),
    "match": GoSignature((T.STRING, T.STRING), T.BOOL),
    "reReplaceAll": GoSignature((T.STRING, T.STRING, T.STRING), T.STRING),
    "stringSlice": GoSignature((), T.STRINGS, T.STRING),
    "date": GoSignature((T.STRING, T.TIME), T.STRING),
    "tz": GoSignature((T.STRING, T.TIME), T.TIME),
    **dict.fromkeys(("toDate", "mustToDate"), GoSignature((T.STRING, T.STRING), T.TIME)),
    "addDuration": GoSignature((T.STRING, T.TIME), T.INT),
    "now": GoSignature((), T.TIME),
    "since": GoSignature((T.TIME,), T.DURATION),
    "humanizeDuration": GoSignature((_ANY,), T.STRING),
    "toJson": GoSignature((_ANY,), T.STRING),
    "list": GoSignature((), T.LIST, _ANY),
    "append": GoSignature((T.LIST,), T.LIST, _ANY),
    "dict": GoSignature((), T.DICT, _ANY),
    "and": GoSignature((_ANY,), _ANY, _ANY),
    "or": GoSignature((_ANY,), _ANY, _ANY),
    "not": GoSignature((_ANY,), T.BOOL),
    "len": GoSignature((_ANY,), T.INT),
    "index": GoSignature((_ANY,), _ANY, _ANY),
    "slice": GoSignature((_ANY,), _ANY, _ANY),
    "call": GoSignature((_ANY,), _ANY, _ANY),
    **dict.fromkeys(("print", "println", "html", "js", "urlquery"), GoSignature((), T.STRING, _ANY)),
    "printf": GoSignature((T.STRING,), T.STRING, _ANY),
    "eq": GoSignature((_ANY,), T.BOOL, _ANY),
    **dict.fromkeys(("ne", "lt", "le", "gt", "ge"), GoSignature((_ANY, _ANY), T.BOOL)),
}
"""Those that Alertmanager's templates may call, Go's own among them."""
