#!/usr/bin/env bash
# Have a Docker engine: the one that runs, or, for root on Debian, one that is installed and started here.
set -euo pipefail
cd "$(dirname "$0")/../.."

if timeout 20 docker info >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" != 0 ]; then
  echo "start_docker: no Docker engine answers, and only root can start one" >&2
  exit 1
fi
if ! command -v dockerd >/dev/null; then
  timeout 300 apt-get update -q
  packages=(docker.io iptables)
  # Newer releases have the command line in a package of its own.
  if ! command -v docker >/dev/null && apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
  DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -q -y --no-install-recommends "${packages[@]}"
fi
mkdir -p .engines
nohup dockerd >.engines/dockerd.log 2>&1 </dev/null &
echo $! >.engines/dockerd.pid
for _ in $(seq 60); do
  if timeout 5 docker info >/dev/null 2>&1; then exit 0; fi
  sleep 1
done
echo "start_docker: dockerd does not answer; its last words:" >&2
tail -n 20 .engines/dockerd.log >&2
exit 1
