"""Unmodified azure-identity, azure-mgmt-reservations and azure-mgmt-authorization against a mock.

usage: azure_reservations.py BASE_URL HTTPS_URL CA_FILE

Reservations are bought through a cart of Partner Center over plain HTTP; everything after that is
done with Azure's libraries in the customer's tenant, and looked at from both sides. At last three
years pass. Chapters build on those before them.
"""

import datetime
import itertools
import sys
import uuid

from azure_story import (
    CLIENT_OPTIONS,
    CUSTOMER,
    MANAGEMENT,
    NOBODY,
    OTHER_CUSTOMER,
    REGISTERED,
    SUBSCRIPTION,
    TENANT,
    artifacts,
    call,
    catalogue_item,
    chapter,
    credential,
    order_id,
    partner_center,
    poll,
    purchase_request,
    refused,
    reservation_id,
    tell,
    token,
)

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.models import (
    Permission,
    RoleAssignmentCreateParameters,
    RoleDefinition,
)
from azure.mgmt.reservations import ReservationsMgmtClient, models as m

COLLEAGUE = "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12"
READER = "582fc458-8989-419f-a480-75249bc5db7e"


def clients(tenant):
    signed_in = credential(tenant)
    return (
        ReservationsMgmtClient(signed_in, polling_interval=1, **CLIENT_OPTIONS),
        AuthorizationManagementClient(signed_in, SUBSCRIPTION, **CLIENT_OPTIONS),
    )


def update(s, which, /, **properties):
    patch = m.Patch(properties=m.PatchProperties(**properties))
    return s.arm.reservation.begin_update(*s.bought[which], patch).result()


def reservation(s, which, /, **options):
    return s.arm.reservation.get(*s.bought[which], **options)


# --- buying ----------------------------------------------------------------------------------------


@chapter
def signs_in_to_the_customers_tenant(s):
    s.arm, s.iam = clients(CUSTOMER)
    s.bearer = token(CUSTOMER, MANAGEMENT)
    list(s.arm.operation.list())


@chapter
def finds_the_subscriptions(s):
    line = {"lineItemNumber": 0, "offerId": "MS-AZR-0145P", "quantity": 1}
    body = {"lineItems": [line | {"friendlyName": "Second home"}]}
    partner_center("POST", f"/customers/{CUSTOMER}/orders", body)
    path = "/subscriptions?api-version=2022-12-01"
    read = lambda: {x["displayName"]: x for x in call("GET", path, bearer=s.bearer)["value"]}
    mine = poll(read, lambda found: "Second home" in found)
    s.second = mine["Second home"]["subscriptionId"]
    first = [x for x in mine.values() if x["subscriptionId"] == SUBSCRIPTION]
    assert first and first[0]["tenantId"] == CUSTOMER and first[0]["state"] == "Enabled", first
    theirs = call("GET", path, bearer=token(OTHER_CUSTOMER, MANAGEMENT))["value"]
    s.foreign = theirs[0]["subscriptionId"]
    assert s.foreign not in {x["subscriptionId"] for x in mine.values()}, mine


@chapter
def buys_reservations_through_a_cart(s):
    three_years = catalogue_item(
        "Virtual Machines Dsv4 Series", "Standard_D2s_v4", "eastus", "3Years"
    )
    database = catalogue_item(
        "Virtual Machines Esv4 Series", "Standard_E4s_v4", "westeurope", "3Years"
    )
    one_year = catalogue_item("Virtual Machines Dsv4 Series", "Standard_D8s_v4", "westus2", "1Year")
    wanted = [(three_years, "web", 5, "shared"), (database, "database", 2, "single")]
    wanted += [(one_year, f"batch {number}", 1, "shared") for number in range(5)]
    lines = [
        {
            "id": number,
            "catalogItemId": item["catalogItemId"],
            "friendlyName": name,
            "quantity": quantity,
            "billingCycle": "one_time",
            "termDuration": item["terms"][0]["duration"],
            "provisioningContext": {"subscriptionId": REGISTERED, "scope": scope},
        }
        for number, (item, name, quantity, scope) in enumerate(wanted)
    ]
    before = set(artifacts())
    cart = partner_center("POST", f"/customers/{CUSTOMER}/carts", {"lineItems": lines})
    assert not [line for line in cart["lineItems"] if line.get("error")], cart
    carts = f"/customers/{CUSTOMER}/carts/{cart['id']}"
    result = partner_center("POST", f"{carts}/checkout", "success")
    assert result["orders"] and not result.get("orderErrors"), result
    s.orders = {order["id"] for order in result["orders"]}
    read = lambda: {order: told for order, told in artifacts().items() if order not in before}
    found = poll(read, lambda found: len(found) == len(wanted))
    s.bought = {}
    s.links = {order: told["link"] for order, told in found.items()}
    for order, told in found.items():
        (one,) = told["reservations"]
        s.bought[one["displayName"]] = (order, one["reservationId"])
    assert set(s.bought) == {name for _, name, _, _ in wanted}, s.bought


