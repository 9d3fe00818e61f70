"""Telegram: a message in a chat, by a bot."""

from collections.abc import Iterator

from tocsin.lang.alertmanager.constraints import BrokenRule, Written, conflict, given, missing
from tocsin.lang.alertmanager.schema import (
    Choice,
    Fallback,
    Integration,
    Key,
    Kind,
    Record,
    Resource,
    Texts,
    secret,
)
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit


def _one_chat(written: Written) -> Iterator[BrokenRule]:
    number, file = given(written, "chat_id"), given(written, "chat_id_file")
    is_zero = bool(number) and float(written["chat_id"]) == 0
    if is_zero and not file:
        yield BrokenRule("`chat_id` must not be 0", "chat_id")
    elif not number and not file:
        yield missing("chat_id", "chat_id_file")
    elif number and file and not is_zero:
        yield conflict("chat_id", "chat_id_file")


_LIMITS = {"message": Limit(4_096, Unit.CHARACTERS, "https://core.telegram.org/bots/api#sendmessage")}
# With `parse_mode: HTML` Alertmanager counts the markup as well, and sends an error in place of a longer
# text.
_MESSAGE = Message("telegram.message", Form.PLAIN, _LIMITS["message"], is_titled=True, counts_html=True)


def _texts(written: Texts) -> Texts:
    # Telegram refuses markup that was cut off at the greatest length, so the text has none.
    markdown = written.get("parse_mode", "").startswith("Markdown")
    return {} if markdown or "message" in written else {"message": _MESSAGE.call, "parse_mode": ""}


INTEGRATION = Integration(
    Record(
        "Telegram",
        "A message in a Telegram chat, by a bot.",
        {
            "api_url": Key(Kind.URL, "Address of the Telegram API; the global one when left out."),
            **secret("bot_token", "File with the bot's token; the global one when left out."),
            "chat_id": Key(Kind.NUMBER, "Number of the chat; groups have a negative one."),
            "chat_id_file": Key(Kind.PATH, "File with the number of the chat.", "0.31"),
            "message_thread_id": Key(Kind.NUMBER, "Topic inside the group."),
            "message": Key(Kind.TEXT, "Text of the message."),
            "disable_notifications": Key(Kind.FLAG, "Whether to deliver without a sound."),
            "parse_mode": Key(
                Choice(("Markdown", "MarkdownV2", "HTML", "")), "Markup of the text; empty for none."
            ),
            "timeout": Key(Kind.GO_DURATION, "How long one request may take; 0s for no limit.", "0.35"),
        },
        rules=(_one_chat,),
        resource=Resource(
            "apiURL botTokenFile chatID messageThreadID message disableNotifications parseMode", "botToken"
        ),
        example="{chat_id: -1001, bot_token_file: /path/to/file}",
        words={"chat_id": "chat", "bot_token_file": "token_file"},
    ),
    title="Telegram chats.",
    settings={
        "telegram_api_url": Key(Kind.URL, "Address of the Telegram API."),
        **secret("telegram_bot_token", "File with the Telegram bot's token.", "0.31"),
    },
    fallbacks=(Fallback(("bot_token", "bot_token_file"), ("telegram_bot_token", "telegram_bot_token_file")),),
    texts=_texts,
    messages=(_MESSAGE,),
    limits=_LIMITS,
)
