"""A spec with environments: each has an output of its own, is checked and compared."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.checking import ended_exceptions
from tocsin.cli.main import main
from tocsin.diagnostics import Level
from tocsin.spec.environment_tree import OUTPUT_NAMES
from tocsin.workspace.load import Planned, load_environments
from tocsin.workspace.sound_environments import SoundEnvironments

if TYPE_CHECKING:
    from tocsin.compile.partial import PartialPlan
    from tocsin.engines.program import Program

SHOP = (Path(__file__).parents[1] / "specs" / "shop.yaml").read_text(encoding="utf-8")
ENVIRONMENTS = """
environments:
  production: {labels: {env: production}}
  staging:
    title: Web Shop (staging)
    labels: {env: staging}
    urls: {prometheus: https://prometheus.staging.example}
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec").mkdir()
    Path("spec/shop.yaml").write_text(SHOP, encoding="utf-8")
    _environments(ENVIRONMENTS)
    return tmp_path


def _environments(text: str) -> None:
    Path("spec/environments.yaml").write_text(text, encoding="utf-8")


def _files(folder: str) -> dict[str, bytes]:
    root = Path(folder)
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def _rules(environment: str) -> list[dict[str, Any]]:
    text = Path(f"output/{environment}/prometheus/rules/web.yaml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def test_each_environment_is_generated_into_a_folder_of_its_own() -> None:
    made = _run("generate")
    assert made.exit_code == 0
    assert [path.name for path in sorted(Path("output").iterdir())] == ["production", "staging"]
    assert all(rule["labels"]["env"] == "staging" for rule in _rules("staging"))
    # What an environment does not name stays as the project says it.
    assert all(rule["labels"]["system"] == "shop" for rule in _rules("staging"))
    manifest = json.loads(Path("output/staging/manifest.json").read_text(encoding="utf-8"))
    assert manifest["environment"] == "staging"
    assert all((Path("output/staging") / path).is_file() for path in manifest["files"])
    dashboards = Path("output/staging/grafana/dashboards").glob("*.json")
    assert any("Web Shop (staging)" in path.read_text(encoding="utf-8") for path in dashboards)
    urls = {rule["annotations"]["dashboard_url"] for rule in _rules("staging")}
    assert all(url.startswith("https://grafana.shop.example") for url in urls)


def test_the_output_is_that_of_a_spec_that_says_the_same_without_environments() -> None:
    _run("generate")
    Path("spec/environments.yaml").unlink()
    text = SHOP.replace("labels: {system: shop}", "labels: {system: shop, env: production}")
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    _run("generate", "-o", "alone")
    production, alone = _files("output/production"), _files("alone")
    production.pop("manifest.json")
    alone.pop("manifest.json")
    assert production == alone


def test_one_environment_is_generated_alone() -> None:
    assert _run("generate", "--environment", "staging").exit_code == 0
    assert [path.name for path in Path("output").iterdir()] == ["staging"]
    assert _run("generate", "--check", "--environment", "staging").exit_code == 0
    assert _run("generate", "--check").exit_code == 1


def test_check_of_what_is_generated_is_for_each_environment() -> None:
    _run("generate")
    assert _run("generate", "--check").stdout == (
        "output/production is up to date\noutput/staging is up to date\n"
    )
    Path("output/staging/prometheus/rules/web.yaml").write_text("changed", encoding="utf-8")
    outdated = _run("generate", "--check")
    assert outdated.exit_code == 1
    assert outdated.stdout.splitlines()[:3] == [
        "output/production is up to date",
        "changed by hand: output/staging/prometheus/rules/web.yaml",
        "output/staging is out of date; run `tocsin generate` and commit the result",
    ]
    found = json.loads(_run("generate", "--check", "--format", "json").stdout)
    assert found["output/staging"]["changed_by_hand"] == ["prometheus/rules/web.yaml"]
    assert found["output/production"]["changed"] == []


def test_what_an_environment_had_goes_with_it_and_nothing_else() -> None:
    _run("generate")
    Path("output/staging/mine.txt").write_text("mine", encoding="utf-8")
    Path("output/other").mkdir()
    Path("output/other/manifest.json").write_text('{"tocsin": "1", "spec": {}, "files": {}}', "utf-8")
    _environments("environments: {production: {labels: {env: production}}}\n")
    outdated = _run("generate", "--check")
    assert outdated.exit_code == 1
    assert "left over: output/staging/prometheus/rules/web.yaml\n" in outdated.stdout
    assert "output/staging/prometheus/rules/web.yaml" in map(str, Path("output").rglob("*"))
    assert _run("generate").exit_code == 0
    assert _files("output/staging") == {"mine.txt": b"mine"}
    assert Path("output/other/manifest.json").is_file()
    assert _run("generate", "--check").stdout == "output/production is up to date\n"


def test_the_output_of_a_spec_without_environments_makes_room_and_comes_back() -> None:
    Path("spec/environments.yaml").unlink()
    _run("generate")
    before = _files("output")
    Path("output/README.md").write_text("mine", encoding="utf-8")
    _environments(ENVIRONMENTS)
    assert _run("generate", "--check").exit_code == 1
    assert _run("generate").exit_code == 0
    assert {path.name for path in Path("output").iterdir()} == {"production", "staging", "README.md"}
    Path("spec/environments.yaml").unlink()
    assert _run("generate").exit_code == 0
    Path("output/README.md").unlink()
    assert _files("output") == before


def test_a_finding_that_is_the_same_everywhere_is_told_once_and_another_with_its_environment() -> None:
    _environments(ENVIRONMENTS.replace("env: staging", "severity: staging"))
    text = SHOP.replace(
        "summary: Checkout of {{ $labels.shop }} fails", "summary: Checkout of {{ $labels.shp }}"
    )
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    found = json.loads(_run("check", "--format", "json").stdout)
    dropped = [one["message"] for one in found if one["check"] == "label/dropped"]
    assert dropped == ["the summary uses `$labels.shp`, but the query cannot return it"]
    assert [one["message"] for one in found if "(in staging)" in one["message"]]
    production = json.loads(_run("check", "--format", "json", "--environment", "production").stdout)
    assert {one["check"] for one in production} == {"label/dropped"}


@pytest.mark.parametrize(
    "command", [["route", "--all"], ["explain", "ShopDown"], ["prove"], ["slo", "backfill"]]
)
def test_commands_about_one_environment_say_which_and_take_another(command: list[str]) -> None:
    said = _run(*command).stderr
    assert "note: this is production; --environment chooses another: staging" in said
    assert "note: this is" not in _run(*command, "--environment", "staging").stderr
    unknown = _run(*command, "--environment", "stagin")
    assert unknown.exit_code == 2
    assert (
        "there is no environment `stagin` in the spec; known here: `production`, `staging`" in unknown.stderr
    )


def test_an_environment_is_only_in_a_spec_that_has_some() -> None:
    Path("spec/environments.yaml").unlink()
    found = _run("check", "--environment", "staging")
    assert found.exit_code == 2
    assert "there is no environment `staging` here: only a spec with `environments:` has some" in found.stderr


def test_two_environments_are_compared_by_who_is_told() -> None:
    _environments(ENVIRONMENTS + "routing: {routes: [{matchers: ['env=\"staging\"'], receiver: web}]}\n")
    # Lists are not joined, so the routes stand in one file.
    text = SHOP.replace("  routes:\n", "  routes:\n    - {matchers: ['env=\"staging\"'], receiver: web}\n", 1)
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    _environments(ENVIRONMENTS)
    found = _run("diff", "production", "staging")
    assert found.exit_code == 1
    assert "label env production → staging" in found.stdout
    assert "web" in found.stdout
    assert _run("diff", "staging", "staging").exit_code == 0


def test_one_of_two_names_that_is_no_environment_is_told() -> None:
    for words in (("production", "nirvana"), ("nirvana", "production")):
        found = _run("diff", *words)
        assert (found.exit_code, found.stderr) == (
            2,
            "Error: there is no environment `nirvana` in the spec; known here: `production`, `staging`\n",
        )


def test_nothing_is_said_of_an_environment_that_has_to_be_named() -> None:
    found = _run("push", "mimir", "--apply")
    assert (found.exit_code, found.stderr) == (
        2,
        "Error: name the environment with `--environment`: production, staging\n",
    )


def test_no_environment_is_called_as_something_in_the_output() -> None:
    text = """
deliver:
  kubernetes: {namespace: monitoring, loki: {form: sidecar}}
  mimir: {namespace: shop}
  loki: {namespace: shop}
"""
    Path("spec/environments.yaml").write_text(text, encoding="utf-8")
    made = _run("generate")
    assert made.exit_code == 0, made.output
    written = {path.name for path in Path("output").iterdir()}
    assert {"manifest.json", "kubernetes", "mimir", "prometheus"} <= written <= OUTPUT_NAMES


def _git(*args: str) -> None:
    subprocess.run(["git", *args], check=True, capture_output=True)


def test_a_change_is_compared_in_each_environment_and_told_once_where_it_is_the_same() -> None:
    _git("init", "-b", "main")
    _git("add", ".")
    _git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "all")
    assert _run("diff", "main").exit_code == 0
    Path("spec/shop.yaml").write_text(SHOP.replace("above: 10%", "above: 20%"), encoding="utf-8")
    assert _run("diff", "main").stdout.startswith("In production, staging\n\nAlerts\n  ~ CheckoutErrors")
    _environments(ENVIRONMENTS.replace("env: staging", "env: dev").replace("staging:", "dev:"))
    found = _run("diff", "main")
    assert "In production\n" in found.stdout
    assert "The environment dev was added\n" in found.stdout
    assert "The environment staging was removed\n" in found.stdout
    data = json.loads(_run("diff", "main", "--format", "json").stdout)
    assert data["environments"]["production"]["changed"] is True
    assert (data["added"], data["removed"]) == (["dev"], ["staging"])


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("environments: {production: {label: {}}}", "unknown key `label`", 1),
        ("environments:\n  production:\n    deliver: {kubernetes: {}}", "`namespace` is missing", 3),
        ("environments: {../x: {}}", "`../x` is not a valid name", 1),
        ("environments: {a: {labels: {__x: y}}}", "`__x` is not a valid label name", 1),
        (
            "environments:\n  a: {}\n  Manifest.json: {}",
            "no environment can be called `Manifest.json`: the output has a file or folder of this name",
            3,
        ),
        (
            "environments:\n  Live: {}\n  live: {}",
            "the environments `Live` and `live` differ only in upper and lower case",
            3,
        ),
    ],
)
def test_what_is_wrong_with_an_environment_is_told_at_its_place(text: str, message: str, line: int) -> None:
    _environments(text + "\n")
    found = json.loads(_run("check", "--format", "json").stdout)
    assert [(one["message"], one["line"]) for one in found] == [(message, line)]