# --- orders ----------------------------------------------------------------------------------------


@chapter
def lists_orders(s):
    listed = list(s.arm.reservation_order.list())
    names = [order.name for order in listed]
    assert len(set(names)) == len(names), names
    assert {order for order, _ in s.bought.values()} <= set(names), (s.bought, names)
    for order in listed:
        assert order.id == order_id(order.name), order.id
        assert order.type == "microsoft.capacity/reservationOrders", order.type
        assert isinstance(order.etag, int), order.etag
    requested = [order.properties.request_date_time for order in listed]
    assert requested == sorted(requested, reverse=True), requested


@chapter
def gets_an_order_with_its_schedule(s):
    order, only = s.bought["web"]
    read = s.arm.reservation_order.get(order)
    facts = read.properties
    assert (facts.original_quantity, facts.term, facts.billing_plan) == (5, "P3Y", "Upfront"), read
    assert facts.provisioning_state == "Succeeded" and facts.plan_information is None, read
    assert facts.expiry_date_time.year - facts.benefit_start_time.year == 3, read
    assert isinstance(facts.expiry_date, datetime.date), facts.expiry_date
    (inside,) = facts.reservations
    assert inside.id.lower() == reservation_id(order, only).lower(), inside
    for word in ("schedule", "planInformation"):
        plan = s.arm.reservation_order.get(order, expand=word).properties.plan_information
        (payment,) = plan.transactions
        assert payment.status == "Succeeded", payment
        assert payment.pricing_currency_total.amount == plan.pricing_currency_total.amount > 0, plan


@chapter
def orders_that_are_not_there(s):
    get = s.arm.reservation_order.get
    refused(404, "ReservationOrderNotFound", get, NOBODY, kind=ResourceNotFoundError)
    refused(400, "InvalidReservationOrderId", get, "not-a-guid")
    elsewhere, _ = clients(TENANT)
    order, only = s.bought["web"]
    mine = {order for order, _ in s.bought.values()}
    assert not mine & {order.name for order in elsewhere.reservation_order.list()}
    error = refused(403, "AuthorizationFailed", elsewhere.reservation.get, order, only)
    assert CUSTOMER in error.error.message, error


# --- lists of reservations -------------------------------------------------------------------------


@chapter
def lists_reservations_of_an_order(s):
    order, only = s.bought["database"]
    (listed,) = s.arm.reservation.list(order)
    assert (listed.name, listed.id) == (only, reservation_id(order, only)), listed
    assert listed.type == "microsoft.capacity/reservationOrders/reservations", listed
    assert listed.sku.name == "Standard_E4s_v4" and listed.location == "westeurope", listed
    missing = s.arm.reservation.list
    refused(404, "ReservationOrderNotFound", missing, NOBODY, kind=ResourceNotFoundError)


@chapter
def pages_through_all_reservations(s):
    whole = [one.name for one in s.arm.reservation.list_all()]
    assert {only for _, only in s.bought.values()} <= set(whole), whole
    pages = [list(page) for page in s.arm.reservation.list_all(take=3).by_page()]
    assert len(pages) >= 3 and {len(page) for page in pages[:-1]} == {3}, pages
    assert [one.name for one in itertools.chain(*pages)] == whole
    skipped = [one.name for one in s.arm.reservation.list_all(skiptoken=4, take=5)]
    assert skipped == whole[4:], (skipped, whole)


