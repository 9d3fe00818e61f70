"""Slack: a message in a channel, by webhook or by an app."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.chat import CELL
from tocsin.lang.alertmanager.constraints import (
    BrokenRule,
    Written,
    at_least_one,
    client_authorization,
    conflict,
    given,
    is_true,
)
from tocsin.lang.alertmanager.schema import (
    Fallback,
    Integration,
    Key,
    Kind,
    Many,
    Record,
    Resource,
    secret,
)
from tocsin.lang.alertmanager.texts import COLOR, Form, Limit, Message, Unit, template

POST_MESSAGE = "https://slack.com/api/chat.postMessage"
"""Slack's public method, the only address of Slack that is no secret."""


def _one_way(written: Written) -> Iterator[BrokenRule]:
    url = given(written, "api_url", "api_url_file")
    token = given(written, "app_token", "app_token_file")
    if url and token:
        yield conflict(url[0], token[0])
    if token and client_authorization(written):
        yield conflict(token[0], "http_config.authorization")
    for key in ("update_message", "post_updates_to_thread"):
        if is_true(written, key) and written.get("api_url") != POST_MESSAGE:
            yield BrokenRule(f"`{key}` needs `api_url: {POST_MESSAGE}` and a bot's token", key)


def _one_general_way(written: Written) -> Iterator[BrokenRule]:
    url = given(written, "slack_api_url", "slack_api_url_file")
    token = given(written, "slack_app_token", "slack_app_token_file")
    app = written.get("slack_app_url") or POST_MESSAGE
    if url and token and written.get("slack_api_url") != app:
        yield conflict(url[0], token[0])


def _one_effect(written: Written) -> Iterator[BrokenRule]:
    if given(written, "url") and given(written, "name", "value", "confirm"):
        yield BrokenRule("with `url` Alertmanager drops `name`, `value` and `confirm`: keep one way")


_CONFIRMATION = Record(
    "SlackConfirmation",
    "The question Slack asks before a button takes effect.",
    {
        "text": Key(Kind.TEXT, "Question to ask.", required=True),
        "title": Key(Kind.TEXT, "Title of the question."),
        "ok_text": Key(Kind.TEXT, "Label of the button that goes ahead."),
        "dismiss_text": Key(Kind.TEXT, "Label of the button that cancels."),
    },
    resource=Resource("text title okText dismissText"),
)
_ACTION = Record(
    "SlackAction",
    "A button below a message of Slack.",
    {
        "type": Key(Kind.TEXT, "Kind of action, usually button.", required=True),
        "text": Key(Kind.TEXT, "Label of the button.", required=True),
        "url": Key(Kind.TEXT, "Page the button opens."),
        "style": Key(Kind.TEXT, "Look of the button: default, primary or danger."),
        "name": Key(Kind.TEXT, "Name under which the app gets the click."),
        "value": Key(Kind.TEXT, "Value the app gets with the click."),
        "confirm": Key(_CONFIRMATION, "Question to ask first."),
    },
    rules=(at_least_one("url", "name"),),
    spec_rules=(_one_effect,),
    resource=Resource("type text url style name value confirm"),
    example="{type: button, text: Runbook, url: 'https://wiki.example.org/page'}",
)

_LIMITS = {
    "title": Limit(1_024, Unit.CHARACTERS, "Alertmanager cuts a longer one off: notify/slack"),
    # An attachment may have more, which Slack hides behind "Show more"; 40,000 is the end of any message:
    # https://docs.slack.dev/reference/methods/chat.postMessage/#truncating
    "text": Limit(
        3_000,
        Unit.CHARACTERS,
        "that of a block: https://docs.slack.dev/reference/block-kit/composition-objects/text-object/",
    ),
}
_TEXT = Message("slack.text", Form.SLACK, _LIMITS["text"])

