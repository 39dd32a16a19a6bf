//! The whole story, step by step as people go through it in Partner Center and in the portal, told
//! twice: the refund is called for once and asked for in a support request once. Both end with equal
//! money.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::items::lines;
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, arm, mock};

const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const PLAN: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
const ORDERS: &str = "/providers/Microsoft.Capacity/reservationOrders";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

fn linked(resource: &Value) -> String {
    format!("/v1{}", resource["uri"].as_str().unwrap())
}

fn money(value: &Value) -> Decimal {
    value.to_string().parse().unwrap()
}

/// Steps 1 to 4: sign in, pick a customer, its subscription, the catalogue, the cart, the order.
/// Gives the order of Partner Center and the ids of reservation order and reservation.
fn buys(mock: &Mock) -> (Value, String, String) {
    let customers = mock.get("/v1/customers");
    let customer = customers["items"].as_array().unwrap().iter().find(|it| it["id"] == LARKSPUR);
    let customer = customer.unwrap()["id"].as_str().unwrap();
    let subscription = format!("/v1/customers/{customer}/subscriptions/{LARKSPUR_AZURE}");
    assert_eq!(mock.get(&format!("{subscription}/registrationstatus"))["status"], "Registered");

    let follow = |link: &Value| mock.get(&linked(link))["items"].as_array().unwrap().clone();
    let products = mock.get("/v1/products?country=US&targetView=AzureReservationsVM");
    let products = products["items"].as_array().unwrap();
    let product = products.iter().find(|it| it["id"] == "DZH318Z0KQ41").unwrap();
    let skus = follow(&product["links"]["skus"]);
    let fits = |facts: &Value| {
        facts["armSkuName"] == "Standard_D2s_v4"
            && facts["armRegionName"] == "eastus"
            && facts["duration"] == "1Year"
    };
    let sku = skus.iter().find(|sku| fits(&sku["dynamicAttributes"])).unwrap();
    let items = follow(&sku["links"]["availabilities"]);
    let item = items.iter().find(|item| item["segment"] == "commercial").unwrap();
    let stock = mock.post(
        200,
        "/v1/extensions/product/checkinventory?country=US",
        &json!({
            "targetItems": [{ "productId": product["id"], "skuId": sku["id"] }],
            "inventoryContext": {
                "customerId": customer, "azureSubscriptionId": LARKSPUR_AZURE,
                "armRegionName": "eastus",
            },
        }),
    );
    assert_eq!(stock[0]["isRestricted"], false);
    let line = json!({
        "catalogItemId": item["catalogItemId"], "friendlyName": "web tier", "quantity": 5,
        "billingCycle": "one_time", "termDuration": item["terms"][0]["duration"],
        "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
    });
    let carts = format!("/v1/customers/{customer}/carts");
    let cart = mock.post(201, &carts, &lines(&[line]));
    let checkout = format!("{}/checkout", linked(&cart["links"]["self"]));
    let order = mock.post(201, &checkout, &Value::Null)["orders"][0].clone();
    let completed = mock.get(&linked(&order["links"]["self"]));
    assert_eq!(completed["status"], "completed");

    let entitlements = mock.get(&format!("/v1/customers/{customer}/entitlements"));
    let own = entitlements["items"].as_array().unwrap().iter();
    let own = own.clone().find(|it| it["referenceOrder"]["id"] == order["id"]).unwrap();
    let artifact = mock.get(&linked(&own["entitledArtifacts"][0]["link"]));
    let reservation_order = own["entitledArtifacts"][0]["resourceId"].as_str().unwrap().to_owned();
    let reservation = artifact["reservations"][0]["reservationId"].as_str().unwrap().to_owned();
    (order, reservation_order, reservation)
}

/// Step 5: overview, access control, configuration and properties in Azure.
fn manages(azure: &Mock, order: &str, reservation: &str) {
    let path = arm(&format!("{ORDERS}/{order}/reservations/{reservation}"));
    let overview = azure.get(&path);
    assert_eq!(overview["properties"]["displayProvisioningState"], "Succeeded");
    assert_eq!(overview["properties"]["expiryDate"], "2027-03-01");
    assert!(overview["properties"]["utilization"]["aggregates"].is_array());
    let roles = format!("{ORDERS}/{order}/providers/Microsoft.Authorization/roleAssignments");
    let list = azure.get(&format!("{roles}?api-version=2022-04-01"));
    let owners = list["value"].as_array().unwrap().iter();
    let owned = |it: &&Value| it["properties"]["roleDefinitionId"].to_string().contains(OWNER);
    assert_eq!(owners.filter(owned).count(), 1, "the partner's admin agents own it");
    // Configuration: another scope, then another subscription.
    let of = |scope: &str| {
        json!({ "properties": {
            "appliedScopeType": "Single", "appliedScopes": [format!("/subscriptions/{scope}")],
        } })
    };
    azure.expect(200, "PATCH", &path, &of(AZURE));
    // A reservation of Microsoft Azure does not apply to a subscription of an Azure plan.
    let code = "AppliedScopesNotAssociatedWithCommerceAccount";
    azure.azure_refused(400, code, "PATCH", &path, &of(PLAN));
    let rescoped = azure.get(&path);
    assert_eq!(rescoped["properties"]["userFriendlyAppliedScopeType"], "Single");
    assert_eq!(rescoped["name"], *reservation, "properties tell the reservation id");
    assert!(rescoped["id"].as_str().unwrap().contains(order), "and the reservation order id");
}

