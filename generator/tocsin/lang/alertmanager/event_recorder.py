"""Alertmanager's `event_recorder` section (`eventrecorder/config.go`), as 0.35 reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.constraints import BrokenRule, given, is_true
from tocsin.lang.alertmanager.http_client import HTTP_CLIENT, TLS
from tocsin.lang.alertmanager.schema import Choice, Key, Kind, Many, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.constraints import Written

_NAME = Key(Kind.TEXT, "Name in metrics and logs, which 0.35 needs.", "0.35")
_FILE = Record(
    "EventFile",
    "A file to which events are added, each as a line of JSON.",
    {"name": _NAME, "path": Key(Kind.PATH, "Path of the file.", required=True)},
)


def _batches(written: Written) -> Iterator[BrokenRule]:
    of_batches = given(written, "batch_max_events", "batch_max_bytes", "batch_flush_interval")
    if of_batches and not is_true(written, "batch"):
        yield BrokenRule(f"`{of_batches[0]}` belongs to `batch: true`, which is missing", of_batches[0])


_WEBHOOK = Record(
    "EventWebhook",
    "An address to which each event is posted as JSON.",
    {
        "name": _NAME,
        "url": Key(Kind.PUBLIC_URL, "Where to post; Alertmanager reads it from no file.", required=True),
        "http_config": Key(HTTP_CLIENT, "The HTTP client: credentials, TLS, proxy, headers."),
        "timeout": Key(Kind.DURATION, "How long one request may take; 10s when left out."),
        "workers": Key(Kind.NUMBER, "How many requests are sent at a time; 4 when left out."),
        "max_retries": Key(Kind.NUMBER, "How often an event is sent at most; 3 when left out."),
        "retry_backoff": Key(Kind.DURATION, "Wait before the second attempt; 500ms when left out."),
        "batch": Key(Kind.FLAG, "Whether a request holds a list of events instead of one.", "0.34"),
        "batch_max_events": Key(
            Kind.COUNT, "How many events a request holds at most; 100 when left out.", "0.34"
        ),
        "batch_max_bytes": Key(
            Kind.COUNT, "How many bytes a request has at most; 1 MiB when left out.", "0.34"
        ),
        "batch_flush_interval": Key(
            Kind.DURATION, "How long events wait for further ones; 100ms when left out.", "0.34"
        ),
    },
    rules=(_batches,),
)
_STDOUT = Record("EventStdout", "Alertmanager's own output, each event as a line of JSON.", {"name": _NAME})


def _named_brokers(written: Written) -> Iterator[BrokenRule]:
    brokers = written.get("brokers") or []
    if not brokers or not all(brokers):
        yield BrokenRule("`brokers` needs addresses, as in `[kafka.example.org:9092]`", "brokers")


_KAFKA = Record(
    "EventTopic",
    "A topic of Kafka to which each event is sent.",
    {
        "name": _NAME,
        "brokers": Key(Many(Kind.TEXT), "Addresses to begin with, as `host:port`.", required=True),
        "topic": Key(Kind.TEXT, "Name of the topic.", required=True),
        "client_id": Key(Kind.TEXT, "Name of this client; alertmanager when left out."),
        "format": Key(Choice(("json", "protobuf"), also=("",)), "Form of an event; json when left out."),
        "acks": Key(Choice(("none", "leader", "all"), also=("",)), "Who confirms it; leader when left out."),
        "compression": Key(
            Choice(("none", "gzip", "snappy", "lz4", "zstd"), also=("",)), "How events are compressed."
        ),
        "buffer_size": Key(Kind.NUMBER, "How many events wait at most; 1024 when left out."),
        "tls_config": Key(TLS, "TLS towards the brokers."),
    },
    rules=(_named_brokers,),
)
EVENT_RECORDER = Record(
    "EventRecorder",
    "Where Alertmanager writes what happens in it; it needs `--enable-feature=event-recorder`.",
    {
        "file_outputs": Key(Many(_FILE), "Files."),
        "webhook_outputs": Key(Many(_WEBHOOK), "Addresses."),
        "kafka_outputs": Key(Many(_KAFKA), "Topics of Kafka."),
        "stdout_outputs": Key(Many(_STDOUT), "Alertmanager's own output.", "0.34"),
    },
    example="{file_outputs: [{path: /var/log/alertmanager/events.jsonl}]}",
)
