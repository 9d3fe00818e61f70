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
from tocsin.lang.alertmanager.texts import Form, Limit, Message, Unit

_LIMITS = {"message": Limit(2_048, Unit.BYTES, "https://developer.work.weixin.qq.com/document/path/90236")}
_TEXT = Message("wechat.message", Form.PLAIN, _LIMITS["message"], is_titled=True)
_MARKDOWN = Message("wechat.markdown", Form.MARKDOWN, _LIMITS["message"], is_titled=True)


def _texts(written: Texts) -> Texts:
    return {"message": (_MARKDOWN if written.get("message_type") == "markdown" else _TEXT).call}


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
    messages=(_TEXT, _MARKDOWN),
    limits=_LIMITS,
)