INTEGRATION = Integration(
    Record(
        "Slack",
        "A message in a Slack channel, by webhook or by an app.",
        {
            "api_url": Key(
                Kind.SECRET_URL,
                "Slack's public method, for a bot whose token is in `http_config.authorization`.",
                instead="api_url_file",
                public=(POST_MESSAGE,),
            ),
            "api_url_file": Key(Kind.PATH, "File with the webhook's URL, which is a secret."),
            **secret("app_token", "File with the app's token; the global one when left out.", "0.30"),
            "app_url": Key(Kind.URL, "Address the app posts to; the global one when left out.", "0.30"),
            "channel": Key(Kind.TEXT, "Channel (#name) or user (@name) to write to."),
            "username": Key(Kind.TEXT, "Sender's name to show."),
            "color": Key(Kind.TEXT, "Colour of the bar next to the message."),
            "title": Key(Kind.TEXT, "Title of the attachment."),
            "title_link": Key(Kind.TEXT, "Page the title opens."),
            "pretext": Key(Kind.TEXT, "Text above the attachment."),
            "text": Key(Kind.TEXT, "Body of the attachment."),
            "message_text": Key(Kind.TEXT, "Text of the message itself, outside the attachment.", "0.31"),
            "fields": Key(Many(CELL), "Table cells below the text."),
            "short_fields": Key(Kind.FLAG, "Whether cells stand side by side unless they say otherwise."),
            "footer": Key(Kind.TEXT, "Small text at the end."),
            "fallback": Key(Kind.TEXT, "Plain text for clients that show no attachment."),
            "callback_id": Key(Kind.TEXT, "Id the app gets when a button is clicked."),
            "icon_emoji": Key(Kind.TEXT, "Emoji as the sender's picture."),
            "icon_url": Key(Kind.TEXT, "Picture of the sender."),
            "image_url": Key(Kind.TEXT, "Picture in the attachment."),
            "thumb_url": Key(Kind.TEXT, "Small picture next to the text."),
            "link_names": Key(Kind.FLAG, "Whether #names and @names become links."),
            "mrkdwn_in": Key(Many(Kind.TEXT), "Parts in which Slack renders its markup."),
            "actions": Key(Many(_ACTION), "Buttons below the text."),
            "update_message": Key(
                Kind.FLAG, "Whether to edit the earlier message instead of sending another.", "0.32"
            ),
            "post_updates_to_thread": Key(
                Kind.FLAG, "Whether later messages of a group are replies to the first one.", "0.35"
            ),
            "timeout": Key(Kind.GO_DURATION, "How long one request may take; 0s for no limit.", "0.30"),
        },
        rules=(_one_way,),
        resource=Resource(
            "channel username color title titleLink pretext text shortFields footer fallback callbackId "
            "iconEmoji iconURL imageURL thumbURL linkNames mrkdwnIn timeout messageText updateMessage "
            "fields actions",
            "apiURL",
        ),
        example='{channel: "#ops", api_url_file: /path/to/file}',
        words={"api_url_file": "url_file webhook_url_file", "channel": "channels room"},
    ),
    title="Slack channels.",
    send_resolved=False,
    crashes_without_client=True,
    settings={
        "slack_api_url": Key(
            Kind.SECRET_URL,
            "Slack's public method, for bots whose tokens are in the receivers' `http_config`.",
            instead="slack_api_url_file",
            public=(POST_MESSAGE,),
        ),
        "slack_api_url_file": Key(Kind.PATH, "File with the URL of Slack's webhook."),
        **secret("slack_app_token", "File with the token of the Slack app.", "0.30"),
        "slack_app_url": Key(Kind.URL, "Address the Slack app posts to.", "0.30"),
    },
    settings_rules=(_one_general_way,),
    fallbacks=(
        Fallback(
            ("app_token", "app_token_file", "api_url", "api_url_file"),
            ("slack_app_token", "slack_app_token_file", "slack_api_url", "slack_api_url_file"),
            dropped=("slack_app_token", "slack_app_token_file"),
        ),
    ),
    texts={
        "color": COLOR,
        "title": template("slack.title"),
        "title_link": "{{ or .CommonAnnotations.runbook_url .ExternalURL }}",
        "text": _TEXT.call,
        "fallback": template("slack.title"),
    },
    messages=(_TEXT,),
    limits=_LIMITS,
)
