//! Refunds: calculate, return, the fee, the yearly limit, and what both surfaces show afterwards.

use partner_center_mock::domain::settings::{
    Profile, RefundPolicy, RefundRules, Settings, Transition,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{AZURE, Bought, ORDERS, PRAIRIE_SUBSCRIPTION, bought, bought_in, names};
use crate::support::{Answer, LARKSPUR, Mock, PRAIRIE, PRAIRIE_AZURE, arm, items, mock_with};

/// Price of one `Standard_D2s_v4` in eastus for a year, in US dollars.
const PRICE: &str = "532.61";

fn amount(of: &Value) -> Decimal {
    of["amount"].to_string().parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn with_rules(change: impl FnOnce(&mut RefundRules)) -> Mock {
    mock_with(|builder| {
        let mut settings = Settings::default();
        change(&mut settings.refunds);
        builder.settings(settings)
    })
}

/// The body of a calculation.
fn to_return(bought: &Bought, reservation: &str, quantity: i64) -> Value {
    json!({
        "id": format!("{ORDERS}/{}", bought.order),
        "properties": {
            "scope": "Reservation",
            "reservationToReturn": {
                "reservationId": bought.id_of(reservation), "quantity": quantity,
            },
        },
    })
}

fn calculate(bought: &Bought, reservation: &str, quantity: i64) -> Value {
    let body = to_return(bought, reservation, quantity);
    bought.azure.post(200, &bought.of_order("calculateRefund"), &body)["properties"].clone()
}

fn return_body(bought: &Bought, calculated: &Value, reservation: &str, quantity: i64) -> Value {
    let mut body = to_return(bought, reservation, quantity);
    body.as_object_mut().unwrap().remove("id");
    body["properties"]["sessionId"] = calculated["sessionId"].clone();
    body["properties"]["returnReason"] = "no longer needed".into();
    body
}

fn give_back(bought: &Bought, calculated: &Value, reservation: &str, quantity: i64) -> Answer {
    let body = return_body(bought, calculated, reservation, quantity);
    bought.azure.expect(202, "POST", &bought.of_order("return"), &body)
}

/// Calculates and returns.
fn refund(bought: &Bought, reservation: &str, quantity: i64) -> Value {
    let calculated = calculate(bought, reservation, quantity);
    give_back(bought, &calculated, reservation, quantity);
    calculated
}

fn refused(bought: &Bought, code: &str, calculated: &Value, reservation: &str, quantity: i64) {
    let body = return_body(bought, calculated, reservation, quantity);
    bought.azure.azure_refused(400, code, "POST", &bought.of_order("return"), &body);
}

/// What the partner owes for an order, by the ledger.
fn balance(bought: &Bought) -> Decimal {
    let state = bought.mock.handle().world().published();
    let own = state.ledger.iter().filter(|(_, row)| {
        row.entry.reservation_order.is_some_and(|id| id.to_string() == bought.order)
    });
    own.map(|(_, row)| row.entry.amount).sum()
}

#[test]
fn a_refund_takes_two_calls_and_shows_on_both_sides() {
    let bought = bought(3);
    assert_eq!(balance(&bought), decimal(PRICE) * Decimal::from(3));
    bought.mock.advance("P100D");
    let calculated = calculate(&bought, &bought.reservation, 3);
    // 265 of 365 days are left; 12 % of that is the fee.
    let gross =
        (decimal(PRICE) * Decimal::from(3) * Decimal::from(265) / Decimal::from(365)).round_dp(2);
    let fee = (gross * decimal("0.12")).round_dp(2);
    assert_eq!(amount(&calculated["billingRefundAmount"]), gross - fee);
    assert_eq!(calculated["billingRefundAmount"], calculated["pricingRefundAmount"]);
    let billing = &calculated["billingInformation"];
    assert_eq!(billing["billingPlan"], "Upfront");
    assert_eq!(
        (&billing["completedTransactions"], &billing["totalTransactions"]),
        (&json!(1), &json!(1))
    );
    let paid = amount(&billing["billingCurrencyTotalPaidAmount"]);
    assert_eq!(paid, decimal(PRICE) * Decimal::from(3));
    assert_eq!(amount(&billing["billingCurrencyProratedAmount"]), paid - (gross - fee));
    assert_eq!(amount(&billing["billingCurrencyRemainingCommitmentAmount"]), Decimal::ZERO);
    let policy = &calculated["policyResult"]["properties"];
    assert_eq!(policy["policyErrors"], json!([]));
    assert_eq!(amount(&policy["maxRefundLimit"]), decimal("50000"));
    assert_eq!(amount(&policy["consumedRefundsTotal"]), Decimal::ZERO);
    assert_eq!(bought.get()["properties"]["provisioningState"], "Succeeded", "nothing has changed");

    let answer = give_back(&bought, &calculated, &bought.reservation, 3);
    assert_eq!(answer.json()["properties"], calculated, "the answer says the same again");
    let location = answer.header("location").unwrap();
    assert!(location.contains(&format!("{ORDERS}/{}?api-version=", bought.order)), "{location}");
    assert!(answer.header("azure-asyncoperation").is_none());
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);

    let over = bought.get();
    assert_eq!(over["properties"]["provisioningState"], "Cancelled");
    assert_eq!(over["properties"]["userFriendlyRenewState"], "NotApplicable");
    assert_eq!(over["properties"]["capabilities"], Value::Null);
    assert_eq!(over["properties"]["utilization"]["aggregates"], json!([]));
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Cancelled");
    assert!(bought.artifact().is_none(), "the entitlement is gone");
    let orders = bought.mock.get(&format!("/v1/customers/{LARKSPUR}/orders"));
    let newest =
        orders["items"].as_array().unwrap().iter().filter(|it| it["status"] == "cancelled");
    assert!(newest.count() > 0, "the order of Partner Center is cancelled: {orders}");
    assert_eq!(balance(&bought), paid - (gross - fee));
}

#[test]
fn a_part_is_returned_and_the_rest_lives_on() {
    let bought = bought(5);
    bought.patch(&json!({ "renew": true }));
    bought.mock.advance("P30D");
    let calculated = refund(&bought, &bought.reservation, 2);
    assert_eq!(calculated["quantity"], 2);
    let source = bought.get();
    assert_eq!(source["properties"]["provisioningState"], "Cancelled");
    let all = bought.azure.get(&bought.of_order("reservations"));
    let state = |item: &Value| item["properties"]["provisioningState"].as_str().unwrap().to_owned();
    let quantity = |item: &Value| item["properties"]["quantity"].as_u64().unwrap();
    let mut parts: Vec<_> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["name"] != source["name"])
        .map(|it| (state(it), quantity(it)))
        .collect();
    parts.sort();
    assert_eq!(parts, [("Cancelled".to_owned(), 2), ("Succeeded".to_owned(), 3)]);
    let rest = all["value"].as_array().unwrap().iter().find(|it| state(it) == "Succeeded").unwrap();
    assert_eq!(rest["properties"]["renew"], false, "a return turns the renewal off");
    assert_eq!(rest["properties"]["expiryDate"], source["properties"]["expiryDate"]);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Succeeded");
    assert_eq!(order["properties"]["originalQuantity"], 5);
    assert_eq!(bought.artifact().unwrap().0, 3);

    // The rest was paid for by its share, and is refunded by it.
    let rest = rest["name"].as_str().unwrap().to_owned();
    let calculated = calculate(&bought, &rest, 3);
    let paid = &calculated["billingInformation"]["billingCurrencyTotalPaidAmount"];
    assert_eq!(amount(paid), decimal(PRICE) * Decimal::from(3));
    give_back(&bought, &calculated, &rest, 3);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Cancelled");
}

