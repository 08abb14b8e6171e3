#!/usr/bin/env bash
# Make sure that the browser tests find a Chromium, and letters for its Chinese. The folder of the environment's
# commands is the argument.
set -euo pipefail
commands=$1

as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
is_debian() { grep -q '^ID=debian' /etc/os-release 2>/dev/null; }
apt_install() {
    $as_root apt-get update -qq
    $as_root apt-get install -qq -y --no-install-recommends "$@"
}

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
    if is_debian; then
        apt_install chromium fonts-noto-cjk
    else # Ubuntu's package is a snap, which containers cannot run
        "$commands/playwright" install --with-deps chromium
    fi
elif is_debian && ! dpkg -s fonts-noto-cjk >/dev/null 2>&1; then
    apt_install fonts-noto-cjk
fi
