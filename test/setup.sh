#!/bin/sh
# Installs what the tests need and this machine lacks: real servers and a real browser. Without the right to install, says
# what is missing and goes on: the tests that need it are skipped with a line that says so (in CI they fail).
set -u
cd "$(dirname "$0")/.."
missing=""
need() { # need PACKAGE PATH…: any of the paths will do
	pkg=$1; shift
	for p in "$@"; do
		for q in $p; do [ -e "$q" ] && return; done
	done
	missing="$missing $pkg"
}
need postgresql '/usr/lib/postgresql/*/bin/initdb' /usr/bin/initdb /usr/local/bin/initdb
need dovecot-imapd /usr/lib/dovecot/imap
need dovecot-lmtpd /usr/lib/dovecot/lmtp
need chromium /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome
need e2fsprogs /usr/sbin/mkfs.ext4 /sbin/mkfs.ext4
need nats-server /usr/bin/nats-server /usr/sbin/nats-server /usr/local/bin/nats-server

if [ -n "$missing" ]; then
	sudo=""
	[ "$(id -u)" = 0 ] || sudo="sudo -n"
	if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
		echo "installing:$missing"
		# The servers are for the tests alone, which start them on loopback; nothing is to run on its own.
		policy=/usr/sbin/policy-rc.d made=""
		if [ ! -e $policy ]; then
			printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null && $sudo chmod +x $policy && made=yes
		fi
		log=$(mktemp)
		$sudo apt-get update -qq >"$log" 2>&1
		DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1 || { echo "could not install all of:$missing"; tail -n 5 "$log"; }
		[ -n "$made" ] && $sudo rm -f $policy
		rm -f "$log"
	else
		echo "missing, and not installed without root:$missing"
		echo "  the tests that need them are skipped; install them with: sudo apt-get install --no-install-recommends$missing"
	fi
fi

# smtp-sink and smtp-source of Postfix are unpacked beside the project: installing Postfix would set up a mail server.
if [ ! -x .cache/postfix/usr/sbin/smtp-sink ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
	mkdir -p .cache/postfix && (
		cd .cache/postfix && apt-get download -qq postfix >/dev/null 2>&1 ||
			{ [ "$(id -u)" = 0 ] && apt-get update -qq >/dev/null 2>&1 && apt-get download -qq postfix >/dev/null 2>&1; }
		for deb in postfix_*.deb; do [ -e "$deb" ] && dpkg-deb -x "$deb" . && rm -f "$deb"; done
	)
	[ -x .cache/postfix/usr/sbin/smtp-sink ] || echo "missing: smtp-sink (Debian package postfix); the delivery tests are skipped"
fi
exit 0
