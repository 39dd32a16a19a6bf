"""Unmodified azure-cli against a mock at auth level strict.

usage: azure_cli.py BASE_URL HTTPS_URL CA_FILE PYTHON FOLDER

PYTHON is the interpreter that az is installed for, FOLDER takes its configurations. First az is told
where the mock is, as one tells it of a cloud of one's own; then it believes to be in Azure, and finds the
mock behind HTTPS_PROXY.
"""

import datetime
import sys

from azure_cli_process import (
    CLIENT,
    CUSTOMER,
    NOBODY,
    ORDER,
    PASSWORD,
    PLAN,
    SECRET,
    SUBSCRIPTION,
    TENANT,
    Az,
    arguments,
    chapter,
    later,
    says,
    tell,
)

BASE, HERE, CA, PYTHON, FOLDER = arguments(5)
PARTNER_CENTER = "https://api.partnercenter.microsoft.com"
MANAGEMENT = "https://management.azure.com"
CAPACITY = "/providers/Microsoft.Capacity/reservationOrders"
VERSION = "api-version=2022-11-01"
SALES, HELPDESK = "9c3f7a21-8be4-4d05-a6f9-5e1d2c3b4a50", "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12"
READER = "Reservations Reader"


def az_of(name, proxy=None):
    return Az(PYTHON, f"{FOLDER}/{name}", CA, proxy)


def order_at(base):
    return f"{base}{CAPACITY}/{ORDER}"


# --- a cloud of one's own --------------------------------------------------------------------------


@chapter
def learns_of_a_cloud_by_one_address(s):
    s.az = az_of("own-cloud")
    s.az("cloud", "register", "-n", "Mock", "--endpoint-resource-manager", HERE)
    s.az("cloud", "set", "-n", "Mock")
    s.az("config", "set", "core.instance_discovery=false")
    told = s.az("cloud", "show", "-n", "Mock")["endpoints"]
    assert told["resourceManager"] == HERE and told["activeDirectory"] == HERE, told
    assert told["microsoftGraphResourceId"] == f"{HERE}/", told


@chapter
def an_application_signs_in_and_sees_the_subscriptions_of_the_customer(s):
    signed_in = s.az.sign_in()
    assert {one["id"] for one in signed_in} == {SUBSCRIPTION, PLAN}, signed_in
    assert all(one["tenantId"] == CUSTOMER and one["state"] == "Enabled" for one in signed_in)
    s.az("account", "set", "-s", PLAN)
    listed, shown = s.az.all(["account", "list"], ["account", "show"])
    assert {one["id"] for one in listed} == {SUBSCRIPTION, PLAN}, listed
    assert shown["id"] == PLAN and shown["user"] == {"name": CLIENT, "type": "servicePrincipal"}
    s.az("account", "set", "-s", "Larkspur workloads")
    token, regions = s.az.all(["account", "get-access-token"], ["account", "list-locations"])
    assert token["tenant"] == CUSTOMER and token["subscription"] == SUBSCRIPTION, token
    left = token["expires_on"] - datetime.datetime.now().timestamp()
    assert 3000 < left < 3700 and token["accessToken"].count(".") == 2, left
    assert "westeurope" in {one["name"] for one in regions}, regions


@chapter
def wrong_secrets_and_tenants_are_shown_as_entra_id_says_them(s):
    other = [az_of(name) for name in ("wrong-secret", "wrong-tenant")]
    for az in other:
        az("cloud", "register", "-n", "Mock", "--endpoint-resource-manager", HERE)
        az("cloud", "set", "-n", "Mock")
        az("config", "set", "core.instance_discovery=false")
    sign_in = ("login", "--service-principal", "-u", CLIENT)
    says(other[0].refused(*sign_in, "-p", "wrong", "--tenant", CUSTOMER), "AADSTS7000215")
    says(other[1].refused(*sign_in, "-p", SECRET, "--tenant", "nobody-has.example"), "nobody-has")
    says(other[0].refused("account", "show"), "az login")


@chapter
def az_rest_reads_and_changes_a_reservation(s):
    listed, order, inside = s.az.all(
        ["rest", "--url", f"{CAPACITY}?{VERSION}"],
        ["rest", "--url", f"{order_at('')}?{VERSION}"],
        ["rest", "--url", f"{order_at('')}/reservations?{VERSION}"],
    )
    assert ORDER in {one["name"] for one in listed["value"]}, listed
    assert order["properties"]["term"] == "P1Y", order
    s.reservation = inside["value"][0]["name"].split("/")[-1]
    url = f"{order_at(HERE)}/reservations/{s.reservation}?{VERSION}"
    before = s.az("rest", "--url", url)
    body = '{"properties": {"name": "renamed by az"}}'
    s.az("rest", "--method", "patch", "--url", url, "--body", body)
    after = s.az("rest", "--url", url)
    assert after["properties"]["displayName"] == "renamed by az", after
    assert after["etag"] > before["etag"], after


