#!/usr/bin/env bash
# Run `tocsin validate` with what there is: the official images, images made of Debian's packages where no
# registry can be reached, or the programs of `make engines`. Arguments are handed on.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.engines/bin:$PATH"

containers() {
  timeout 20 docker info && { timeout 20 docker compose version || timeout 20 docker-compose version; }
} >/dev/null 2>&1
programs() { command -v prometheus && command -v promtool && command -v alertmanager; } >/dev/null

if ! containers && ! programs; then
  echo "validate: there are neither containers nor the programs on PATH; they are fetched from Debian's packages" >&2
  timeout 600 tests/tools/fetch_engines.sh >/dev/null || true
fi

official=$(grep -oE 'prom/prometheus:[a-z0-9.]+' generator/tocsin/engines/compose.yaml)
if [ -z "${TOCSIN_PROMETHEUS_IMAGE:-}" ] && containers; then
  if ! docker image inspect "$official" >/dev/null 2>&1 && ! timeout 120 docker pull -q "$official" >/dev/null 2>&1; then
    echo "validate: no image registry can be reached; images are made of Debian's packages" >&2
    eval "$(tests/tools/fetch_images.sh)"
  fi
fi
exec .venv/bin/tocsin validate "$@"