def test_a_routing_test_is_of_the_environments_that_it_names() -> None:
    test = "    - {in: [staging], labels: {severity: critical}, receivers: [everybody]}\n"
    Path("spec/shop.yaml").write_text(SHOP.replace("  tests:\n", f"  tests:\n{test}", 1), encoding="utf-8")
    assert _run("check", "--environment", "production").exit_code == 0
    found = _run("check", "--environment", "staging")
    assert found.exit_code == 1
    assert "error[routing/test]" in found.stdout
    Path("spec/shop.yaml").write_text(
        SHOP.replace("  tests:\n", f"  tests:\n{test.replace('staging', 'stagin')}", 1), encoding="utf-8"
    )
    unknown = _run("check")
    assert "the environment `stagin` does not exist" in unknown.stdout
    assert "did you mean `staging`?" in unknown.stdout


@pytest.fixture
def judged(promtool: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))


@pytest.mark.usefixtures("judged")
def test_a_test_of_an_alert_is_of_the_environments_that_it_names() -> None:
    case = '- {in: staging, fires: false, series: {\'up{job="shop",shop="faro"}\': "0x20"}}\n'
    text = SHOP.replace("        tests:\n", f"        tests:\n          {case}", 1)
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    staging, production = (_run("test", "--environment", one).stdout for one in ("staging", "production"))
    assert "21 tests:" in staging
    assert "20 tests:" in production
    assert "41 tests:" in _run("test").stdout


