#!/usr/bin/env bash
# Make a virtual environment in the folder named, with a Python that every pinned package has a wheel for.
set -euo pipefail
folder=$1

python=""
for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed; python3 is $(python3 --version 2>&1 || true)." >&2
    echo "Install one, for example with: apt-get install python3 python3-venv" >&2
    exit 1
fi

# Debian and Ubuntu keep ensurepip in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    $as_root apt-get update -qq
    $as_root apt-get install -qq -y "python$version-venv"
fi
"$python" -m venv "$folder"
