"""Rocket.Chat: a message in a room."""

from tocsin.lang.alertmanager.schema import (
    Choice,
    Fallback,
    Integration,
    Key,
    Kind,
    Many,
    Record,
    Resource,
    secret,
)
from tocsin.lang.alertmanager.texts import COLOR, TITLE, Form, Limit, Message, Unit

_CELL = Record(
    "RocketChatField",
    "A small table cell below a message of Rocket.Chat.",
    {
        "short": Key(Kind.FLAG, "Whether another cell fits next to it."),
        "title": Key(Kind.TEXT, "Heading of the cell."),
        "value": Key(Kind.TEXT, "Content of the cell."),
    },
    resource=Resource("title value short"),
)
_ACTION = Record(
    "RocketChatAction",
    "A button below a message of Rocket.Chat; Alertmanager spells the keys without underscores.",
    {
        "type": Key(Kind.TEXT, "Kind of action, usually button."),
        "text": Key(Kind.TEXT, "Label of the button."),
        "url": Key(Kind.TEXT, "Page the button opens."),
        "imageurl": Key(Kind.TEXT, "Picture on the button."),
        "iswebview": Key(Kind.FLAG, "Whether the page opens inside the app."),
        "webviewheightratio": Key(Kind.TEXT, "Height of the page inside the app: compact, tall or full."),
        "msg": Key(Kind.TEXT, "Message the button sends."),
        "msginchatwindow": Key(Kind.FLAG, "Whether that message goes to the room."),
        "msgprocessingtype": Key(
            Choice(("sendMessage", "respondWithMessage"), is_checked=False),
            "Whether that message is sent, or put into the input field.",
        ),
    },
    resource=Resource("text url msg"),
)

_LIMITS = {
    "title": Limit(1_024, Unit.CHARACTERS, "Alertmanager cuts a longer one off: notify/rocketchat"),
    "text": Limit(
        5_000, Unit.CHARACTERS, "the setting `Message_MaxAllowedSize` of a server whose owner left it alone"
    ),
}
_TEXT = Message("rocketchat.text", Form.MARKDOWN, _LIMITS["text"])

INTEGRATION = Integration(
    Record(
        "RocketChat",
        "A message in Rocket.Chat.",
        {
            "api_url": Key(Kind.URL, "Address of the server; the global one when left out."),
            **secret("token_id", "File with the id of the access token."),
            **secret("token", "File with the access token."),
            "channel": Key(Kind.TEXT, "Room (#name) or user (@name) to write to."),
            "color": Key(Kind.TEXT, "Colour of the bar next to the message."),
            "title": Key(Kind.TEXT, "Title of the message."),
            "title_link": Key(Kind.TEXT, "Page the title opens."),
            "text": Key(Kind.TEXT, "Body of the message."),
            "message_text": Key(Kind.TEXT, "Text of the notification on a desktop or a phone.", "0.35"),
            "fields": Key(Many(_CELL), "Table cells below the message."),
            "short_fields": Key(Kind.FLAG, "Whether cells stand side by side unless they say otherwise."),
            "emoji": Key(Kind.TEXT, "Emoji as the sender's picture."),
            "icon_url": Key(Kind.TEXT, "Picture of the sender."),
            "image_url": Key(Kind.TEXT, "Picture in the message."),
            "thumb_url": Key(Kind.TEXT, "Small picture next to the message."),
            "link_names": Key(Kind.FLAG, "Whether #names and @names become links."),
            "actions": Key(Many(_ACTION), "Buttons below the message."),
        },
        resource=Resource(
            "apiURL channel color emoji iconURL text title titleLink shortFields imageURL thumbURL linkNames "
            "fields actions",
            "token tokenID",
        ),
    ),
    title="Rocket.Chat rooms.",
    send_resolved=False,
    settings={
        "rocketchat_api_url": Key(Kind.URL, "Address of the Rocket.Chat server."),
        **secret("rocketchat_token", "File with the Rocket.Chat access token."),
        **secret("rocketchat_token_id", "File with the id of the Rocket.Chat access token."),
    },
    fallbacks=(
        Fallback(("token", "token_file"), ("rocketchat_token", "rocketchat_token_file")),
        Fallback(("token_id", "token_id_file"), ("rocketchat_token_id", "rocketchat_token_id_file")),
    ),
    texts={"color": COLOR, "title": TITLE, "text": _TEXT.call},
    messages=(_TEXT,),
    limits=_LIMITS,
)