@pytest.mark.usefixtures("judged")
def test_a_test_that_fails_in_one_environment_names_it() -> None:
    test = "    - {in: [staging], labels: {severity: critical}, receivers: [everybody]}\n"
    Path("spec/shop.yaml").write_text(SHOP.replace("  tests:\n", f"  tests:\n{test}", 1), encoding="utf-8")
    found = _run("test")
    assert found.exit_code == 1
    assert "(in staging)" in found.stdout
    assert "(in production)" not in found.stdout


def test_deliver_of_an_environment_is_joined_with_that_of_the_spec() -> None:
    Path("spec/deliver.yaml").write_text(
        """
deliver:
  mimir: {namespace: tocsin-shop, tenant: production, rules_per_group: 7}
  kubernetes: {namespace: monitoring, alertmanager: {name: alertmanager-main}, loki: {form: sidecar}}
""",
        encoding="utf-8",
    )
    own = "deliver: {mimir: {tenant: staging}, kubernetes: {alertmanager: {labels: {a: b}}}}"
    _environments(ENVIRONMENTS + f"    {own}\n")
    assert _run("generate").exit_code == 0
    assert Path("output/staging/mimir/tocsin-shop.yaml").is_file()
    secret = "kubernetes/secret-alertmanager-main.yaml"
    labels = [
        yaml.safe_load(Path(f"output/{name}/{secret}").read_text(encoding="utf-8"))["metadata"]["labels"]
        for name in ("production", "staging")
    ]
    assert ["a" in one for one in labels] == [False, True]