#[test]
fn within_five_days_use_decides_and_a_second_later_the_fee() {
    let full = decimal(PRICE);
    let prorated = |days: i64| (full * Decimal::from(days) / Decimal::from(365)).round_dp(2);
    for (percent, wait, expected) in [
        (0, "P5D", full),
        (100, "P5D", prorated(360)),
        (0, "P5DT1S", prorated(360) - (prorated(360) * decimal("0.12")).round_dp(2)),
        (100, "P5DT1S", prorated(360) - (prorated(360) * decimal("0.12")).round_dp(2)),
    ] {
        let bought = bought(1);
        let usage = json!({ "reservationId": bought.reservation, "constant": percent });
        let path = format!("/_mock/reservations/{}/utilization", bought.reservation);
        let set =
            bought.mock.send("PUT", &path, &[], &json!({ "percentage": percent }).to_string());
        assert_eq!(set.status, 200, "{usage}: {}", set.text);
        bought.mock.advance(wait);
        let calculated = calculate(&bought, &bought.reservation, 1);
        assert_eq!(amount(&calculated["billingRefundAmount"]), expected, "{percent} % {wait}");
    }
}

#[test]
fn the_current_policy_knows_no_fee_and_single_settings_change_it() {
    let rules = RefundRules::of(RefundPolicy::Current);
    let bought = bought_in(with_rules(|it| *it = rules.clone()), 1);
    bought.mock.advance("P165D");
    let calculated = calculate(&bought, &bought.reservation, 1);
    let prorated = (decimal(PRICE) * Decimal::from(200) / Decimal::from(365)).round_dp(2);
    assert_eq!(amount(&calculated["billingRefundAmount"]), prorated);

    let own = RefundRules { fee_percent: decimal("7.5"), ..rules };
    let bought = bought_in(with_rules(|it| *it = own), 1);
    bought.mock.advance("P165D");
    let calculated = calculate(&bought, &bought.reservation, 1);
    let fee = prorated * decimal("0.075");
    let fee = fee.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    assert_eq!(amount(&calculated["billingRefundAmount"]), prorated - fee);
}

