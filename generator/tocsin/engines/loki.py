"""A Loki that is started for a while, with a tenant for each question."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tocsin.engines.json_api import get, post
from tocsin.engines.processes import ProcessStack
from tocsin.engines.program import EngineError
from tocsin.engines.stack import last_words, wait_until_ready
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.stack import Stack

_TENANT = "X-Scope-OrgID"
# Loki's own limit for a message is 4 MiB.
_MOST_BYTES = 1_000_000
_PUSH = "/loki/api/v1/push"
_QUERY = "/loki/api/v1/query"
_RULES = "/prometheus/api/v1/rules"
_ALERTS = "/prometheus/api/v1/alerts"


CONFIGURATION: dict[str, Any] = {
    "auth_enabled": True,
    "analytics": {"reporting_enabled": False},
    "server": {
        "log_level": "warn",
        "grpc_listen_address": "127.0.0.1",
    },
    "common": {
        "instance_addr": "127.0.0.1",
        "path_prefix": "data",
        "replication_factor": 1,
        "ring": {"kvstore": {"store": "inmemory"}},
        "storage": {"filesystem": {"chunks_directory": "data/chunks", "rules_directory": "data/rules"}},
    },
    "schema_config": {
        "configs": [
            {
                "from": "2020-01-01",
                "store": "tsdb",
                "object_store": "filesystem",
                "schema": "v13",
                "index": {"prefix": "index_", "period": "24h"},
            }
        ]
    },
    "ruler": {"rule_path": "data/rules-temp", "poll_interval": "1s", "enable_api": True},
    "ruler_storage": {"backend": "local", "local": {"directory": "rules"}},
    "ingester": {"lifecycler": {"min_ready_duration": "0s", "final_sleep": "0s"}},
    "limits_config": {
        "reject_old_samples": False,
        "discover_service_name": [],
        "discover_log_levels": False,
        "ingestion_rate_mb": 1000,
        "ingestion_burst_size_mb": 1000,
        "per_stream_rate_limit": "1000MB",
        "per_stream_rate_limit_burst": "1000MB",
        "max_global_streams_per_user": 0,
    },
}


@value_object
class Loki:
    """A Loki that runs; every tenant sees its own lines alone."""

    url: str
    address: str = ""
    """Where other programs of its stack reach it."""

    def push(self, tenant: str, labels: Mapping[str, str], lines: Sequence[tuple[int, str]]) -> None:
        """Write lines with their times in nanoseconds to a stream; EngineError when Loki refuses them."""
        values: list[list[str]] = []
        size = 0
        for at, line in lines:
            values.append([str(at), line])
            size += len(line) + 40
            if size > _MOST_BYTES:
                self._push(tenant, labels, values)
                values, size = [], 0
        if values:
            self._push(tenant, labels, values)

    def _push(self, tenant: str, labels: Mapping[str, str], values: list[list[str]]) -> None:
        stream = {"stream": dict(labels), "values": values}
        post(f"{self.url}{_PUSH}", {"streams": [stream]}, {_TENANT: tenant})

    def query(self, tenant: str, expression: str, at: int) -> list[Any]:
        """The series that an expression returns at a time in nanoseconds; EngineError when it fails."""
        answer = get(f"{self.url}{_QUERY}", {"query": expression, "time": str(at)}, {_TENANT: tenant})
        found: list[Any] = answer["data"]["result"]
        return found

    def rules(self, tenant: str) -> Any:
        """What the ruler's API answers about the alerting rules of a tenant."""
        return get(f"{self.url}{_RULES}", {"type": "alert"}, {_TENANT: tenant})

    def alerts(self, tenant: str) -> list[Any]:
        """The pending and firing alerts of a tenant."""
        found: list[Any] = get(f"{self.url}{_ALERTS}", None, {_TENANT: tenant})["data"]["alerts"]
        return found


def shared_loki(url: str) -> Loki:
    """A Loki that runs already; EngineError where it may not keep the lines of tests apart from others.

    It says so itself, in its configuration: https://grafana.com/docs/loki/latest/reference/loki-http-api/.
    """
    told = get(f"{url}/config")
    if not isinstance(told, str) or not re.search(r"(?m)^auth_enabled:", told):
        raise EngineError(f"{url}/config is not the configuration of a Loki")
    if not re.search(r"(?m)^auth_enabled: true\s*$", told):
        raise EngineError(
            f"{url} does not keep tenants apart, so the lines of tests would be among its own: "
            "set `auth_enabled: true`, or use a Loki of your own"
        )
    return Loki(url)


@contextmanager
def own_loki(folder: Path) -> Iterator[Loki]:
    """Start the Loki of this machine in an empty folder, and end it; EngineError when it does not start."""
    stack = ProcessStack()
    try:
        with loki_of(stack, folder) as loki:
            yield loki
    finally:
        stack.close()


@contextmanager
def loki_of(stack: Stack, folder: Path) -> Iterator[Loki]:
    """Start the Loki of a stack, and end it; its ruler reads the files `rules/<tenant>/*.yaml` of the folder.

    EngineError, with Loki's last words, when it does not start or stops too early.
    """
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "loki.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")
    running = stack.start("loki", "loki", folder, ["-config.file=loki.json"])
    try:
        wait_until_ready(stack, running, "/ready")
        yield Loki(running.url, running.addresses["http"])
    except EngineError as error:
        if not stack.alive(running):
            raise EngineError(f"Loki stopped:\n{last_words(stack, running)}") from None
        raise error from None
    finally:
        stack.stop(running)
