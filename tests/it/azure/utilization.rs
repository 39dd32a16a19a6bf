//! How much of reservations is used: summaries, details and what stands beside them.
#![allow(clippy::float_cmp, reason = "figures have two decimals and are read as they were written")]

use serde_json::{Value, json};

use crate::support::{LARKSPUR, Mock, arm, mock};

/// Five machines since 2025-08-13T12:00Z, for a year.
pub const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
pub const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// Two machines for one subscription.
pub const OTHER_ORDER: &str = "b6e2c9f4-7d31-4a58-9c06-1f8b5d3e7a92";
pub const OTHER_RESERVATION: &str = "5d0f8b3e-6c42-4e97-a1b5-8f2c7d9e0a36";
/// The Azure subscription behind both, and the one below the customer's Azure plan.
pub const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
pub const PLAN_SUBSCRIPTION: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
pub const FEBRUARY: &str = "&$filter=properties/usageDate%20ge%202026-02-01%20AND%20properties/usageDate%20le%202026-02-28";
pub const PROFILE: &str =
    "providers/Microsoft.Billing/billingAccounts/a1:b2_2019-05-31/billingProfiles/P-1";

pub fn order_scope(order: &str) -> String {
    format!("providers/Microsoft.Capacity/reservationorders/{order}")
}

pub fn scope(order: &str, reservation: &str) -> String {
    format!("{}/reservations/{reservation}", order_scope(order))
}

pub fn path(scope: &str, kind: &str, query: &str) -> String {
    format!("/{scope}/providers/Microsoft.Consumption/{kind}?api-version=2024-08-01{query}")
}

pub fn summaries(scope: &str, query: &str) -> String {
    path(scope, "reservationSummaries", query)
}

pub fn details(scope: &str, query: &str) -> String {
    path(scope, "reservationDetails", query)
}

/// The rows of a list that fits one page.
#[track_caller]
pub fn rows(azure: &Mock, path: &str) -> Vec<Value> {
    let list = azure.get(path);
    assert_eq!(list["nextLink"], Value::Null, "{path} has another page");
    list["value"].as_array().unwrap().clone()
}

pub fn number(row: &Value, name: &str) -> f64 {
    row["properties"][name].as_f64().unwrap_or_else(|| panic!("no {name} in {row}"))
}

pub fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row["properties"][name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}

pub fn sum(rows: &[Value], name: &str) -> f64 {
    (rows.iter().map(|row| number(row, name)).sum::<f64>() * 100.0).round() / 100.0
}

pub fn lay_down(mock: &Mock, reservation: &str, usage: &Value) {
    let path = format!("/_mock/reservations/{reservation}/utilization");
    mock.expect(200, "PUT", &path, usage);
}

/// `properties.utilization` of a reservation.
#[track_caller]
pub fn of_reservation(azure: &Mock, order: &str, reservation: &str) -> Value {
    let path = format!(
        "/providers/Microsoft.Capacity/reservationOrders/{order}/reservations/{reservation}"
    );
    azure.get(&arm(&path))["properties"]["utilization"].clone()
}

pub fn percentages(trend: &str, values: [f64; 3]) -> Value {
    let of = |(grain, value)| json!({ "grain": grain, "grainUnit": "days", "value": value, "valueUnit": "percentage" });
    let aggregates: Vec<Value> = [1.0, 7.0, 30.0].into_iter().zip(values).map(of).collect();
    json!({ "trend": trend, "aggregates": aggregates })
}

