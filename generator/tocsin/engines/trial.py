"""Whether programs work at all: each is tried with a minimal input before anything is judged.

A program on PATH may lack a file of its own, be built for another machine, or hang. That says nothing about
what was generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.engines.loki import CONFIGURATION as LOKI
from tocsin.engines.parallel import side_by_side
from tocsin.engines.program import LONGEST, EngineError
from tocsin.engines.stack import wait_until_ready
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Stack

_RULES = {"groups": [{"name": "trial", "rules": [{"alert": "Trial", "expr": "vector(1)"}]}]}
_ROUTES = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
_GRAFANA = "[paths]\ndata = {inside}/data\nlogs = {inside}/data/log\nplugins = {inside}/data/plugins\n"


@value_object
class _Trial:
    """How a program is started, where it then answers, and the tool that comes with it."""

    files: Mapping[str, str]
    arguments: tuple[str, ...]
    ready: str
    tool: str | None = None
    question: tuple[str, ...] = ()


_TRIALS = {
    "prometheus": _Trial(
        {"prometheus.yaml": yaml_text({"rule_files": ["rules.yaml"]}), "rules.yaml": yaml_text(_RULES)},
        ("--config.file=prometheus.yaml", "--storage.tsdb.path=data"),
        "/-/ready",
        "promtool",
        ("check", "rules", "rules.yaml"),
    ),
    "alertmanager": _Trial(
        {"alertmanager.yaml": yaml_text(_ROUTES)},
        ("--config.file=alertmanager.yaml", "--storage.path=data"),
        "/-/ready",
        "amtool",
        ("check-config", "alertmanager.yaml"),
    ),
    "recorder": _Trial({}, (), "/recorded"),
    "loki": _Trial({"loki.yaml": yaml_text(LOKI)}, ("-config.file=loki.yaml",), "/ready"),
    "grafana": _Trial(
        {"grafana.ini": _GRAFANA}, ("server", "--homepath={home}", "--config=grafana.ini"), "/api/health"
    ),
}


def why_unusable(
    stack: Stack, stage: Path, programs: Iterable[str], *, limit: float = LONGEST
) -> dict[str, str]:
    """Why a program of a stack, or the tool that comes with it, cannot be used, for each that cannot.

    `stage` is a folder for copies; `limit` are the seconds that each may take to answer.
    """
    reasons = side_by_side(stack, lambda program: (program, _fault(stack, stage, program, limit)), programs)
    return {program: reason for program, reason in reasons if reason is not None}


def _fault(stack: Stack, stage: Path, program: str, limit: float) -> str | None:
    trial = _TRIALS[program]
    folder = stage / f"trial-{program}"
    folder.mkdir(parents=True)
    (folder / "rules").mkdir()
    known = {"inside": stack.inside(folder), "home": stack.home(program)}
    for name, text in trial.files.items():
        (folder / name).write_text(text.format(**known) if name == "grafana.ini" else text, encoding="utf-8")
    try:
        if trial.tool is not None:
            done = stack.run(program, trial.tool, folder, trial.question, timeout=limit)
            if done.returncode != 0:
                return f"{trial.tool} cannot be used: {_said(done)}"
        arguments = [argument.format(**known) for argument in trial.arguments]
        running = stack.start(program, f"trial-{program}", folder, arguments)
        try:
            wait_until_ready(stack, running, trial.ready, limit)
        finally:
            stack.stop(running)
    except EngineError as error:
        return str(error)
    return None


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return f"it ends with exit code {done.returncode}" + (f": {lines[-1][:400]}" if lines else "")