/// Buys in Azure, paid by the month.
fn monthly(mock: Mock, quantity: i64) -> Bought {
    let azure = mock.azure(LARKSPUR);
    let wanted = json!({
        "sku": { "name": "Standard_D2s_v4" }, "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{AZURE}"),
            "term": "P1Y", "billingPlan": "Monthly", "quantity": quantity,
            "displayName": "by the month", "appliedScopeType": "Shared",
        },
    });
    let priced = azure.post(200, &arm("/providers/Microsoft.Capacity/calculatePrice"), &wanted);
    let order = priced["properties"]["reservationOrderId"].as_str().unwrap().to_owned();
    azure.expect(202, "PUT", &arm(&format!("{ORDERS}/{order}")), &wanted);
    let list = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    let reservation = names(&list).remove(0);
    Bought { mock, azure, order, reservation }
}

#[test]
fn by_the_month_the_running_month_comes_back_and_the_others_fall_away() {
    let rules = RefundRules::of(RefundPolicy::Current);
    let bought = monthly(with_rules(|it| *it = rules), 4);
    // Bought on 1 March at noon; on 14 June the payment of 1 June covers 30 days, 17 of them to come.
    bought.mock.advance("P3M13D");
    let calculated = calculate(&bought, &bought.reservation, 1);
    let billing = &calculated["billingInformation"];
    assert_eq!(billing["completedTransactions"], 4);
    assert_eq!(billing["totalTransactions"], 12);
    let total = decimal(PRICE) * Decimal::from(4);
    let each = (total / Decimal::from(12)).round_dp(2);
    assert_eq!(amount(&billing["billingCurrencyTotalPaidAmount"]), each * Decimal::from(4));
    let expected = (each * Decimal::from(17) / Decimal::from(4 * 30)).round_dp(2);
    assert_eq!(amount(&calculated["billingRefundAmount"]), expected);
    let remaining = ((total - each * Decimal::from(4)) / Decimal::from(4)).round_dp(2);
    assert_eq!(amount(&billing["billingCurrencyRemainingCommitmentAmount"]), remaining);
    give_back(&bought, &calculated, &bought.reservation, 1);
    assert_eq!(balance(&bought), each * Decimal::from(4) - expected);

    let path = bought.of_order("").trim_end_matches('/').replace("/?", "?");
    let order = bought.azure.get(&format!("{path}&$expand=schedule"));
    let plan = &order["properties"]["planInformation"]["transactions"];
    let statuses: Vec<&str> =
        plan.as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses[..4], ["Succeeded"; 4]);
    assert_eq!(statuses[4..], ["Scheduled"; 8]);
    let to_come: Decimal =
        plan.as_array().unwrap()[4..].iter().map(|it| amount(&it["pricingCurrencyTotal"])).sum();
    assert_eq!(to_come, total - each * Decimal::from(4) - remaining);

    // The rest goes on paying, and when it is returned nothing more is due.
    bought.mock.advance("P1M");
    let list = bought.azure.get(&bought.of_order("reservations"));
    let rest = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["provisioningState"] == "Succeeded");
    let rest = rest.unwrap()["name"].as_str().unwrap().to_owned();
    refund(&bought, &rest, 3);
    let before = balance(&bought);
    bought.mock.advance("P1Y");
    assert_eq!(balance(&bought), before, "nothing is charged any more");
    let order = bought.azure.get(&format!("{path}&$expand=schedule"));
    let plan = order["properties"]["planInformation"]["transactions"].as_array().unwrap().clone();
    assert!(plan[5..].iter().all(|it| it["status"] == "Cancelled"), "{plan:?}");
    assert_eq!(order["properties"]["planInformation"]["nextPaymentDueDate"], Value::Null);
}

