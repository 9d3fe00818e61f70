"""The models of receivers and of Alertmanager's global section, made of the data in `lang.alertmanager`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from tocsin.lang.alertmanager.constraints import AtLeastOne, AtMostOne
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Choice, Kind, Many, Named, Record, TextOr
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.spec.base import Duration, Model, TimeZone, text_form
from tocsin.spec.integrations.secrets import Guarded, Refused, SecretInClear
from tocsin.spec.integrations.values import (
    File,
    GoDuration,
    HostPort,
    ProxyUrl,
    PublicText,
    PublicUrl,
    TargetUrl,
    TemplatedTargetUrl,
    TemplatedUrl,
    Url,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.constraints import BrokenRule, Rule
    from tocsin.lang.alertmanager.schema import Key, Type

NotificationTexts = Literal["generated", "own"]
"""Whether channels without texts of their own are given generated ones."""
M = TypeVar("M", bound=Model)

_KINDS: dict[Kind, Any] = {
    Kind.ANYTHING: Any,
    Kind.TEXT: str,
    Kind.SECRET: str,
    Kind.PUBLIC: PublicText,
    Kind.PATH: File,
    Kind.FLAG: bool,
    Kind.NUMBER: int,
    Kind.FRACTION: Annotated[int | float, WithJsonSchema({"type": "number"})],
    Kind.COUNT: Annotated[int, Field(ge=0)],
    Kind.DURATION: Duration,
    Kind.GO_DURATION: GoDuration,
    Kind.GO_DURATION_TEXT: GoDuration,
    Kind.HOST_PORT: HostPort,
    Kind.URL: Url,
    Kind.PUBLIC_URL: PublicUrl,
    Kind.UNCHECKED_URL: Url,
    Kind.UNCHECKED_URL_TEMPLATE: TemplatedUrl,
    Kind.TARGET_URL: TargetUrl,
    Kind.TARGET_URL_TEMPLATE: TemplatedTargetUrl,
    Kind.PROXY_URL: ProxyUrl,
}
_MODELS: dict[str, type[Model]] = {}
_RECORDS: dict[type, Record] = {}


def record_of(model: type) -> Record | None:
    """What a model of this module is made of; None for any other class."""
    return _RECORDS.get(model)


def _model(record: Record) -> type[Model]:
    if record.name not in _MODELS:
        is_guarded = any(key.instead is not None for key in record.keys.values())
        _MODELS[record.name] = _model_on(Guarded if is_guarded else Model, record)
    return _MODELS[record.name]


def _model_on(base: type[M], record: Record) -> type[M]:
    validators: dict[str, Any] = {"_rules": model_validator(mode="after")(_validator(record))}
    fields: dict[str, Any] = {name: _field(key) for name, key in record.keys.items() if not key.in_files_only}
    made: type[M] = create_model(
        record.name,
        __base__=base,
        __doc__=record.about,
        __module__=__name__,
        __validators__=validators,
        **fields,
    )
    _RECORDS[made] = record
    return made


def _field(key: Key) -> Any:
    if key.instead is not None:
        mark = SecretInClear(key.instead, allowed=key.public)
        if not key.public:
            return (Annotated[Refused, mark], None)
        return (Annotated[Literal[key.public] | None, mark], Field(default=None, description=key.description))
    if key.type is Kind.ANYTHING:
        return (Any, Field(default=None, description=key.description))
    if not key.required:
        return (_type(key.type) | None, Field(default=None, description=key.description))
    shortest = 1 if key.type is Kind.TEXT else None
    return (_type(key.type), Field(description=key.description, min_length=shortest))


def _type(kind: Type) -> Any:
    if isinstance(kind, Kind):
        return _KINDS[kind]
    if isinstance(kind, Choice):
        return Literal[kind.names]
    if isinstance(kind, Many):
        return list[_type(kind.item)]  # type: ignore[misc]
    if isinstance(kind, Named):
        return dict[str, _type(kind.item)]  # type: ignore[misc]
    return str | _model(kind.whole) if isinstance(kind, TextOr) else _model(kind)


def _rules(record: Record) -> Iterator[Rule]:
    """The rules over the keys that an author of a spec may write."""
    for rule in (*record.rules, *record.spec_rules, *record.pairs):
        if not isinstance(rule, AtLeastOne | AtMostOne):
            yield rule
            continue
        keys = offered_keys(record, rule.keys)
        if isinstance(rule, AtLeastOne) or len(keys) > 1:
            yield replace(rule, keys=keys)


def offered_keys(record: Record, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the keys that an author of a spec may write."""
    return tuple(name for name in keys if record.keys[name].is_offered)