@chapter
def az_rest_buys_a_reservation(s):
    wanted = (
        '{"sku": {"name": "Standard_D2s_v4"}, "location": "westeurope", "properties": {'
        f'"reservedResourceType": "VirtualMachines", "billingScopeId": "/subscriptions/{SUBSCRIPTION}",'
        '"term": "P1Y", "quantity": 2, "displayName": "bought by az", "appliedScopeType": "Shared",'
        '"renew": false, "reservedResourceProperties": {"instanceFlexibility": "On"}}}'
    )
    provider = "/providers/Microsoft.Capacity"
    price = s.az(
        "rest", "--method", "post", "--url", f"{provider}/calculatePrice?{VERSION}", "--body", wanted
    )["properties"]
    assert price["billingCurrencyTotal"]["amount"] > 0, price
    order = price["reservationOrderId"]
    s.az("rest", "--method", "put", "--url", f"{CAPACITY}/{order}?{VERSION}", "--body", wanted)
    bought = s.az("rest", "--url", f"{CAPACITY}/{order}?{VERSION}")
    assert bought["properties"]["displayName"] == "bought by az", bought
    assert bought["properties"]["originalQuantity"] == 2, bought


@chapter
def refusals_are_shown_with_azures_codes(s):
    bare = f"{CAPACITY}/{NOBODY}"
    unknown, versionless, nowhere, unreadable = s.az.all_refused(
        ["rest", "--url", f"{bare}?{VERSION}"],
        ["rest", "--url", bare],
        ["rest", "--url", f"/providers/Microsoft.Nothing/things?{VERSION}"],
        ["rest", "--method", "post", "--url",
         f"/providers/Microsoft.Capacity/calculatePrice?{VERSION}", "--body", "{\"sku\": 5}"],
    )
    says(unknown, "Not Found", "ReservationOrderNotFound")
    says(versionless, "Bad Request", "MissingApiVersionParameter")
    says(nowhere, "Not Found", "InvalidResourceNamespace")
    says(unreadable, "Bad Request", "InvalidRequestContent")


