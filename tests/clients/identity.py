"""Unmodified azure-identity and msal against a running mock.

usage: identity.py BASE_URL CA_FILE

BASE_URL is the mock's https address. Connections to port 443 of any host end at the mock, as an
entry in a hosts file would have it; everything else about the clients is as it is installed.
"""

import base64
import json
import logging
import os
import ssl
import sys
import traceback
import urllib.error
import urllib.parse
import urllib.request
import warnings

BASE, CA = sys.argv[1].rstrip("/"), sys.argv[2]
os.environ["REQUESTS_CA_BUNDLE"] = CA
os.environ["NO_PROXY"] = "*"

# Password grants and query redirects are advised against; here they are tested.
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import azure.identity
import jwt
import msal
import urllib3.util.connection
from azure.core.exceptions import ClientAuthenticationError

TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"
CUSTOMER = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10"
CLIENT, SECRET = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"
PUBLIC_CLIENT = "b52f9a07-1d6e-4c83-8f24-7e0a9d3c5b61"
USER, PASSWORD = "admin@fabricore.example", "demo-password"
ARM = "https://management.azure.com/.default"
PARTNER_CENTER = "https://api.partnercenter.microsoft.com/.default"
REDIRECT = "http://localhost:8400/callback"

MOCK = urllib.parse.urlsplit(BASE)
connect = urllib3.util.connection.create_connection


def connect_to_mock(address, *args, **kwargs):
    host, port = address
    if port == 443:
        host, port = MOCK.hostname, MOCK.port
    assert (host, port) == (MOCK.hostname, MOCK.port), f"a client calls {address}"
    return connect((host, port), *args, **kwargs)


urllib3.util.connection.create_connection = connect_to_mock


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def good(result):
    assert "access_token" in result, result
    return result