/// Step 6, by calling for it.
fn calls_for_the_refund(azure: &Mock, order: &str, reservation: &str) {
    let item = json!({
        "reservationId": format!("{ORDERS}/{order}/reservations/{reservation}"), "quantity": 2,
    });
    let body = json!({
        "id": format!("{ORDERS}/{order}"),
        "properties": { "scope": "Reservation", "reservationToReturn": item },
    });
    let path = arm(&format!("{ORDERS}/{order}/calculateRefund"));
    let calculated = azure.post(200, &path, &body);
    let body = json!({ "properties": {
        "sessionId": calculated["properties"]["sessionId"], "scope": "Reservation",
        "reservationToReturn": item, "returnReason": "no longer needed",
    } });
    azure.expect(202, "POST", &arm(&format!("{ORDERS}/{order}/return")), &body);
}

/// Step 6, by a new support request: Billing, Reservation management, Exchanges and refunds.
fn asks_for_the_refund(azure: &Mock, order: &str, reservation: &str) {
    let version = "api-version=2024-04-01";
    let services = azure.get(&format!("/providers/Microsoft.Support/services?{version}"));
    let billing = services["value"].as_array().unwrap().iter();
    let billing = billing.clone().find(|it| it["properties"]["displayName"] == "Billing").unwrap();
    let service = billing["id"].as_str().unwrap();
    let kinds = azure.get(&format!("{service}/problemClassifications?{version}"));
    let kind = kinds["value"].as_array().unwrap().iter().find(|it| {
        it["properties"]["displayName"] == "Reservation management / Exchanges and refunds"
    });
    let tickets = format!("/subscriptions/{AZURE}/providers/Microsoft.Support");
    let name = json!({ "name": "refund-1", "type": "Microsoft.Support/supportTickets" });
    let free = azure.post(200, &format!("{tickets}/checkNameAvailability?{version}"), &name);
    assert_eq!(free["nameAvailable"], true);
    let body = json!({ "properties": {
        "title": "Refund of a reservation", "description": "We return 2 of 5 instances.",
        "serviceId": service, "problemClassificationId": kind.unwrap()["id"],
        "severity": "minimal", "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei", "lastName": "Lin", "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@fabricore.example",
            "preferredTimeZone": "Taipei Standard Time", "country": "TWN",
            "preferredSupportLanguage": "en-US",
        },
    } });
    let ticket = format!("{tickets}/supportTickets/refund-1");
    azure.expect(202, "PUT", &format!("{ticket}?{version}"), &body);
    // The agent asks for the ids; the answer names them.
    assert_eq!(azure.get(&format!("{ticket}?{version}"))["properties"]["status"], "Open");
    let body = json!({ "properties": {
        "subject": "The ids", "sender": "mei@fabricore.example",
        "body": format!("Reservation id {reservation}, reservation order id {order}."),
    } });
    azure.expect(202, "PUT", &format!("{ticket}/communications/ids?{version}"), &body);
    assert_eq!(azure.get(&format!("{ticket}?{version}"))["properties"]["status"], "Closed");
}

/// Step 7: what is left is exchanged for a bigger size.
fn exchanges_the_rest(azure: &Mock, order: &str) {
    let list = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    let rest = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["provisioningState"] == "Succeeded");
    let rest = rest.unwrap();
    assert_eq!(rest["properties"]["quantity"], 3);
    let body = json!({ "properties": {
        "reservationsToExchange": [{ "reservationId": rest["id"], "quantity": 3 }],
        "reservationsToPurchase": [{
            "sku": { "name": "Standard_D4s_v4" }, "location": "westeurope",
            "properties": {
                "reservedResourceType": "VirtualMachines",
                "billingScopeId": format!("/subscriptions/{AZURE}"),
                "term": "P3Y", "billingPlan": "Monthly", "quantity": 2,
                "displayName": "bigger", "appliedScopeType": "Shared",
            },
        }],
    } });
    let follow = |accepted: &crate::support::Answer| {
        let location = accepted.header("location").unwrap().split_once("/providers/").unwrap().1;
        azure.get(&format!("/providers/{location}"))
    };
    let path = arm("/providers/Microsoft.Capacity/calculateExchange");
    let calculated = follow(&azure.expect(202, "POST", &path, &body));
    let body = json!({ "properties": { "sessionId": calculated["properties"]["sessionId"] } });
    let path = arm("/providers/Microsoft.Capacity/exchange");
    let done = follow(&azure.expect(202, "POST", &path, &body));
    assert_eq!(done["status"], "Succeeded", "{done}");
}

