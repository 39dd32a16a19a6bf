"""Runs the shell blocks of a page of docs/ as they are printed, in one shell, and checks that every
answer holds what is promised behind `#=>`. Other blocks that stand behind a line with nothing but a
file's name are put into that file first.

Usage: docs.py <page> <base URL> <folder of programs>[:<folder>...] [<folder of node_modules>]
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"
MARK = "=-= block"


def token(base):
    form = {
        "grant_type": "password",
        "resource": "https://api.partnercenter.microsoft.com",
        "client_id": "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
        "client_secret": "demo-secret",
        "username": "admin@fabricore.example",
        "password": "demo-password",
    }
    body = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{base}/{TENANT}/oauth2/token", body) as answer:
        token = json.load(answer)["access_token"]
    # Pages count what they call themselves.
    urllib.request.urlopen(f"{base}/_mock/reset", b"").close()
    return token


def main():
    page, base, folder = sys.argv[1:4]
    text = pathlib.Path(page).read_text()
    files = re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    script = "".join(f"{block}\necho '{MARK}'\n" for block in blocks)
    with tempfile.TemporaryDirectory() as work:
        for name, content in files:
            pathlib.Path(work, name).write_text(content)
        for modules in sys.argv[4:]:
            pathlib.Path(work, "node_modules").symlink_to(pathlib.Path(modules).resolve())
        # What proxies the machine has is nothing that pages know of.
        kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        environment = {
            **kept,
            "URL": base,
            "PCMOCK_URL": base,
            "TOKEN": token(base),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": work,
            # A page of its own has servers of its own, on ports and in folders of their own.
            "PCMOCK_DATA_DIR": f"{work}/data",
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=environment, cwd=work, capture_output=True, text=True, timeout=300,
        )
    outputs = done.stdout.split(f"{MARK}\n")
    passed = failed = 0
    for index, block in enumerate(blocks):
        ran = index < len(outputs) - 1
        promises = re.findall(r"^\s*#=> (.*)$", block, re.MULTILINE)
        missing = [it for it in promises if not ran or it not in outputs[index]]
        if ran and not missing:
            passed += 1
            continue
        failed += 1
        print(f"{page}: block {index + 1} " + ("broke off" if not ran else f"lacks {missing}"))
        print(block)
        print(outputs[index] if index < len(outputs) else "")
        if not ran:
            print(done.stderr)
            break
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
