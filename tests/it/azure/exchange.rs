//! Exchanges: calculate, exchange, the rules, and that it is all or nothing.

use partner_center_mock::domain::settings::{Settings, Transition};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{AZURE, Bought, ORDERS, bought, bought_in, names};
use crate::support::{Answer, LARKSPUR, LARKSPUR_AZURE, Mock, arm, mock_with};

const CALCULATE: &str = "/providers/Microsoft.Capacity/calculateExchange";
const EXCHANGE: &str = "/providers/Microsoft.Capacity/exchange";
const STATE: &str = "OperationCannotBePerformedInCurrentState";

fn amount(of: &Value) -> Decimal {
    of["amount"].to_string().parse().unwrap()
}

fn wanted(size: &str, term: &str, plan: &str, quantity: i64) -> Value {
    json!({
        "sku": { "name": size }, "location": "westeurope",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{AZURE}"),
            "term": term, "billingPlan": plan, "quantity": quantity,
            "displayName": "db tier", "appliedScopeType": "Shared", "appliedScopes": null,
            "renew": false, "reservedResourceProperties": { "instanceFlexibility": "On" },
        },
    })
}

fn request(returns: &[(String, i64)], purchases: &[Value]) -> Value {
    let returns: Vec<Value> = returns
        .iter()
        .map(|(id, quantity)| json!({ "reservationId": id, "quantity": quantity }))
        .collect();
    json!({ "properties": {
        "reservationsToExchange": returns,
        "reservationsToPurchase": purchases,
        "savingsPlansToPurchase": [],
    } })
}

/// The result of a long-running operation that is over.
fn result(azure: &Mock, accepted: &Answer) -> Value {
    assert!(accepted.text.is_empty());
    let location = accepted.header("location").unwrap();
    assert_eq!(accepted.header("azure-asyncoperation"), Some(location));
    assert!(accepted.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    let path = location.split_once("/providers/").unwrap().1;
    azure.get(&format!("/providers/{path}"))
}

fn calculate(azure: &Mock, body: &Value) -> Value {
    let accepted = azure.expect(202, "POST", &arm(CALCULATE), body);
    result(azure, &accepted)
}

fn session(calculated: &Value) -> Value {
    assert_eq!(calculated["status"], "Succeeded", "{calculated}");
    json!({ "properties": { "sessionId": calculated["properties"]["sessionId"] } })
}

fn exchange(azure: &Mock, calculated: &Value) -> Value {
    let accepted = azure.expect(202, "POST", &arm(EXCHANGE), &session(calculated));
    result(azure, &accepted)
}

fn ledger(mock: &Mock) -> Decimal {
    let state = mock.handle().world().published();
    state.ledger.iter().map(|(_, row)| row.entry.amount).sum()
}

#[test]
fn an_exchange_credits_the_old_one_against_the_new() {
    let bought = bought(3);
    bought.mock.advance("P100D");
    let before = ledger(&bought.mock);
    let body = request(
        &[(bought.id_of(&bought.reservation), 3)],
        &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)],
    );
    let calculated = calculate(&bought.azure, &body);
    let properties = &calculated["properties"];
    let item = &properties["reservationsToExchange"][0];
    // 265 of 365 days of 1597.83.
    assert_eq!(amount(&item["billingRefundAmount"]).to_string(), "1160.07");
    assert_eq!(properties["refundsTotal"], item["billingRefundAmount"]);
    assert_eq!(
        amount(&properties["netPayable"]),
        amount(&properties["purchasesTotal"]) - amount(&properties["refundsTotal"])
    );
    assert_eq!(properties["policyResult"]["policyErrors"], Value::Null);
    assert!(calculated["properties"]["reservationsToPurchase"][0]["status"].is_null());
    assert_eq!(bought.get()["properties"]["provisioningState"], "Succeeded", "nothing has changed");

    let done = exchange(&bought.azure, &calculated);
    assert_eq!(done["status"], "Succeeded");
    assert_eq!(done["name"], calculated["properties"]["sessionId"], "the session is the operation");
    let made = &done["properties"]["reservationsToPurchase"][0];
    assert_eq!(made["status"], "Succeeded");
    assert_eq!(done["properties"]["reservationsToExchange"][0]["status"], "Succeeded");
    let reservation = bought.azure.get(&arm(made["reservationId"].as_str().unwrap()));
    assert_eq!(reservation["properties"]["provisioningState"], "Succeeded");
    assert_eq!(reservation["properties"]["quantity"], 2);
    assert_eq!(reservation["properties"]["displayName"], "db tier");
    assert_eq!(reservation["properties"]["expiryDate"], "2029-06-09", "a new term from today");
    assert_eq!(bought.get()["properties"]["provisioningState"], "Cancelled");
    assert!(bought.artifact().is_none());
    let entitlements = bought.mock.get(&format!("/v1/customers/{LARKSPUR}/entitlements"));
    let order = made["reservationOrderId"].as_str().unwrap().rsplit('/').next().unwrap();
    let own = entitlements["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["entitledArtifacts"][0]["resourceId"].as_str() == Some(order));
    assert_eq!(own.unwrap()["quantity"], 2, "Partner Center has it too");
    assert_eq!(ledger(&bought.mock) - before, amount(&properties["netPayable"]));

    // The same session again is the same exchange.
    let before = bought.mock.handle().world().published();
    assert_eq!(exchange(&bought.azure, &calculated), done);
    let after = bought.mock.handle().world().published();
    assert_eq!(before.orders.len(), after.orders.len());
    // The yearly limit of refunds knows nothing of it.
    assert_eq!(after.refunds.len(), 0);
}

