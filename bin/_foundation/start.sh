#!/bin/sh
# Runs one command of the foundation under a Python that Odoo 19 supports.
here=$(dirname "$(readlink -f "$0")")

find_python() {
    for python in python3.11 python3.12 python3.13 python3.10 python3; do
        "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
            2>/dev/null && return
    done
    return 1
}

# A bare Debian has no Python at all, and everything after this line needs one.
if ! find_python && ! command -v python3 >/dev/null && [ "$(id -u)" = 0 ] &&
    command -v apt-get >/dev/null; then
    echo "==> Installing python3" >&2
    { apt-get update && apt-get install -y python3 python3-venv; } >&2
fi
if ! find_python; then
    echo "Offerdesk needs Python 3.10 to 3.13: apt-get install python3 python3-venv" >&2
    exit 1
fi
exec "$python" "$here" "$@"
