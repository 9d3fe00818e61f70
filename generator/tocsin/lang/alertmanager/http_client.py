"""HTTP clients, TLS and proxies in Alertmanager's configuration (`config` of `prometheus/common`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.constraints import BrokenRule, at_most_one, conflict, given, is_true
from tocsin.lang.alertmanager.schema import Choice, Key, Kind, Many, Named, Record, Resource, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.constraints import Written

_RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "user-agent",
        "www-authenticate",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-prometheus-remote-read-version",
        "x-prometheus-remote-write-version",
        "x-prometheus-scrape-timeout-seconds",
    }
)
_SECRET_PARAMETERS = ("assertion", "client_assertion", "client_secret", "password", "refresh_token")
_SECRET_HEADER = re.compile(r"(?i)auth|cookie|token|secret|passw|credential|key\b")
_TLS_VERSION = Choice(("TLS10", "TLS11", "TLS12", "TLS13"))
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def _ref(name: str) -> dict[str, Key]:
    """A key for a secret that only programs which embed Alertmanager can look up."""
    return {f"{name}_ref": Key(Kind.TEXT, in_files_only=True)}


def _client_certificate(written: Written) -> Iterator[BrokenRule]:
    certificate = given(written, "cert", "cert_file", "cert_ref")
    key = given(written, "key", "key_file", "key_ref")
    if certificate and not key:
        yield BrokenRule("a client certificate needs its key: add `key_file`")
    if key and not certificate:
        yield BrokenRule(f"`{key[0]}` needs the certificate it belongs to: add `cert_file`")


TLS = Record(
    "TlsConfig",
    "Whom a TLS connection trusts and as whom it appears.",
    {
        "ca": Key(Kind.TEXT, "Certificate authority to trust, as a PEM string."),
        "ca_file": Key(Kind.PATH, "File with the certificate authority to trust."),
        **_ref("ca"),
        "cert": Key(Kind.TEXT, "Client certificate, as a PEM string; its key comes from `key_file`."),
        "cert_file": Key(Kind.PATH, "File with the client certificate."),
        **_ref("cert"),
        **secret("key", "File with the private key of the client certificate.", beside_file=True),
        **_ref("key"),
        "server_name": Key(Kind.TEXT, "Host name the server's certificate must carry."),
        "insecure_skip_verify": Key(Kind.FLAG, "Accept any certificate from the server."),
        "min_version": Key(_TLS_VERSION, "Oldest TLS version to accept."),
        "max_version": Key(_TLS_VERSION, "Newest TLS version to offer."),
    },
    rules=(
        at_most_one("ca", "ca_file", "ca_ref"),
        at_most_one("cert", "cert_file", "cert_ref"),
        at_most_one("key", "key_file", "key_ref"),
        _client_certificate,
    ),
    resource=Resource(
        "serverName insecureSkipVerify minVersion maxVersion",
        "keySecret",
        either="ca cert",
        named={"keySecret": "key"},
    ),
)


def _proxy(written: Written) -> Iterator[BrokenRule]:
    others = given(written, "proxy_url", "no_proxy")
    if is_true(written, "proxy_from_environment"):
        if others:
            yield conflict("proxy_from_environment", *others)
    elif others == ["no_proxy"]:
        yield BrokenRule("`no_proxy` makes exceptions from `proxy_url`, which is missing", "no_proxy")
    elif written.get("proxy_connect_header") is not None and "proxy_url" not in others:
        yield BrokenRule("`proxy_connect_header` needs `proxy_url`", "proxy_connect_header")


_PROXY = {
    "proxy_url": Key(Kind.PROXY_URL, "Proxy to send the requests through, without credentials."),
    "no_proxy": Key(Kind.TEXT, "Hosts to reach without the proxy, separated by commas."),
    "proxy_from_environment": Key(
        Kind.FLAG, "Take the proxy from Alertmanager's environment variables, such as HTTPS_PROXY."
    ),
    "proxy_connect_header": Key(
        Named(Many(Kind.PUBLIC)), "Headers sent to the proxy when a connection is opened, no secrets."
    ),
}


def is_secret_header(name: str) -> bool:
    """Whether a header is one whose values are secrets."""
    return _SECRET_HEADER.search(name) is not None


def _secret_proxy_headers(written: Written) -> Iterator[BrokenRule]:
    for name in written.get("proxy_connect_header") or {}:
        if is_secret_header(name):
            yield BrokenRule(
                f"the header `{name}` would hold a secret: Alertmanager reads it from no file; give the "
                "proxy its credentials by `proxy_from_environment: true`",
                "proxy_connect_header",
            )


_PROXY_RESOURCE = "proxyUrl noProxy proxyFromEnvironment proxyConnectHeader"

_BASIC_AUTH = Record(
    "BasicAuth",
    "A user name and a password sent with each request.",
    {
        "username": Key(Kind.TEXT, "User name."),
        "username_file": Key(Kind.PATH, "File with the user name."),
        **_ref("username"),
        **secret("password", "File with the password.", beside_file=True),
        **_ref("password"),
    },
    rules=(
        at_most_one("username", "username_file", "username_ref"),
        at_most_one("password", "password_file", "password_ref"),
    ),
    resource=Resource(references="username password"),
)


def _not_basic(written: Written) -> Iterator[BrokenRule]:
    if str(written.get("type") or "").strip().lower() == "basic":
        yield BrokenRule("for `type: Basic` Alertmanager has `basic_auth`", "type")


_AUTHORIZATION = Record(
    "Authorization",
    "An Authorization header sent with each request.",
    {
        "type": Key(Kind.TEXT, "First word of the header; Bearer when left out."),
        **secret("credentials", "File with the rest of the header, such as a token.", beside_file=True),
        **_ref("credentials"),
    },
    rules=(at_most_one("credentials", "credentials_file", "credentials_ref"), _not_basic),
    resource=Resource("type", "credentials"),
)


def _grant(written: Written) -> Iterator[BrokenRule]:
    key = ("client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref")
    if written.get("grant_type") == _JWT and not given(written, *key):
        yield BrokenRule("this `grant_type` needs `client_certificate_key_file`", "grant_type")


def _secret_parameters(written: Written) -> Iterator[BrokenRule]:
    for name in written.get("endpoint_params") or {}:
        if name.lower() in _SECRET_PARAMETERS:
            message = f"`endpoint_params.{name}` would hold a secret: Alertmanager reads it from no file"
            yield BrokenRule(message, "endpoint_params")


_OAUTH2 = Record(
    "OAuth2",
    "Tokens fetched from an OAuth 2 server before the requests.",
    {
        **_PROXY,
        "client_id": Key(Kind.TEXT, "Name of this client at the token server.", required=True),
        **secret("client_secret", "File with the client's secret.", beside_file=True),
        **_ref("client_secret"),
        "client_certificate_key_id": Key(Kind.TEXT, "Id of the key that signs, for the JWT grant.", "0.30"),
        **secret(
            "client_certificate_key",
            "File with the private key that signs the JWT.",
            "0.30",
            beside_file=True,
        ),
        **_ref("client_certificate_key"),
        "grant_type": Key(
            Choice(("client_credentials", _JWT), is_checked=False),
            "How the token is asked for: with the client's secret, or with a signed JWT.",
            "0.30",
        ),
        "signature_algorithm": Key(
            Choice(("RS256", "RS384", "RS512"), also=("",)), "Algorithm that signs the JWT.", "0.30"
        ),
        "iss": Key(Kind.TEXT, "Issuer named in the JWT; the client id when left out.", "0.30"),
        "audience": Key(Kind.TEXT, "Audience named in the JWT; the token URL when left out.", "0.30"),
        "claims": Key(Named(Kind.ANYTHING), "Further claims of the JWT.", "0.30"),
        "scopes": Key(Many(Kind.TEXT), "Scopes to ask for."),
        "token_url": Key(Kind.UNCHECKED_URL, "Where the token is fetched.", required=True),
        "endpoint_params": Key(Named(Kind.SECRET), "Further parameters of the token request, no secrets."),
        "tls_config": Key(TLS, "TLS towards the token server."),
    },
    rules=(
        at_most_one("client_secret", "client_secret_file", "client_secret_ref"),
        _grant,
        _proxy,
    ),
    spec_rules=(_secret_parameters, _secret_proxy_headers),
    resource=Resource(
        f"tokenUrl scopes endpointParams tlsConfig {_PROXY_RESOURCE}", "clientSecret", either="clientId"
    ),
)

HEADERS = Named(
    Record(
        "Header",
        "The values of one HTTP header.",
        {
            "values": Key(Many(Kind.TEXT), "Values that are not secret."),
            "secrets": Key(Many(Kind.SECRET), instead="write `files: [/path/to/file]` instead"),
            "files": Key(Many(Kind.PATH), "Files that hold a value each."),
        },
    )
)


def _one_identity(written: Written) -> Iterator[BrokenRule]:
    ways = ("basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file")
    found = given(written, *ways)
    if len(found) > 1:
        yield conflict(*found)
    for name in written.get("http_headers") or {}:
        if name.lower() in _RESERVED_HEADERS:
            message = f"Alertmanager sets the header `{name}` itself, or has a key for it"
            yield BrokenRule(message, "http_headers")


HTTP_CLIENT = Record(
    "HttpConfig",
    "The HTTP client: credentials, TLS, proxy, headers.",
    {
        **_PROXY,
        "basic_auth": Key(_BASIC_AUTH, "Identify with a user name and a password."),
        "authorization": Key(_AUTHORIZATION, "Identify with an Authorization header."),
        "oauth2": Key(_OAUTH2, "Identify with tokens from an OAuth 2 server."),
        "bearer_token": Key(
            Kind.SECRET, instead="write `authorization: {credentials_file: /path/to/file}` instead"
        ),
        "bearer_token_file": Key(Kind.PATH, "Old spelling of `authorization.credentials_file`."),
        "tls_config": Key(TLS, "TLS towards the server."),
        "follow_redirects": Key(Kind.FLAG, "Whether to follow redirects."),
        "enable_http2": Key(Kind.FLAG, "Whether to speak HTTP/2."),
        "http_headers": Key(HEADERS, "Further headers of each request."),
    },
    rules=(_one_identity, _proxy),
    spec_rules=(_secret_proxy_headers,),
    resource=Resource(
        f"proxyURL followRedirects enableHttp2 authorization basicAuth oauth2 tlsConfig {_PROXY_RESOURCE}",
        "bearerTokenSecret",
        named={"enableHttp2": "enable_http2", "bearerTokenSecret": "bearer_token"},
    ),
)
