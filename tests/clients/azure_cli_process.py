"""Running az: one process per command, each user with a configuration of their own."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import traceback
import urllib.request

TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"
CUSTOMER = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10"
SUBSCRIPTION = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18"
PLAN = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50"
# A reservation that the customer has had for a while.
ORDER = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903"
CLIENT, SECRET = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"
PASSWORD = "demo-password"
NOBODY = "00000000-0000-4000-8000-0000000000aa"
# Machines set these for other certificates; requests takes the first it finds.
TRUST = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
           "NO_PROXY", "no_proxy")


class Refused(Exception):
    """What az wrote when it ended with an error."""


class Az:
    """az as one user has it: an installation, a configuration, a way to the mock."""

    def __init__(self, python, configuration, ca, proxy=None):
        self.python = python
        shutil.rmtree(configuration, ignore_errors=True)
        pathlib.Path(configuration).mkdir(parents=True)
        kept = {k: v for k, v in os.environ.items() if k not in TRUST and k not in PROXIES}
        self.environment = kept | {
            "AZURE_CONFIG_DIR": str(configuration),
            "AZURE_CORE_COLLECT_TELEMETRY": "0",
            "AZURE_CORE_NO_COLOR": "1",
            "AZURE_CORE_OUTPUT": "json",
            "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
            "REQUESTS_CA_BUNDLE": str(ca),
            **({"HTTPS_PROXY": proxy} if proxy else {"NO_PROXY": "*"}),
        }

    def run(self, *arguments):
        return subprocess.run(
            [self.python, "-m", "azure.cli", *map(str, arguments)],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120,
        )

    def __call__(self, *arguments):
        """What a command answers."""
        done = self.run(*arguments)
        if done.returncode:
            raise Refused(f"az {' '.join(map(str, arguments))}\n{done.stderr.strip()[-1500:]}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *arguments):
        """What az says of a command that must fail."""
        done = self.run(*arguments)
        assert done.returncode, f"az {arguments} was not refused: {done.stdout[:600]}"
        assert "Traceback" not in done.stderr, done.stderr[-1500:]
        return done.stderr

    def all(self, *commands):
        """The answers of commands that do not depend on one another, two at a time."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda command: self(*command), commands))

    def all_refused(self, *commands):
        """What az says of commands that must fail."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda command: self.refused(*command), commands))

    def sign_in(self, tenant=CUSTOMER, client=CLIENT, secret=SECRET):
        """Signs the partner's application in."""
        return self("login", "--service-principal", "-u", client, "-p", secret, "--tenant", tenant)


def later(base, by):
    """Moves the world's clock on."""
    request = urllib.request.Request(
        f"{base}/_mock/clock/advance",
        json.dumps({"by": by}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()


def says(text, *words):
    for word in words:
        assert word in text, f"{word!r} is not in: {text[-1500:]}"


CHAPTERS = []


def chapter(function):
    CHAPTERS.append(function)
    return function


def tell():
    """Runs the chapters in turn and gives the exit code; the last line sums them up."""
    state, failed = type("Story", (), {})(), 0
    for run in CHAPTERS:
        try:
            run(state)
            print(f"ok      {run.__name__}", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {run.__name__}\n{traceback.format_exc(limit=-4)}", flush=True)
    print(f"{len(CHAPTERS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def arguments(count):
    """The arguments of a script, paths made absolute."""
    if len(sys.argv) != count + 1:
        sys.exit(sys.modules["__main__"].__doc__)
    return sys.argv[1:]