#[test]
fn the_limit_may_be_reached_and_not_passed() {
    let commitment = decimal(PRICE) * Decimal::from(2);
    let exactly = bought_in(with_rules(|it| it.limit_usd = commitment), 2);
    let calculated = calculate(&exactly, &exactly.reservation, 2);
    assert_eq!(calculated["policyResult"]["properties"]["policyErrors"], json!([]));
    give_back(&exactly, &calculated, &exactly.reservation, 2);

    let limit = commitment - decimal("0.01");
    let over = bought_in(with_rules(|it| it.limit_usd = limit), 2);
    let calculated = calculate(&over, &over.reservation, 2);
    let errors = &calculated["policyResult"]["properties"]["policyErrors"];
    assert_eq!(errors[0]["code"], "RefundLimitExceeded");
    assert!(errors[0]["message"].as_str().unwrap().contains("1065.22 USD"), "{errors}");
    refused(&over, "RefundLimitExceeded", &calculated, &over.reservation, 2);
    // A part fits.
    let calculated = refund(&over, &over.reservation, 1);
    assert_eq!(calculated["policyResult"]["properties"]["policyErrors"], json!([]));
}

#[test]
fn of_two_refunds_at_once_that_fit_alone_one_wins() {
    for _ in 0..20 {
        let limit = decimal(PRICE) * Decimal::from(3);
        let bought = bought_in(with_rules(|it| it.limit_usd = limit), 4);
        let parts = bought.split(&bought.reservation, [2, 2]);
        let calculated = parts.clone().map(|part| calculate(&bought, &part, 2));
        let path = bought.of_order("return");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2)
                .map(|at| {
                    let body = return_body(&bought, &calculated[at], &parts[at], 2).to_string();
                    let (azure, path) = (&bought.azure, &path);
                    scope.spawn(move || azure.send("POST", path, &[], &body))
                })
                .collect();
            threads.into_iter().map(|it| it.join().unwrap().status).collect()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [202, 400], "one wins: {statuses:?}");
        assert_eq!(bought.artifact().unwrap().0, 2);
        assert_eq!(balance(&bought), decimal(PRICE) * Decimal::from(2));
    }
}

#[test]
fn what_was_cancelled_counts_for_365_days() {
    let limit = decimal(PRICE) * decimal("1.5");
    let bought = bought_in(with_rules(|it| it.limit_usd = limit), 1);
    refund(&bought, &bought.reservation, 1);
    let consumed = |bought: &Bought| {
        let policy = calculate(bought, &bought.reservation, 1)["policyResult"].clone();
        amount(&policy["properties"]["consumedRefundsTotal"])
    };
    let mock = bought.mock;
    mock.advance("P364DT23H59M59S");
    let later = bought_in(mock, 1);
    assert_eq!(consumed(&later), decimal(PRICE));
    let calculated = calculate(&later, &later.reservation, 1);
    refused(&later, "RefundLimitExceeded", &calculated, &later.reservation, 1);
    later.mock.advance("PT1S");
    assert_eq!(consumed(&later), Decimal::ZERO);
    refund(&later, &later.reservation, 1);
    // Another customer has a limit of its own.
    let azure = later.mock.azure(PRAIRIE);
    let list = azure.get(&arm(ORDERS));
    let order = names(&list).remove(0);
    let list = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    let found = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["provisioningState"] == "Succeeded");
    if let Some(found) = found {
        let body = json!({ "properties": { "reservationToReturn": {
            "reservationId": found["id"], "quantity": 1,
        } } });
        let path = arm(&format!("{ORDERS}/{order}/calculateRefund"));
        let policy = azure.post(200, &path, &body)["properties"]["policyResult"].clone();
        assert_eq!(amount(&policy["properties"]["consumedRefundsTotal"]), Decimal::ZERO);
    }
}