#[test]
fn many_are_exchanged_for_many_and_parts_leave_the_rest() {
    let first = bought(5);
    let second = bought_in_same_world(&first, 2);
    first.mock.advance("P10D");
    let body = request(
        &[(first.id_of(&first.reservation), 2), (second, 2)],
        &[
            wanted("Standard_D4s_v4", "P1Y", "Monthly", 2),
            wanted("Standard_D2s_v4", "P3Y", "Upfront", 1),
        ],
    );
    let before = ledger(&first.mock);
    let calculated = calculate(&first.azure, &body);
    let done = exchange(&first.azure, &calculated);
    assert_eq!(done["status"], "Succeeded", "{done}");
    assert_eq!(done["properties"]["reservationsToPurchase"].as_array().unwrap().len(), 2);
    assert_eq!(first.artifact().unwrap().0, 3, "three of five are left");
    // Paid by the month, the new one costs its first payment today.
    let purchases = &done["properties"]["reservationsToPurchase"];
    let monthly = amount(&purchases[0]["billingCurrencyTotal"]);
    let upfront = amount(&purchases[1]["billingCurrencyTotal"]);
    let today = (monthly / Decimal::from(12)).round_dp(2) + upfront;
    let credit = amount(&done["properties"]["refundsTotal"]);
    assert_eq!(ledger(&first.mock) - before, today - credit);
}

/// Buys another order in the world of `first`; gives the id of its reservation.
fn bought_in_same_world(first: &Bought, quantity: i64) -> String {
    let body = wanted("Standard_D2s_v4", "P1Y", "Upfront", quantity);
    let price = arm("/providers/Microsoft.Capacity/calculatePrice");
    let priced = first.azure.post(200, &price, &body);
    let order = priced["properties"]["reservationOrderId"].as_str().unwrap().to_owned();
    first.azure.expect(202, "PUT", &arm(&format!("{ORDERS}/{order}")), &body);
    let list = first.azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    format!("{ORDERS}/{order}/reservations/{}", names(&list)[0])
}

#[test]
fn what_the_rules_have_against_it_makes_the_calculation_fail() {
    let bought = bought(2);
    let own = bought.id_of(&bought.reservation);
    let fails = |code: &str, body: &Value| {
        let failed = calculate(&bought.azure, body);
        assert_eq!(failed["status"], "Failed", "{failed}");
        assert_eq!(failed["error"]["code"], "BadRequest");
        assert!(failed["error"]["message"].as_str().unwrap().starts_with(code), "{failed}");
        let errors = &failed["properties"]["policyResult"]["policyErrors"];
        assert_eq!(errors[0]["code"], code, "{failed}");
        assert!(failed["properties"]["sessionId"].is_null());
    };
    let all = [(own.clone(), 2)];
    fails("ExchangeValueTooLow", &request(&all, &[wanted("Standard_D2s_v4", "P1Y", "Upfront", 1)]));
    let mut other = wanted("Standard_D2s_v4", "P3Y", "Upfront", 100);
    other["sku"]["name"] = "SQLDB_GP_Compute_Gen5".into();
    other["properties"]["reservedResourceType"] = "SqlDatabases".into();
    other["properties"].as_object_mut().unwrap().remove("reservedResourceProperties");
    let sizes = bought.azure.get(&arm(&format!(
        "/subscriptions/{AZURE}/providers/Microsoft.Capacity/catalogs?reservedResourceType=SqlDatabases&location=westeurope&x=1"
    ).replace("&x=1", "")));
    other["sku"]["name"] = sizes["value"][0]["name"].clone();
    fails("ExchangeFamilyMismatch", &request(&all, &[other]));
    let mut plan = request(&all, &[]);
    plan["properties"]["savingsPlansToPurchase"] =
        json!([{ "sku": { "name": "Compute_Savings_Plan" }, "properties": { "term": "P3Y" } }]);
    fails("ExchangeNotSupported", &plan);

    let fitting = request(&all, &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)]);
    let [part, _] = bought.split(&bought.reservation, [1, 1]);
    fails("ReservationNotEligible", &fitting);
    bought.mock.advance("P1Y");
    let late = [(bought.id_of(&part), 1)];
    fails(
        "ReservationNotEligible",
        &request(&late, &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)]),
    );
}

