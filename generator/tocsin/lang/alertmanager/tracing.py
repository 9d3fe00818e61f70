"""Alertmanager's `tracing` section."""

from __future__ import annotations

from tocsin.lang.alertmanager.http_client import HEADERS, TLS
from tocsin.lang.alertmanager.schema import Choice, Key, Kind, Record

TRACING = Record(
    "Tracing",
    "Where Alertmanager sends traces of itself.",
    {
        "client_type": Key(Choice(("http", "grpc")), "How they are sent; grpc when left out."),
        "endpoint": Key(Kind.TEXT, "Address of the collector, as `host:port`.", required=True),
        "sampling_fraction": Key(Kind.FRACTION, "Share of traces that is sent, from 0 to 1; 0 sends none."),
        "insecure": Key(Kind.FLAG, "Whether to send without TLS."),
        "tls_config": Key(TLS, "TLS towards the collector."),
        "headers": Key(HEADERS, "Further headers of each request."),
        "compression": Key(Choice(("gzip",), also=("",)), "How what is sent is compressed."),
        "timeout": Key(Kind.DURATION, "How long one request may take."),
    },
    example="{endpoint: 'collector.example.org:4317', sampling_fraction: 1}",
)