def test_deliver_of_an_environment_alone_has_to_be_whole() -> None:
    _environments(ENVIRONMENTS + "    deliver: {mimir: {tenant: staging}}\n")
    refused = _run("generate")
    assert refused.exit_code == 1
    assert "`namespace` is missing" in refused.stdout
    assert "spec/environments.yaml" in refused.stdout


def test_what_is_delivered_in_a_further_form_is_read_once() -> None:
    Path("spec/deliver.yaml").write_text(
        "deliver: {mimir: {namespace: tocsin-shop}, kubernetes: {namespace: m, loki: {form: sidecar}}}\n",
        encoding="utf-8",
    )
    _run("generate")
    whole = _run("check", "output/production")
    assert "a generated file in a further form" in whole.stdout + whole.stderr
    assert "--> output/production/mimir" not in whole.stdout
    assert "--> output/production/kubernetes" not in whole.stdout
    # Whoever names the folder, or changed a file in it, wants to know of it.
    one = Path("output/production/mimir/tocsin-shop.yaml")
    text = one.read_text(encoding="utf-8")
    assert "file/foreign-key" in _run("check", "output/production/mimir").stdout
    one.write_text(text.replace("sum by (shop)", "sum by (shp)"), encoding="utf-8")
    assert "--> output/production/mimir" in _run("check", "output/production").stdout


STAGING_ROUTE = """
    - team: payments
      receiver: payments
      except: [{in: staging, active_time_intervals: [ofice-hours]}]
"""


def test_what_is_wrong_in_a_later_environment_only_is_fixed_there() -> None:
    text = SHOP.replace("  routes:\n", f"  routes:{STAGING_ROUTE}", 1)
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    assert "active_time_intervals: [ofice-hours]" in text
    alone = _run("check", "--fix", "--environment", "production", "--only", "reference/*")
    assert Path("spec/shop.yaml").read_text(encoding="utf-8") == text, alone.stdout
    fixed = _run("check", "--fix", "--only", "reference/*")
    assert "1 finding fixed in 1 file" in fixed.stdout
    assert Path("spec/shop.yaml").read_text(encoding="utf-8") == text.replace("[ofice-", "[office-")


def test_an_exception_that_was_to_end_is_told_after_its_last_day_and_holds() -> None:
    text = SHOP.replace(
        "  routes:\n",
        "  routes:\n    - {team: payments, receiver: payments,\n"
        '       except: [{in: staging, off: "they move", until: 2026-11-30}]}\n',
        1,
    )
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    first, second = load_environments([Path("spec")])
    assert isinstance(first, Planned)
    assert isinstance(second, Planned)
    assert [*ended_exceptions(first, date(2026, 11, 30))] == []
    [told] = ended_exceptions(second, date(2026, 12, 1))
    assert (told.id, told.level, told.message) == (
        "except/ended",
        Level.WARNING,
        "this exception was meant to end on 2026-11-30, and still holds",
    )
    assert told.span is not None
    assert text.splitlines()[told.span.line - 1].endswith("until: 2026-11-30}]}")
    assert first.plan.route is not None
    assert second.plan.route is not None
    assert len(first.plan.route.routes) == len(second.plan.route.routes) + 1


def test_an_exception_that_ended_long_ago_is_found_once_for_all_environments() -> None:
    text = SHOP.replace(
        "  routes:\n",
        "  routes:\n    - {team: payments, except: [{in: staging, off: a, until: 2020-01-31}]}\n",
        1,
    )
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    found = json.loads(_run("check", "--format", "json").stdout)
    told = [one["message"] for one in found if one["check"] == "except/ended"]
    assert told == ["this exception was meant to end on 2020-01-31, and still holds"]


@pytest.mark.parametrize("until", ["tomorrow", "2027-02-30"])
def test_an_end_that_is_no_day_is_refused(until: str) -> None:
    text = SHOP.replace(
        "  routes:\n",
        f"  routes:\n    - {{team: payments, except: [{{in: staging, off: a, until: {until}}}]}}\n",
        1,
    )
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    refused = _run("check")
    assert refused.exit_code == 1
    assert "until" in refused.stdout