@chapter
def az_rest_calls_partner_center_with_a_token_of_its_own(s):
    partner = az_of("partner")
    partner("cloud", "register", "-n", "Mock", "--endpoint-resource-manager", HERE)
    partner("cloud", "set", "-n", "Mock")
    partner("config", "set", "core.instance_discovery=false")
    login = ("login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT)
    says(partner.refused(*login), "No subscriptions found")
    (account,) = partner(*login, "--allow-no-subscriptions")
    assert account["tenantId"] == TENANT, account
    ask = ["--resource", PARTNER_CENTER]
    customers, one = partner.all(
        ["rest", "--url", f"{HERE}/v1/customers", *ask],
        ["rest", "--url", f"{HERE}/v1/customers/{CUSTOMER}", *ask],
    )
    assert customers["totalCount"] == len(customers["items"]) > 5, customers["totalCount"]
    assert one["companyProfile"]["companyName"] == "Larkspur Foods", one
    s.partner = partner


@chapter
def names_stand_for_principals(s):
    by_id, by_name, user, users = s.az.all(
        ["ad", "sp", "show", "--id", CLIENT],
        ["ad", "sp", "list", "--display-name", "Fabricore"],
        ["ad", "user", "show", "--id", "sales@fabricore.example"],
        ["ad", "user", "list", "--display-name", "Yuna"],
    )
    assert by_id["servicePrincipalNames"] == [CLIENT], by_id
    assert by_id["id"] in {one["id"] for one in by_name}, by_name
    assert user["id"] == SALES and user["displayName"] == "Tomas Vide", user
    assert [one["id"] for one in users] == [HELPDESK], users
    s.service_principal = by_id["id"]
    no_user, no_application, not_me = s.az.all_refused(
        ["ad", "user", "show", "--id", "nobody@fabricore.example"],
        ["ad", "sp", "show", "--id", NOBODY],
        ["ad", "signed-in-user", "show"],
    )
    says(no_user, "Resource 'nobody@fabricore.example' does not exist")
    says(no_application, f"Resource '{NOBODY}' does not exist")
    says(not_me, "delegated authentication flow")
    applications, groups = s.partner.all(["ad", "app", "list"], ["ad", "group", "list"])
    assert CLIENT in {one["appId"] for one in applications}, applications
    names = {one["displayName"]: one["id"] for one in groups}
    assert {"AdminAgents", "HelpdeskAgents", "SalesAgents"} == set(names), groups
    member = ("--member-id", SALES)
    members, sold, administers, of_user = s.partner.all(
        ["ad", "group", "member", "list", "-g", "SalesAgents"],
        ["ad", "group", "member", "check", "-g", "SalesAgents", *member],
        ["ad", "group", "member", "check", "-g", "AdminAgents", *member],
        ["ad", "user", "get-member-groups", "--id", "sales@fabricore.example"],
    )
    assert [one["id"] for one in members] == [SALES], members
    assert (sold["value"], administers["value"]) == (True, False), (sold, administers)
    assert [one["displayName"] for one in of_user] == ["SalesAgents"], of_user


@chapter
def roles_are_given_and_taken_by_name(s):
    scope = order_at("")
    (role,) = s.az("role", "definition", "list", "--name", READER, "--scope", scope)
    given = s.az(
        "role", "assignment", "create", "--role", READER, "--scope", scope,
        "--assignee", "sales@fabricore.example",
    )
    assert given["principalId"] == SALES and given["principalType"] == "User", given
    assert given["roleDefinitionId"].split("/")[-1] == role["name"], given
    s.az(
        "role", "assignment", "create", "--role", READER, "--scope", scope,
        "--assignee-object-id", HELPDESK, "--assignee-principal-type", "User",
    )
    here, of_one, everywhere = s.az.all(
        ["role", "assignment", "list", "--scope", scope],
        ["role", "assignment", "list", "--scope", scope, "--assignee", "sales@fabricore.example"],
        ["role", "assignment", "list", "--all"],
    )
    held = {(one["principalName"], one["roleDefinitionName"]) for one in here}
    expected = {("sales@fabricore.example", READER), ("helpdesk@fabricore.example", READER)}
    assert expected | {("AdminAgents", "Owner")} <= held, held
    assert [one["name"] for one in of_one] == [given["name"]], of_one
    assert {one["scope"] for one in everywhere} == {f"/subscriptions/{SUBSCRIPTION}"}, everywhere
    s.az("role", "assignment", "delete", "--ids", given["id"])
    left, unknown = s.az(
        "role", "assignment", "list", "--scope", scope, "--assignee", "sales@fabricore.example"
    ), s.az.refused(
        "role", "assignment", "create", "--role", READER, "--scope", scope,
        "--assignee", "nobody@fabricore.example",
    )
    assert left == [], left
    says(unknown, "Cannot find user or service principal in graph database")


@chapter
def a_role_of_ones_own_is_made_and_given_to_the_application(s):
    scope = f"/subscriptions/{SUBSCRIPTION}"
    role = (
        '{"Name": "Reservation Counter", "Description": "Counts reservations.",'
        '"Actions": ["Microsoft.Capacity/*/read"],'
        f'"AssignableScopes": ["{scope}"]}}'
    )
    s.az("role", "definition", "create", "--role-definition", role)
    wanted = ("--role", "Reservation Counter", "--scope", scope, "--assignee", CLIENT)
    given = s.az("role", "assignment", "create", *wanted)
    assert given["principalId"] == s.service_principal, given
    assert given["principalType"] == "ServicePrincipal", given
    s.az("role", "assignment", "delete", *wanted)
    s.az("role", "definition", "delete", "--name", "Reservation Counter", "--scope", scope)
    listed = s.az("role", "definition", "list", "--custom-role-only", "--scope", scope)
    assert "Reservation Counter" not in {one["roleName"] for one in listed}, listed


@chapter
def providers_are_registered(s):
    s.az("provider", "register", "-n", "Microsoft.Capacity", "--wait")
    shown, listed = s.az.all(
        ["provider", "show", "-n", "Microsoft.Capacity"], ["provider", "list"]
    )
    assert shown["registrationState"] == "Registered", shown
    assert "Microsoft.Consumption" in {one["namespace"] for one in listed}, listed
    says(s.az.refused("provider", "show", "-n", "Microsoft.Nothing"), "Microsoft.Nothing")


@chapter
def use_is_read_by_month_day_and_machine(s):
    # Later there is more to read: more than a page holds.
    later(BASE, "P20D")
    today = datetime.date.today() + datetime.timedelta(days=19)
    first, year = today - datetime.timedelta(days=20), today - datetime.timedelta(days=360)
    of_order = ("--reservation-order-id", ORDER)
    days, months, machines, long = s.az.all(
        ["consumption", "reservation", "summary", "list", "--grain", "daily",
         "--start-date", first, "--end-date", today, *of_order],
        ["consumption", "reservation", "summary", "list", "--grain", "monthly", *of_order],
        ["consumption", "reservation", "detail", "list",
         "--start-date", first, "--end-date", today, *of_order],
        ["consumption", "reservation", "detail", "list",
         "--start-date", year, "--end-date", today, *of_order],
    )
    assert len(days) >= 20 and len({one["usageDate"] for one in days}) == len(days), days
    assert all(float(one["usedHours"]) <= float(one["reservedHours"]) for one in days), days
    assert len(months) >= 1 and all(one["usageDate"][8:10] == "01" for one in months), months
    used = sum(float(one["usedHours"]) for one in machines if one["usageDate"] == days[0]["usageDate"])
    assert abs(used - float(days[0]["usedHours"])) < 0.11, (used, days[0])
    assert len(long) > 1000, f"more than one page was expected, not {len(long)} rows"


# --- Azure itself, behind a proxy ------------------------------------------------------------------


@chapter
def nothing_but_a_proxy_is_needed(s):
    s.behind = az_of("behind-a-proxy", BASE)
    signed_in = s.behind.sign_in()
    assert {one["cloudName"] for one in signed_in} == {"AzureCloud"}, signed_in
    assert {one["id"] for one in signed_in} == {SUBSCRIPTION, PLAN}, signed_in
    order, principal, days, company = s.behind.all(
        ["rest", "--url", f"{order_at(MANAGEMENT)}?{VERSION}"],
        ["ad", "sp", "show", "--id", CLIENT],
        ["role", "assignment", "list", "--scope", order_at("")],
        ["rest", "--url", "https://graph.microsoft.com/v1.0/organization"],
    )
    assert order["name"] == ORDER, order
    assert principal["id"] == s.service_principal, principal
    assert "AdminAgents" in {one["principalName"] for one in days}, days
    assert [one["displayName"] for one in company["value"]] == ["Larkspur Foods"], company
    partner = az_of("partner-behind-a-proxy", BASE)
    partner("login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT,
            "--allow-no-subscriptions")
    url = f"{PARTNER_CENTER}/v1/customers/{CUSTOMER}/entitlements"
    held = partner("rest", "--url", url, "--resource", PARTNER_CENTER)
    assert held["totalCount"] > 0, held


@chapter
def users_sign_in_with_a_password(s):
    admin = az_of("admin", BASE)
    (first, second) = admin(
        "login", "-u", "admin@fabricore.example", "-p", PASSWORD, "--tenant", CUSTOMER
    )
    assert {first["id"], second["id"]} == {SUBSCRIPTION, PLAN}, (first, second)
    assert first["user"] == {"name": "admin@fabricore.example", "type": "user"}, first
    me, orders = admin.all(
        ["ad", "signed-in-user", "show"], ["rest", "--url", f"{MANAGEMENT}{CAPACITY}?{VERSION}"]
    )
    assert me["userPrincipalName"] == "admin@fabricore.example", me
    assert ORDER in {one["name"] for one in orders["value"]}, orders
    wrong = az_of("wrong-password", BASE)
    said = wrong.refused(
        "login", "-u", "admin@fabricore.example", "-p", "wrong", "--tenant", CUSTOMER
    )
    says(said, "AADSTS50126")


@chapter
def users_sign_in_with_a_code(s):
    coded = az_of("device-code", BASE)
    signed_in = coded("login", "--use-device-code", "--tenant", CUSTOMER)
    assert {one["id"] for one in signed_in} == {SUBSCRIPTION, PLAN}, signed_in
    assert coded("ad", "signed-in-user", "show")["displayName"] == "Ines Calder"
    anywhere = az_of("device-code-anywhere", BASE)
    (account,) = anywhere("login", "--use-device-code", "--allow-no-subscriptions")
    assert account["tenantId"] == TENANT, account


@chapter
def who_has_no_role_is_told_which_is_missing(s):
    sales = az_of("sales", BASE)
    sales(
        "login", "-u", "sales@fabricore.example", "-p", PASSWORD, "--tenant", CUSTOMER,
        "--allow-no-subscriptions",
    )
    order, given = sales.all_refused(
        ["rest", "--url", f"{order_at(MANAGEMENT)}?{VERSION}"],
        ["role", "assignment", "create", "--role", READER, "--scope", order_at(""),
         "--assignee", "sales@fabricore.example"],
    )
    says(order, "Forbidden", "AuthorizationFailed", SALES, "Microsoft.Capacity/reservationOrders/read")
    says(given, "AuthorizationFailed", "Microsoft.Authorization/roleAssignments/write")
    helpdesk = az_of("helpdesk", BASE)
    helpdesk(
        "login", "-u", "helpdesk@fabricore.example", "-p", PASSWORD, "--tenant", CUSTOMER,
        "--allow-no-subscriptions",
    )
    seen = helpdesk("rest", "--url", f"{MANAGEMENT}{CAPACITY}?{VERSION}")
    assert [one["name"] for one in seen["value"]] == [ORDER], "the role that az gave it above"


if __name__ == "__main__":
    sys.exit(tell())