@chapter
def filters_and_sorts_all_reservations(s):
    listed = lambda **options: list(s.arm.reservation.list_all(**options))
    names = lambda **options: [one.properties.display_name for one in listed(**options)]
    assert names(filter="properties/displayName eq 'web'") == ["web"]
    one_of = " or ".join(f"properties/displayName eq 'batch {n}'" for n in (0, 2, 4))
    both = f"({one_of}) and properties/archived eq false and sku/name eq 'Standard_D8s_v4'"
    pages = listed(filter=both, orderby="properties/displayName desc", take=2)
    assert [p.properties.display_name for p in pages] == ["batch 4", "batch 2", "batch 0"], pages
    assert names(filter="properties/quantity eq 5 and properties/displayName eq 'database'") == []
    everything = names(orderby="properties/displayName asc")
    assert everything == sorted(everything, key=str.lower), everything
    assert len(listed(selected_state="All")) == len(everything)
    states = {one.properties.display_provisioning_state for one in listed()}
    for state in states:
        chosen = listed(selected_state=state)
        assert chosen, state
        assert {one.properties.display_provisioning_state for one in chosen} == {state}
    bad = s.arm.reservation.list_all
    error = refused(400, "BadRequest", bad, filter="properties/displayName eq web")
    assert "single quotes" in error.error.message, error
    refused(400, "BadRequest", bad, orderby="properties/colour")


@chapter
def reads_the_summary(s):
    told = []
    hook = lambda response: told.append(response.http_response.json())
    listed = list(s.arm.reservation.list_all(refresh_summary="true", raw_response_hook=hook))
    states = [one.properties.display_provisioning_state for one in listed]
    summary = told[0]["summary"]
    assert summary["succeededCount"] == states.count("Succeeded") > 0, (summary, states)
    assert summary["cancelledCount"] == states.count("Cancelled"), (summary, states)
    assert summary["expiredCount"] == states.count("Expired"), (summary, states)
    assert sum(summary.values()) == len(states), (summary, states)


@chapter
def gets_a_reservation(s):
    order, only = s.bought["web"]
    read = reservation(s, "web")
    assert (read.id, read.name) == (reservation_id(order, only), only), read
    facts = read.properties
    assert (facts.quantity, facts.term, facts.applied_scope_type) == (5, "P3Y", "Shared"), facts
    assert facts.user_friendly_applied_scope_type == "Shared" and not facts.applied_scopes, facts
    assert (facts.provisioning_state, facts.display_provisioning_state) == ("Succeeded",) * 2, facts
    assert (facts.renew, facts.user_friendly_renew_state, facts.archived) == (False, "Off", False)
    assert facts.reserved_resource_type == "VirtualMachines", facts
    assert facts.billing_scope_id == f"/subscriptions/{SUBSCRIPTION}", facts.billing_scope_id
    assert reservation(s, "web", expand="renewProperties").properties.renew_properties is None
    single = reservation(s, "database").properties
    assert single.applied_scope_properties.subscription_id == f"/subscriptions/{SUBSCRIPTION}"
    get, code, kind = s.arm.reservation.get, "ReservationIdNotInReservationOrder", ResourceNotFoundError
    refused(404, code, get, order, NOBODY, kind=kind)
    refused(404, code, get, order, s.bought["database"][1], kind=kind)


# --- changes ---------------------------------------------------------------------------------------


@chapter
def renames(s):
    before = reservation(s, "batch 0")
    after = update(s, "batch 0", name="Nightly batch")
    assert after.properties.display_name == "Nightly batch", after
    assert after.properties.provisioning_state == "Succeeded", after
    assert after.etag == before.etag + 2, (before.etag, after.etag)
    assert reservation(s, "batch 0").etag == after.etag
    order, _ = s.bought["batch 0"]
    (told,) = artifacts()[order]["reservations"]
    assert told["displayName"] == "Nightly batch", told
    refused(400, "PatchValuesSameAsExisting", update, s, "batch 0", name="Nightly batch")
    assert reservation(s, "batch 0").etag == after.etag


