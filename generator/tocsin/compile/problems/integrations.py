"""Integrations that lack what neither they nor Alertmanager's global section say.

The conditions are those under which Alertmanager's `config.Config.UnmarshalYAML` refuses a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.spec.model import Spec

# For each integration: any of the first keys in it, or any of the second ones in the global section; the last
# one of each is what most people need, and every release that is supported knows it.
NEEDS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "email": ((("smarthost",), ("smtp_smarthost",)), (("from",), ("smtp_from",))),
    "slack": (
        (
            ("app_token_file", "api_url", "api_url_file"),
            ("slack_app_token_file", "slack_api_url", "slack_api_url_file"),
        ),
    ),
    "opsgenie": ((("api_key_file",), ("opsgenie_api_key_file",)),),
    "wechat": (
        (("api_secret_file",), ("wechat_api_secret_file",)),
        (("corp_id",), ("wechat_api_corp_id",)),
    ),
    "victorops": ((("api_key_file",), ("victorops_api_key_file",)),),
    "telegram": ((("bot_token_file",), ("telegram_bot_token_file",)),),
    "jira": ((("api_url",), ("jira_api_url",)),),
    "rocketchat": (
        (("token_file",), ("rocketchat_token_file",)),
        (("token_id_file",), ("rocketchat_token_id_file",)),
    ),
    "mattermost": ((("webhook_url_file",), ("mattermost_webhook_url_file",)),),
}


def incomplete_integrations(spec: Spec) -> Iterator[Problem]:
    """Integrations that Alertmanager would refuse because something is said nowhere."""
    section = spec.project.alertmanager
    settings = {} if section is None else section.model_dump(by_alias=True, exclude_none=True)
    for name, receiver in spec.receivers.items():
        for integration, needs in NEEDS.items():
            for index, channel in enumerate(getattr(receiver, integration) or ()):
                own = channel.model_dump(by_alias=True, exclude_none=True)
                for keys, global_keys in needs:
                    if not _said(own, keys) and not _said(settings, global_keys):
                        yield Problem(
                            "receiver/incomplete",
                            f"nothing says the {integration} channel's `{keys[-1]}`",
                            Place(("receivers", name, integration, index)),
                            help=f"write `{keys[-1]}: {_example(keys[-1])}` here, or "
                            f"`{global_keys[-1]}` under `project.alertmanager`",
                        )


def _example(key: str) -> str:
    examples = {"smarthost": '"mail.example.org:587"', "from": "alerts@example.org"}
    return examples.get(key, "/path/to/file" if key.endswith("_file") else "…")


def _said(section: Mapping[str, object], keys: tuple[str, ...]) -> bool:
    """Whether one of the keys has a value; an empty text is none to Alertmanager."""
    return any(section.get(key, "") != "" for key in keys)
