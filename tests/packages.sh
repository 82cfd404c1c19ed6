#!/bin/sh
# Install the system packages that the tests use, where they are missing. Without root, say the one line to run.
set -eu
missing=""
need() {  # need PROGRAM PACKAGE
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"
}
need postfix postfix
need chromium chromium
need clamd clamav-daemon
need dovecot dovecot-imapd
need haproxy haproxy
need spamassassin spamassassin
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "The tests use real servers and a real browser. Please run once: sudo apt-get install -y$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # several packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null