@chapter
def rescopes(s):
    order, _ = s.bought["web"]
    both_sides = lambda: (reservation(s, "web").properties, artifacts()[order]["reservations"][0])

    update(s, "web", applied_scope_type="Single", applied_scopes=[f"/subscriptions/{s.second}"])
    facts, told = both_sides()
    assert facts.applied_scope_type == facts.user_friendly_applied_scope_type == "Single", facts
    assert facts.applied_scope_properties.subscription_id == f"/subscriptions/{s.second}", facts
    assert told["scopeType"] == "Single" and s.second in told["appliedScopes"][0], told

    to = m.AppliedScopeProperties(subscription_id=f"/subscriptions/{SUBSCRIPTION}")
    update(s, "web", applied_scope_type="Single", applied_scope_properties=to)
    facts, told = both_sides()
    assert facts.applied_scope_properties.subscription_id == f"/subscriptions/{SUBSCRIPTION}"
    assert SUBSCRIPTION in told["appliedScopes"][0], told

    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/web"
    to = m.AppliedScopeProperties(resource_group_id=group)
    update(s, "web", applied_scope_type="Single", applied_scope_properties=to)
    facts, _ = both_sides()
    assert facts.user_friendly_applied_scope_type == "ResourceGroup", facts
    assert facts.applied_scope_properties.resource_group_id.lower() == group.lower(), facts

    group = "/providers/Microsoft.Management/managementGroups/larkspur"
    to = m.AppliedScopeProperties(tenant_id=CUSTOMER, management_group_id=group)
    update(s, "web", applied_scope_type="ManagementGroup", applied_scope_properties=to)
    facts, _ = both_sides()
    assert facts.user_friendly_applied_scope_type == "ManagementGroup", facts
    assert facts.applied_scope_properties.management_group_id.lower() == group.lower(), facts

    after = update(s, "web", applied_scope_type="Shared")
    assert not after.properties.applied_scope_properties, after
    facts, told = both_sides()
    assert facts.applied_scope_type == "Shared" and told["scopeType"] == "Shared", (facts, told)
    refused(400, "AppliedScopesSameAsExisting", update, s, "web", applied_scope_type="Shared")


@chapter
def scopes_that_are_refused(s):
    before = reservation(s, "web").etag
    single = {"applied_scope_type": "Single"}
    foreign = [f"/subscriptions/{s.foreign}"]
    for code, scopes in [
        ("AppliedScopesNotAssociatedWithCommerceAccount", foreign),
        ("MissingAppliedScopesForSingle", None),
        ("InvalidSingleAppliedScopesCount", foreign + [f"/subscriptions/{SUBSCRIPTION}"]),
    ]:
        refused(400, code, update, s, "web", **single, applied_scopes=scopes)
    assert reservation(s, "web").etag == before


@chapter
def switches_instance_flexibility(s):
    single = {"applied_scope_type": "Single", "applied_scopes": [f"/subscriptions/{SUBSCRIPTION}"]}
    refused(400, "BadRequest", update, s, "batch 1", instance_flexibility="Off")
    after = update(s, "batch 1", instance_flexibility="Off", **single)
    assert after.properties.instance_flexibility == "Off", after
    after = update(s, "batch 1", instance_flexibility="On")
    assert after.properties.instance_flexibility == "On", after


@chapter
def asks_for_available_scopes(s):
    scopes = [f"/subscriptions/{id}" for id in (SUBSCRIPTION, s.second, s.foreign, NOBODY)]
    body = m.AvailableScopeRequest(properties=m.AvailableScopeRequestProperties(scopes=scopes))
    answer = s.arm.reservation.begin_available_scopes(*s.bought["web"], body).result()
    told = {scope.scope: scope.valid for scope in answer.properties.scopes}
    assert told == dict(zip(scopes, (True, True, False, False))), told


@chapter
def splits(s):
    order, only = s.bought["web"]
    request = lambda quantities: m.SplitRequest(
        properties=m.SplitProperties(quantities=quantities, reservation_id=reservation_id(order, only))
    )
    begin = s.arm.reservation.begin_split
    for quantities in ([2, 2], [5], [5, 0], [1, 2, 2], [-1, 6]):
        refused(400, "BadRequest", begin, order, request(quantities))
    assert len(list(s.arm.reservation.list(order))) == 1
    result = begin(order, request([2, 3])).result()
    assert len(result) == 3, result
    parts = {one.properties.quantity: one for one in result if one.properties.quantity != 5}
    assert set(parts) == {2, 3}, result
    s.parts = [parts[2].id.split("/")[-1], parts[3].id.split("/")[-1]]
    source = reservation(s, "web").properties
    assert source.provisioning_state == "Cancelled", source
    assert source.extended_status_info.status_code == "Split", source
    made = {id.split("/")[-1] for id in source.split_properties.split_destinations}
    assert made == set(s.parts), (made, s.parts)
    for part in s.parts:
        facts = s.arm.reservation.get(order, part).properties
        assert facts.provisioning_state == "Succeeded" and facts.renew is False, facts
        assert facts.split_properties.split_source.lower().endswith(only), facts
        assert facts.expiry_date_time == source.expiry_date_time, facts
    assert len(s.arm.reservation_order.get(order).properties.reservations) == 3
    told = artifacts()[order]["reservations"]
    active = [one for one in told if one["reservationId"] in s.parts]
    assert sum(one["quantity"] for one in active) == 5, told
    code = "OperationCannotBePerformedInCurrentState"
    refused(400, code, begin, order, request([1, 4]))


