"""Copies of generated files for a run: rules in a hurry, and an Alertmanager whose receivers are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HURRY = "1s"
_WAIT = "1s"
_INTERVAL = "2s"
_SUFFIX = "_configs"


def accelerated_rules(rule_file: str, *, keep_for: bool = False) -> str:
    """A rule file whose groups are evaluated every second and whose alerts do not wait for their `for`.

    It only brings the alerts into the state that the file as it is takes over by a reload. With `keep_for`
    the alerts wait as they are told.
    """
    value = yaml.safe_load(rule_file)
    for group in value["groups"]:
        group["interval"] = HURRY
        for rule in () if keep_for else group["rules"]:
            rule.pop("for", None)
    return yaml_text(value)


@value_object
class Channel:
    """One entry of a receiver, such as the second of its Slack channels; `kind` is `slack`, `email`, …"""

    receiver: str
    kind: str
    number: int


@value_object
class Recorded:
    """An Alertmanager configuration that tells the recorder instead of people.

    `hooks` leads from the path of a webhook to the channel that it stands for, `hellos` from the name with
    which a mail is introduced to its channel.
    """

    text: str
    hooks: Mapping[str, Channel]
    hellos: Mapping[str, Channel]


def redirected_receivers(configuration: str, name: str, http: str, smtp: str) -> Recorded:
    """The configuration with its receivers' endpoints and its grouping waits replaced, all else as it is.

    `name` tells this Alertmanager from others; `http` and `smtp` are the recorder's addresses. Every entry of
    a receiver becomes a webhook, and an e-mail entry stays beside it.
    """
    value: dict[str, Any] = yaml.safe_load(configuration)
    hooks: dict[str, Channel] = {}
    hellos: dict[str, Channel] = {}
    kept = {key: entry for key, entry in (value.get("global") or {}).items() if key == "resolve_timeout"}
    value["global"] = kept
    receivers = []
    for number, receiver in enumerate(value.get("receivers") or ()):
        webhooks, emails = [], []
        for at, (channel, entry) in enumerate(_channels(receiver)):
            place = f"{name}/{number}/{at}"
            hooks[f"/hook/{place}"] = channel
            webhooks.append({"url": f"http://{http}/hook/{place}", "send_resolved": False})
            if channel.kind == "email":
                hello = place.replace("/", ".")
                hellos[hello] = channel
                emails.append(_mail(entry, hello, smtp))
        replaced: dict[str, Any] = {"name": receiver["name"], "webhook_configs": webhooks}
        receivers.append({**replaced, "email_configs": emails} if emails else replaced)
    value["receivers"] = receivers
    if value.get("route"):
        value["route"] = _impatient(value["route"])
    return Recorded(yaml_text(value), hooks, hellos)


def _channels(receiver: Mapping[str, Any]) -> Iterator[tuple[Channel, Mapping[str, Any]]]:
    for key, entries in receiver.items():
        if key.endswith(_SUFFIX):
            kind = key.removesuffix(_SUFFIX)
            for number, entry in enumerate(entries or ()):
                yield Channel(receiver["name"], kind, number), entry


def _mail(entry: Mapping[str, Any], hello: str, smtp: str) -> dict[str, Any]:
    texts = {key: entry[key] for key in ("to", "html", "text", "headers") if key in entry}
    return {
        **texts,
        "from": "tocsin@recorder.invalid",
        "smarthost": smtp,
        "hello": hello,
        "require_tls": False,
        "send_resolved": False,
    }


def _impatient(route: Mapping[str, Any]) -> dict[str, Any]:
    replaced = {**route, "group_wait": _WAIT, "group_interval": _INTERVAL}
    if routes := route.get("routes"):
        replaced["routes"] = [_impatient(child) for child in routes]
    return replaced
