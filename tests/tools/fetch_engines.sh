#!/usr/bin/env bash
# Put Prometheus, Alertmanager and their tools, of two Debian releases, and Docker Compose into .engines/bin.
#
# The packages come from the mirror that this machine's apt uses, checked by its keyring; they are unpacked,
# not installed. On other systems, put promtool and amtool on PATH instead.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/.engines
stamp=$here/complete-3

if [ -e "$stamp" ]; then exit 0; fi
mkdir -p "$here"
# Two that fetch at once would write into the same folders.
if command -v flock >/dev/null; then
  exec 9>"$here/lock"
  flock -w 600 9
  if [ -e "$stamp" ]; then exit 0; fi
fi
for program in apt-get dpkg; do
  if ! command -v "$program" >/dev/null; then
    echo "fetch_engines: there is no $program here; put Prometheus, Alertmanager, promtool and amtool on PATH" >&2
    exit 1
  fi
done
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -E '/debian/?$' | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
architecture=$(dpkg --print-architecture)

# said COMMAND...: run a command whose words are shown only when it fails.
said() {
  "$@" >"$here/said" 2>&1 && return
  echo "fetch_engines: the packages cannot be fetched from $mirror:" >&2
  tail -n 3 "$here/said" >&2
  return 1
}

# fetch RELEASE PACKAGE...: download and unpack packages of a release into .engines/RELEASE.
fetch() {
  local release=$1 apt=$here/apt/$1
  shift
  mkdir -p "$apt"/{lists/partial,archives/partial,etc/preferences.d} "$here/$release"
  : >"$apt/status"
  echo "deb [signed-by=$keyring arch=$architecture] $mirror $release main" >"$apt/etc/sources.list"
  local options=(
    -q -o Dir::Etc="$apt/etc" -o Dir::Etc::sourcelist="$apt/etc/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::Etc::preferencesparts="$apt/etc/preferences.d" -o Dir::State="$apt" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt" -o APT::Architecture="$architecture" -o APT::Sandbox::User="$(id -un)"
    -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30
  )
  said timeout 300 apt-get "${options[@]}" update
  (cd "$apt/archives" && said timeout 300 apt-get "${options[@]}" download "$@")
  for package in "$apt"/archives/*.deb; do timeout 120 dpkg -x "$package" "$here/$release"; done
}

rm -rf "$here"/{apt,bin,forky,trixie}
fetch forky prometheus promtool prometheus-alertmanager
fetch trixie prometheus promtool prometheus-alertmanager docker-compose
mkdir -p "$here/bin"
# place NAME RELEASE: link a program of a release under a name.
place() {
  local found file=${1%%-[0-9]*}
  found=$(find "$here/$2/usr" -name "$file" -type f -perm -u+x | head -n 1)
  if [ -z "$found" ]; then
    echo "fetch_engines: the packages of $2 hold no $file" >&2
    exit 1
  fi
  ln -s "$found" "$here/bin/$1"
  timeout 20 "$here/bin/$1" --version 2>&1 | head -n 1
}
place promtool forky
place amtool forky
place prometheus forky
place promtool-2.53 trixie
place amtool-0.28 trixie
place docker-compose trixie
# Debian's Alertmanager reads its own templates from /usr/share: it gets to see the unpacked ones there.
cat >"$here/bin/alertmanager" <<EOF
#!/bin/sh
if [ "\$(id -u)" = 0 ]; then as=-m; else as=-rm; fi
exec unshare \$as sh -c 'mount -t overlay overlay -o "lowerdir=\$0/usr/share:/usr/share" /usr/share &&
  exec "\$0/usr/bin/prometheus-alertmanager" "\$@"' "$here/forky" "\$@"
EOF
chmod +x "$here/bin/alertmanager"
"$here/bin/alertmanager" --version 2>&1 | head -n 1 || true
rm -rf "$here/apt" "$here/said"
touch "$stamp"
