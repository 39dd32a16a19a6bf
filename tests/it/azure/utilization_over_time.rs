//! What a purchase, a split and a change of scope do to the figures.
#![allow(clippy::float_cmp, reason = "figures have two decimals and are read as they were written")]

use serde_json::{Value, json};

use super::utilization::{
    FEBRUARY, ORDER, PLAN_SUBSCRIPTION, RESERVATION, SUBSCRIPTION, details, lay_down, number,
    of_reservation, order_scope, percentages, rows, scope, summaries, text,
};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, arm, items, mock};

#[test]
fn a_new_reservation_has_no_figures_before_a_day_is_over() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let item = items::reservation("US", "Standard_D2s_v4", "eastus", "P1Y");
    let line = items::reservation_line(&item, LARKSPUR_AZURE);
    let order = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &items::order(&[line]));
    mock.advance("PT1H");
    let orders = azure.get(&arm("/providers/Microsoft.Capacity/reservationOrders"));
    let newest = &orders["value"][0];
    let id = newest["name"].as_str().unwrap();
    assert_ne!(id, ORDER, "{order}");
    let reservation = newest["properties"]["reservations"][0]["id"].as_str().unwrap();
    let reservation = reservation.rsplit('/').next().unwrap();
    let days = || {
        rows(
            &azure,
            &summaries(&order_scope(id), "&grain=daily&startDate=2026-01-01&endDate=2026-12-31"),
        )
    };
    assert!(days().is_empty());
    assert_eq!(of_reservation(&azure, id, reservation), json!({ "aggregates": [] }));
    mock.advance("P1D");
    let first = days();
    assert_eq!(first.len(), 1, "the day of the purchase is over");
    assert!(number(&first[0], "reservedHours") < 24.0);
    assert_eq!(
        of_reservation(&azure, id, reservation),
        json!({ "aggregates": [] }),
        "it was no whole day"
    );
    mock.advance("P1D");
    let found = of_reservation(&azure, id, reservation);
    let values: Vec<&Value> =
        found["aggregates"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
    assert_eq!(values.len(), 3);
    assert!(values.iter().all(|value| *value == values[0]), "one day is all there is: {found}");
}

#[test]
fn a_split_ends_one_series_and_begins_two_with_the_same_percentages() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let february = format!("&grain=daily{FEBRUARY}");
    let before = rows(&azure, &summaries(&order_scope(ORDER), &february));
    let split = format!("/{}/split", order_scope(ORDER));
    let source = format!("/{}", scope(ORDER, RESERVATION));
    let body = json!({ "properties": { "quantities": [2, 3], "reservationId": source } });
    azure.post(200, &arm(&split), &body);
    let body = azure.get(&arm(&source));
    let made = &body["properties"]["splitProperties"]["splitDestinations"];
    let made: Vec<String> = made
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
        .collect();
    assert_eq!(body["properties"]["utilization"], json!({ "aggregates": [] }));
    assert_eq!(made.len(), 2);
    assert_eq!(rows(&azure, &summaries(&order_scope(ORDER), &february)), before, "history stays");
    mock.advance("P3D");
    let query = "&grain=daily&startDate=2026-02-28&endDate=2026-03-03";
    let all = rows(&azure, &summaries(&order_scope(ORDER), query));
    let of = |reservation: &str| -> Vec<&Value> {
        all.iter().filter(|row| text(row, "reservationId") == reservation).collect()
    };
    let source = of(RESERVATION);
    assert_eq!(source.len(), 2, "the day before and the morning of the split");
    assert_eq!(number(source[1], "reservedHours"), 60.0);
    let (small, large) = (of(&made[0]), of(&made[1]));
    let first: f64 = number(small[0], "reservedHours") + number(large[0], "reservedHours");
    assert_eq!(first, 60.0, "no hour is lost or counted twice");
    assert_eq!((small.len(), large.len()), (3, 3));
    for (a, b) in small.iter().zip(&large) {
        assert_eq!(number(a, "utilizedPercentage"), number(b, "utilizedPercentage"));
    }
    let share = |rows: &[&Value]| number(rows[1], "purchasedQuantity");
    assert_eq!(share(&small) + share(&large), 5.0);
    assert_eq!(of_reservation(&azure, ORDER, &made[0]), of_reservation(&azure, ORDER, &made[1]));
    lay_down(&mock, RESERVATION, &json!({ "percentage": 40 }));
    lay_down(&mock, &made[1], &json!({ "percentage": 70 }));
    let again = rows(&azure, &summaries(&scope(ORDER, &made[0]), query));
    assert_eq!(number(&again[1], "utilizedPercentage"), 40.0, "laid down for what it came from");
    let again = rows(&azure, &summaries(&scope(ORDER, &made[1]), query));
    assert_eq!(number(&again[1], "utilizedPercentage"), 70.0);
    assert_eq!(of_reservation(&azure, ORDER, &made[1]), percentages("SAME", [70.0, 70.0, 70.0]));
    mock.expect(
        204,
        "DELETE",
        &format!("/_mock/reservations/{}/utilization", made[1]),
        &Value::Null,
    );
    assert_eq!(of_reservation(&azure, ORDER, &made[1]), percentages("SAME", [40.0, 40.0, 40.0]));
}

#[test]
fn a_change_of_scope_rewrites_no_history() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    lay_down(&mock, RESERVATION, &json!({ "percentage": 20 }));
    let order = items::order(&[items::cart_line("MS-AZR-0145P", 1)]);
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &order);
    let view = mock.handle().world().view();
    let subscriptions: Vec<String> = view
        .state
        .azure_subscriptions_of(LARKSPUR.parse().unwrap())
        .map(|it| it.id.to_string())
        .collect();
    let is_new = |id: &&String| *id != SUBSCRIPTION && *id != PLAN_SUBSCRIPTION;
    let new = subscriptions.iter().find(is_new).unwrap();
    let filter = "&$filter=usageDate%20ge%202026-02-20%20AND%20usageDate%20le%202026-03-03";
    let path = details(&order_scope(ORDER), filter);
    let before = rows(&azure, &path);
    let scope_of = |row: &Value| text(row, "instanceId").split('/').nth(2).unwrap().to_owned();
    assert!(before.iter().all(|row| scope_of(row) == SUBSCRIPTION), "it is billed through that");
    let body = json!({ "properties": { "appliedScopeType": "Single", "appliedScopes": [format!("/subscriptions/{new}")] } });
    azure.expect(200, "PATCH", &arm(&format!("/{}", scope(ORDER, RESERVATION))), &body);
    assert_eq!(rows(&azure, &path), before);
    mock.advance("P3D");
    let after = rows(&azure, &path);
    assert_eq!(after[..before.len()], before[..]);
    let later = &after[before.len()..];
    assert_eq!(later.len(), 3);
    assert!(later.iter().all(|row| scope_of(row) == *new), "from the day of the change on");
    let of_new = rows(&azure, &details(&format!("subscriptions/{new}"), filter));
    assert_eq!(of_new, later);
}