/// What the partner is left with: the lines of the bills, the audit trail, what is entitled.
#[derive(Debug, PartialEq)]
struct Outcome {
    lines: Vec<(String, String, Decimal, i64)>,
    invoices: Vec<(String, Decimal)>,
    audited: Vec<String>,
    entitled: Vec<(String, u64)>,
    window: Decimal,
}

fn outcome(mock: &Mock) -> Outcome {
    let unbilled = "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=USD&period=current&size=2000";
    let mut lines: Vec<_> = mock.get(unbilled)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            let quantity = it["quantity"].as_i64().unwrap();
            (text("chargeType"), text("skuName"), money(&it["totalForCustomer"]), quantity)
        })
        .collect();
    lines.sort();
    mock.advance("P1M");
    let invoices = mock.get("/v1/invoices");
    let invoices = invoices["items"].as_array().unwrap().iter();
    let audit = mock.get("/v1/auditrecords?startDate=2026-03-01&size=500");
    let mut audited: Vec<String> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["operationType"].as_str().unwrap().to_owned())
        .collect();
    audited.sort();
    let entitlements = mock.get(&format!("/v1/customers/{LARKSPUR}/entitlements"));
    let mut entitled: Vec<_> = entitlements["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["productId"].as_str().unwrap().to_owned(), it["quantity"].as_u64().unwrap()))
        .collect();
    entitled.sort();
    let state = mock.handle().world().published();
    let window = state.refunds.iter().map(|(_, refund)| refund.quote.cancelled_usd).sum();
    let invoices = invoices
        .map(|it| (it["invoiceDate"].as_str().unwrap().to_owned(), money(&it["totalCharges"])))
        .collect();
    Outcome { lines, invoices, audited, entitled, window }
}

#[test]
fn both_ways_end_with_equal_money() {
    let ways: [fn(&Mock, &str, &str); 2] = [calls_for_the_refund, asks_for_the_refund];
    let [called, asked] = ways.map(|give_back| {
        let mock = mock();
        let (order, reservation_order, reservation) = buys(&mock);
        let azure = mock.azure(LARKSPUR);
        manages(&azure, &reservation_order, &reservation);
        mock.advance("P20D");
        give_back(&azure, &reservation_order, &reservation);
        let changed = mock.get(&linked(&order["links"]["self"]));
        assert_eq!(changed["status"], "completed");
        assert_eq!(changed["lineItems"][0]["quantity"], 3, "the order follows");
        exchanges_the_rest(&azure, &reservation_order);
        let changed = mock.get(&linked(&order["links"]["self"]));
        assert_eq!(changed["status"], "cancelled");
        outcome(&mock)
    });
    assert_eq!(called, asked);

    // By hand: 5 × 532.61; 2 of them refunded with 345 of 365 days left, less 12 %; 3 exchanged.
    let total = |kind: &str| -> Vec<Decimal> {
        let of_kind = called.lines.iter().filter(|line| line.0 == kind);
        of_kind.map(|line| line.2).collect()
    };
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let cancelled = total("Cancel");
    assert!(cancelled.contains(&decimal("-1006.85")), "2 × 532.61 × 345/365: {cancelled:?}");
    assert!(cancelled.contains(&decimal("-1510.28")), "3 × 532.61 × 345/365: {cancelled:?}");
    assert!(total("New").contains(&decimal("2663.05")), "5 × 532.61: {:?}", called.lines);
    let fees = called.lines.iter().filter(|line| !["New", "Cancel"].contains(&line.0.as_str()));
    assert!(fees.clone().any(|line| line.2 == decimal("120.82")), "12 %: {:?}", called.lines);
    assert_eq!(called.window, decimal("1006.85"), "exchanges do not count");
    let billed: Decimal = called.invoices.iter().map(|(_, total)| *total).sum();
    assert!(billed != Decimal::ZERO && !called.invoices.is_empty());
    let updates = called.audited.iter().filter(|it| *it == "update_order").count();
    assert_eq!(updates, 2, "the return and the exchange: {:?}", called.audited);
}
