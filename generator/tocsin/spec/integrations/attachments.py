"""Chat rooms with attachments in Slack's manner: Slack, Mattermost."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tocsin.spec.base import Model
from tocsin.spec.integrations.common import (
    SLACK_POST_MESSAGE,
    File,
    GoDuration,
    Refused,
    SecretInClear,
    SlackMethod,
    Url,
    broken_rule,
    conflicting_keys,
    missing_one_of,
    optional,
)
from tocsin.spec.integrations.http import HttpIntegration


class AttachmentField(Model):
    """A small table cell below a message."""

    title: str = Field(min_length=1, description="Heading of the cell.")
    value: str = Field(min_length=1, description="Content of the cell.")
    short: bool | None = optional("Whether another cell fits beside it.")


class SlackConfirmation(Model):
    """The question Slack asks before a button takes effect."""

    text: str = Field(min_length=1, description="Question to ask.")
    title: str | None = optional("Title of the question.")
    ok_text: str | None = optional("Label of the button that goes ahead.")
    dismiss_text: str | None = optional("Label of the button that cancels.")


class SlackAction(Model):
    """A button below a message of Slack."""

    type: str = Field(min_length=1, description="Kind of action, usually button.")
    text: str = Field(min_length=1, description="Label of the button.")
    url: str | None = optional("Page the button opens.")
    style: str | None = optional("Look of the button: default, primary or danger.")
    name: str | None = optional("Name under which the app gets the click.")
    value: str | None = optional("Value the app gets with the click.")
    confirm: SlackConfirmation | None = optional("Question to ask first.")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not (self.url or self.name):
            raise missing_one_of(("url", "name"))
        if self.url and (self.name or self.value or self.confirm):
            raise broken_rule("with `url` Alertmanager drops `name`, `value` and `confirm`: keep one way")
        return self


class Slack(HttpIntegration):
    """A message in a Slack channel, by webhook or by an app."""

    api_url: Annotated[
        SlackMethod | None,
        SecretInClear("api_url_file", allowed=(SLACK_POST_MESSAGE,)),
    ] = optional("Slack's public method, for a bot whose token is in `http_config.authorization`.")
    api_url_file: File | None = optional("File with the webhook's URL, which is a secret.")
    app_token: Annotated[Refused, SecretInClear("app_token_file")] = None
    app_token_file: File | None = optional("File with the app's token; the global one when left out.")
    app_url: Url | None = optional("Address the app posts to; the global one when left out.")
    channel: str | None = optional("Channel (#name) or user (@name) to write to.")
    username: str | None = optional("Sender's name to show.")
    color: str | None = optional("Colour of the bar beside the message.")
    title: str | None = optional("Title of the attachment.")
    title_link: str | None = optional("Page the title opens.")
    pretext: str | None = optional("Text above the attachment.")
    text: str | None = optional("Body of the attachment.")
    message_text: str | None = optional("Text of the message itself, outside the attachment.")
    fields: list[AttachmentField] | None = optional("Table cells below the text.")
    short_fields: bool | None = optional("Whether cells stand side by side unless they say otherwise.")
    footer: str | None = optional("Small text at the end.")
    fallback: str | None = optional("Plain text for clients that show no attachment.")
    callback_id: str | None = optional("Id the app gets when a button is clicked.")
    icon_emoji: str | None = optional("Emoji as the sender's picture.")
    icon_url: str | None = optional("Picture of the sender.")
    image_url: str | None = optional("Picture in the attachment.")
    thumb_url: str | None = optional("Small picture beside the text.")
    link_names: bool | None = optional("Whether #names and @names become links.")
    mrkdwn_in: list[str] | None = optional("Parts in which Slack renders its markup.")
    actions: list[SlackAction] | None = optional("Buttons below the text.")
    update_message: bool | None = optional("Whether to edit the earlier message instead of sending another.")
    timeout: GoDuration | None = optional("How long one request may take; 0s for no limit.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        self.at_most_one_of("api_url", "api_url_file", "app_token_file")
        client = self.http_config
        if self.app_token_file and client and client.given("authorization", "bearer_token_file"):
            raise conflicting_keys(["app_token_file", "http_config.authorization"])
        if self.update_message and not self.api_url:
            raise broken_rule(f"`update_message` needs `api_url: {SLACK_POST_MESSAGE}` and a bot's token")
        return self


class _Attachment(Model):
    """The keys of an attachment that Mattermost has at the top as well."""

    fallback: str | None = optional("Plain text for clients that show no attachment.")
    color: str | None = optional("Colour of the bar beside the attachment.")
    pretext: str | None = optional("Text above the attachment.")
    text: str | None = optional("Body of the text.")
    author_name: str | None = optional("Author to show.")
    author_link: str | None = optional("Page the author's name opens.")
    author_icon: str | None = optional("Picture of the author.")
    title: str | None = optional("Title of the attachment.")
    title_link: str | None = optional("Page the title opens.")
    fields: list[AttachmentField] | None = optional("Table cells below the text.")
    thumb_url: str | None = optional("Small picture beside the text.")
    footer: str | None = optional("Small text at the end.")
    footer_icon: str | None = optional("Picture beside the footer.")
    image_url: str | None = optional("Picture in the attachment.")


class MattermostAttachment(_Attachment):
    """An attachment of a message of Mattermost."""


class MattermostProps(Model):
    """Further properties of a message of Mattermost."""

    card: str | None = optional("Text shown in the side bar.")


class MattermostPriority(Model):
    """How urgent Mattermost shows a message."""

    priority: str | None = optional("standard, important or urgent.")
    requested_ack: bool | None = optional("Whether readers are asked to acknowledge.")
    persistent_notifications: bool | None = optional("Whether to remind until someone answers an urgent one.")


class Mattermost(_Attachment, HttpIntegration):
    """A message in a Mattermost channel, by webhook."""

    webhook_url: Annotated[Refused, SecretInClear("webhook_url_file")] = None
    webhook_url_file: File | None = optional("File with the webhook's URL; the global one when left out.")
    channel: str | None = optional("Channel or @user to write to.")
    username: str | None = optional("Sender's name to show.")
    icon_url: str | None = optional("Picture of the sender.")
    icon_emoji: str | None = optional("Emoji as the sender's picture.")
    attachments: list[MattermostAttachment] | None = optional("Attachments in place of the keys above.")
    type: str | None = optional("Kind of message; custom ones start with custom_.")
    props: MattermostProps | None = optional("Further properties of the message.")
    priority: MattermostPriority | None = optional("How urgent the message is.")