@chapter
def changes_to_a_cancelled_reservation_are_refused(s):
    code = "OperationCannotBePerformedInCurrentState"
    refused(400, code, update, s, "web", name="too late")
    refused(400, code, update, s, "web", renew=True)


@chapter
def reads_revisions(s):
    listed = list(s.arm.reservation.list_revisions(*s.bought["web"]))
    numbers = [one.etag for one in listed]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers), numbers
    assert len(numbers) > 6 and numbers[0] == reservation(s, "web").etag, numbers
    for one in listed:
        assert one.id.endswith(f"/reservations/{s.bought['web'][1]}/revisions/{one.etag}"), one.id
        assert one.type == "microsoft.capacity/reservationOrders/reservations/revisions", one.type
    states = [one.properties.provisioning_state for one in listed]
    assert "Pending" in states and states[0] == "Cancelled", states


@chapter
def archives_and_brings_back(s):
    order, only = s.bought["web"]
    kept = s.arm.reservation
    active = "properties/archived eq false"
    kept.archive(order, only)
    assert reservation(s, "web").properties.archived is True
    assert only not in [one.name for one in kept.list_all(filter=active)]
    kept.archive(order, only)
    kept.unarchive(order, only)
    assert reservation(s, "web").properties.archived is False
    assert only in [one.name for one in kept.list_all(filter=active)]
    code = "OperationCannotBePerformedInCurrentState"
    refused(400, code, kept.archive, order, s.parts[0])


@chapter
def merges(s):
    order, _ = s.bought["web"]
    ids = [reservation_id(order, part) for part in s.parts]
    request = lambda ids: m.MergeRequest(properties={"sources": ids})
    begin = s.arm.reservation.begin_merge
    refused(400, "BadRequest", begin, order, request(ids[:1]))
    refused(400, "BadRequest", begin, order, request([ids[0], ids[0]]))
    other = reservation_id(*s.bought["database"])
    code = "ReservationIdNotInReservationOrder"
    refused(404, code, begin, order, request([ids[0], other]), kind=ResourceNotFoundError)
    result = begin(order, request(ids)).result()
    assert len(result) == 3, result
    (whole,) = [one for one in result if one.properties.quantity == 5]
    merged = whole.id.split("/")[-1]
    facts = s.arm.reservation.get(order, merged).properties
    assert (facts.quantity, facts.provisioning_state) == (5, "Succeeded"), facts
    sources = {id.split("/")[-1] for id in facts.merge_properties.merge_sources}
    assert sources == set(s.parts), (sources, s.parts)
    for part in s.parts:
        facts = s.arm.reservation.get(order, part).properties
        assert facts.provisioning_state == "Cancelled", facts
        assert facts.extended_status_info.status_code == "Merged", facts
        assert facts.merge_properties.merge_destination.lower().endswith(merged), facts
    s.bought["merged"] = (order, merged)


# --- around reservations ---------------------------------------------------------------------------


@chapter
def reads_the_catalogue(s):
    find = {"reserved_resource_type": "VirtualMachines", "location": "westeurope"}
    items = list(s.arm.get_catalog(SUBSCRIPTION, **find))
    (one,) = [item for item in items if item.name == "Standard_D2s_v4"]
    assert one.resource_type.lower() == "virtualmachines", one
    assert one.locations == ["westeurope"] and {"P1Y", "P3Y"} <= set(one.terms), one
    assert one.billing_plans["P1Y"] == ["Upfront", "Monthly"], one
    pages = s.arm.get_catalog(SUBSCRIPTION, **find, skip=1, take=4).by_page()
    pages = [[item.name for item in page] for page in pages]
    assert len(pages) > 3 and {len(page) for page in pages[:-1]} == {4}, pages
    assert sum(pages, []) == [item.name for item in items[1:]], pages
    find["location"] = "atlantis"
    refused(400, "InvalidLocationId", s.arm.get_catalog, SUBSCRIPTION, **find)
    find = {"reserved_resource_type": "VirtualMachines", "location": "eastus"}
    unknown = {"kind": ResourceNotFoundError} | find
    refused(404, "SubscriptionNotFound", s.arm.get_catalog, NOBODY, **unknown)