#[test]
fn settings_end_exchanges_of_compute_or_leave_them_to_support() {
    for change in [
        (|it: &mut Settings| it.refunds.compute_exchange = false) as fn(&mut Settings),
        |it: &mut Settings| it.refunds.self_service = false,
    ] {
        let mut settings = Settings::default();
        change(&mut settings);
        let bought = bought_in(mock_with(|builder| builder.settings(settings)), 1);
        let body = request(
            &[(bought.id_of(&bought.reservation), 1)],
            &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)],
        );
        let failed = calculate(&bought.azure, &body);
        let errors = &failed["properties"]["policyResult"]["policyErrors"];
        assert_eq!(errors[0]["code"], "ExchangeNotSupported", "{failed}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_at_once() {
    let bought = bought(2);
    let own = bought.id_of(&bought.reservation);
    let good = wanted("Standard_D4s_v4", "P3Y", "Upfront", 2);
    let refuse = |status: u16, code: &str, body: &Value| {
        bought.azure.azure_refused(status, code, "POST", &arm(CALCULATE), body);
    };
    let one = std::slice::from_ref(&good);
    refuse(400, "BadRequest", &json!({}));
    refuse(400, "BadRequest", &request(&[], &[]));
    refuse(400, "BadRequest", &request(&[], one));
    refuse(400, "BadRequest", &request(&[(own.clone(), 1)], &[]));
    refuse(400, "BadRequest", &request(&[(own.clone(), 1), (own.clone(), 1)], one));
    refuse(400, "InvalidRefundQuantity", &request(&[(own.clone(), 0)], one));
    refuse(400, "InvalidRefundQuantity", &request(&[(own.clone(), 3)], one));
    refuse(400, "InvalidReservationId", &request(&[("mine".to_owned(), 1)], one));
    let unknown = format!("{ORDERS}/{}/reservations/{}", bought.reservation, bought.reservation);
    refuse(404, "ReservationOrderNotFound", &request(&[(unknown, 1)], one));
    let unknown = bought.id_of(&bought.order);
    refuse(404, "ReservationIdNotInReservationOrder", &request(&[(unknown, 1)], one));
    let bare = bought.order.clone();
    refuse(404, "ReservationIdNotInReservationOrder", &request(&[(bare, 1)], one));
    for (path, value, code) in [
        ("/sku/name", "Standard_Nothing", "BadRequest"),
        ("/location", "atlantis", "InvalidLocationId"),
        ("/properties/term", "P7Y", "UnsupportedReservationTerm"),
        ("/properties/billingScopeId", "/subscriptions/x", "InvalidSubscriptionId"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value.into();
        refuse(400, code, &request(&[(own.clone(), 1)], &[bad]));
    }
    let mut many = vec![good.clone(); 101];
    refuse(400, "BadRequest", &request(&[(own.clone(), 1)], &many));
    many.truncate(1);
    // A bare id is understood.
    calculate(&bought.azure, &request(&[(bought.reservation.clone(), 1)], &many));

    for body in [
        json!({}),
        json!({ "properties": { "sessionId": "seven" } }),
        json!({ "properties": { "sessionId": bought.order } }),
    ] {
        bought.azure.azure_refused(400, "BadRequest", "POST", &arm(EXCHANGE), &body);
    }
}

#[test]
fn a_session_runs_out_and_knows_the_state() {
    let bought = bought(2);
    let body = request(
        &[(bought.id_of(&bought.reservation), 2)],
        &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)],
    );
    let calculated = calculate(&bought.azure, &body);
    bought.mock.advance("PT15M");
    bought.azure.azure_refused(400, "BadRequest", "POST", &arm(EXCHANGE), &session(&calculated));
    bought.mock.advance("P2D");
    bought.azure.azure_refused(400, "BadRequest", "POST", &arm(EXCHANGE), &session(&calculated));

    // What is renewed in between is another reservation.
    bought.patch(&json!({ "renew": true }));
    bought.mock.advance("P362DT23H35M");
    let calculated = calculate(&bought.azure, &body);
    bought.mock.advance("PT14M");
    assert_eq!(bought.get()["properties"]["userFriendlyRenewState"], "Renewed");
    bought.azure.azure_refused(400, STATE, "POST", &arm(EXCHANGE), &session(&calculated));
}

