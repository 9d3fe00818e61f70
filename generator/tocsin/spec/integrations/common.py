"""What all the integrations share: secrets refused in clear, URLs, files, durations."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, PydanticOmit, core_schema

from tocsin.lang.urls import url_fault
from tocsin.spec.base import Duration, Model, text_form
from tocsin.value_object import value_object

HIDDEN = "<hidden>"
SLACK_POST_MESSAGE = "https://slack.com/api/chat.postMessage"

NO_SECRET_HERE = "a secret does not belong in the spec"
_NO_VARIABLES = "Alertmanager expands no variables"
_USERINFO = re.compile(r"^[^/]*//[^/?#]*@")
_SCHEMELESS = re.compile(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?P<port>:[0-9]{1,5})?(?:/\S*)?")
_SECRET_PARAMETERS = frozenset(
    {"access_token", "api_key", "apikey", "auth_token", "password", "secret", "sig", "signature", "token"}
)


def optional(description: str) -> Any:
    """A field that may be left out: Alertmanager then takes its own default."""
    return Field(default=None, description=description)


def field_refusal(kind: str, message: str, **advice: str) -> ValidationError:
    """An error at the field being validated that does not carry the field's value.

    The advice is a `help`, and what to `insert` before the value.
    """
    context = {"reason": message, **advice}
    error = PydanticCustomError(kind, "{reason}", context)  # type: ignore[type-arg,unused-ignore]
    return ValidationError.from_exception_data(
        "spec", [InitErrorDetails(type=error, loc=(), input=HIDDEN)], hide_input=True
    )


def secret_refusal(instead: str) -> ValidationError:
    """The refusal of a secret in clear, with what to do instead of it."""
    return field_refusal("secret_in_clear", f"{NO_SECRET_HERE}: {instead}")


@value_object
class SecretInClear:
    """Marks a key of Alertmanager that takes a secret in clear: known, and always refused.

    `instead` is the key that takes a file's path, or, where Alertmanager has none (a text with
    spaces in it), what to do. The values in `allowed` are public, and pass.
    """

    instead: str
    allowed: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What the error says after the colon."""
        if " " in self.instead:
            return self.instead
        return f"write `{self.instead}: /path/to/file` instead"

    def refuse(self, value: object) -> object:
        """Refuse any value except null and the public ones."""
        if value is not None and value not in self.allowed:
            raise secret_refusal(self.advice)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.refuse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if self.allowed:
            return handler(schema)
        raise PydanticOmit


Refused = Annotated[
    None, Field(exclude=True, repr=False, description="Refused: a secret is given by the path of its file.")
]