#[test]
fn a_session_is_for_one_return_and_for_a_quarter_of_an_hour() {
    let bought = bought(3);
    let calculated = calculate(&bought, &bought.reservation, 2);
    let other = json!({ "sessionId": "11111111-2222-4333-8444-555555555555" });
    refused(&bought, "BadRequest", &other, &bought.reservation, 2);
    refused(&bought, "BadRequest", &json!({ "sessionId": "seven" }), &bought.reservation, 2);
    refused(&bought, "BadRequest", &Value::Null, &bought.reservation, 2);
    refused(&bought, "BadRequest", &calculated, &bought.reservation, 3);
    refused(&bought, "BadRequest", &calculated, &bought.order, 2);
    bought.mock.advance("PT15M");
    refused(&bought, "BadRequest", &calculated, &bought.reservation, 2);
    bought.mock.advance("P2D");
    refused(&bought, "BadRequest", &calculated, &bought.reservation, 2);

    let calculated = calculate(&bought, &bought.reservation, 2);
    bought.mock.advance("PT14M59S");
    let first = give_back(&bought, &calculated, &bought.reservation, 2);
    let before = bought.mock.handle().world().published();
    let again = give_back(&bought, &calculated, &bought.reservation, 2);
    assert_eq!(first.json(), again.json());
    let after = bought.mock.handle().world().published();
    assert_eq!(before.ledger.len(), after.ledger.len(), "a repetition changes nothing");
    assert_eq!(before.reservations.len(), after.reservations.len());
    bought.mock.advance("P300D");
    give_back(&bought, &calculated, &bought.reservation, 2);
    assert_eq!(bought.artifact().unwrap().0, 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let bought = bought(2);
    let path = bought.of_order("calculateRefund");
    let refuse = |code: &str, body: &Value| {
        bought.azure.azure_refused(400, code, "POST", &path, body);
    };
    for quantity in [0, -1, 3, i64::MAX] {
        refuse("InvalidRefundQuantity", &to_return(&bought, &bought.reservation, quantity));
    }
    refuse("BadRequest", &json!({}));
    refuse("BadRequest", &json!({ "properties": { "scope": "Order" } }));
    let mut body = to_return(&bought, &bought.reservation, 1);
    body["properties"]["reservationToReturn"] = json!({ "quantity": 1 });
    refuse("BadRequest", &body);
    body["properties"]["reservationToReturn"] = json!({ "reservationId": bought.reservation });
    refuse("BadRequest", &body);
    body["properties"]["reservationToReturn"] = json!({ "reservationId": "x", "quantity": 1 });
    refuse("InvalidReservationId", &body);
    let mut body = to_return(&bought, &bought.reservation, 1);
    body["id"] = format!("{ORDERS}/{}", bought.reservation).into();
    refuse("BadRequest", &body);
    let unknown = to_return(&bought, &bought.order, 1);
    bought.azure.azure_refused(404, "ReservationIdNotInReservationOrder", "POST", &path, &unknown);
    let nowhere = arm(&format!("{ORDERS}/{}/calculateRefund", bought.reservation));
    let body = json!({ "properties": { "reservationToReturn": {
        "reservationId": bought.reservation, "quantity": 1,
    } } });
    bought.azure.azure_refused(404, "ReservationOrderNotFound", "POST", &nowhere, &body);
    // Bare ids and any casing are understood.
    bought.azure.post(200, &path, &body);

    let calculated = calculate(&bought, &bought.reservation, 1);
    let mut long = return_body(&bought, &calculated, &bought.reservation, 1);
    long["properties"]["returnReason"] = "x".repeat(2000).into();
    bought.azure.azure_refused(400, "BadRequest", "POST", &bought.of_order("return"), &long);
}

#[test]
fn only_what_is_in_force_is_returned() {
    const STATE: &str = "OperationCannotBePerformedInCurrentState";
    let bought = bought(2);
    let calculated = calculate(&bought, &bought.reservation, 2);
    let parts = bought.split(&bought.reservation, [1, 1]);
    refused(&bought, STATE, &calculated, &bought.reservation, 2);
    refund(&bought, &parts[0], 1);
    let path = bought.of_order("calculateRefund");
    let again = to_return(&bought, &parts[0], 1);
    bought.azure.azure_refused(400, STATE, "POST", &path, &again);
    bought.mock.advance("P1Y");
    let late = to_return(&bought, &parts[1], 1);
    bought.azure.azure_refused(400, STATE, "POST", &path, &late);

    // A session from before the end does not help after it.
    let bought = super::bought(1);
    bought.mock.advance("P364DT23H55M");
    let calculated = calculate(&bought, &bought.reservation, 1);
    bought.mock.advance("PT6M");
    refused(&bought, STATE, &calculated, &bought.reservation, 1);
}

#[test]
fn without_self_service_only_a_support_request_returns() {
    let bought = bought_in(with_rules(|it| it.self_service = false), 1);
    let calculated = calculate(&bought, &bought.reservation, 1);
    let errors = &calculated["policyResult"]["properties"]["policyErrors"];
    assert_eq!(errors[0]["code"], "SelfServiceRefundNotSupported");
    refused(&bought, "SelfServiceRefundNotSupported", &calculated, &bought.reservation, 1);
}

#[test]
fn with_a_delay_the_order_is_pending_and_the_money_waits() {
    let delay = |mut settings: Settings| {
        settings.set_delay(Transition::Refund, "PT2H".parse().unwrap());
        settings
    };
    let mock = mock_with(|builder| builder.settings(delay(Settings::default())));
    let bought = bought_in(mock, 3);
    let whole = balance(&bought);
    refund(&bought, &bought.reservation, 1);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Pending");
    assert_eq!(bought.get()["properties"]["provisioningState"], "Pending");
    assert_eq!(balance(&bought), whole);
    let second = to_return(&bought, &bought.reservation, 1);
    let path = bought.of_order("calculateRefund");
    let code = "OperationCannotBePerformedInCurrentState";
    bought.azure.azure_refused(400, code, "POST", &path, &second);
    bought.mock.advance("PT2H");
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Succeeded");
    assert_eq!(balance(&bought), whole - decimal(PRICE));
    assert_eq!(bought.artifact().unwrap().0, 2);
}

#[test]
fn what_ends_before_it_is_returned_does_not_count() {
    let mut settings = Settings { profile: Profile::Sandbox, ..Settings::default() };
    settings.set_delay(Transition::Refund, "PT2H".parse().unwrap());
    let mock = mock_with(|builder| builder.settings(settings));
    let item = items::reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let line = items::reservation_line(&item, PRAIRIE_AZURE);
    let azure = mock.azure(PRAIRIE);
    let orders = format!("/v1/customers/{PRAIRIE}/orders");
    let before = names(&azure.get(&arm(ORDERS)));
    let placed = mock.post(201, &orders, &items::order(&[line]));
    let after = names(&azure.get(&arm(ORDERS)));
    let order = after.into_iter().find(|id| !before.contains(id)).unwrap();
    let list = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    let reservation = names(&list).remove(0);
    let bought = Bought { mock, azure, order, reservation };
    refund(&bought, &bought.reservation, 1);
    let path = format!("{orders}/{}", placed["id"].as_str().unwrap());
    bought.mock.expect(200, "PATCH", &path, &json!({ "status": "cancelled" }));
    assert_eq!(balance(&bought), Decimal::ZERO, "a cancelled order gives everything back");
    bought.mock.advance("PT2H");
    assert_eq!(balance(&bought), Decimal::ZERO, "and nothing twice");
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Cancelled");
    let state = bought.mock.handle().world().published();
    assert_eq!(state.refunds.len(), 0, "the window holds nothing");
}

#[test]
fn other_currencies_count_in_us_dollars_by_the_table() {
    for (table, expected) in [(None, decimal("1.36")), (Some("2"), decimal("2"))] {
        let mock = with_rules(|it| {
            if let Some(rate) = table {
                it.per_usd.insert("CAD".to_owned(), decimal(rate));
            }
        });
        let azure = mock.azure(PRAIRIE);
        let wanted = json!({
            "sku": { "name": "Standard_D2s_v4" }, "location": "eastus",
            "properties": {
                "reservedResourceType": "VirtualMachines",
                "billingScopeId": format!("/subscriptions/{PRAIRIE_SUBSCRIPTION}"),
                "term": "P1Y", "billingPlan": "Upfront", "quantity": 1,
                "displayName": "in dollars of Canada", "appliedScopeType": "Shared",
            },
        });
        let price = arm("/providers/Microsoft.Capacity/calculatePrice");
        let priced = azure.post(200, &price, &wanted);
        let order = priced["properties"]["reservationOrderId"].as_str().unwrap().to_owned();
        azure.expect(202, "PUT", &arm(&format!("{ORDERS}/{order}")), &wanted);
        let list = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
        let reservation = names(&list).remove(0);
        let bought = Bought { mock, azure, order, reservation };
        let calculated = calculate(&bought, &bought.reservation, 1);
        assert_eq!(calculated["billingRefundAmount"]["currencyCode"], "CAD");
        assert_eq!(calculated["pricingRefundAmount"]["currencyCode"], "USD");
        let local = amount(&calculated["billingRefundAmount"]);
        let usd = amount(&calculated["pricingRefundAmount"]);
        assert_eq!(usd, (local / expected).round_dp(2));
    }
}