#[test]
fn with_a_delay_refunds_come_first_and_nothing_else_happens_meanwhile() {
    let mut settings = Settings::default();
    settings.set_delay(Transition::ExchangeCalculation, "PT1M".parse().unwrap());
    settings.set_delay(Transition::Exchange, "PT1H".parse().unwrap());
    let bought = bought_in(mock_with(|builder| builder.settings(settings)), 2);
    let body = request(
        &[(bought.id_of(&bought.reservation), 2)],
        &[wanted("Standard_D4s_v4", "P3Y", "Upfront", 2)],
    );
    let accepted = bought.azure.expect(202, "POST", &arm(CALCULATE), &body);
    let pending = result(&bought.azure, &accepted);
    assert_eq!(pending["status"], "Pending");
    assert!(pending["properties"].is_null());
    bought.mock.advance("PT1M");
    let calculated = result(&bought.azure, &accepted);

    let accepted = bought.azure.expect(202, "POST", &arm(EXCHANGE), &session(&calculated));
    let running = result(&bought.azure, &accepted);
    assert_eq!(running["status"], "PendingRefunds");
    assert!(running["properties"].is_null());
    assert_eq!(bought.get()["properties"]["provisioningState"], "Pending");
    // A refund during an exchange is refused, and so is another exchange.
    let refund = json!({ "properties": { "reservationToReturn": {
        "reservationId": bought.reservation, "quantity": 1,
    } } });
    let path = bought.of_order("calculateRefund");
    bought.azure.azure_refused(400, STATE, "POST", &path, &refund);
    let second = bought.azure.expect(202, "POST", &arm(CALCULATE), &body);
    bought.mock.advance("PT30M");
    let failed = result(&bought.azure, &second);
    let errors = &failed["properties"]["policyResult"]["policyErrors"];
    assert_eq!(errors[0]["code"], "ReservationNotEligible");
    let running = result(&bought.azure, &accepted);
    assert_eq!(running["status"], "PendingPurchases");
    assert_eq!(running["properties"]["reservationsToPurchase"][0]["status"], "Pending");
    let poll = bought.azure.expect(
        200,
        "GET",
        &arm(&format!(
            "/providers/Microsoft.Capacity/operationResults/{}",
            running["name"].as_str().unwrap()
        )),
        &Value::Null,
    );
    assert!(poll.header("azure-asyncoperation").is_some() && poll.header("retry-after").is_some());
    bought.mock.advance("PT30M");
    let done = result(&bought.azure, &accepted);
    assert_eq!(done["status"], "Succeeded");
    assert!(done["properties"]["reservationsToPurchase"][0]["reservationId"].is_string());
}

#[test]
fn when_the_purchase_fails_nothing_is_given_back() {
    for delay in ["PT0S", "PT1H"] {
        let mut settings = Settings::default();
        settings.set_delay(Transition::Exchange, delay.parse().unwrap());
        let bought = bought_in(mock_with(|builder| builder.settings(settings)), 3);
        bought.mock.advance("P10D");
        let body = request(
            &[(bought.id_of(&bought.reservation), 2)],
            &[
                wanted("Standard_D4s_v4", "P3Y", "Upfront", 1),
                wanted("Standard_D4s_v4", "P3Y", "Upfront", 2),
            ],
        );
        let calculated = calculate(&bought.azure, &body);
        let subscription = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}");
        let mut suspended = bought.mock.get(&subscription);
        suspended["status"] = "suspended".into();
        bought.mock.expect(200, "PATCH", &subscription, &suspended);
        let before = bought.mock.handle().world().published();
        let accepted = bought.azure.expect(202, "POST", &arm(EXCHANGE), &session(&calculated));
        bought.mock.advance("PT1H");
        let failed = result(&bought.azure, &accepted);
        assert_eq!(failed["status"], "Failed", "{failed}");
        assert!(failed["error"]["message"].is_string());
        assert_eq!(failed["properties"]["reservationsToPurchase"][0]["status"], "Failed");
        assert!(failed["properties"]["reservationsToPurchase"][0]["reservationId"].is_null());
        let after = bought.mock.handle().world().published();
        assert_eq!(before.ledger.len(), after.ledger.len(), "no money moved");
        assert_eq!(before.orders.len(), after.orders.len());
        assert_eq!(before.reservations.len(), after.reservations.len());
        assert_eq!(bought.get()["properties"]["provisioningState"], "Succeeded");
        assert_eq!(bought.artifact().unwrap().0, 3);
    }
}
