"""Alertmanager's `tracing` section."""

from __future__ import annotations

from tocsin.lang.alertmanager.http_client import HEADERS, TLS
from tocsin.lang.alertmanager.schema import Choice, Key, Kind, Record

TRACING = Record(
    "Tracing",
    "Where Alertmanager sends traces of itself.",
    {
        "client_type": Key(Choice(("http", "grpc"))),
        "endpoint": Key(Kind.TEXT, required=True),
        "sampling_fraction": Key(Kind.NUMBER),
        "insecure": Key(Kind.FLAG),
        "tls_config": Key(TLS),
        "headers": Key(HEADERS),
        "compression": Key(Choice(("gzip",), also=("",))),
        "timeout": Key(Kind.DURATION),
    },
)