class Guarded(Model):
    """A model that knows which of Alertmanager's keys hold a secret in clear, and refuses them.

    The outermost model decides whether pydantic prints the input with an error, so whatever holds a
    `Guarded` model has to hide inputs too.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    secrets_in_clear: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.secrets_in_clear = {
            name: mark.instead
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, SecretInClear)
        }

    def given(self, *names: str) -> list[str]:
        """Which of these fields are set to something."""
        return [name for name in names if getattr(self, name) not in (None, "")]

    def exactly_one_of(self, *names: str) -> None:
        """Raise unless one of these fields is set, and only one."""
        given = self.given(*names)
        if not given:
            raise missing_one_of(names)
        if len(given) > 1:
            raise conflicting_keys(given)

    def needs(self, *names: str) -> None:
        """Raise unless all of these fields are set."""
        for name in names:
            if not self.given(name):
                raise missing_one_of((name,))

    def at_most_one_of(self, *names: str) -> None:
        """Raise when more than one of these fields is set."""
        given = self.given(*names)
        if len(given) > 1:
            raise conflicting_keys(given)


def missing_one_of(names: tuple[str, ...]) -> PydanticCustomError:
    """The error when none of these keys is there and one has to be."""
    keys = " or ".join(f"`{name}`" for name in names)
    value = "/path/to/file" if names[0].endswith("_file") else "…"
    help_ = f"write `{names[0]}: {value}`"
    return PydanticCustomError("key_missing", "{keys} is missing", {"keys": keys, "help": help_})


def conflicting_keys(names: list[str]) -> PydanticCustomError:
    """The error when these keys are there together and may not be."""
    keys = " and ".join(f"`{name}`" for name in names)
    return PydanticCustomError("keys_conflict", "{keys} exclude each other: keep one", {"keys": keys})


def broken_rule(message: str) -> PydanticCustomError:
    """The error for any other rule that the values break."""
    return PydanticCustomError("integration_rule", "{reason}", {"reason": message})


def _check_secretless(value: str, instead: str) -> None:
    if "${" in value:
        raise field_refusal("no_variables", _NO_VARIABLES)
    if _USERINFO.match(value):
        raise secret_refusal(f"take the user and the password out of the URL {instead}")
    for name, _ in parse_qsl(value.partition("?")[2], keep_blank_values=True):
        if name.lower() in _SECRET_PARAMETERS:
            raise secret_refusal(f"take the parameter that holds it out of the URL {instead}")


def _check_shape(value: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise field_refusal("url", "this is not a URL") from None
    if re.search(r"\s", value) or parts.scheme not in schemes or not host:
        kinds = " or ".join(f"{scheme}://" for scheme in schemes)
        reason = f"a URL starts with {kinds} and names a host"
        # The rest is not repeated: it may be a secret.
        found = _SCHEMELESS.fullmatch(value)
        if found is None:
            raise field_refusal("url", reason, help="write for example `https://wiki.example.org`")
        scheme = "https" if "." in found["host"] and found["port"] is None else "http"
        raise field_refusal("url", reason, help=f"write `{scheme}://` before it", insert=f"{scheme}://")
    if (fault := url_fault(value, any_scheme=True)) is not None:
        raise field_refusal(
            "url", fault, help="write it as a browser shows it, other characters as `%` and a code"
        )


_INSTEAD = "and use `http_config` with `basic_auth.password_file` or `authorization.credentials_file`"
_INSTEAD_FILE = "or put the whole URL in a file and name it in `url_file`"
_INSTEAD_PROXY = (
    "and use `proxy_from_environment: true`; Alertmanager reads a proxy's credentials from no file"
)


def _url(value: str) -> str:
    _check_secretless(value, _INSTEAD)
    _check_shape(value, ("http", "https"))
    return value


def _templated_url(value: str) -> str:
    _check_secretless(value, _INSTEAD)
    if "{{" not in value:
        _check_shape(value, ("http", "https"))
    return value


def _target_url(value: str) -> str:
    _check_secretless(value, _INSTEAD_FILE)
    if "{{" not in value:
        _check_shape(value, ("http", "https"))
    return value


def _plain_target_url(value: str) -> str:
    _check_secretless(value, _INSTEAD_FILE)
    _check_shape(value, ("http", "https"))
    return value


def _proxy_url(value: str) -> str:
    _check_secretless(value, _INSTEAD_PROXY)
    _check_shape(value, ("http", "https", "socks5", "socks5h"))
    return value


_HTTP = WithJsonSchema(
    {"type": "string", "pattern": "^https?://", "examples": ["https://alerts.example.org/api"]}
)

Url = Annotated[str, AfterValidator(_url), _HTTP]
"""The address of a service: http or https, with a host, without credentials."""
TemplatedUrl = Annotated[
    str,
    AfterValidator(_templated_url),
    text_form("url-template", "https://wiki.example.org/{{ .CommonLabels.alertname }}"),
]
"""The same, where Alertmanager renders a template first."""
TargetUrl = Annotated[str, AfterValidator(_plain_target_url), _HTTP]
"""A URL whose integration takes `url_file` too, for a URL that is a secret."""
TemplatedTargetUrl = Annotated[
    str, AfterValidator(_target_url), text_form("url-template", "https://alerts.example.org/api")
]
"""The same, where Alertmanager renders a template first."""
ProxyUrl = Annotated[str, AfterValidator(_proxy_url), text_form("url", "http://proxy.example.org:3128")]
"""The address of a proxy."""


def _file(value: str) -> str:
    if "${" in value:
        raise field_refusal("no_variables", _NO_VARIABLES)
    if "://" in value or "\n" in value:
        raise secret_refusal("this key takes the path of the file that holds it")
    if not value.strip():
        raise field_refusal("file", "the path of a file is missing")
    return value


File = Annotated[str, AfterValidator(_file), text_form("path", "/etc/alertmanager/secrets/token")]
"""The path of a file on the machine where Alertmanager runs."""


def _go_duration(value: str) -> str:
    if value.endswith(("d", "w", "y")) or re.search(r"[dwy]\d", value):
        raise field_refusal("go_duration", "Alertmanager knows no d, w or y here: write hours, as in 24h")
    return value


GoDuration = Annotated[Duration, AfterValidator(_go_duration), text_form("go-duration", "90s")]
"""A duration where Alertmanager understands h, m, s and ms only."""


def _host_port(value: str) -> str:
    if "${" in value:
        raise field_refusal("no_variables", _NO_VARIABLES)
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\s:\[\]@/]+):[^\s:\[\]@/]+", value):
        raise field_refusal("host_port", "a mail server is written host:port, as in mail.example.org:587")
    return value


HostPort = Annotated[str, AfterValidator(_host_port), text_form("host-port", "mail.example.org:587")]
"""The address of a mail server."""

SlackMethod = Literal["https://slack.com/api/chat.postMessage"]
"""Slack's public method, the only address of Slack that is no secret."""


class Integration(Guarded):
    """One way of notifying: one item under one of Alertmanager's `…_configs`."""

    send_resolved: bool | None = optional("Whether to notify again when the alerts are resolved.")