@chapter
def reads_applied_reservations(s):
    applied = s.arm.get_applied_reservation_list(SUBSCRIPTION)
    orders = {id.split("/")[-1] for id in applied.properties.reservation_order_ids.value}
    assert applied.name == "default", applied
    assert {s.bought[name][0] for name in ("merged", "database", "batch 0")} <= orders, orders
    elsewhere = s.arm.get_applied_reservation_list(s.second)
    orders = {id.split("/")[-1] for id in elsewhere.properties.reservation_order_ids.value}
    assert s.bought["merged"][0] in orders and s.bought["database"][0] not in orders, orders


@chapter
def reads_operations(s):
    listed = {one.name.lower(): one for one in s.arm.operation.list()}
    for name in ("reservationorders/read", "reservationorders/reservations/write"):
        one = listed[f"microsoft.capacity/{name}"]
        assert one.display.provider and one.display.operation and one.is_data_action is False, one


@chapter
def calculates_a_price(s):
    answer = s.arm.reservation_order.calculate(purchase_request())
    price = answer.properties
    assert price.is_billing_partner_managed is True and price.sku_title, price
    assert len(price.payment_schedule) == 12, price
    due = sum(round(payment.pricing_currency_total.amount * 100) for payment in price.payment_schedule)
    assert due == round(price.pricing_currency_total.amount * 100) > 0, price
    uuid.UUID(price.reservation_order_id)
    calculate = s.arm.reservation_order.calculate
    for code, change in [
        ("BadRequest", {"quantity": 0}),
        ("BadRequest", {"quantity": -3}),
        ("BadRequest", {"sku": "Standard_Unheard_of"}),
        ("InvalidLocationId", {"location": "atlantis"}),
        ("UnsupportedReservationTerm", {"term": "P9Y"}),
        ("InvalidSubscriptionId", {"billing_scope_id": "/subscriptions/mine"}),
        ("MissingAppliedScopesForSingle", {"applied_scope_type": "Single"}),
        (
            "AppliedScopesNotAssociatedWithCommerceAccount",
            {"applied_scope_type": "Single", "applied_scopes": [f"/subscriptions/{s.foreign}"]},
        ),
    ]:
        refused(400, code, calculate, purchase_request(**change))


@chapter
def purchases(s):
    request = purchase_request()
    begin = s.arm.reservation_order.begin_purchase
    id = s.arm.reservation_order.calculate(request).properties.reservation_order_id
    refused(400, "BadRequest", begin, NOBODY, request)
    refused(400, "BadRequest", begin, id, purchase_request(quantity=3))
    started = begin(id, request).result()
    assert started.name == id and started.properties.original_quantity == 2, started
    read = lambda: s.arm.reservation_order.get(id, expand="schedule")
    order = poll(read, lambda order: order.properties.provisioning_state == "Succeeded")
    assert (order.properties.billing_plan, order.properties.term) == ("Monthly", "P1Y"), order
    states = [one.status for one in order.properties.plan_information.transactions]
    assert states == ["Succeeded"] + ["Scheduled"] * 11, states
    (one,) = s.arm.reservation.list(id)
    assert (one.properties.quantity, one.sku.name) == (2, "Standard_D2s_v4"), one
    assert begin(id, request).result().name == id
    code = "ReservationOrderIdAlreadyExists"
    refused(400, code, begin, id, purchase_request(quantity=7))
    s.bought["in azure"] = (id, one.name)


@chapter
def change_of_directory_is_refused_for_partners_customers(s):
    order, only = s.bought["merged"]
    change = s.arm.reservation_order.change_directory
    body = m.ChangeDirectoryRequest(destination_tenant_id=OTHER_CUSTOMER)
    refused(400, "BadRequest", change, order, body)
    body = m.ChangeDirectoryRequest(destination_tenant_id="elsewhere")
    refused(400, "InvalidTenantId", change, order, body)
    assert s.arm.reservation.get(order, only).properties.provisioning_state == "Succeeded"


# --- access ----------------------------------------------------------------------------------------


