"""Mail."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written, is_true
from tocsin.lang.alertmanager.http_client import TLS
from tocsin.lang.alertmanager.schema import (
    Choice,
    Fallback,
    Integration,
    Key,
    Kind,
    Named,
    Record,
    Resource,
    Texts,
    secret,
)
from tocsin.lang.alertmanager.texts import Form, Message, template


def _headers(written: Written) -> Iterator[BrokenRule]:
    names = [name.lower() for name in written.get("headers") or {}]
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f"the header `{name}` is there twice; upper and lower case do not differ"
        yield BrokenRule(message, "headers")
    threading = written.get("threading") or {}
    if is_true(threading, "enabled"):
        if threading.get("thread_by_date") not in ("none", "daily"):
            yield BrokenRule(
                "`threading` needs `thread_by_date: none` or `thread_by_date: daily`", "threading"
            )
        for name in ("References", "In-Reply-To"):
            if name.lower() in names:
                yield BrokenRule(f"`threading` sets the header `{name}` itself: leave it out", "headers")


# Mail servers limit a message in megabytes, if at all: RFC 5321, 4.5.3.1.7.
_TEXT = Message("text", Form.PLAIN, is_titled=True)


def _texts(written: Texts) -> Texts:
    has_subject = any(name.lower() == "subject" for name in written.get("headers", {}))
    body = {} if "html" in written or "text" in written else {"html": template("html"), "text": _TEXT.call}
    return {**body, "headers": {} if has_subject else {"Subject": template("subject")}}


_LOGIN_PASSWORD = "File with the password, for LOGIN and PLAIN."
_CRAM_SECRET = "File with the secret, for CRAM-MD5."
_IMPLICIT_TLS = "TLS from the first byte or not; by the port when left out."

INTEGRATION = Integration(
    Record(
        "Email",
        "A mail.",
        {
            "to": Key(Kind.TEXT, "Addresses to write to, separated by commas.", required=True),
            "from": Key(Kind.TEXT, "Sender; the global one when left out."),
            "hello": Key(Kind.TEXT, "Name to greet the mail server with."),
            "smarthost": Key(Kind.HOST_PORT, "Mail server as host:port; the global one when left out."),
            "auth_username": Key(Kind.TEXT, "User name at the mail server."),
            **secret("auth_password", _LOGIN_PASSWORD, beside_file=True),
            **secret("auth_secret", _CRAM_SECRET, "0.31", beside_file=True),
            "auth_identity": Key(Kind.TEXT, "Identity to act as, for PLAIN."),
            "headers": Key(Named(Kind.TEXT), "Headers of the mail, such as Subject."),
            "html": Key(Kind.TEXT, "Body as HTML; empty for none."),
            "text": Key(Kind.TEXT, "Body as plain text."),
            "require_tls": Key(Kind.FLAG, "Whether to refuse servers without TLS."),
            "tls_config": Key(TLS, "TLS towards the mail server."),
            "force_implicit_tls": Key(Kind.FLAG, _IMPLICIT_TLS, "0.31"),
            "threading": Key(
                Record(
                    "Threading",
                    "How mails about the same alerts form threads.",
                    {
                        "enabled": Key(Kind.FLAG, "Whether mails form threads."),
                        "thread_by_date": Key(
                            Choice(("none", "daily"), is_checked=False),
                            "Whether each day starts a thread of its own.",
                        ),
                    },
                    resource=Resource("threadByDate"),
                ),
                "Threads of mails.",
                "0.30",
            ),
        },
        rules=(_headers,),
        resource=Resource(
            "to from hello smarthost authUsername authIdentity html text requireTLS forceImplicitTLS "
            "tlsConfig threading",
            "authPassword authSecret",
            pairs="headers",
        ),
        example="{to: ops@example.org}",
        main="to",
        words={"to": "address addresses recipient recipients mail", "from": "sender"},
    ),
    title="Mails.",
    send_resolved=False,
    has_client=False,
    settings={
        "smtp_from": Key(Kind.TEXT, "Sender of mails."),
        "smtp_hello": Key(Kind.TEXT, "Name to greet the mail server with."),
        "smtp_smarthost": Key(Kind.HOST_PORT, "Mail server as host:port."),
        "smtp_auth_username": Key(Kind.TEXT, "User name at the mail server."),
        **secret("smtp_auth_password", _LOGIN_PASSWORD),
        **secret("smtp_auth_secret", _CRAM_SECRET, "0.31"),
        "smtp_auth_identity": Key(Kind.TEXT, "Identity to act as, for PLAIN."),
        "smtp_require_tls": Key(Kind.FLAG, "Whether to refuse mail servers without TLS."),
        "smtp_tls_config": Key(TLS, "TLS towards the mail server."),
        "smtp_force_implicit_tls": Key(Kind.FLAG, _IMPLICIT_TLS, "0.31"),
    },
    fallbacks=(Fallback(("smarthost",), ("smtp_smarthost",)), Fallback(("from",), ("smtp_from",))),
    texts=_texts,
    messages=(_TEXT,),
    words="emails mail mails e-mail",
)
