"""Mail, and systems that take notifications: webhooks, Jira, Amazon SNS."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from tocsin.spec.base import Duration, Model
from tocsin.spec.integrations.common import (
    File,
    GoDuration,
    Guarded,
    HostPort,
    Integration,
    Refused,
    SecretInClear,
    TemplatedTargetUrl,
    TemplatedUrl,
    Url,
    broken_rule,
    optional,
)
from tocsin.spec.integrations.http import HttpIntegration, TlsConfig


class Threading(Model):
    """How mails about the same alerts form threads."""

    enabled: bool | None = optional("Whether mails form threads.")
    thread_by_date: Literal["none", "daily"] | None = optional("Whether each day starts a thread of its own.")


class Email(Integration):
    """A mail."""

    to: str = Field(min_length=1, description="Addresses to write to, separated by commas.")
    from_: str | None = Field(default=None, alias="from", description="Sender; the global one when left out.")
    hello: str | None = optional("Name to greet the mail server with.")
    smarthost: HostPort | None = optional("Mail server as host:port; the global one when left out.")
    auth_username: str | None = optional("User name at the mail server.")
    auth_password: Annotated[Refused, SecretInClear("auth_password_file")] = None
    auth_password_file: File | None = optional("File with the password, for LOGIN and PLAIN.")
    auth_secret: Annotated[Refused, SecretInClear("auth_secret_file")] = None
    auth_secret_file: File | None = optional("File with the secret, for CRAM-MD5.")
    auth_identity: str | None = optional("Identity to act as, for PLAIN.")
    headers: dict[str, str] | None = optional("Headers of the mail, such as Subject.")
    html: str | None = optional("Body as HTML; empty for none.")
    text: str | None = optional("Body as plain text.")
    require_tls: bool | None = optional("Whether to refuse servers without TLS.")
    tls_config: TlsConfig | None = optional("TLS towards the mail server.")
    force_implicit_tls: bool | None = optional("TLS from the first byte or not; by the port when left out.")
    threading: Threading | None = optional("Threads of mails.")

    @model_validator(mode="after")
    def _headers_once(self) -> Self:
        names = [name.lower() for name in self.headers or {}]
        for name in names:
            if names.count(name) > 1:
                raise broken_rule(f"the header `{name}` is there twice; upper and lower case do not differ")
        if self.threading and self.threading.enabled:
            if self.threading.thread_by_date is None:
                raise broken_rule("`threading` needs `thread_by_date: none` or `thread_by_date: daily`")
            for name in ("References", "In-Reply-To"):
                if name.lower() in names:
                    raise broken_rule(f"`threading` sets the header `{name}` itself: leave it out")
        return self


class Webhook(HttpIntegration):
    """A JSON document posted to a URL."""

    url: TemplatedTargetUrl | None = optional("Where to post, if the URL is no secret.")
    url_file: File | None = optional("File with the URL, if it is a secret.")
    max_alerts: int | None = Field(default=None, ge=0, description="Most alerts in one message; 0 for all.")
    timeout: GoDuration | None = optional("How long one request may take; 0s for no limit.")
    payload: Any = optional("What to post in place of Alertmanager's document; texts are templates.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        self.exactly_one_of("url", "url_file")
        return self


class JiraField(Model):
    """A field of a Jira issue, and whether it changes later."""

    template: str | None = optional("Text of the field.")
    enable_update: bool | None = optional("Whether to change the field of an existing issue.")


class Jira(HttpIntegration):
    """An issue in Jira."""

    api_url: Url | None = optional("Address of the Jira API; the global one when left out.")
    api_type: Literal["auto", "cloud", "datacenter"] | None = optional(
        "Which of Jira's products answers there."
    )
    project: str = Field(min_length=1, description="Key of the project.")
    issue_type: str = Field(min_length=1, description="Type of the issue, such as Bug.")
    summary: str | JiraField | None = optional("Title of the issue.")
    description: str | JiraField | None = optional("Body of the issue.")
    labels: list[str] | None = optional("Labels of the issue.")
    priority: str | None = optional("Priority of the issue.")
    reopen_transition: str | None = optional("Step that opens a closed issue again.")
    resolve_transition: str | None = optional("Step that closes the issue.")
    wont_fix_resolution: str | None = optional("Resolution whose issues stay closed.")
    reopen_duration: Duration | None = optional("How long a closed issue may be opened again.")
    fields: dict[str, Any] | None = optional("Further fields of the issue.")


_AWS_KEYS = (
    "Alertmanager reads AWS keys from no file; leave them out, and use `profile`, or let the AWS SDK find "
    "them (its credentials file, a role of the machine)"
)


class SigV4(Guarded):
    """How requests to AWS are signed."""

    region: str | None = optional("AWS region.")
    access_key: Annotated[Refused, SecretInClear(_AWS_KEYS)] = None
    secret_key: Annotated[Refused, SecretInClear(_AWS_KEYS)] = None
    profile: str | None = optional("Profile in the AWS credentials file.")
    role_arn: str | None = optional("Role to assume.")
    external_id: str | None = optional("External id to name when assuming the role.")
    use_fips_sts_endpoint: bool | None = optional("Whether to use the FIPS address of STS.")
    service_name: str | None = optional("AWS service to sign for.")

    @model_validator(mode="after")
    def _role(self) -> Self:
        if self.external_id and not self.role_arn:
            raise broken_rule("`external_id` belongs to `role_arn`, which is missing")
        return self


class Sns(HttpIntegration):
    """A message by Amazon SNS."""

    api_url: TemplatedUrl | None = optional("Address of SNS; the region's own when left out.")
    sigv4: SigV4 | None = optional("How requests are signed.")
    topic_arn: str | None = optional("Topic to publish to.")
    phone_number: str | None = optional("Number to send an SMS to.")
    target_arn: str | None = optional("Mobile endpoint to publish to.")
    subject: str | None = optional("Subject, for mail.")
    message: str | None = optional("Body of the message.")
    attributes: dict[str, str] | None = optional("Attributes of the message.")
    use_aws_http_client: bool | None = optional("Whether the AWS SDK's own HTTP client sends.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        self.exactly_one_of("topic_arn", "phone_number", "target_arn")
        return self
