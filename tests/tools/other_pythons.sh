#!/usr/bin/env bash
# Run the quick tests on every supported Python that is here besides the one of .venv, and measure on the newest what they
# reach. What is not here is named at the end. With `newest` as its argument, that one alone is tried.
set -euo pipefail
cd "$(dirname "$0")/../.."

QUICK=(tests/source tests/text tests/spec tests/plan tests/compile tests/workspace tests/lang/promql
  tests/lang/alertmanager tests/cli/test_commands.py tests/cli/test_settings.py tests/test_parallel.py)
# The packages that these tests are about.
MEASURED=(source text spec plan compile workspace lang.promql lang.alertmanager)
FLOOR=93

find_python() {
  local found
  for found in "$(command -v "python$1" || true)" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
    # The shims of pyenv are there also for versions that are not chosen.
    if [ -x "$found" ] && "$found" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$found"
      return
    fi
  done
}

own=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
found=() missing=()
for version in 3.11 3.12 3.13 3.14; do
  if [ "$version" = "$own" ]; then continue; fi
  if [ -n "$(find_python "$version")" ]; then found+=("$version"); else missing+=("$version"); fi
done

if [ "${1:-}" = newest ] && [ "${#found[@]}" -gt 0 ]; then found=("${found[-1]}"); fi

for version in "${found[@]}"; do
  venv=.venvs/$version
  if [ ! -e "$venv/installed" ] || [ pyproject.toml -nt "$venv/installed" ]; then
    "$(find_python "$version")" -m venv "$venv"
    "$venv/bin/pip" install --quiet --constraint constraints.txt --editable '.[dev]'
    touch "$venv/installed"
  fi
  measure=()
  if [ "$version" = "${found[-1]}" ]; then
    for package in "${MEASURED[@]}"; do measure+=("--cov=tocsin.$package"); done
    measure+=(--cov-report=term:skip-covered "--cov-fail-under=$FLOOR")
    # Python's own monitoring, from 3.12 on, costs a fraction of what tracing does.
    export COVERAGE_CORE=sysmon COVERAGE_FILE=.venvs/coverage
  fi
  echo "Python $version"
  "$venv/bin/pytest" -n auto -p no:cacheprovider "${measure[@]}" "${QUICK[@]}"
done

for version in "${missing[@]}"; do echo "skipped: there is no Python $version here"; done