@chapter
def reads_role_definitions(s):
    scope = f"providers/Microsoft.Capacity/reservationOrders/{s.bought['merged'][0]}"
    listed = {role.role_name: role for role in s.iam.role_definitions.list(scope)}
    assert {"Owner", "Reader", "Reservations Administrator", "Reservations Reader"} <= set(listed)
    (reader,) = s.iam.role_definitions.list(scope, filter="roleName eq 'Reservations Reader'")
    assert (reader.name, reader.role_type) == (READER, "BuiltInRole"), reader
    assert reader.assignable_scopes == ["/providers/Microsoft.Capacity"], reader
    assert s.iam.role_definitions.get(scope, READER).role_name == reader.role_name
    assert s.iam.role_definitions.get_by_id(reader.id).name == READER
    missing = s.iam.role_definitions.get
    kind = ResourceNotFoundError
    refused(404, "RoleDefinitionDoesNotExist", missing, scope, NOBODY, kind=kind)


@chapter
def makes_and_removes_a_role(s):
    scope = "providers/Microsoft.Capacity"
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, "observer"))
    wanted = RoleDefinition(
        role_name="Batch Observer",
        role_type="CustomRole",
        description="Reads what runs at night.",
        assignable_scopes=["/providers/Microsoft.Capacity"],
        permissions=[Permission(actions=["Microsoft.Capacity/*/read"], not_actions=[])],
    )
    made = s.iam.role_definitions.create_or_update(scope, name, wanted)
    assert (made.name, made.role_name, made.role_type) == (name, "Batch Observer", "CustomRole")
    custom = s.iam.role_definitions.list(scope, filter="type eq 'CustomRole'")
    assert name in [role.name for role in custom]
    assert s.iam.role_definitions.delete(scope, name).name == name
    assert s.iam.role_definitions.delete(scope, name) is None


@chapter
def assigns_and_removes_roles(s):
    order, only = s.bought["merged"]
    scope = f"providers/Microsoft.Capacity/reservationOrders/{order}"
    roles = s.iam.role_assignments
    before = {one.name for one in roles.list_for_scope(scope)}
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, "assignment"))
    wanted = lambda role=READER, **more: RoleAssignmentCreateParameters(
        role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
        principal_id=COLLEAGUE,
        principal_type="User",
        **more,
    )
    made = roles.create(scope, name, wanted(description="looks after cost"))
    assert (made.name, made.principal_id, made.description) == (name, COLLEAGUE, "looks after cost")
    assert made.scope.lower() == f"/{scope}".lower() and made.created_on, made
    assert made.role_definition_id.endswith(READER), made
    assert roles.create(scope, name, wanted(description="looks after cost")).name == name

    assert roles.get(scope, name).id == made.id
    assert roles.get_by_id(made.id).name == name
    assert {one.name for one in roles.list_for_scope(scope)} - before == {name}
    mine = f"principalId eq '{COLLEAGUE}'"
    assert [one.name for one in roles.list_for_scope(scope, filter=mine)] == [name]
    inherited = roles.list_for_scope(f"{scope}/reservations/{only}", filter=mine)
    assert [one.name for one in inherited] == [name]
    both = f"atScope() and assignedTo('{COLLEAGUE}')"
    assert [one.name for one in roles.list_for_scope(scope, filter=both)] == [name]
    capacity = roles.list_for_scope("providers/Microsoft.Capacity", filter="atScope()")
    assert name not in [one.name for one in capacity]

    other, kind = str(uuid.uuid5(uuid.NAMESPACE_URL, "another")), ResourceExistsError
    refused(409, "RoleAssignmentExists", roles.create, scope, other, wanted(), kind=kind)
    missing = ResourceNotFoundError
    code = "RoleDefinitionDoesNotExist"
    refused(404, code, roles.create, scope, other, wanted(NOBODY), kind=missing)
    refused(400, "InvalidRoleAssignmentId", roles.create, scope, "mine", wanted())

    assert roles.delete(scope, name).name == name
    assert roles.delete(scope, name) is None
    refused(404, "RoleAssignmentNotFound", roles.get, scope, name, kind=missing)
    assert {one.name for one in roles.list_for_scope(scope)} == before


@chapter
def errors_have_azures_shape(s):
    path = "/providers/Microsoft.Capacity/reservationOrders"
    for status, code, bearer, query in [
        (401, "AuthenticationFailed", None, "?api-version=2022-11-01"),
        (401, "InvalidAuthenticationToken", "nonsense", "?api-version=2022-11-01"),
        (400, "MissingApiVersionParameter", s.bearer, ""),
        (400, "InvalidApiVersionParameter", s.bearer, "?api-version=yesterday"),
    ]:
        told = call("GET", path + query, bearer=bearer, expect=(status,))["error"]
        assert told["code"] == code and told["message"], (code, told)


