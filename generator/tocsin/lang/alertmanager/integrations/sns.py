"""Amazon SNS: a message."""

from collections.abc import Iterator, Mapping

from tocsin.lang.alertmanager.constraints import (
    BrokenRule,
    Written,
    at_least_one,
    at_most_one,
    conflict,
    given,
)
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Named, Record, Resource, Texts
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit
from tocsin.text.regex_on_use import regex_on_use

_TARGETS = ("topic_arn", "phone_number", "target_arn")
_NO_FILE = (
    "Alertmanager reads AWS keys from no file; leave them out, and use `profile`, or let the AWS SDK find "
    "them (its credentials file, a role of the machine)"
)


def _one_target(written: Written) -> Iterator[BrokenRule]:
    # Alertmanager compares the three with `!=` in a row, so that all three together are taken as well.
    targets = given(written, *_TARGETS)
    if len(targets) == len(_TARGETS) - 1:
        yield conflict(*targets)


_SESSION = regex_on_use(r"[0-9A-Za-z_+=,.@-]{2,64}")


def _key_pair(written: Written) -> Iterator[BrokenRule]:
    if len(given(written, "access_key", "secret_key")) == 1:
        yield BrokenRule("`access_key` and `secret_key` belong together")


def _role(written: Written) -> Iterator[BrokenRule]:
    of_role = [one for one in given(written, "external_id", "session_name", "tags") if written[one] != {}]
    if of_role and not given(written, "role_arn"):
        yield BrokenRule(f"`{of_role[0]}` belongs to `role_arn`, which is missing", of_role[0])
    session = written.get("session_name")
    if isinstance(session, str) and session and not _SESSION.fullmatch(session):
        said = "a session has 2 to 64 letters, digits and signs of `+=,.@-` as its name"
        yield BrokenRule(said, "session_name")
    tags = written.get("tags")
    for key, value in tags.items() if isinstance(tags, Mapping) else ():
        if not 1 <= len(str(key).encode()) <= 128 or len(str(value).encode()) > 256:
            yield BrokenRule("the key of a tag has 1 to 128 bytes, its value up to 256", "tags")


_SIGV4 = Record(
    "SigV4",
    "How requests to AWS are signed.",
    {
        "region": Key(Kind.TEXT, "AWS region."),
        "access_key": Key(Kind.TEXT, instead=_NO_FILE),
        "secret_key": Key(Kind.SECRET, instead=_NO_FILE),
        "profile": Key(Kind.TEXT, "Profile in the AWS credentials file."),
        "role_arn": Key(Kind.TEXT, "Role to assume."),
        "external_id": Key(Kind.TEXT, "External id to name when assuming the role.", "0.34"),
        "session_name": Key(Kind.TEXT, "Name of the session of the role.", "0.35"),
        "tags": Key(Named(Kind.TEXT), "Tags of the session of the role.", "0.35"),
        "use_fips_sts_endpoint": Key(Kind.FLAG, "Whether to use the FIPS address of STS."),
        "service_name": Key(Kind.TEXT, "AWS service to sign for.", "0.29"),
    },
    rules=(_key_pair, _role),
    resource=Resource(
        "region profile roleArn externalId useFIPSSTSEndpoint",
        "accessKey secretKey",
        named={"useFIPSSTSEndpoint": "use_fips_sts_endpoint"},
    ),
    example="{region: eu-central-1}",
)

_SOURCE = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"
_LIMITS = {"message": Limit(262_144, Unit.BYTES, _SOURCE)}
# Amazon charges a request for each 64 KB.
_MESSAGE = Message("sns.message", Form.PLAIN, Limit(64_000, Unit.BYTES, _SOURCE), is_titled=True)
_SMS = Message("sns.sms", Form.PLAIN, Limit(1_600, Unit.BYTES, _SOURCE), is_titled=True)


def _texts(written: Texts) -> Texts:
    # Amazon SNS refuses a subject with other signs than those of ASCII, so Alertmanager's own stays.
    return {"message": (_SMS if "phone_number" in written else _MESSAGE).call}


INTEGRATION = Integration(
    Record(
        "Sns",
        "A message by Amazon SNS.",
        {
            "api_url": Key(Kind.UNCHECKED_URL_TEMPLATE, "Address of SNS; the region's own when left out."),
            "sigv4": Key(_SIGV4, "How requests are signed."),
            "topic_arn": Key(Kind.TEXT, "Topic to publish to."),
            "phone_number": Key(Kind.TEXT, "Number to send an SMS to."),
            "target_arn": Key(Kind.TEXT, "Mobile endpoint to publish to."),
            "subject": Key(Kind.TEXT, "Subject, for mail."),
            "message": Key(Kind.TEXT, "Body of the message."),
            "attributes": Key(Named(Kind.TEXT), "Attributes of the message."),
            "use_aws_http_client": Key(Kind.FLAG, "Whether the AWS SDK's own HTTP client sends.", "0.33"),
        },
        rules=(at_least_one(*_TARGETS), _one_target),
        spec_rules=(at_most_one(*_TARGETS),),
        resource=Resource(
            "topicARN subject phoneNumber targetARN message attributes apiURL useAWSHTTPClient sigv4",
            named={"useAWSHTTPClient": "use_aws_http_client"},
        ),
        example="{topic_arn: 'arn:aws:sns:eu-central-1:1234:alerts'}",
    ),
    title="Messages by Amazon SNS.",
    texts=_texts,
    messages=(_MESSAGE, _SMS),
    limits=_LIMITS,
)