def test_an_environment_is_planned_when_the_one_before_is_done_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five plans of many alerts take more memory than a runner of a pipeline has."""
    planned: list[str | None] = []
    plan = SoundEnvironments.plan

    def noted(self: SoundEnvironments, name: str | None) -> PartialPlan | None:
        planned.append(name)
        return plan(self, name)

    monkeypatch.setattr(SoundEnvironments, "plan", noted)
    for number, one in enumerate(load_environments([Path("spec")]), start=1):
        assert planned[-1] == one.environment
        assert len(planned) == number
    assert planned == ["production", "staging"]


CLUSTERS = """
project: {name: shop, title: Shop}
environments: {eu: {evaluator: cluster}, all: {evaluator: global}}
severities: {critical: {rank: 1, title: Critical}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing:
  catch_all: all
  routes:
    - {receiver: all, group_by: [shop], matchers: ['alertname="Slow"']}
    - {receiver: all, group_by: [shop], matchers: ['tier="sum"']}
  inhibitions:
    - {source: ['alertname="Sum"'], target: ['alertname="Slow"'], equal: [shop]}
groups:
  pages:
    title: Pages
    evaluator: cluster
    alerts:
      Slow:
        summary: "{{ $labels.shop }} is slow"
        description: Pages take long.
        promql: avg by (shop) (page_seconds)
        thresholds: {critical: {above: 3}}
        runbook: {actions: {cache: {title: Clear the cache}}}
"""
SUM = """
  sums:
    title: All shops
    evaluator: global
    alerts:
      Sum:
        summary: "{{ $labels.shop }} is slow"
        description: Pages take long.
        promql: sum by (shop) (page_seconds)
        labels: {tier: sum}
        thresholds: {critical: {above: 3}}
        runbook: {actions: {cache: {title: Clear the cache}}}
"""
RECORDED = """
recordings:
  sums: {evaluator: global, rules: [{record: "shop:pages:sum", promql: "sum by (shop) (pages)"}]}
"""


def _warnings(text: str) -> list[str]:
    Path("spec/environments.yaml").unlink(missing_ok=True)
    Path("spec/shop.yaml").write_text(text, encoding="utf-8")
    found = json.loads(_run("check", "--level", "warning", "--format", "json").stdout)
    return sorted(f"{one['check']}: {one['message']}" for one in found)


def test_what_alerts_of_one_environment_meet_is_no_mistake_in_another() -> None:
    assert _warnings(CLUSTERS + SUM) == []


def test_what_no_alert_of_any_environment_meets_is_found() -> None:
    misspelt = (CLUSTERS + SUM).replace('"Slow"', '"Slwo"', 1).replace("tier=", "teir=")
    assert _warnings(misspelt.replace('"Sum"', '"Smu"', 1)) == [
        "inhibit/unknown-alert: no rule has an alert `Smu`",
        "route/unknown-alert: no rule has an alert `Slwo`",
        "route/unreachable: no alert of these rules can have the label `teir`",
    ]
    # An environment without any alert has no say in it.
    assert _warnings(CLUSTERS + RECORDED) == [
        "inhibit/unknown-alert: no rule has an alert `Sum` (in eu)",
        "route/unreachable: no alert of these rules can have the label `tier` (in eu)",
    ]


def _of(environment: str) -> list[str]:
    found = json.loads(
        _run("check", "--environment", environment, "--level", "warning", "--format", "json").stdout
    )
    return sorted(f"{one['check']}: {one['message']}" for one in found)


def test_one_environment_alone_knows_what_alerts_of_the_others_meet() -> None:
    assert _warnings(CLUSTERS + SUM) == []
    assert [_of("eu"), _of("all")] == [[], []]
    misspelt = (CLUSTERS + SUM).replace('"Slow"', '"Slwo"', 1)
    told = "route/unknown-alert: no rule has an alert `Slwo`"
    assert _warnings(misspelt) == [told]
    assert [_of("eu"), _of("all")] == [[told], [told]]


FIRING = """
slos:
  paid:
    title: Paid
    objective: 99%
    window: 30d
    up: up{job="shop"}
    evaluator: cluster
    burn: {page: critical}
"""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Slow", []),
        ("PaidBudgetBurn", []),
        ("Slwo", ["query/alerts: no rule has an alert `Slwo` (in all)"]),
    ],
)
def test_what_stands_over_the_clusters_knows_their_alerts(asked: str, said: list[str]) -> None:
    query = f"count by (shop) (ALERTS{{alertname=\"{asked}\", alertstate='firing'}})"
    text = CLUSTERS + SUM.replace("sum by (shop) (page_seconds)", query) + FIRING
    assert [one for one in _warnings(text) if one.startswith("query/alerts")] == said


def test_a_cluster_does_not_have_the_alerts_of_what_stands_over_it() -> None:
    query = "count by (shop) (ALERTS{alertname='Sum', alertstate='firing'})"
    text = CLUSTERS.replace("avg by (shop) (page_seconds)", query) + SUM
    assert "query/alerts: no rule has an alert `Sum` (in eu)" in _warnings(text)
