"""Pushover: a push message."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written, at_least_one, conflict, is_true
from tocsin.lang.alertmanager.schema import Integration, Key, Kind, Record, Resource, secret
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Message, Unit


def _one_look(written: Written) -> Iterator[BrokenRule]:
    if is_true(written, "html") and is_true(written, "monospace"):
        yield conflict("html", "monospace")


_SOURCE = "https://pushover.net/api#limits"
_LIMITS = {
    "title": Limit(250, Unit.CHARACTERS, _SOURCE),
    "message": Limit(1_024, Unit.CHARACTERS, _SOURCE),
    "url": Limit(512, Unit.CHARACTERS, _SOURCE),
}
_MESSAGE = Message("pushover.message", Form.PLAIN, _LIMITS["message"])

INTEGRATION = Integration(
    Record(
        "Pushover",
        "A push message by Pushover.",
        {
            **secret("user_key", "File with the key of the user or group."),
            **secret("token", "File with the token of the app."),
            "title": Key(Kind.TEXT, "Title of the message."),
            "message": Key(Kind.TEXT, "Body of the message."),
            "url": Key(Kind.TEXT, "Link below the message."),
            "url_title": Key(Kind.TEXT, "Label of that link."),
            "device": Key(Kind.TEXT, "Device to send to; all when left out."),
            "sound": Key(Kind.TEXT, "Sound to play."),
            "priority": Key(Kind.TEXT, "-2 to 2, or a template; 2 repeats until it is acknowledged."),
            "retry": Key(Kind.GO_DURATION_TEXT, "How often priority 2 repeats, 30s at least."),
            "expire": Key(Kind.GO_DURATION_TEXT, "How long priority 2 repeats."),
            "ttl": Key(Kind.GO_DURATION_TEXT, "After what time the message vanishes."),
            "html": Key(Kind.FLAG, "Whether the body is HTML."),
            "monospace": Key(Kind.FLAG, "Whether the body is shown in a monospace font.", "0.29"),
        },
        rules=(
            at_least_one("user_key", "user_key_file"),
            at_least_one("token", "token_file"),
            _one_look,
        ),
        resource=Resource(
            "userKeyFile tokenFile title message url urlTitle ttl device sound priority retry expire html "
            "monospace",
            "userKey token",
        ),
        example="{user_key_file: /path/to/key, token_file: /path/to/token}",
    ),
    title="Push messages by Pushover.",
    texts={"title": TITLE, "message": _MESSAGE.call},
    messages=(_MESSAGE,),
    limits=_LIMITS,
)
