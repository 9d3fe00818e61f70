"""Alertmanager's judgement of its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import Matcher

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.engines.program import Program


def check_config(amtool: Program, *files: Path) -> str | None:
    """None when `amtool check-config` accepts all files and their templates, else what it says."""
    done = amtool.run(["check-config", *map(str, files)])
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()


def routed_receivers(amtool: Program, file: Path, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The receivers that `amtool config routes test` finds for an alert with these labels."""
    said = [Matcher(name, "=", value).text() for name, value in labels.items()]
    done = amtool.run(["config", "routes", "test", f"--config.file={file}", *said])
    return tuple(name.strip() for name in done.stdout.strip().split(",") if name.strip())
