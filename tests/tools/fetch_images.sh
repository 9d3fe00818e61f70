#!/usr/bin/env bash
# Make images of Prometheus, Alertmanager and Python from Debian's packages, for where no image registry can be
# reached. Nothing is installed; apt's mirror and keyring are used, and Docker has to run.
#
# Prints the variables by which the images are used instead of the official ones:
#   eval "$(tests/tools/fetch_images.sh)"
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/.engines/images
release=forky
image=tocsin-engines:debian-$release

if ! docker image inspect "$image" >/dev/null 2>&1; then
  for program in apt-get dpkg docker; do
    command -v "$program" >/dev/null || { echo "fetch_images: there is no $program here" >&2; exit 1; }
  done
  mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -E '/debian/?$' | head -n 1 || true)
  mirror=${mirror:-http://deb.debian.org/debian}
  rm -rf "$here"
  mkdir -p "$here"/{apt/lists/partial,apt/archives/partial,apt/etc/preferences.d,root}
  : >"$here/apt/status"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring arch=$(dpkg --print-architecture)] $mirror $release main" >"$here/apt/etc/sources.list"
  # Seen from an empty status file, every package that the programs need is still to be fetched.
  options=(
    -q -o Dir::Etc="$here/apt/etc" -o Dir::Etc::sourcelist="$here/apt/etc/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::Etc::preferencesparts="$here/apt/etc/preferences.d" -o Dir::State="$here/apt"
    -o Dir::State::status="$here/apt/status" -o Dir::Cache="$here/apt" -o APT::Sandbox::User="$(id -un)"
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30
  )
  {
    timeout 300 apt-get "${options[@]}" update
    timeout 600 apt-get "${options[@]}" install --download-only --yes prometheus promtool prometheus-alertmanager python3-minimal libpython3-stdlib
    for package in "$here"/apt/archives/*.deb; do timeout 120 dpkg -x "$package" "$here/root"; done
    ln -sf prometheus-alertmanager "$here/root/usr/bin/alertmanager"
    # The packages hold nothing outside of /usr, and the loader is looked for in /lib64.
    mkdir -p "$here/root/tmp" "$here/root/stage" "$here/root/usr/lib64"
    for folder in bin sbin lib lib64; do [ -e "$here/root/$folder" ] || ln -s "usr/$folder" "$here/root/$folder"; done
    chmod 1777 "$here/root/tmp"
    tar -C "$here/root" --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale -cf - . |
      timeout 300 docker import --change 'ENV PATH=/usr/bin:/bin' - "$image"
    rm -rf "$here"
  } >&2
fi
for program in PROMETHEUS ALERTMANAGER RECORDER; do echo "export TOCSIN_${program}_IMAGE=$image"; done
