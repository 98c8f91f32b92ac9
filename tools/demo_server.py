"""The end of ``make demo``: show the served page.

At a terminal the server runs until Ctrl+C. Without one (a script, a build machine) it
is started, asked for the page once, and stopped.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT = 8765
SITE = "out/demo-site"
COMMAND = [sys.executable, "-m", "hotspots", "serve", "--site", SITE]
COMMAND += ["--port", str(PORT)]


def main() -> int:
    """Serve until stopped, or check that the page to sign in answers."""
    if sys.stdout.isatty():
        return subprocess.call(COMMAND)
    with subprocess.Popen(COMMAND) as server:
        try:
            return _ask(f"http://127.0.0.1:{PORT}/sign-in", server)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _ask(url: str, server: subprocess.Popen[bytes]) -> int:
    for _ in range(120):
        if server.poll() is not None:
            return server.returncode or 1
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # nosec B310
                size = len(answer.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
            continue
        sys.stdout.write(f"{url} answered {answer.status} with {size:,} bytes.\n")
        sys.stdout.write(f"Run `hotspots serve --site {SITE}` to use it, ")
        sys.stdout.write("and sign in as one of the four people above.\n")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
