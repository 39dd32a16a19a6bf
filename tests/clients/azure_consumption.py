"""Unmodified azure-mgmt-consumption, azure-mgmt-authorization and the credentials of azure-identity, none
of them told where the mock is: the environment names a proxy and a certificate, and nothing else.

usage: azure_consumption.py BASE_URL CA_FILE AZ FOLDER

AZ is the folder that the command az is in, FOLDER takes its configuration and a certificate.
"""

import base64
import datetime
import json
import logging
import os
import pathlib
import sys
import urllib.request
import uuid
import warnings

from azure_cli_process import (
    CLIENT,
    CUSTOMER,
    NOBODY,
    ORDER,
    PASSWORD,
    PROXIES,
    SECRET,
    SUBSCRIPTION,
    TENANT,
    TRUST,
    Az,
    arguments,
    chapter,
    later,
    tell,
)

BASE, CA, AZ, FOLDER = arguments(4)
for name in (*TRUST, *PROXIES):
    os.environ.pop(name, None)
for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
    del os.environ[name]
os.environ |= {
    "HTTPS_PROXY": BASE,
    "REQUESTS_CA_BUNDLE": CA,
    "AZURE_CONFIG_DIR": f"{FOLDER}/az-of-credentials",
    "PATH": f"{AZ}{os.pathsep}{os.environ['PATH']}",
}
# Some credentials are advised against; here they are tested.
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import (
    AzureCliCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    OnBehalfOfCredential,
    UsernamePasswordCredential,
)
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.models import (
    Permission,
    RoleAssignmentCreateParameters,
    RoleDefinition,
)
from azure.mgmt.consumption import ConsumptionManagementClient
from azure.mgmt.reservations import ReservationsMgmtClient

MANAGEMENT = "https://management.azure.com/.default"
PARTNER_CENTER = "https://api.partnercenter.microsoft.com/.default"
GRAPH = "https://graph.microsoft.com/.default"
AZ_CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ADMIN, SALES = "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14", "9c3f7a21-8be4-4d05-a6f9-5e1d2c3b4a50"
OF_ORDER = f"providers/Microsoft.Capacity/reservationOrders/{ORDER}"
TODAY = datetime.date.today()


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def claims_of(credential, scope=MANAGEMENT):
    return claims(credential.get_token(scope).token)


def orders(credential):
    client = ReservationsMgmtClient(credential)
    return {one.name for one in client.reservation_order.list()}


def refused(status, code, function, *arguments, **options):
    try:
        result = function(*arguments, **options)
        result = list(result) if hasattr(result, "by_page") else result
    except HttpResponseError as error:
        assert (error.status_code, error.error.code) == (status, code), error
        return error.message
    raise AssertionError(f"was not refused with {code}: {result}")


# --- credentials -----------------------------------------------------------------------------------


@chapter
def a_secret_in_the_environment_is_enough(s):
    named = {
        "AZURE_TENANT_ID": CUSTOMER,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
    }
    os.environ |= named
    try:
        for kind in (EnvironmentCredential, DefaultAzureCredential):
            credential = kind()
            told = claims_of(credential)
            assert (told["appid"], told["tid"], told["idtyp"]) == (CLIENT, CUSTOMER, "app"), told
            assert ORDER in orders(credential)
        os.environ["AZURE_CLIENT_SECRET"] = "wrong"
        try:
            EnvironmentCredential().get_token(MANAGEMENT)
            raise AssertionError("a wrong secret was accepted")
        except ClientAuthenticationError as error:
            assert "AADSTS7000215" in error.message, error.message
    finally:
        for name in named:
            del os.environ[name]
    s.credential = ClientSecretCredential(CUSTOMER, CLIENT, SECRET)


@chapter
def a_user_in_the_environment_is_enough(s):
    named = {
        "AZURE_TENANT_ID": CUSTOMER,
        "AZURE_CLIENT_ID": AZ_CLIENT,
        "AZURE_USERNAME": "admin@fabricore.example",
        "AZURE_PASSWORD": PASSWORD,
    }
    os.environ |= named
    try:
        told = claims_of(EnvironmentCredential())
        assert (told["upn"], told["idtyp"]) == ("admin@fabricore.example", "user"), told
    finally:
        for name in named:
            del os.environ[name]


