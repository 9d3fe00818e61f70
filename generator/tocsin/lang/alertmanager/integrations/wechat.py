"""WeChat Work (WeCom): a message."""

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
from tocsin.lang.alertmanager.texts import MARKDOWN, TEXT


def _texts(written: Texts) -> Texts:
    return {"message": MARKDOWN if written.get("message_type") == "markdown" else TEXT}


INTEGRATION = Integration(
    Record(
        "WeChat",
        "A message in WeChat Work (WeCom).",
        {
            "api_url": Key(Kind.URL, "Address of the WeChat API; the global one when left out."),
            **secret("api_secret", "File with the app's secret; the global one when left out.", "0.31"),
            "corp_id": Key(Kind.TEXT, "Id of the company; the global one when left out."),
            "agent_id": Key(Kind.TEXT, "Id of the app that sends."),
            "to_user": Key(Kind.TEXT, "Users to write to, separated by |."),
            "to_party": Key(Kind.TEXT, "Departments to write to, separated by |."),
            "to_tag": Key(Kind.TEXT, "Tags to write to, separated by |."),
            "message_type": Key(
                Choice(("text", "markdown"), also=("",)), "Markup of the text; plain when left out."
            ),
            "message": Key(Kind.TEXT, "Text of the message."),
        },
        resource=Resource("apiURL corpID agentID toUser toParty toTag message messageType", "apiSecret"),
    ),
    title="Recipients in WeChat.",
    send_resolved=False,
    settings={
        "wechat_api_url": Key(Kind.URL, "Address of the WeChat API."),
        **secret("wechat_api_secret", "File with the WeChat app's secret.", "0.31"),
        "wechat_api_corp_id": Key(Kind.TEXT, "Id of the company at WeChat."),
    },
    fallbacks=(
        Fallback(("api_secret", "api_secret_file"), ("wechat_api_secret", "wechat_api_secret_file")),
        Fallback(("corp_id",), ("wechat_api_corp_id",)),
    ),
    texts=_texts,
)
