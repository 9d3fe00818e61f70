"""Chat rooms: Discord, Microsoft Teams, Rocket.Chat, Telegram, Webex, WeChat."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tocsin.spec.base import Model
from tocsin.spec.integrations.common import File, Refused, SecretInClear, Url, broken_rule, optional
from tocsin.spec.integrations.http import HttpIntegration


class _Hook(HttpIntegration):
    """An integration whose webhook URL is the secret, and is always needed."""

    model_config = ConfigDict(json_schema_extra={"required": ["webhook_url_file"]})

    webhook_url: Annotated[Refused, SecretInClear("webhook_url_file")] = None
    webhook_url_file: File | None = optional("File with the webhook's URL, which is a secret.")

    @model_validator(mode="after")
    def _hooked(self) -> Self:
        self.needs("webhook_url_file")
        return self


class Discord(_Hook):
    """A message in a Discord channel, by webhook."""

    title: str | None = optional("Title of the message.")
    message: str | None = optional("Body of the message, below the title.")
    content: str | None = optional("Text above the message.")
    username: str | None = optional("Sender's name to show.")
    avatar_url: str | None = optional("Sender's picture to show.")


class MsTeams(_Hook):
    """A message in Microsoft Teams by the old connectors, which Microsoft has been retiring."""

    title: str | None = optional("Title of the message.")
    summary: str | None = optional("Short text that notifications of the app show.")
    text: str | None = optional("Body of the message.")


class MsTeamsV2(_Hook):
    """A message in Microsoft Teams, by a workflow."""

    title: str | None = optional("Title of the message.")
    text: str | None = optional("Body of the message.")


class RocketChatField(Model):
    """A small table cell below a message of Rocket.Chat."""

    short: bool | None = optional("Whether another cell fits beside it.")
    title: str | None = optional("Heading of the cell.")
    value: str | None = optional("Content of the cell.")


class RocketChatAction(Model):
    """A button below a message of Rocket.Chat; Alertmanager spells the keys without underscores."""

    type: str | None = optional("Kind of action, usually button.")
    text: str | None = optional("Label of the button.")
    url: str | None = optional("Page the button opens.")
    imageurl: str | None = optional("Picture on the button.")
    iswebview: bool | None = optional("Whether the page opens inside the app.")
    webviewheightratio: str | None = optional("Height of the page inside the app: compact, tall or full.")
    msg: str | None = optional("Message the button sends.")
    msginchatwindow: bool | None = optional("Whether that message goes to the room.")
    msgprocessingtype: Literal["sendMessage", "respondWithMessage"] | None = optional(
        "Whether that message is sent, or put into the input field."
    )


class RocketChat(HttpIntegration):
    """A message in Rocket.Chat."""

    api_url: Url | None = optional("Address of the server; the global one when left out.")
    token_id: Annotated[Refused, SecretInClear("token_id_file")] = None
    token_id_file: File | None = optional("File with the id of the access token.")
    token: Annotated[Refused, SecretInClear("token_file")] = None
    token_file: File | None = optional("File with the access token.")
    channel: str | None = optional("Room (#name) or user (@name) to write to.")
    color: str | None = optional("Colour of the bar beside the message.")
    title: str | None = optional("Title of the message.")
    title_link: str | None = optional("Page the title opens.")
    text: str | None = optional("Body of the message.")
    fields: list[RocketChatField] | None = optional("Table cells below the message.")
    short_fields: bool | None = optional("Whether cells stand side by side unless they say otherwise.")
    emoji: str | None = optional("Emoji as the sender's picture.")
    icon_url: str | None = optional("Picture of the sender.")
    image_url: str | None = optional("Picture in the message.")
    thumb_url: str | None = optional("Small picture beside the message.")
    link_names: bool | None = optional("Whether #names and @names become links.")
    actions: list[RocketChatAction] | None = optional("Buttons below the message.")


class Telegram(HttpIntegration):
    """A message in a Telegram chat, by a bot."""

    api_url: Url | None = optional("Address of the Telegram API; the global one when left out.")
    bot_token: Annotated[Refused, SecretInClear("bot_token_file")] = None
    bot_token_file: File | None = optional("File with the bot's token; the global one when left out.")
    chat_id: int | None = optional("Number of the chat; groups have a negative one.")
    chat_id_file: File | None = optional("File with the number of the chat.")
    message_thread_id: int | None = optional("Topic inside the group.")
    message: str | None = optional("Text of the message.")
    disable_notifications: bool | None = optional("Whether to deliver without a sound.")
    parse_mode: Literal["Markdown", "MarkdownV2", "HTML", ""] | None = optional(
        "Markup of the text; empty for none."
    )

    @model_validator(mode="after")
    def _one_chat(self) -> Self:
        self.exactly_one_of("chat_id", "chat_id_file")
        if self.chat_id == 0:
            raise broken_rule("`chat_id: 0` is no chat")
        return self


class Webex(HttpIntegration):
    """A message in a Webex room, by a bot named in `http_config.authorization`."""

    model_config = ConfigDict(json_schema_extra={"required": ["room_id", "http_config"]})

    api_url: Url | None = optional("Address of the Webex API; the global one when left out.")
    room_id: str = Field(min_length=1, description="Room to write to.")
    message: str | None = optional("Text of the message.")

    @model_validator(mode="after")
    def _identified(self) -> Self:
        client = self.http_config
        if client is None or not client.given("authorization", "bearer_token_file"):
            raise broken_rule("Webex needs `http_config.authorization.credentials_file` with the bot's token")
        return self


class WeChat(HttpIntegration):
    """A message in WeChat Work (WeCom)."""

    api_url: Url | None = optional("Address of the WeChat API; the global one when left out.")
    api_secret: Annotated[Refused, SecretInClear("api_secret_file")] = None
    api_secret_file: File | None = optional("File with the app's secret; the global one when left out.")
    corp_id: str | None = optional("Id of the company; the global one when left out.")
    agent_id: str | None = optional("Id of the app that sends.")
    to_user: str | None = optional("Users to write to, separated by |.")
    to_party: str | None = optional("Departments to write to, separated by |.")
    to_tag: str | None = optional("Tags to write to, separated by |.")
    message_type: Literal["text", "markdown"] | None = optional("Markup of the text; plain when left out.")
    message: str | None = optional("Text of the message.")