@chapter
def users_sign_in_by_password_and_code(s):
    user = {"username": "sales@fabricore.example", "password": PASSWORD}
    s.user = UsernamePasswordCredential(AZ_CLIENT, tenant_id=CUSTOMER, **user)
    told = claims_of(s.user)
    assert (told["oid"], told["tid"]) == (SALES, CUSTOMER), told
    assert claims_of(s.user, GRAPH)["aud"] == "https://graph.microsoft.com"
    shown = []
    code = DeviceCodeCredential(
        tenant_id=CUSTOMER, prompt_callback=lambda where, code, until: shown.append((where, code))
    )
    told = claims_of(code)
    assert told["oid"] == ADMIN and ORDER in orders(code), told
    assert len(shown) == 1 and shown[0][0].startswith("https://"), shown
    try:
        UsernamePasswordCredential(
            AZ_CLIENT, "sales@fabricore.example", "wrong", tenant_id=CUSTOMER
        ).get_token(MANAGEMENT)
        raise AssertionError("a wrong password was accepted")
    except ClientAuthenticationError as error:
        assert "AADSTS50126" in error.message, error.message


def certificate():
    """A certificate with its key, as a client has one of its own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "integration.fabricore.example")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return key.private_bytes(*plain, serialization.NoEncryption()) + made.public_bytes(plain[0])


@chapter
def an_application_proves_itself_by_certificate_and_assertion(s):
    import jwt

    pem = certificate()
    path = pathlib.Path(FOLDER) / "client.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pem)
    told = claims_of(CertificateCredential(CUSTOMER, CLIENT, str(path)))
    assert (told["appid"], told["appidacr"]) == (CLIENT, "2"), told

    def assertion(**changed):
        now = int(datetime.datetime.now().timestamp())
        endpoint = f"https://login.microsoftonline.com/{CUSTOMER}/oauth2/v2.0/token"
        said = {"iss": CLIENT, "sub": CLIENT, "aud": endpoint, "exp": now + 300, "nbf": now}
        return jwt.encode(said | {"jti": str(uuid.uuid4())} | changed, pem, algorithm="RS256")

    good = ClientAssertionCredential(CUSTOMER, CLIENT, assertion)
    assert claims_of(good)["appidacr"] == "2" and ORDER in orders(good)
    for changed in ({"exp": 1_700_000_000}, {"iss": NOBODY, "sub": NOBODY}):
        try:
            ClientAssertionCredential(CUSTOMER, CLIENT, lambda: assertion(**changed)).get_token(
                MANAGEMENT
            )
            raise AssertionError(f"an assertion with {changed} was accepted")
        except ClientAuthenticationError as error:
            assert "AADSTS7000" in error.message, error.message


@chapter
def a_service_acts_for_its_user(s):
    token = UsernamePasswordCredential(
        AZ_CLIENT, "admin@fabricore.example", PASSWORD, tenant_id=CUSTOMER
    ).get_token(MANAGEMENT)
    acting = OnBehalfOfCredential(
        CUSTOMER, CLIENT, client_secret=SECRET, user_assertion=token.token
    )
    told = claims_of(acting)
    assert (told["oid"], told["appid"]) == (ADMIN, CLIENT), told
    assert ORDER in orders(acting)


@chapter
def az_lends_its_sign_in(s):
    Az(f"{AZ}/python", os.environ["AZURE_CONFIG_DIR"], CA, BASE).sign_in()
    for credential in (AzureCliCredential(tenant_id=CUSTOMER), DefaultAzureCredential()):
        told = claims_of(credential)
        assert (told["appid"], told["tid"]) == (CLIENT, CUSTOMER), told
    assert ORDER in orders(AzureCliCredential())


@chapter
def an_application_calls_partner_center(s):
    partner = ClientSecretCredential(TENANT, CLIENT, SECRET)
    token = partner.get_token(PARTNER_CENTER).token
    request = urllib.request.Request(
        f"https://api.partnercenter.microsoft.com/v1/customers/{CUSTOMER}",
        headers={"Authorization": f"Bearer {token}"},
    )
    import ssl

    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=CA))
    with urllib.request.build_opener(tls).open(request) as answer:
        assert json.load(answer)["companyProfile"]["companyName"] == "Larkspur Foods"


# --- use of reservations ---------------------------------------------------------------------------


def days(first, last):
    return f"properties/usageDate ge {first} AND properties/usageDate le {last}"


@chapter
def use_by_day_and_month(s):
    s.consumption = ConsumptionManagementClient(s.credential, SUBSCRIPTION)
    summaries = s.consumption.reservations_summaries
    last = TODAY.replace(day=1) - datetime.timedelta(days=1)
    first = last.replace(day=1)
    wanted = days(first, last)
    s.daily = list(summaries.list_by_reservation_order(ORDER, grain="daily", filter=wanted))
    assert len({one.usage_date for one in s.daily}) == len(s.daily) == last.day, len(s.daily)
    for one in s.daily:
        # az reads the date by this pattern, with `Z` and nothing else behind it.
        shown = one.usage_date
        assert (shown.hour, shown.minute, shown.utcoffset()) == (0, 0, datetime.timedelta()), shown
        assert first <= shown.date() <= last, shown
        assert 0 <= one.min_utilization_percentage <= one.avg_utilization_percentage, one
        assert one.avg_utilization_percentage <= one.max_utilization_percentage <= 100, one
        assert 0 <= one.used_hours <= one.reserved_hours and one.sku_name, one
        assert one.reservation_order_id == ORDER, one
    monthly = list(summaries.list_by_reservation_order(ORDER, grain="monthly"))
    assert monthly and all(one.usage_date.day == 1 for one in monthly), monthly
    (month,) = [one for one in monthly if one.usage_date.date() == first]
    for name in ("used_hours", "reserved_hours"):
        total = sum(getattr(one, name) for one in s.daily)
        assert abs(getattr(month, name) - total) < 2, (name, month, total)
    reservation = s.daily[0].reservation_id
    of_one = summaries.list_by_reservation_order_and_reservation(
        ORDER, reservation, grain="daily", filter=wanted
    )
    assert [one.used_hours for one in of_one] == [one.used_hours for one in s.daily]
    s.reservation = reservation


@chapter
def use_by_machine_and_in_pages(s):
    details = s.consumption.reservations_details
    last = s.daily[-1].usage_date.date()
    day = list(details.list_by_reservation_order(ORDER, filter=days(last, last)))
    assert day and all(one.instance_id.startswith(f"/subscriptions/{SUBSCRIPTION}") for one in day)
    (summary,) = [one for one in s.daily if one.usage_date.date() == last]
    assert abs(sum(one.used_hours for one in day) - summary.used_hours) < 0.11, (day, summary)
    of_one = details.list_by_reservation_order_and_reservation(
        ORDER, s.reservation, filter=days(last, last)
    )
    assert [one.used_hours for one in of_one] == [one.used_hours for one in day]
    by_scope = details.list(
        f"subscriptions/{SUBSCRIPTION}", start_date=str(last), end_date=str(last)
    )
    assert {one.instance_id for one in day} <= {one.instance_id for one in by_scope}
    later(BASE, "P60D")
    span = [TODAY + datetime.timedelta(days=by) for by in (-180, 50)]
    long = details.list_by_reservation_order(ORDER, filter=days(*span))
    pages = [len(list(page)) for page in long.by_page()]
    assert pages[0] == 1000 and len(pages) == 2 and sum(pages) > 1050, pages


@chapter
def nothing_is_recommended(s):
    scope = f"subscriptions/{SUBSCRIPTION}"
    wanted = "properties/scope eq 'Single' and properties/lookBackPeriod eq 'Last30Days'"
    assert list(s.consumption.reservation_recommendations.list(scope, filter=wanted)) == []
    details = s.consumption.reservation_recommendation_details.get(
        scope, scope="Single", region="westeurope", term="P1Y", look_back_period="Last30Days",
        product="Standard_D2s_v4",
    )
    assert details is None, details


@chapter
def what_cannot_be_read_is_refused(s):
    summaries = s.consumption.reservations_summaries
    unknown = (summaries.list_by_reservation_order, NOBODY)
    refused(404, "ReservationOrderNotFound", *unknown, grain="monthly")
    refused(400, "BadRequest", summaries.list_by_reservation_order, ORDER, grain="daily")
    refused(400, "BadRequest", summaries.list_by_reservation_order, ORDER, grain="hourly")
    backwards = days(TODAY, TODAY - datetime.timedelta(days=3))
    refused(
        400, "BadRequest", summaries.list_by_reservation_order, ORDER, grain="daily",
        filter=backwards,
    )


# --- access ----------------------------------------------------------------------------------------


@chapter
def roles_of_ones_own_are_made_given_and_taken(s):
    access = AuthorizationManagementClient(s.credential, SUBSCRIPTION)
    scope, name = f"subscriptions/{SUBSCRIPTION}", str(uuid.uuid4())
    made = access.role_definitions.create_or_update(
        scope, name,
        RoleDefinition(
            role_name="Reservation Counter",
            description="Counts reservations",
            role_type="CustomRole",
            permissions=[Permission(actions=["Microsoft.Capacity/*/read"], not_actions=[])],
            assignable_scopes=[f"/{scope}"],
        ),
    )
    assert (made.name, made.role_name, made.role_type) == (name, "Reservation Counter", "CustomRole")
    assert access.role_definitions.get_by_id(made.id).description == "Counts reservations"
    found = access.role_definitions.list(scope, filter="roleName eq 'Reservation Counter'")
    assert [one.id for one in found] == [made.id]
    wanted = RoleAssignmentCreateParameters(
        role_definition_id=made.id, principal_id=SALES, principal_type="User"
    )
    assignments = access.role_assignments
    given = assignments.create(scope, str(uuid.uuid4()), wanted)
    assert (given.principal_id, given.scope) == (SALES, f"/{scope}"), given
    refused(409, "RoleAssignmentExists", assignments.create, scope, str(uuid.uuid4()), wanted)
    assert assignments.get_by_id(given.id).name == given.name
    held = list(assignments.list_for_subscription(filter=f"principalId eq '{SALES}'"))
    assert [one.name for one in held] == [given.name], held
    refused(400, "RoleDefinitionHasAssignments", access.role_definitions.delete, scope, name)
    assert assignments.delete_by_id(given.id).name == given.name
    assert assignments.delete(scope, given.name) is None, "what is gone is gone"
    access.role_definitions.delete(scope, name)
    refused(404, "RoleDefinitionDoesNotExist", access.role_definitions.get, scope, name)


@chapter
def permissions_and_denials_are_listed(s):
    access = AuthorizationManagementClient(s.credential, SUBSCRIPTION)
    order = AuthorizationManagementClient(s.credential, SUBSCRIPTION).role_assignments
    owners = [one for one in order.list_for_scope(OF_ORDER) if one.role_definition_id.endswith(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635")]
    assert owners and owners[0].principal_type == "ForeignGroup", owners
    held = list(access.permissions.list_for_resource_group("core-rg"))
    assert any("*" in one.actions for one in held), held
    assert list(access.deny_assignments.list_for_scope(f"subscriptions/{SUBSCRIPTION}")) == []


@chapter
def a_user_without_a_role_is_refused(s):
    summaries = ConsumptionManagementClient(s.user, SUBSCRIPTION).reservations_summaries
    said = refused(403, "AuthorizationFailed", lambda: list(
        summaries.list_by_reservation_order(ORDER, grain="monthly")))
    assert SALES in said, said
    assert ORDER not in orders(s.user)


if __name__ == "__main__":
    sys.exit(tell())
