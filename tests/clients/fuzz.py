"""schemathesis against a document that the mock serves: no server error, no status, media type or
body that the document does not say.

usage: fuzz.py BASE_URL DOCUMENT FOLDER

DOCUMENT is the name of a document, FOLDER takes the reports. The mock's state is of no use
afterwards.
"""

import json
import pathlib
import subprocess
import sys
import urllib.parse
import urllib.request

BASE, DOCUMENT, FOLDER = sys.argv[1].rstrip("/"), sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
# Tenant and scope of the token that a document's operations take.
SIGN_IN_TO = {
    "partner-center": (
        "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30",
        "https://api.partnercenter.microsoft.com/.default",
    ),
    # The customer that the examples play in; the mock itself, which stands for Graph as well.
    "azure": ("5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10", f"{BASE}/.default"),
}
# Every operation accepts the token of a user.
SIGN_IN = {
    "grant_type": "password",
    "client_id": "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
    "client_secret": "demo-secret",
    "username": "admin@fabricore.example",
    "password": "demo-password",
}


def fetch(path, form=None):
    body = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(BASE + path, body) as answer:
        return json.load(answer)


def in_place(document):
    """Settings that pin the path parameters to the examples, so that what exists is reached."""
    lines = []
    for methods in document["paths"].values():
        for operation in methods.values():
            pinned = {
                f"path.{parameter['name']}": parameter["example"]
                for parameter in operation["parameters"]
                if parameter["in"] == "path" and "example" in parameter
            }
            if pinned:
                lines += ["[[operations]]", f"include-operation-id = \"{operation['operationId']}\""]
                lines += ["[operations.parameters]"]
                lines += [f"{json.dumps(name)} = {json.dumps(to)}" for name, to in pinned.items()]
    return "\n".join(lines)


def endless(document):
    """Options that leave out what answers without end: nobody can wait for it."""
    options = []
    for methods in document["paths"].values():
        for operation in methods.values():
            kinds = (answer.get("content", {}) for answer in operation["responses"].values())
            if any("text/event-stream" in kind for kind in kinds):
                options += ["--exclude-operation-id", operation["operationId"]]
    return options


def run(name, settings, options):
    """One run of schemathesis; gives the numbers of operations that passed and that failed."""
    config, report = FOLDER / f"{name}.toml", FOLDER / f"{name}.json"
    config.write_text(settings)
    report.unlink(missing_ok=True)
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", config]
    command += ["run", f"{BASE}/openapi/{DOCUMENT}.json", "--no-color", "--warnings", "off"]
    command += ["--report", "json", "--report-json-path", report, *options]
    code = subprocess.run(command, cwd=FOLDER).returncode
    found = json.loads(report.read_text())
    operations = found["operations"]
    broken = {label for failure in found["failures"] for label in failure["operations"]}
    failed = len(broken) + operations["errored"]
    # What is not counted as the failure of an operation is a failure all the same.
    if not failed and (code or operations["tested"] < operations["selected"]):
        failed = 1
    requests = found["test_cases"]["generated"]
    print(f"{name}: {requests} requests to {operations['tested']} operations", flush=True)
    return max(operations["tested"] - failed, 0), failed


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    document = fetch(f"/openapi/{DOCUMENT}.json")
    settings = (pathlib.Path(__file__).parent / "schemathesis.toml").read_text()
    options = endless(document)
    if DOCUMENT in SIGN_IN_TO:
        tenant, scope = SIGN_IN_TO[DOCUMENT]
        form = SIGN_IN | {"scope": scope}
        token = fetch(f"/{tenant}/oauth2/v2.0/token", form)["access_token"]
        options += ["--header", f"Authorization: Bearer {token}"]
    anywhere = run(f"{DOCUMENT}-anywhere", settings, [*options, "--max-examples", "15"])
    pinned = settings + "\n" + in_place(document)
    placed = run(f"{DOCUMENT}-in-place", pinned, [*options, "--phases", "coverage,fuzzing"])
    assert fetch("/_mock/health")["status"] == "ok"
    print(f"{anywhere[0] + placed[0]} passed, {anywhere[1] + placed[1]} failed")
    return 1 if anywhere[1] + placed[1] else 0


if __name__ == "__main__":
    sys.exit(main())