def _validator(record: Record) -> Any:
    rules = tuple(_rules(record))

    def validate(self: Model) -> Model:
        written = _written(self.model_dump(exclude_none=True)) if rules else {}
        for rule in rules:
            for broken in rule(written):
                raise _error(broken)
        return self

    return validate


def _written(value: Any) -> Any:
    """A value as the rules read it: mappings and lists, and everything else as text."""
    if isinstance(value, dict):
        return {key: _written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return str(value)


def _error(broken: BrokenRule) -> PydanticCustomError:
    context = {"reason": broken.message}
    if broken.missing is not None:
        value = "/path/to/file" if broken.missing.endswith("_file") else "…"
        context["help"] = f"write `{broken.missing}: {value}`"
    kind = "key_missing" if broken.missing else "keys_conflict" if broken.is_conflict else "integration_rule"
    return PydanticCustomError(kind, "{reason}", context)


class Integration(Guarded):
    """One way of notifying: one item under one of Alertmanager's `…_configs`."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON Schema, which asks also for the keys that only a rule asks for."""
        found = handler(schema)
        whole, record = handler.resolve_ref_schema(found), _RECORDS[cls]
        rules = (rule.keys for rule in _rules(record) if isinstance(rule, AtLeastOne))
        needed = (*(keys[0] for keys in rules if len(keys) == 1), *record.needs)
        if needed:
            whole["required"] = [*whole.get("required", ()), *needed]
        return found


def _not_name(label: str) -> str:
    if label == "name":
        help_ = "take it away"
        raise PydanticCustomError("label_name", "Alertmanager adds the label `name` itself", {"help": help_})
    return label


ReceiverLabel = Annotated[str, AfterValidator(_not_name), text_form("label", "owner")]


class _NamedReceiver(Guarded):
    """Where notifications go; without any integration they are dropped."""

    title: str | None = Field(default=None, description="Name to show in documents.")
    description: str | None = Field(default=None, description="Who or what gets these notifications.")
    timezone: TimeZone | None = Field(
        default=None, description="Time zone of the times in its messages; the project's when absent."
    )
    texts: NotificationTexts | None = Field(
        default=None, description="Whose texts its channels have; as in `notifications` when absent."
    )
    labels: dict[ReceiverLabel, str] | None = Field(
        default=None,
        description="Labels by which Alertmanager's API finds it, which 0.33 brought; they are on no alert.",
    )

    def channels(self) -> Iterator[tuple[str, list[Model]]]:
        """The integrations that it has, by name, each with its items."""
        for name in INTEGRATIONS:
            if items := getattr(self, name):
                yield name, items


CHANNELS: dict[str, type[Integration]] = {
    name: _model_on(Integration, integration.record) for name, integration in INTEGRATIONS.items()
}
"""The model of each integration, by its key in a spec."""

if TYPE_CHECKING:
    Receiver = _NamedReceiver
    Global = Guarded
    Tracing = Guarded
    EventRecorder = Guarded
else:
    Receiver = create_model(
        "Receiver",
        __base__=_NamedReceiver,
        __doc__=_NamedReceiver.__doc__,
        __module__=__name__,
        **{
            name: (list[CHANNELS[name]] | None, Field(default=None, description=integration.title))
            for name, integration in INTEGRATIONS.items()
        },
    )
    Global = _model(SETTINGS)
    Tracing, EventRecorder = (_model(record) for record, _ in SECTIONS.values())
