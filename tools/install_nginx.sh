#!/usr/bin/env bash
# Make sure that the tests of several replicas find an nginx; without one they are skipped, and say so.
set -euo pipefail
if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then
    exit 0
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq && $as_root apt-get install -qq -y --no-install-recommends nginx-light ||
    echo "nginx could not be installed: the tests of several replicas will be skipped." >&2