def fetch(url):
    """GET without following redirects; gives status, location and body."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=CA))
    opener = urllib.request.build_opener(Stay, tls, urllib.request.ProxyHandler({}))
    try:
        answer = opener.open(url)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get("Location"), answer.read()


def confidential(client=CLIENT, secret=SECRET, **options):
    options.setdefault("authority", f"{BASE}/{TENANT}")
    if "oidc_authority" in options:
        del options["authority"]
    else:
        options.setdefault("instance_discovery", False)
    return msal.ConfidentialClientApplication(client, client_credential=secret, **options)


def public(**options):
    options.setdefault("authority", f"{BASE}/{TENANT}")
    options.setdefault("instance_discovery", False)
    return msal.PublicClientApplication(PUBLIC_CLIENT, **options)


TESTS = []


def test(function):
    TESTS.append(function)
    return function


@test
def secret_credential_on_a_host_with_port():
    credential = azure.identity.ClientSecretCredential(
        TENANT, CLIENT, SECRET, authority=BASE, disable_instance_discovery=True
    )
    token = credential.get_token(ARM)
    said = claims(token.token)
    assert said["aud"] == "https://management.azure.com" and said["idtyp"] == "app", said
    assert credential.get_token(ARM).token == token.token, "the second comes from the cache"


@test
def secret_credential_with_instance_discovery():
    credential = azure.identity.ClientSecretCredential(TENANT, CLIENT, SECRET, authority=BASE)
    assert claims(credential.get_token(ARM).token)["tid"] == TENANT


@test
def secret_credential_at_the_real_host_name():
    credential = azure.identity.ClientSecretCredential(TENANT, CLIENT, SECRET)
    assert claims(credential.get_token(PARTNER_CENTER).token)["appid"] == CLIENT


@test
def wrong_secret_is_reported_and_not_cached():
    options = {"authority": BASE, "disable_instance_discovery": True}
    credential = azure.identity.ClientSecretCredential(TENANT, CLIENT, "wrong", **options)
    told = set()
    for _ in range(2):
        try:
            credential.get_token(ARM)
            raise AssertionError("a wrong secret was accepted")
        except ClientAuthenticationError as error:
            assert "AADSTS7000215" in error.message, error.message
            told.add(error.message)
    assert len(told) == 2, f"an answer was replayed from memory: {told}"


@test
def unknown_tenant_is_reported():
    credential = azure.identity.ClientSecretCredential(
        "nobody-holds-this.example", CLIENT, SECRET, authority=BASE, disable_instance_discovery=True
    )
    try:
        credential.get_token(ARM)
        raise AssertionError("an unknown tenant was accepted")
    except (ClientAuthenticationError, ValueError) as error:
        assert "authority" in str(error).lower() or "90002" in str(error), error


@test
def assertion_credential():
    assertion = jwt.encode({"iss": CLIENT, "sub": CLIENT, "exp": 4102444800}, "k" * 32)
    credential = azure.identity.ClientAssertionCredential(
        TENANT, CLIENT, lambda: assertion, authority=BASE, disable_instance_discovery=True
    )
    assert claims(credential.get_token(ARM).token)["appidacr"] == "2"


@test
def device_code_credential():
    told = []
    credential = azure.identity.DeviceCodeCredential(
        PUBLIC_CLIENT,
        tenant_id=TENANT,
        authority=BASE,
        disable_instance_discovery=True,
        prompt_callback=lambda uri, code, expires: told.append((uri, code)),
    )
    said = claims(credential.get_token(ARM).token)
    assert said["upn"] == USER and said["scp"] == "user_impersonation", said
    assert told[0][0] == "https://microsoft.com/devicelogin" and len(told[0][1]) == 9, told


@test
def password_credential():
    credential = azure.identity.UsernamePasswordCredential(
        PUBLIC_CLIENT, USER, PASSWORD, tenant_id=TENANT, authority=BASE, disable_instance_discovery=True
    )
    assert claims(credential.get_token(PARTNER_CENTER).token)["upn"] == USER


@test
def on_behalf_of_credential():
    user = good(public().acquire_token_by_username_password(USER, PASSWORD, [PARTNER_CENTER]))
    credential = azure.identity.OnBehalfOfCredential(
        TENANT,
        CLIENT,
        client_secret=SECRET,
        user_assertion=user["access_token"],
        authority=BASE,
        disable_instance_discovery=True,
    )
    said = claims(credential.get_token(ARM).token)
    assert said["upn"] == USER and said["appid"] == CLIENT, said


@test
def application_by_openid_configuration():
    app = confidential(oidc_authority=f"{BASE}/{TENANT}/v2.0")
    good(app.acquire_token_for_client([ARM]))


@test
def application_in_a_world_of_its_own():
    by_path = confidential(oidc_authority=f"{BASE}/w/blue/{TENANT}/v2.0")
    by_client = confidential(client=f"{CLIENT}@blue")
    by_tenant = confidential(oidc_authority=f"{BASE}/{TENANT}@blue/v2.0")
    for app in (by_path, by_client, by_tenant):
        token = good(app.acquire_token_for_client([PARTNER_CENTER]))["access_token"]
        assert claims(token)["mock_world"] == "blue", claims(token)
    token = good(confidential().acquire_token_for_client([PARTNER_CENTER]))["access_token"]
    assert "mock_world" not in claims(token)


@test
def az_style_scope_keeps_its_slash():
    scope = "https://management.core.windows.net//.default"
    result = good(confidential().acquire_token_for_client([scope]))
    assert claims(result["access_token"])["aud"] == "https://management.core.windows.net/"


@test
def device_flow_and_silent_refresh():
    app = public()
    flow = app.initiate_device_flow([ARM])
    assert flow["interval"] == 5 and flow["expires_in"] == 900, flow
    result = good(app.acquire_token_by_device_flow(flow))
    assert result["id_token_claims"]["preferred_username"] == USER
    (account,) = app.get_accounts()
    assert account["username"] == USER, account
    assert account["home_account_id"].endswith(f".{TENANT}"), account
    silent = good(app.acquire_token_silent([ARM], account))
    assert silent["access_token"] == result["access_token"], "cached"
    forced = good(app.acquire_token_silent([ARM], account, force_refresh=True))
    assert forced["token_source"] == "identity_provider", forced
    other = good(app.acquire_token_silent([PARTNER_CENTER], account))
    assert claims(other["access_token"])["aud"] == "https://api.partnercenter.microsoft.com"


@test
def password_at_the_real_host_name_with_user_realm():
    app = public(authority=f"https://login.microsoftonline.com/{TENANT}", instance_discovery=None)
    result = good(app.acquire_token_by_username_password(USER, PASSWORD, [PARTNER_CENTER]))
    assert claims(result["access_token"])["name"]
    bad = app.acquire_token_by_username_password(USER, "wrong", [PARTNER_CENTER])
    assert bad["error"] == "invalid_grant" and bad["error_codes"] == [50126], bad


@test
def refresh_token_leads_to_the_customers_tenant():
    app = confidential()
    first = good(app.acquire_token_by_username_password(USER, PASSWORD, [PARTNER_CENTER]))
    there = confidential(authority=f"{BASE}/{CUSTOMER}")
    result = good(there.acquire_token_by_refresh_token(first["refresh_token"], [ARM]))
    said = claims(result["access_token"])
    assert said["tid"] == CUSTOMER and said["upn"] == USER, said
    assert result["refresh_token"] != first["refresh_token"]


@test
def authorization_code_with_pkce():
    app = confidential()
    flow = app.initiate_auth_code_flow([PARTNER_CENTER], redirect_uri=REDIRECT, login_hint=USER)
    status, location, body = fetch(flow["auth_uri"])
    assert status == 302, body
    assert location.startswith(REDIRECT + "?"), location
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    result = good(app.acquire_token_by_auth_code_flow(flow, answer))
    assert result["id_token_claims"]["tid"] == TENANT
    assert app.acquire_token_by_auth_code_flow(flow, answer)["error"] == "invalid_grant"


@test
def access_tokens_verify_with_the_published_keys():
    token = good(confidential().acquire_token_for_client([ARM]))["access_token"]
    _, _, body = fetch(f"{BASE}/{TENANT}/discovery/v2.0/keys")
    keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_dict(json.loads(body)).keys}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience="https://management.azure.com",
        issuer=f"https://sts.windows.net/{TENANT}/",
    )


def main():
    failed = 0
    for run in TESTS:
        try:
            run()
            print(f"ok      {run.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED  {run.__name__}\n{traceback.format_exc()}")
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
