"""The hooks, the GitHub Action and the GitLab job that this repository offers, run as there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pre_commit.clientlib import load_config, load_manifest

from tocsin.manual import read_page

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
RULES = "groups:\n- name: g\n  interval: 1m\n  rules:\n  - {alert: A, expr: up == 0, for: 5s}\n"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A repository of a team with plain files."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a b.yml").write_text(RULES)
    (tmp_path / "policy.yaml").write_text("policy: {labels: {required: [team]}}\n")
    return tmp_path


def _run(script: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env={"PATH": f"{BIN}:{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_pre_commit_takes_the_definition_of_the_hooks_and_they_run(team: Path) -> None:
    hooks = {hook["id"]: hook for hook in load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))}
    assert sorted(hooks) == ["tocsin-check", "tocsin-fmt", "tocsin-generate"]
    assert _run(f"{hooks['tocsin-fmt']['entry']} --check", ROOT).returncode == 0
    check = hooks["tocsin-check"]
    assert (check["language"], check["pass_filenames"]) == ("python", False)
    assert re.search(check["files"], "rules/web.rules")
    result = _run(shlex.join([*shlex.split(check["entry"]), "rules"]), team)
    assert (result.returncode, "rule/for-interval" in result.stdout) == (1, True)
    generate = _run(hooks["tocsin-generate"]["entry"], ROOT)
    assert (generate.returncode, "is up to date" in generate.stdout) == (0, True)


def test_the_hooks_of_this_repository_ask_what_make_lint_asks() -> None:
    config = load_config(str(ROOT / ".pre-commit-config.yaml"))
    entries = {hook["entry"] for repo in config["repos"] for hook in repo["hooks"]}
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert lint is not None
    for command in lint[1].split("\n")[:-1]:
        program = command.split()[0].removeprefix("\t").replace("$(BIN)", ".venv/bin")
        assert any(entry.split()[0] == program for entry in entries), command


@pytest.mark.skipif(
    not os.environ.get("TOCSIN_THOROUGH"), reason="TOCSIN_THOROUGH=1 installs the hook for real"
)
def test_pre_commit_installs_and_runs_the_hook(team: Path) -> None:
    config = {
        "repos": [
            {
                "repo": f"file://{ROOT}",
                "rev": subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip(),
                "hooks": [{"id": "tocsin-check", "args": ["rules"]}],
            }
        ]
    }
    (team / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *command], cwd=team, check=True, timeout=30)
    done = subprocess.run(
        [str(BIN / "pre-commit"), "run", "--all-files"],
        cwd=team,
        env={**os.environ, "PRE_COMMIT_HOME": str(team / "home")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, "rule/for-interval" in done.stdout) == (1, True), done.stdout + done.stderr


def _action() -> dict[str, Any]:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(action, dict)
    return action


def _step(id_: str, team: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """A step of the action with its inputs, and with this Tocsin where an earlier step would install one."""
    action = _action()
    inputs = {name: given.get(name, value["default"]) for name, value in action["inputs"].items()}
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == id_]
    env = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)
        for name, value in step["env"].items()
    }
    home = team / "runner" / "tocsin"
    if not home.exists():
        home.mkdir(parents=True)
        (home / "bin").symlink_to(BIN)
    return _run(
        step["run"],
        team,
        RUNNER_TEMP=str(team / "runner"),
        GITHUB_OUTPUT=str(team / "outputs"),
        GITHUB_STEP_SUMMARY=str(team / "summary"),
        **env,
    )


def _outputs(team: Path) -> dict[str, str]:
    """The outputs as GitHub reads them."""
    text = (team / "outputs").read_text(encoding="utf-8")
    several = {name: value for name, _, value in re.findall(r"^(\w+)<<(\w+)\n(.*?)\n\2$", text, re.M | re.S)}
    return {**dict(re.findall(r"^(\w+)=(.*)$", text, re.M)), **several}


def _commit(team: Path) -> None:
    for command in (["init", "--quiet"], ["add", "rules"], ["commit", "--quiet", "--message", "rules"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@a.example", *command],
            cwd=team,
            check=True,
            timeout=30,
        )


def test_the_action_annotates_what_it_finds(team: Path) -> None:
    result = _step("check", team, paths="rules", policy="policy.yaml")
    assert result.returncode == 1, result.stderr
    first, second = result.stdout.splitlines()
    assert first.startswith("::error file=rules/a b.yml,line=5,")
    assert "title=policy/missing-label" in first
    assert second.startswith("::warning file=rules/a b.yml,line=5,")


def test_the_action_reads_what_the_repository_says_where_no_path_is_given(team: Path) -> None:
    (team / "tocsin.toml").write_text('paths = ["rules"]\n')
    result = _step("check", team)
    assert (result.returncode, "title=rule/for-interval" in result.stdout) == (1, True), result.stderr


def test_the_action_takes_its_inputs_as_words_only(team: Path) -> None:
    result = _step("check", team, paths="rules $(touch hacked) ;touch hacked")
    assert result.returncode == 2
    assert _step("diff", team, paths="rules", diff="$(touch hacked)").returncode == 2
    assert not (team / "hacked").exists()
    # Inputs reach the scripts by the environment, never by substitution into them.
    assert all("${{" not in step.get("run", "") for step in _action()["runs"]["steps"])


def test_the_action_gives_what_changes_as_an_output_and_in_the_summary(team: Path) -> None:
    _commit(team)
    assert _step("diff", team, paths="rules", diff="HEAD").returncode == 0
    assert _outputs(team)["changed"] == "false"
    (team / "outputs").unlink()
    rules = team / "rules" / "a b.yml"
    rules.write_text(RULES.replace("alert: A", "alert: Renamed"))
    result = _step("diff", team, paths="rules", diff="HEAD")
    assert result.returncode == 0, result.stderr
    outputs = _outputs(team)
    assert outputs["changed"] == "true"
    assert "Renamed" in outputs["diff"]
    assert outputs["diff"] in (team / "summary").read_text(encoding="utf-8")


def test_a_long_difference_is_cut_for_a_comment_and_whole_in_the_summary(team: Path) -> None:
    _commit(team)
    alerts = "".join(f"  - {{alert: {'A' * 100}{number}, expr: up == 0}}\n" for number in range(700))
    (team / "rules" / "a b.yml").write_text(RULES + alerts)
    assert _step("diff", team, paths="rules", diff="HEAD").returncode == 0
    said = _outputs(team)["diff"]
    assert len(said) < 65_536
    assert said.endswith("… cut here; the summary of the job has all of it.")
    assert f"{'A' * 100}699" in (team / "summary").read_text(encoding="utf-8")


def test_the_action_asks_whether_the_output_is_up_to_date(team: Path) -> None:
    _run("tocsin init && tocsin generate", team)
    assert _step("generate", team, generate="true").returncode == 0
    (team / "output" / "runbooks" / "HostDown.md").write_text("changed\n")
    result = _step("generate", team, generate="true", paths="spec")
    assert (result.returncode, "changed by hand" in result.stdout) == (1, True)


def test_the_action_sets_up_the_python_and_the_version_that_are_asked_for(team: Path, tmp_path: Path) -> None:
    steps = _action()["runs"]["steps"]
    assert steps[0]["uses"].startswith("actions/setup-python@")
    assert steps[0]["with"] == {"python-version": "${{ inputs.python-version }}"}
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "$@"\\n\' > "$3/bin/pip"\n'
        'chmod +x "$3/bin/pip"\n'
    )
    python.chmod(0o755)
    (install,) = [step for step in steps if step.get("id") == "install"]
    env = {
        "TOCSIN_PYTHON": str(python),
        "TOCSIN_REPOSITORY": "shop/tocsin",
        "GITHUB_SERVER_URL": "https://git.example.org",
        "GITHUB_ACTION_PATH": "/action",
        "RUNNER_TEMP": str(tmp_path / "temp"),
    }
    own = _run(install["run"], team, TOCSIN_VERSION="", **env)
    assert own.stdout == "install --quiet /action\n", own.stderr
    other = _run(install["run"], team, TOCSIN_VERSION="v1.2", **env)
    assert other.stdout == "install --quiet tocsin @ git+https://git.example.org/shop/tocsin@v1.2\n"


def test_the_job_for_gitlab_leaves_a_report_of_tests(team: Path) -> None:
    page = read_page("ci")
    (snippet,) = [text for text in re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S) if "junit" in text]
    (job,) = yaml.safe_load(snippet).values()
    script = "\n".join(line for line in job["script"] if not line.startswith("pip install"))
    assert len(job["script"]) == script.count("\n") + 2
    (team / "alertmanager.yml").write_text("route: {receiver: all}\nreceivers: [{name: all}]\n")
    result = _run(script, team)
    assert result.returncode == 1, result.stderr
    report = (team / job["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8")
    assert 'name="rule/for-interval"' in report
