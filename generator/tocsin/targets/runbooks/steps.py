"""The steps of a diagnosis or a procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.label_placeholders import filled_in_template
from tocsin.plan.links import explore, prometheus_query
from tocsin.targets.runbooks import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Observation, Step
    from tocsin.targets.runbooks.pages import Pages


def steps(
    pages: Pages,
    written: Iterable[Step],
    actions: Mapping[str, tuple[str, str]],
    in_message: str | None = None,
) -> list[dict[str, Any]]:
    """The steps as the template writes them; `actions` are titles and anchors by key.

    `in_message` is the template of the command that notifications show.
    """
    urls, words = pages.plan.project.urls, pages.words
    found = []
    for number, step in enumerate(written, 1):
        title = markdown.escape_text(step.title) if step.title else words.step.format(number)
        promql = step.promql and urls.prometheus and prometheus_query(urls.prometheus, step.promql)
        logql = step.logql and logs_url(pages, step.logql)
        found.append(
            {
                "heading": f"{number}. {title}",
                "step": step,
                "is_in_message": step.command is not None
                and filled_in_template(step.command.code.strip("\n")) == in_message,
                "promql_url": promql,
                "logql_url": logql,
                "findings": [_finding(finding, actions) for finding in step.findings],
            }
        )
    return found


def logs_url(pages: Pages, query: str) -> str | None:
    """Where a log query can be run: in Grafana, as Loki has no page of its own."""
    project = pages.plan.project
    return project.urls.grafana and explore(project.urls.grafana, project.loki_uid, query)


def _finding(finding: Observation, actions: Mapping[str, tuple[str, str]]) -> str:
    text = markdown.close_markdown(finding.see)
    if finding.means:
        text += f" → {markdown.close_markdown(finding.means)}"
    if finding.action:
        title, anchor = actions[finding.action]
        text += f" → [{title}](#{anchor})"
    return text
