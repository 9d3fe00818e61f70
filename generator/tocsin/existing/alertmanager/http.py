"""HTTP clients, TLS and proxies in Alertmanager's configuration (`config` of `prometheus/common`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.alertmanager.schema import (
    ANYTHING,
    PROXY_URL,
    SECRET,
    TEXT,
    TRUTH,
    Many,
    Named,
    Record,
    at_least_one,
    one_at_most,
    one_of,
    written_text,
)
from tocsin.source.node import MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.existing.alertmanager.schema import Shape

_TRUE = ("true", "yes", "on", "y")
_RESERVED_HEADERS = frozenset(
    [
        "authorization",
        "host",
        "content-encoding",
        "content-length",
        "content-type",
        "x-prometheus-remote-write-version",
        "x-prometheus-remote-read-version",
        "x-prometheus-scrape-timeout-seconds",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "www-authenticate",
        "proxy-authenticate",
        "proxy-authorization",
        "connection",
        "keep-alive",
        "user-agent",
        "accept-encoding",
    ]
)


def shape_under_names(shape: Shape, names: str) -> dict[str, Shape]:
    """A shape under each of the names."""
    return dict.fromkeys(names.split(), shape)


def is_written(node: MappingNode, *path: str) -> bool:
    """Whether a mapping, or another value that is not null, stands at a path of keys."""
    for key in path:
        entry = node.entries.get(key)
        if entry is None or (isinstance(entry.value, ScalarNode) and entry.value.value is None):
            return False
        if not isinstance(entry.value, MappingNode):
            return key == path[-1]
        node = entry.value
    return True


def _client_certificate(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    certificate = any(written_text(node, key) for key in ("cert", "cert_file", "cert_ref"))
    key = any(written_text(node, key) for key in ("key", "key_file", "key_ref"))
    if certificate and not key:
        yield "a client certificate needs its key: add `key_file`", None
    if key and not certificate:
        yield "a key needs the certificate it belongs to: add `cert_file`", None


def _proxy(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    url, exceptions = written_text(node, "proxy_url"), written_text(node, "no_proxy")
    environment = node.entries.get("proxy_from_environment")
    if environment is not None and (written_text(node, "proxy_from_environment") or "").lower() in _TRUE:
        if url or exceptions:
            yield "`proxy_from_environment` excludes `proxy_url` and `no_proxy`", None
    elif exceptions and not url:
        yield "`no_proxy` makes exceptions from `proxy_url`, which is missing", "no_proxy"
    elif is_written(node, "proxy_connect_header") and not url:
        yield "`proxy_connect_header` needs `proxy_url`", "proxy_connect_header"


_PROXY: Mapping[str, Shape] = {
    "proxy_url": PROXY_URL,
    "no_proxy": TEXT,
    "proxy_from_environment": TRUTH,
    "proxy_connect_header": Named(Many(SECRET)),
}

TLS = Record(
    {
        **shape_under_names(TEXT, "ca ca_file ca_ref cert cert_file cert_ref key_file key_ref server_name"),
        "key": SECRET,
        "insecure_skip_verify": TRUTH,
        **shape_under_names(one_of("TLS10", "TLS11", "TLS12", "TLS13"), "min_version max_version"),
    },
    (
        one_at_most("ca", "ca_file", "ca_ref"),
        one_at_most("cert", "cert_file", "cert_ref"),
        one_at_most("key", "key_file", "key_ref"),
        _client_certificate,
    ),
)

_BASIC_AUTH = Record(
    {
        **shape_under_names(TEXT, "username username_file username_ref password_file password_ref"),
        "password": SECRET,
    },
    (
        one_at_most("username", "username_file", "username_ref"),
        one_at_most("password", "password_file", "password_ref"),
    ),
)


def _not_basic(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if (written_text(node, "type") or "").strip().lower() == "basic":
        yield "for `type: Basic` there is `basic_auth`", "type"


_AUTHORIZATION = Record(
    {"type": TEXT, "credentials": SECRET, **shape_under_names(TEXT, "credentials_file credentials_ref")},
    (one_at_most("credentials", "credentials_file", "credentials_ref"), _not_basic),
)


def _grant(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    if written_text(node, "grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer" and not any(
        written_text(node, key)
        for key in ("client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref")
    ):
        yield "this `grant_type` needs `client_certificate_key_file`", "grant_type"


OAUTH2 = Record(
    {
        **shape_under_names(TEXT, "client_id client_secret_file client_secret_ref client_certificate_key_id"),
        **shape_under_names(
            TEXT, "client_certificate_key_file client_certificate_key_ref iss audience token_url"
        ),
        **shape_under_names(SECRET, "client_secret client_certificate_key"),
        "grant_type": TEXT,
        "signature_algorithm": one_of("", "RS256", "RS384", "RS512"),
        "claims": Named(ANYTHING),
        "scopes": Many(TEXT),
        "endpoint_params": Named(SECRET),
        "tls_config": TLS,
        **_PROXY,
    },
    (
        at_least_one("client_id"),
        at_least_one("token_url"),
        one_at_most("client_secret", "client_secret_file", "client_secret_ref"),
        _grant,
        _proxy,
    ),
)

HEADERS = Named(Record({"values": Many(TEXT), "secrets": Many(SECRET), "files": Many(TEXT)}))


def _one_identity(node: MappingNode) -> Iterator[tuple[str, str | None]]:
    token = written_text(node, "bearer_token") or written_text(node, "bearer_token_file")
    given = [key for key in ("basic_auth", "oauth2", "authorization") if is_written(node, key)]
    if written_text(node, "bearer_token") and written_text(node, "bearer_token_file"):
        yield "`bearer_token` and `bearer_token_file` exclude each other", "bearer_token_file"
    if len(given) + bool(token) > 1:
        yield "there is more than one way to identify here: keep one", None
    headers = node.entries.get("http_headers")
    if headers is not None and isinstance(headers.value, MappingNode):
        for name in headers.value.entries:
            if name.lower() in _RESERVED_HEADERS:
                yield f"the header `{name}` is set by Alertmanager itself", "http_headers"


HTTP: Record = Record(
    {
        "basic_auth": _BASIC_AUTH,
        "authorization": _AUTHORIZATION,
        "oauth2": OAUTH2,
        "bearer_token": SECRET,
        "bearer_token_file": TEXT,
        "tls_config": TLS,
        **shape_under_names(TRUTH, "follow_redirects enable_http2"),
        "http_headers": HEADERS,
        **_PROXY,
    },
    (_one_identity, _proxy),
)


def has_authorization(node: MappingNode) -> bool:
    """Whether an integration's HTTP client has an `authorization`; a bearer token becomes one."""
    return is_written(node, "http_config", "authorization") or any(
        is_written(node, "http_config", key) for key in ("bearer_token", "bearer_token_file")
    )


__all__ = ["HEADERS", "HTTP", "TLS", "has_authorization", "is_written", "shape_under_names"]
