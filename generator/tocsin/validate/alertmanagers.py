"""A real Alertmanager with the generated configuration, whose receivers are recorded, and its answers."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.engines.json_api import get, post
from tocsin.engines.stack import wait_until_ready
from tocsin.validate.staging import Recorded, redirected_receivers
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.validate.verdicts import Fired

FOLDER = "alertmanager/"
CONFIGURATION = f"{FOLDER}alertmanager.yaml"
_SEEN = 15.0
_PAUSE = 0.1

Labels = frozenset[tuple[str, str]]


@value_object
class Alertmanager:
    """A running Alertmanager, and how its configuration was changed for the test."""

    running: Running
    recorded: Recorded

    def fire(self, alerts: Iterable[Fired]) -> None:
        """Post alerts that fire for an hour."""
        now = datetime.now(UTC)
        self._post(alerts, now, now + timedelta(hours=1))

    def resolve(self, alerts: Iterable[Fired]) -> None:
        """Post alerts as resolved."""
        now = datetime.now(UTC)
        self._post(alerts, now - timedelta(seconds=2), now - timedelta(seconds=1))

    def alerts(self) -> dict[Labels, Any]:
        """Each firing alert as its API returns it: `receivers`, and `status` with `inhibitedBy`."""
        return {
            labels_of(alert["labels"]): alert
            for alert in get(f"{self.running.url}/api/v2/alerts")
            if alert["endsAt"] > datetime.now(UTC).isoformat()
        }

    def until(self, holds: Callable[[Mapping[Labels, Any]], bool], limit: float = _SEEN) -> dict[Labels, Any]:
        """Its alerts, as soon as a condition holds for them or the time is up."""
        end = time.monotonic() + limit
        while True:
            alerts = self.alerts()
            if holds(alerts) or time.monotonic() > end:
                return alerts
            time.sleep(_PAUSE)

    def _post(self, alerts: Iterable[Fired], starts: datetime, ends: datetime) -> None:
        texts = starts.isoformat(), ends.isoformat()
        post(f"{self.running.url}/api/v2/alerts", [alert.posted(*texts) for alert in alerts])


def labels_of(labels: Mapping[str, str]) -> Labels:
    """Labels as a hashable value."""
    return frozenset(labels.items())


@contextlib.contextmanager
def run_alertmanager(
    stack: Stack, recorder: Running, stage: Path, name: str, output: Mapping[str, str]
) -> Iterator[Alertmanager]:
    """Run an Alertmanager while the block runs; EngineError when it does not start."""
    folder = stage / name
    staged = redirected_receivers(
        output[CONFIGURATION], name, recorder.addresses["http"], recorder.addresses["smtp"]
    )
    for path, text in output.items():
        if path.startswith(FOLDER) and path != CONFIGURATION:
            target = folder / path.removeprefix(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yaml").write_text(staged.text, encoding="utf-8")
    arguments = ["--config.file=alertmanager.yaml", "--storage.path=data"]
    running = stack.start("alertmanager", name, folder, arguments)
    try:
        wait_until_ready(stack, running, "/-/ready")
        yield Alertmanager(running, staged)
    finally:
        stack.stop(running)