#[test]
fn forty_percent_is_seen_everywhere() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    lay_down(&mock, RESERVATION, &json!({ "percentage": 40 }));
    let days =
        rows(&azure, &summaries(&scope(ORDER, RESERVATION), &format!("&grain=daily{FEBRUARY}")));
    assert_eq!(days.len(), 28);
    assert_eq!(
        days[4],
        json!({
            "id": format!("providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{RESERVATION}/providers/Microsoft.Consumption/reservationSummaries/20260205"),
            "name": format!("{ORDER}_{RESERVATION}_20260205"),
            "type": "Microsoft.Consumption/reservationSummaries",
            "tags": null,
            "properties": {
                "reservationOrderId": ORDER, "reservationId": RESERVATION,
                "skuName": "Standard_D2s_v4", "kind": "Reservation",
                "reservedHours": 120.0, "usageDate": "2026-02-05T00:00:00Z", "usedHours": 48.0,
                "minUtilizationPercentage": 40.0, "avgUtilizationPercentage": 40.0,
                "maxUtilizationPercentage": 40.0, "purchasedQuantity": 5, "remainingQuantity": 3.0,
                "totalReservedQuantity": 5, "usedQuantity": 2.0, "utilizedPercentage": 40.0,
            },
        })
    );
    let months = rows(&azure, &summaries(&order_scope(ORDER), "&grain=Monthly"));
    assert_eq!(months.len(), 7, "August to February");
    // 12 hours of the 13th and 18 whole days.
    assert_eq!(text(&months[0], "usageDate"), "2025-08-01T00:00:00Z");
    assert_eq!(number(&months[0], "reservedHours"), f64::from(5 * (12 + 18 * 24)));
    assert_eq!(number(&months[6], "reservedHours"), f64::from(5 * 28 * 24));
    assert_eq!(number(&months[6], "usedHours"), f64::from(2 * 28 * 24));
    assert!(months.iter().all(|month| number(month, "utilizedPercentage") == 40.0));
    let used = rows(&azure, &details(&scope(ORDER, RESERVATION), FEBRUARY));
    assert_eq!(used.len(), 56, "two machines a day");
    assert_eq!(sum(&used, "usedHours"), sum(&days, "usedHours"));

    assert_eq!(of_reservation(&azure, ORDER, RESERVATION), percentages("SAME", [40.0, 40.0, 40.0]));
}

#[test]
fn the_days_of_purchase_and_end_count_by_the_hour() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    lay_down(&mock, RESERVATION, &json!({ "percentage": 100 }));
    let hours = |day: &str| {
        let filter = format!("&grain=daily&$filter=usageDate ge {day} and usageDate le {day}")
            .replace(' ', "%20");
        let found = rows(&azure, &summaries(&scope(ORDER, RESERVATION), &filter));
        found.first().map(|row| (number(row, "reservedHours"), number(row, "usedQuantity")))
    };
    assert_eq!(hours("2025-08-12"), None);
    assert_eq!(hours("2025-08-13"), Some((60.0, 5.0)));
    assert_eq!(hours("2025-08-14"), Some((120.0, 5.0)));
    assert_eq!(hours("2026-03-01"), None, "today is not over");
    assert_eq!(hours("2026-03-02"), None);
    mock.advance("P1D");
    assert_eq!(hours("2026-03-01"), Some((120.0, 5.0)));
    mock.advance("P1Y");
    assert_eq!(hours("2026-08-13"), Some((60.0, 5.0)));
    assert_eq!(hours("2026-08-14"), None, "it has ended");
}

