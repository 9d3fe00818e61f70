"""The values of integrations that have a form of their own: URLs, files, durations."""

import re
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, WithJsonSchema

from tocsin.lang.urls import url_fault
from tocsin.spec.base import Duration, text_form
from tocsin.spec.integrations.secrets import field_refusal, secret_refusal
from tocsin.text.secret_looks import secret_spans

_NO_VARIABLES = "Alertmanager expands no variables"
_USERINFO = re.compile(r"^[^/]*//[^/?#]*@")
_SCHEMELESS = re.compile(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?P<port>:[0-9]{1,5})?(?:/\S*)?")
_SECRET_PARAMETERS = frozenset(
    {"access_token", "api_key", "apikey", "auth_token", "password", "secret", "sig", "signature", "token"}
)


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


def _public_text(value: str) -> str:
    if value.startswith("<secret") or any(secret_spans(value)):
        raise secret_refusal("take it out; Alertmanager reads it from no file")
    return value


def _public_url(value: str) -> str:
    _public_text(value)
    return _url(value)


PublicText = Annotated[str, AfterValidator(_public_text)]
"""A text that is no secret, where Alertmanager expects one and reads it from no file."""
PublicUrl = Annotated[str, AfterValidator(_public_url), _HTTP]
"""The same of an address."""
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
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\s:\[\]@/]+):\s*[^\s:\[\]@/]+", value):
        raise field_refusal("host_port", "a mail server is written host:port, as in mail.example.org:587")
    return value


HostPort = Annotated[str, AfterValidator(_host_port), text_form("host-port", "mail.example.org:587")]
"""The address of a mail server."""