# --- three years -----------------------------------------------------------------------------------


@chapter
def switches_renewal_on(s):
    after = update(s, "merged", renew=True)
    assert after.properties.renew and after.properties.user_friendly_renew_state == "On", after
    want = m.PatchPropertiesRenewProperties(
        purchase_properties=purchase_request(
            sku="Standard_D2s_v4",
            location="eastus",
            term="P1Y",
            billing_plan="Upfront",
            quantity=4,
            display_name="web-renewed",
        )
    )
    update(s, "merged", renew=True, renew_properties=want)
    read = reservation(s, "merged", expand="renewProperties").properties.renew_properties
    asked = read.purchase_properties
    assert (asked.properties.quantity, asked.properties.term) == (4, "P1Y"), asked
    on = s.arm.reservation.list_all(filter="properties/renew eq true")
    assert s.bought["merged"][1] in [one.name for one in on]


@chapter
def sees_the_end_come(s):
    call("POST", "/_mock/clock/advance", {"by": "P2Y11M10D"})
    for name in ("merged", "database"):
        facts = reservation(s, name).properties
        assert facts.provisioning_state == "Succeeded", (name, facts)
        assert facts.display_provisioning_state == "Expiring", (name, facts)
    ending = s.arm.reservation.list_all(selected_state="Expiring")
    assert {s.bought[name][1] for name in ("merged", "database")} <= {one.name for one in ending}
    told = reservation(s, "merged", expand="renewProperties").properties.renew_properties
    assert told.pricing_currency_total.amount > 0, told
    batch = reservation(s, "batch 0").properties
    assert (batch.provisioning_state, batch.user_friendly_renew_state) == ("Expired", "NotRenewed")
    kept = s.arm.reservation
    kept.archive(*s.bought["batch 0"])
    assert reservation(s, "batch 0").properties.archived is True


@chapter
def sees_reservations_expire_and_renew(s):
    call("POST", "/_mock/clock/advance", {"by": "P25D"})
    for name, renewal in [("database", "NotRenewed"), ("merged", "Renewed")]:
        facts = reservation(s, name).properties
        assert facts.provisioning_state == facts.display_provisioning_state == "Expired", facts
        assert facts.user_friendly_renew_state == renewal, (name, facts)
        order = s.arm.reservation_order.get(s.bought[name][0])
        assert order.properties.provisioning_state == "Expired", order
    destination = reservation(s, "merged").properties.renew_destination
    words = destination.split("/")
    s.renewed = (words[words.index("reservations") - 1], words[-1])
    new = s.arm.reservation.get(*s.renewed)
    facts = new.properties
    assert (facts.quantity, facts.term, facts.provisioning_state) == (4, "P1Y", "Succeeded"), facts
    assert new.sku.name == "Standard_D2s_v4" and new.location == "eastus", new
    assert facts.renew_source.lower().endswith(s.bought["merged"][1]), facts
    assert s.renewed[0] != s.bought["merged"][0]
    assert s.renewed[0] in [order.name for order in s.arm.reservation_order.list()]
    code = "OperationCannotBePerformedInCurrentState"
    refused(400, code, update, s, "database", name="too late")


@chapter
def partner_center_sees_it_too(s):
    told = artifacts()
    for name in ("database", "merged", "batch 2"):
        order, only = s.bought[name]
        assert order not in told, f"an entitlement to {name} remains"
        (one,) = [
            one
            for one in partner_center("GET", s.links[order])["reservations"]
            if one["reservationId"] == only
        ]
        assert one["provisioningState"] == "Expired", one
    new = told[s.renewed[0]]
    (one,) = new["reservations"]
    assert (one["reservationId"], one["quantity"]) == (s.renewed[1], 4), one
    assert one["provisioningState"] == "Created", one
    order = new["entitlement"]["referenceOrder"]["id"]
    listed = partner_center("GET", f"/customers/{CUSTOMER}/orders")["items"]
    listed = {order["id"]: order for order in listed}
    assert listed[order]["status"] == "completed" and order not in s.orders, listed.get(order)
    assert s.orders <= set(listed), s.orders


if __name__ == "__main__":
    sys.exit(tell())
