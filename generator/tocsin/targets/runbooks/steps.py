"""The steps of a diagnosis or a procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.plan.links import explore, prometheus_query
from tocsin.targets.runbooks import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Observation, Step
    from tocsin.targets.runbooks.pages import Pages


def steps(
    pages: Pages, written: Iterable[Step], actions: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The steps as the template writes them; `actions` are titles and anchors by key."""
    urls, words = pages.plan.project.urls, pages.words
    found = []
    for number, step in enumerate(written, 1):
        title = markdown.escape_text(step.title) if step.title else words.step.format(number)
        promql = step.promql and urls.prometheus and prometheus_query(urls.prometheus, step.promql)
        logql = step.logql and urls.grafana and explore(urls.grafana, pages.plan.project.loki_uid, step.logql)
        found.append(
            {
                "heading": f"{number}. {title}",
                "step": step,
                "promql_url": promql,
                "logql_url": logql,
                "findings": [_finding(finding, actions) for finding in step.findings],
            }
        )
    return found


def _finding(finding: Observation, actions: Mapping[str, tuple[str, str]]) -> str:
    text = markdown.close_markdown(finding.see)
    if finding.means:
        text += f" → {markdown.close_markdown(finding.means)}"
    if finding.action:
        title, anchor = actions[finding.action]
        text += f" → [{title}](#{anchor})"
    return text
