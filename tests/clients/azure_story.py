"""What the stories told with Azure's libraries share: the world, plain HTTP, ways to ask.

A story is called with BASE_URL HTTPS_URL CA_FILE. Its chapters run in turn; the last line sums them
up.
"""

import json
import logging
import os
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

BASE, ARM, CA = sys.argv[1].rstrip("/"), sys.argv[2].rstrip("/"), sys.argv[3]
os.environ["REQUESTS_CA_BUNDLE"] = CA
os.environ["NO_PROXY"] = "*"
logging.disable(logging.WARNING)

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.reservations import models as m

TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"
CUSTOMER = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10"
OTHER_CUSTOMER = "1f7a9c42-6e05-4b8d-93c1-d2e4f6a8b0c3"
REGISTERED = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33"
SUBSCRIPTION = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18"
CLIENT, SECRET = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"
MANAGEMENT = "https://management.azure.com/.default"
PARTNER_CENTER = "https://api.partnercenter.microsoft.com/.default"
NOBODY = "00000000-0000-4000-8000-0000000000aa"
# What every client of Azure is made with.
CLIENT_OPTIONS = {"base_url": ARM, "credential_scopes": [MANAGEMENT]}


# --- plain HTTP ------------------------------------------------------------------------------------

plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def token(tenant, scope, **grant):
    form = {"client_id": CLIENT, "client_secret": SECRET, "scope": scope}
    form |= grant or {"grant_type": "client_credentials"}
    data = urllib.parse.urlencode(form).encode()
    with plain.open(f"{BASE}/{tenant}/oauth2/v2.0/token", data) as answer:
        return json.load(answer)["access_token"]


def user_token():
    """A token of a user of the partner, for what an application may not do."""
    user = {"username": "admin@fabricore.example", "password": "demo-password"}
    return token(TENANT, PARTNER_CENTER, grant_type="password", **user)


def call(method, path, body=None, bearer=None, expect=(200, 201)):
    request = urllib.request.Request(f"{BASE}{path}", method=method)
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        answer = plain.open(request)
    except urllib.error.HTTPError as error:
        answer = error
    text = answer.read()
    assert answer.status in expect, f"{method} {path}: {answer.status} {text[:600]}"
    return json.loads(text) if text else None


def partner_center(method, path, body=None, **options):
    if not hasattr(partner_center, "bearer"):
        partner_center.bearer = token(TENANT, PARTNER_CENTER)
    return call(method, f"/v1{path}", body, partner_center.bearer, **options)


def catalogue_item(product_title, sku, region, duration):
    products = partner_center("GET", "/products?country=US&targetView=AzureReservationsVM")["items"]
    (product,) = [p for p in products if p["title"] == product_title]
    wanted = {"armSkuName": sku, "armRegionName": region, "duration": duration}
    skus = partner_center("GET", product["links"]["skus"]["uri"])["items"]
    (sku,) = [s for s in skus if wanted.items() <= s["dynamicAttributes"].items()]
    items = partner_center("GET", sku["links"]["availabilities"]["uri"])["items"]
    return [item for item in items if item["segment"] == "commercial"][0]


def artifacts():
    """What Partner Center tells of every reservation of the customer, by reservation order."""
    found = {}
    listed = partner_center("GET", f"/customers/{CUSTOMER}/entitlements?showExpiry=true")
    for entitlement in listed["items"]:
        for artifact in entitlement["entitledArtifacts"]:
            link = artifact["link"]["uri"]
            details = partner_center("GET", link)["reservations"]
            told = {"entitlement": entitlement, "link": link, "reservations": details}
            found[artifact["resourceId"]] = told
    return found


# --- what is asked of the clients ------------------------------------------------------------------


def credential(tenant):
    return ClientSecretCredential(
        tenant, CLIENT, SECRET, authority=ARM, disable_instance_discovery=True
    )


def refused(status, code, function, *arguments, kind=HttpResponseError, **options):
    """The error that a call ends with."""
    try:
        result = function(*arguments, **options)
        result = result.result() if hasattr(result, "result") else result
        result = list(result) if hasattr(result, "by_page") else result
    except kind as error:
        assert error.status_code == status, error
        assert error.error and error.error.code == code, error
        assert error.error.message, error
        return error
    raise AssertionError(f"was not refused with {code}: {result}")


def poll(read, is_done, seconds=30):
    end = time.monotonic() + seconds
    while True:
        seen = read()
        if is_done(seen):
            return seen
        assert time.monotonic() < end, f"still not done after {seconds} s: {seen}"
        time.sleep(0.3)


def order_id(order):
    return f"/providers/microsoft.capacity/reservationOrders/{order}"


def reservation_id(order, only):
    return f"{order_id(order)}/reservations/{only}"


def purchase_request(**properties):
    defaults = {
        "reserved_resource_type": "VirtualMachines",
        "billing_scope_id": f"/subscriptions/{SUBSCRIPTION}",
        "term": "P1Y",
        "billing_plan": "Monthly",
        "quantity": 2,
        "display_name": "bought-in-azure",
        "applied_scope_type": "Shared",
        "renew": False,
        "reserved_resource_properties": {"instanceFlexibility": "On"},
    }
    region = properties.pop("location", "westeurope")
    return m.PurchaseRequest(
        sku=m.SkuName(name=properties.pop("sku", "Standard_D2s_v4")),
        location=region,
        properties=m.PurchaseRequestProperties(**(defaults | properties)),
    )


def buy(arm, **properties):
    """Buys in Azure; gives the order and the reservation in it."""
    request = purchase_request(**properties)
    id = arm.reservation_order.calculate(request).properties.reservation_order_id
    arm.reservation_order.begin_purchase(id, request).result()
    state = lambda: arm.reservation_order.get(id).properties.provisioning_state
    poll(state, lambda state: state == "Succeeded")
    (one,) = arm.reservation.list(id)
    return id, one.name


def last(id):
    """The last segment of a resource id."""
    return id.split("/")[-1]


# --- chapters --------------------------------------------------------------------------------------

CHAPTERS = []


def chapter(function):
    CHAPTERS.append(function)
    return function


def tell():
    """Runs the chapters and gives the exit code."""
    state, failed = type("Story", (), {})(), 0
    for run in CHAPTERS:
        try:
            run(state)
            print(f"ok      {run.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED  {run.__name__}\n{traceback.format_exc(limit=-4)}")
    print(f"{len(CHAPTERS) - failed} passed, {failed} failed")
    return 1 if failed else 0
