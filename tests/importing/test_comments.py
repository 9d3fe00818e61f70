"""Comments, and the texts of blocks, stay where they belong."""

from __future__ import annotations

from tests.importing.written import run, slos, written

TEXT = """\
# Copyright of the shop.
version: prometheus/v1
service: shop
labels:
  owner: web # the web team
slos:
  # Orders first.
  - name: orders # as in the contract
    objective: 99.9 # agreed in 2024
    # What fails is bad.
    sli:
      events:
        # Timeouts count as well.
        error_query: | # PromQL
          # all that failed
          sum(rate(orders_total{code=~"5..", why!="#1"}[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting:
      name: Orders
      page_alert:
        labels:
          # to the pager
          severity: critical
      # No tickets for this one.
      ticket_alert:
        disable: true
# The end.
"""


def test_every_comment_is_found_again() -> None:
    text = written(run(TEXT))
    comments = [line.partition("# ")[2] for line in TEXT.splitlines() if "# " in line]
    assert len(comments) == 12
    assert [one for one in comments if text.count(f"# {one}\n") != 1] == []


def test_comments_stand_at_what_they_are_about() -> None:
    text = written(run(TEXT))
    assert text.startswith("# Copyright of the shop.\n# The end.\nslos:\n  # Orders first.\n")
    assert "    objective: 99.9% # agreed in 2024\n" in text
    assert "      # Timeouts count as well.\n      bad: |- # PromQL\n        # all that failed\n" in text
    assert "      owner: web # the web team\n" in text
    assert "        # to the pager\n        severity: critical\n" in text


def test_a_sign_in_a_string_is_not_a_comment() -> None:
    assert 'why!="#1"' in slos(run(TEXT))["shop-orders"]["ratio"]["bad"]


def test_an_slo_in_a_configmap_with_its_comments() -> None:
    inner = "".join(f"    {line}" for line in TEXT.splitlines(keepends=True))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: slos}}\ndata:\n  shop.yaml: |\n{inner}"
    made = run(text)
    assert slos(made) == slos(run(TEXT))
    assert "objective: 99.9% # agreed in 2024\n" in written(made)