#[test]
fn laid_down_days_and_machines_show() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let day = "&$filter=properties/usageDate%20ge%202026-02-05%20and%20properties/usageDate%20le%202026-02-05";
    lay_down(
        &mock,
        RESERVATION,
        &json!({ "percentage": 10, "days": [{ "date": "2026-02-05", "percentage": 92 }] }),
    );
    let found = rows(&azure, &summaries(&order_scope(ORDER), &format!("&grain=daily{FEBRUARY}")));
    assert_eq!(number(&found[3], "utilizedPercentage"), 10.0);
    assert_eq!(number(&found[4], "usedHours"), 110.4);
    assert_eq!(number(&found[4], "remainingQuantity"), 0.4);

    let machine = |name: &str| {
        format!(
            "/subscriptions/{PLAN_SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/{name}"
        )
    };
    lay_down(
        &mock,
        RESERVATION,
        &json!({ "instances": [
        { "instanceId": machine("web01"), "hoursPerDay": 24 },
        { "instanceId": machine("job01"), "hoursPerDay": 1.5 },
        { "instanceId": machine("off01"), "hoursPerDay": 0 },
    ] }),
    );
    let found = rows(&azure, &details(&order_scope(ORDER), day));
    assert_eq!(
        found[0],
        json!({
            "id": format!("providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{RESERVATION}/providers/Microsoft.Consumption/reservationDetails/20260205"),
            "name": format!("{ORDER}_{RESERVATION}_20260205"),
            "type": "Microsoft.Consumption/reservationDetails",
            "tags": null,
            "properties": {
                "reservationOrderId": ORDER, "reservationId": RESERVATION,
                "usageDate": "2026-02-05T00:00:00Z", "skuName": "Standard_D2s_v4",
                "instanceId": machine("web01"), "totalReservedQuantity": 5, "reservedHours": 120.0,
                "usedHours": 24.0, "instanceFlexibilityGroup": "DSv4 Series",
                "instanceFlexibilityRatio": "1", "kind": "Reservation",
            },
        })
    );
    assert_eq!(number(&found[1], "usedHours"), 1.5);
    assert_eq!(found.len(), 2, "a machine that is off has no row");
    let summary = rows(&azure, &summaries(&order_scope(ORDER), &format!("&grain=daily{day}")));
    assert_eq!(number(&summary[0], "usedHours"), 25.5);
    assert_eq!(number(&summary[0], "minUtilizationPercentage"), 20.0);
    assert_eq!(number(&summary[0], "maxUtilizationPercentage"), 40.0);
    let of =
        |subscription: &str| rows(&azure, &details(&format!("subscriptions/{subscription}"), day));
    let is_of = |row: &Value, reservation: &str| text(row, "reservationId") == reservation;
    assert_eq!(of(PLAN_SUBSCRIPTION).iter().filter(|row| is_of(row, RESERVATION)).count(), 2);
    assert!(!of(SUBSCRIPTION).iter().any(|row| is_of(row, RESERVATION)));
    assert!(of(SUBSCRIPTION).iter().any(|row| is_of(row, OTHER_RESERVATION)));
}

#[test]
fn what_is_generated_stays_and_adds_up() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let daily = summaries(&order_scope(ORDER), &format!("&grain=daily{FEBRUARY}"));
    let days = rows(&azure, &daily);
    assert_eq!(days, rows(&azure, &daily));
    assert_eq!(
        days,
        rows(&self::mock().azure(LARKSPUR), &daily),
        "another world, the same figures"
    );
    let average = sum(&days, "utilizedPercentage") / 28.0;
    assert!((70.0..=100.0).contains(&average), "{average}");
    let used = rows(&azure, &details(&order_scope(ORDER), FEBRUARY));
    for day in &days {
        let date = text(day, "usageDate");
        let of_day: Vec<Value> =
            used.iter().filter(|row| text(row, "usageDate") == date).cloned().collect();
        assert_eq!(sum(&of_day, "usedHours"), number(day, "usedHours"), "{date}");
        assert!(number(day, "minUtilizationPercentage") < number(day, "maxUtilizationPercentage"));
    }
    let month = rows(&azure, &summaries(&order_scope(ORDER), &format!("&grain=monthly{FEBRUARY}")));
    assert_eq!(month.len(), 1);
    assert_eq!(number(&month[0], "usedHours"), sum(&days, "usedHours"));
}

#[test]
fn the_percentages_beside_a_reservation_follow_the_days() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let days: Vec<Value> = [("2026-02-28", 20), ("2026-02-27", 50), ("2026-03-01", 100)]
        .map(|(date, percentage)| json!({ "date": date, "percentage": percentage }))
        .to_vec();
    lay_down(&mock, RESERVATION, &json!({ "percentage": 80, "days": days }));
    // (20 + 50 + 5 × 80) / 7 and (20 + 50 + 28 × 80) / 30.
    assert_eq!(of_reservation(&azure, ORDER, RESERVATION), percentages("DOWN", [20.0, 67.1, 77.0]));
    mock.advance("PT11H59M");
    assert_eq!(of_reservation(&azure, ORDER, RESERVATION), percentages("DOWN", [20.0, 67.1, 77.0]));
    mock.advance("PT1M");
    // (100 + 20 + 50 + 4 × 80) / 7 and (100 + 20 + 50 + 27 × 80) / 30.
    assert_eq!(of_reservation(&azure, ORDER, RESERVATION), percentages("UP", [100.0, 70.0, 77.7]));
    let list = azure.get(&arm("/providers/Microsoft.Capacity/reservations"));
    let row = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"].as_str().unwrap().ends_with(RESERVATION))
        .unwrap();
    assert_eq!(row["properties"]["utilization"], percentages("UP", [100.0, 70.0, 77.7]));
}
