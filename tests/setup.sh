#!/usr/bin/env bash
# What the tests want from Debian: a browser, PostgreSQL, GitHub's own Markdown reader, and what the
# examples of docs/EXCHANGE.md call.
# Root gets what is missing; anybody else is told, and those tests are skipped (with CI=true: fail).
set -u
missing=()
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
command -v cmark-gfm >/dev/null || missing+=(cmark-gfm)
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
for tool in openssl jq xxd; do command -v "$tool" >/dev/null || missing+=("$tool"); done
[ "${#missing[@]}" -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "tests/setup.sh: not here, so their tests are skipped: ${missing[*]}"
  exit 0
fi
echo "tests/setup.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
  echo "tests/setup.sh: could not install ${missing[*]}; their tests are skipped"
