"""Unmodified azure-cli 2.38.0, the last line with `az reservations` built in, behind the mock's proxy.

usage: azure_cli_reservations.py BASE_URL CA_FILE PYTHON FOLDER

PYTHON is the interpreter that az is installed for, FOLDER takes its configuration. This line of az can
only believe to be in Azure: it cannot be told to leave out instance discovery.
"""

import datetime
import json
import sys

from azure_cli_process import (
    CLIENT,
    NOBODY,
    ORDER,
    SUBSCRIPTION,
    Az,
    arguments,
    chapter,
    says,
    tell,
)

BASE, CA, PYTHON, FOLDER = arguments(4)
ORDERS, ONE = ("reservations", "reservation-order"), ("reservations", "reservation")
WANTED = (
    "--sku", "Standard_D2s_v4", "--location", "westeurope", "--term", "P1Y",
    "--reserved-resource-type", "VirtualMachines", "--billing-plan", "Monthly",
    "--applied-scope-type", "Shared", "--display-name", "bought-by-az", "--quantity", 5,
)


@chapter
def signs_in_and_lists_what_there_is(s):
    s.az = Az(PYTHON, f"{FOLDER}/reservations", CA, BASE)
    assert s.az("version")["azure-cli"] == "2.38.0"
    s.az.sign_in()
    accounts, orders, one, inside = s.az.all(
        ["account", "list"],
        [*ORDERS, "list"],
        [*ORDERS, "show", "--reservation-order-id", ORDER],
        [*ONE, "list", "--reservation-order-id", ORDER],
    )
    assert SUBSCRIPTION in {one["id"] for one in accounts}, accounts
    assert ORDER in {one["name"] for one in orders}, orders
    assert one["name"] == ORDER and one["originalQuantity"] >= 1, one
    assert inside and all(ORDER in row["id"] for row in inside), inside


@chapter
def the_catalogue_and_what_applies_to_a_subscription(s):
    catalogue, applied = s.az.all(
        ["reservations", "catalog", "show", "--subscription-id", SUBSCRIPTION,
         "--reserved-resource-type", "VirtualMachines", "--location", "westeurope"],
        ["reservations", "reservation-order-id", "list", "--subscription-id", SUBSCRIPTION],
    )
    assert "Standard_D2s_v4" in {one["name"] for one in catalogue}, catalogue[:3]
    assert all("P1Y" in one["terms"] for one in catalogue if one["name"] == "Standard_D2s_v4")
    assert applied["reservationOrderIds"]["value"], applied


@chapter
def calculates_and_purchases(s):
    wanted = (*WANTED, "--billing-scope", SUBSCRIPTION)
    price = s.az(*ORDERS, "calculate", *wanted)["properties"]
    assert price["pricingCurrencyTotal"]["amount"] > 0, price
    assert price["skuDescription"] and price["skuTitle"], price
    s.order = price["reservationOrderId"]
    bought = s.az(*ORDERS, "purchase", "--reservation-order-id", s.order, *wanted)
    assert bought["name"] == s.order, bought
    assert bought["provisioningState"] == "Succeeded", bought
    assert (bought["originalQuantity"], bought["term"]) == (5, "P1Y"), bought
    (one,) = s.az(*ONE, "list", "--reservation-order-id", s.order)
    s.reservation = one["name"].split("/")[-1]
    assert one["properties"]["quantity"] == 5 and one["sku"]["name"] == "Standard_D2s_v4", one


def on(s, reservation=None):
    reservation = reservation or s.reservation
    return ("--reservation-order-id", s.order, "--reservation-id", reservation)


