"""How Alertmanager's HTTP client identifies itself, encrypts, and passes proxies."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from tocsin.spec.integrations.common import (
    File,
    Guarded,
    Integration,
    ProxyUrl,
    Refused,
    SecretInClear,
    Url,
    broken_rule,
    conflicting_keys,
    optional,
)

TlsVersion = Literal["TLS10", "TLS11", "TLS12", "TLS13"]

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


class TlsConfig(Guarded):
    """Whom a TLS connection trusts and as whom it appears."""

    ca: str | None = optional("Certificate authority to trust, as PEM text.")
    ca_file: File | None = optional("File with the certificate authority to trust.")
    cert: str | None = optional("Client certificate, as PEM text; its key comes from `key_file`.")
    cert_file: File | None = optional("File with the client certificate.")
    key: Annotated[Refused, SecretInClear("key_file")] = None
    key_file: File | None = optional("File with the private key of the client certificate.")
    server_name: str | None = optional("Host name the server's certificate must carry.")
    insecure_skip_verify: bool | None = optional("Accept any certificate from the server.")
    min_version: TlsVersion | None = optional("Oldest TLS version to accept.")
    max_version: TlsVersion | None = optional("Newest TLS version to offer.")

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        self.at_most_one_of("ca", "ca_file")
        self.at_most_one_of("cert", "cert_file")
        if self.given("cert", "cert_file") and not self.key_file:
            raise broken_rule("a client certificate needs its key: add `key_file`")
        if self.key_file and not self.given("cert", "cert_file"):
            raise broken_rule("`key_file` needs the certificate it belongs to: add `cert_file`")
        return self


class Proxied(Guarded):
    """The keys for going through a proxy."""

    proxy_url: ProxyUrl | None = optional("Proxy to send the requests through, without credentials.")
    no_proxy: str | None = optional("Hosts to reach without the proxy, separated by commas.")
    proxy_from_environment: bool | None = optional(
        "Take the proxy from Alertmanager's environment variables, such as HTTPS_PROXY."
    )
    proxy_connect_header: Annotated[
        Refused,
        SecretInClear(
            "Alertmanager takes these headers for secrets and reads them from no file; leave them out and "
            "give the proxy its credentials by `proxy_from_environment: true`"
        ),
    ] = None

    @model_validator(mode="after")
    def _proxy(self) -> Self:
        if self.proxy_from_environment and (given := self.given("proxy_url", "no_proxy")):
            raise conflicting_keys(["proxy_from_environment", *given])
        if self.no_proxy and not self.proxy_url:
            raise broken_rule("`no_proxy` makes exceptions from `proxy_url`, which is missing")
        return self


class BasicAuth(Guarded):
    """A user name and a password sent with each request."""

    username: str | None = optional("User name.")
    username_file: File | None = optional("File with the user name.")
    password: Annotated[Refused, SecretInClear("password_file")] = None
    password_file: File | None = optional("File with the password.")

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        self.at_most_one_of("username", "username_file")
        return self


class Authorization(Guarded):
    """An Authorization header sent with each request."""

    type: str | None = optional("First word of the header; Bearer when left out.")
    credentials: Annotated[Refused, SecretInClear("credentials_file")] = None
    credentials_file: File | None = optional("File with the rest of the header, such as a token.")

    @model_validator(mode="after")
    def _not_basic(self) -> Self:
        if self.type and self.type.strip().lower() == "basic":
            raise broken_rule("for `type: Basic` Alertmanager has `basic_auth`")
        return self


class OAuth2(Proxied):
    """Tokens fetched from an OAuth 2 server before the requests."""

    client_id: str = Field(description="Name of this client at the token server.")
    client_secret: Annotated[Refused, SecretInClear("client_secret_file")] = None
    client_secret_file: File | None = optional("File with the client's secret.")
    client_certificate_key_id: str | None = optional("Id of the key that signs, for the JWT grant.")
    client_certificate_key: Annotated[Refused, SecretInClear("client_certificate_key_file")] = None
    client_certificate_key_file: File | None = optional("File with the private key that signs the JWT.")
    grant_type: Literal["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"] | None = (
        optional("How the token is asked for: with the client's secret, or with a signed JWT.")
    )
    signature_algorithm: Literal["RS256", "RS384", "RS512"] | None = optional("Algorithm that signs the JWT.")
    iss: str | None = optional("Issuer named in the JWT; the client id when left out.")
    audience: str | None = optional("Audience named in the JWT; the token URL when left out.")
    claims: dict[str, Any] | None = optional("Further claims of the JWT.")
    scopes: list[str] | None = optional("Scopes to ask for.")
    token_url: Url = Field(description="Where the token is fetched.")
    endpoint_params: dict[str, str] | None = optional("Further parameters of the token request, no secrets.")
    tls_config: TlsConfig | None = optional("TLS towards the token server.")

    @model_validator(mode="after")
    def _parameters(self) -> Self:
        for name in self.endpoint_params or {}:
            if name.lower() in _SECRET_PARAMETERS:
                raise broken_rule(
                    f"`endpoint_params.{name}` would hold a secret: Alertmanager reads it from no file"
                )
        return self


class Header(Guarded):
    """The values of one HTTP header."""

    values: list[str] | None = optional("Values that are no secret.")
    secrets: Annotated[Refused, SecretInClear("write `files: [/path/to/file]` instead")] = None
    files: list[File] | None = optional("Files that hold a value each.")


class HttpConfig(Proxied):
    """The HTTP client: credentials, TLS, proxy, headers."""

    basic_auth: BasicAuth | None = optional("Identify with a user name and a password.")
    authorization: Authorization | None = optional("Identify with an Authorization header.")
    oauth2: OAuth2 | None = optional("Identify with tokens from an OAuth 2 server.")
    bearer_token: Annotated[
        Refused, SecretInClear("write `authorization: {credentials_file: /path/to/file}` instead")
    ] = None
    bearer_token_file: File | None = optional("Old spelling of `authorization.credentials_file`.")
    tls_config: TlsConfig | None = optional("TLS towards the server.")
    follow_redirects: bool | None = optional("Whether to follow redirects.")
    enable_http2: bool | None = optional("Whether to speak HTTP/2.")
    http_headers: dict[str, Header] | None = optional("Further headers of each request.")

    @model_validator(mode="after")
    def _one_identity(self) -> Self:
        self.at_most_one_of("basic_auth", "authorization", "oauth2", "bearer_token_file")
        for name in self.http_headers or {}:
            if name.lower() in _RESERVED_HEADERS:
                raise broken_rule(f"Alertmanager sets the header `{name}` itself, or has a key for it")
        return self


class HttpIntegration(Integration):
    """An integration that speaks HTTP."""

    http_config: HttpConfig | None = optional(
        "HTTP client for these notifications, in place of the global one."
    )
