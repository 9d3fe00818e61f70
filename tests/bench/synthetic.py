"""Specs of any size, the same for the same size: metric and log alerts, severities, runbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

GROUP = 20
"""Alerts in each group."""
MOST_TEAMS = 300

_QUERIES = (
    (
        'sum by (service) (rate(requests_total{{service="s{n}", code=~"5.."}}[5m]))',
        "per_second",
        "{v}",
        "service",
    ),
    (
        'histogram_quantile(0.99, sum by (le, route) (rate(latency_seconds_bucket{{service="s{n}"}}[5m])))',
        "seconds",
        "{v}s",
        "route",
    ),
    (
        'sum by (job) (rate(errors_total{{job="j{n}"}}[5m]))\n  /\n'
        'sum by (job) (rate(calls_total{{job="j{n}"}}[5m]))',
        "ratio",
        "{v}%",
        "job",
    ),
    ('max by (instance) (queue_bytes{{queue="q{n}"}})', "bytes", "{v}GiB", "instance"),
)


def write_spec(folder: Path, alerts: int) -> None:
    """Write a spec with this many alerts, a file for each group."""
    folder.mkdir(parents=True)
    teams = min(MOST_TEAMS, max(alerts // GROUP, 1))
    (folder / "project.yaml").write_text(yaml_text(_base(teams)), encoding="utf-8")
    for start in range(0, alerts, GROUP):
        numbers = range(start, min(start + GROUP, alerts))
        name = f"group{start // GROUP:04}"
        group = {
            "title": f"Group {start // GROUP}",
            "team": f"team{start // GROUP % teams}",
            "interval": "30s",
            "alerts": {f"Alert{number:05}": _alert(number, start) for number in numbers},
        }
        (folder / f"{name}.yaml").write_text(yaml_text({"groups": {name: group}}), encoding="utf-8")


def write_flawed_spec(folder: Path, alerts: int) -> Path:
    """Write a spec of one file, in which `tocsin check` finds two things in each alert; the file."""
    folder.mkdir(parents=True)
    groups = {
        f"group{start // GROUP:04}": {
            "title": f"Group {start // GROUP}",
            "alerts": {
                f"Alert{number:05}": _flawed_alert(number)
                for number in range(start, min(start + GROUP, alerts))
            },
        }
        for start in range(0, alerts, GROUP)
    }
    file = folder / "spec.yaml"
    file.write_text(yaml_text({**_base(1), "groups": groups}), encoding="utf-8")
    return file


def _flawed_alert(number: int) -> dict[str, Any]:
    """One with a text about a label that its query does not return, and with a runbook without steps."""
    return {
        "summary": "The disk of {{ $labels.instance }} is full",
        "description": "{{ $value | humanizePercentage }} on {{ $labels.mountpoint }}",
        "promql": f'max by (instance) (disk_used_ratio{{job="n{number}"}})',
        "unit": "ratio",
        "thresholds": {"critical": {"above": "80%", "for": "5m"}},
        "runbook": {"impact": ["Users wait."]},
    }


def _base(teams: int) -> dict[str, Any]:
    receivers: dict[str, Any] = {
        f"team{n}": {"slack": [{"channel": f"#team{n}", "api_url_file": "/secrets/slack"}]}
        for n in range(teams)
    }
    return {
        "project": {
            "name": "bench",
            "title": "Bench",
            "urls": {
                "prometheus": "http://prometheus.example",
                "alertmanager": "http://alertmanager.example",
                "grafana": "http://grafana.example",
                "runbooks": "http://runbooks.example",
            },
        },
        "severities": {
            "critical": {"rank": 1, "title": "Critical", "icon": "🔴", "notify": {"group_wait": "0s"}},
            "warning": {"rank": 2, "title": "Warning", "icon": "🟡", "notify": {"group_wait": "1m"}},
        },
        "teams": {f"team{n}": {"title": f"Team {n}", "receiver": f"team{n}"} for n in range(teams)},
        "receivers": {"all": {"webhook": [{"url": "http://hook.example"}]}, **receivers},
        "routing": {"catch_all": "all"},
    }


def _alert(number: int, first: int) -> dict[str, Any]:
    alert: dict[str, Any] = {
        "summary": f"Service {number} of {{{{ $labels.{_label(number)} }}}} is not well",
        "description": "The value is {{ $value | humanize }}.",
        "labels": {"component": f"c{number % 50}"},
        "runbook": _runbook(number),
    }
    if number % 5 == 4:
        alert["logql"] = f'sum by (app) (rate({{app="a{number}"}} |= "error" | json | __error__="" [5m]))'
        alert["unit"] = "per_second"
        alert["thresholds"] = {"warning": {"above": 1 + number % 7, "for": "5m"}}
    else:
        query, unit, amount, _ = _QUERIES[number % 4]
        alert["promql"] = query.format(n=number)
        alert["unit"] = unit
        alert["thresholds"] = {
            "warning": {"above": amount.format(v=1 + number % 7), "for": "10m"},
            "critical": {"above": amount.format(v=10 + number % 7), "for": "5m"},
        }
    if number > first:
        alert["related"] = [f"Alert{number - 1:05}"]
    if number == first + 1:
        alert["depends_on"] = [{"alert": f"Alert{first:05}", "equal": []}]
    return alert


def _label(number: int) -> str:
    """A label that the results of the alert have."""
    return "app" if number % 5 == 4 else _QUERIES[number % 4][3]


def _runbook(number: int) -> dict[str, Any]:
    return {
        "impact": ["Customers wait.", f"Team {number % 7} is called."],
        "diagnosis": [
            {
                "title": "Look at the errors",
                "promql": f'sum by (code) (rate(requests_total{{service="s{number}"}}[5m]))',
                "findings": [{"see": "many 503", "means": "overload", "action": "scale"}],
            },
            {
                "title": "Read the log",
                "command": {"language": "bash", "code": f"kubectl logs app-{number}\n"},
            },
        ],
        "actions": {
            "scale": {
                "title": "Scale out",
                "commands": [{"language": "bash", "code": f"kubectl scale app-{number}"}],
            }
        },
        "success": ["The value is below the threshold for 15 minutes."],
        "prevention": ["Test the load."],
    }