@chapter
def changes_the_scope_and_the_flexibility(s):
    narrowed = s.az(
        *ONE, "update", *on(s), "--applied-scope-type", "Single", "--applied-scopes", SUBSCRIPTION,
        "--instance-flexibility", "Off",
    )
    assert narrowed["properties"]["appliedScopeType"] == "Single", narrowed
    assert any(SUBSCRIPTION in it for it in narrowed["properties"]["appliedScopes"]), narrowed
    assert narrowed["properties"]["instanceFlexibility"] == "Off", narrowed
    shared = s.az(
        *ONE, "update", *on(s), "--applied-scope-type", "Shared", "--instance-flexibility", "On"
    )
    assert shared["properties"]["instanceFlexibility"] == "On", shared
    shown, history = s.az.all([*ONE, "show", *on(s)], [*ONE, "list-history", *on(s)])
    assert shown["properties"]["appliedScopeType"] == "Shared", shown
    assert len(history) >= 3, history
    says(
        s.az.refused(
            *ONE, "update", *on(s), "--applied-scope-type", "Single", "--applied-scopes", NOBODY
        ),
        NOBODY,
    )


def quantities(s):
    listed = s.az(*ONE, "list", "--reservation-order-id", s.order)
    alive = [one for one in listed if one["properties"]["provisioningState"] == "Succeeded"]
    return {one["name"].split("/")[-1]: one["properties"]["quantity"] for one in alive}


@chapter
def splits_and_merges(s):
    parts = s.az(*ONE, "split", *on(s), "--quantity-1", 2, "--quantity-2", 3)
    assert {2, 3} <= {one["properties"]["quantity"] for one in parts}, parts
    divided = quantities(s)
    assert sorted(divided.values()) == [2, 3] and s.reservation not in divided, divided
    says(s.az.refused(*ONE, "split", *on(s), "--quantity-1", 2, "--quantity-2", 3), "State")
    one, other = divided
    s.az(
        *ONE, "merge", "--reservation-order-id", s.order,
        "--reservation-id-1", one, "--reservation-id-2", other,
    )
    ((s.reservation, quantity),) = quantities(s).items()
    assert quantity == 5, quantity


def rest(s, path, body):
    url = f"https://management.azure.com{path}?api-version=2022-11-01"
    return s.az("rest", "--method", "post", "--url", url, "--body", json.dumps(body))


@chapter
def returns_a_part_by_az_rest(s):
    order = f"/providers/Microsoft.Capacity/reservationOrders/{s.order}"
    back = {"reservationId": f"{order}/reservations/{s.reservation}", "quantity": 2}
    asked = {"scope": "Reservation", "reservationToReturn": back}
    quote = rest(s, f"{order}/calculateRefund", {"id": order, "properties": asked})["properties"]
    assert quote["billingRefundAmount"]["amount"] > 0, quote
    asked |= {"sessionId": quote["sessionId"], "returnReason": "Not needed"}
    rest(s, f"{order}/return", {"properties": asked})
    left = quantities(s)
    assert list(left.values()) == [3], left
    (s.reservation,) = left


@chapter
def roles_names_and_use_are_read_as_well(s):
    today = datetime.date.today()
    scope = f"/providers/Microsoft.Capacity/reservationOrders/{s.order}"
    held, principal, use = s.az.all(
        ["role", "assignment", "list", "--scope", scope],
        ["ad", "sp", "show", "--id", CLIENT],
        ["consumption", "reservation", "summary", "list", "--grain", "daily",
         "--reservation-order-id", ORDER, "--start-date", today - datetime.timedelta(days=5),
         "--end-date", today],
    )
    owners = {one["principalName"] for one in held if one["roleDefinitionName"] == "Owner"}
    assert CLIENT in owners, held
    assert principal["appId"] == CLIENT, principal
    assert len(use) >= 5 and use[0]["usageDate"].endswith("T00:00:00Z"), use


@chapter
def refusals_are_shown_with_azures_words(s):
    no_order, no_reservation, no_sku, no_subscription = s.az.all_refused(
        [*ORDERS, "show", "--reservation-order-id", NOBODY],
        [*ONE, "show", *on(s, NOBODY)],
        [*ORDERS, "calculate", *WANTED, "--billing-scope", SUBSCRIPTION, "--sku", "Standard_X0"],
        ["reservations", "reservation-order-id", "list", "--subscription-id", NOBODY],
    )
    says(no_order, NOBODY)
    says(no_reservation, NOBODY)
    says(no_sku, "Standard_X0")
    says(no_subscription, NOBODY)


if __name__ == "__main__":
    sys.exit(tell())
