//! How much of reservations is used: summaries, details and what stands beside them.

use serde_json::{Value, json};

use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, NOBODY, PRAIRIE, arm, items, mock};

/// Five machines since 2025-08-13T12:00Z, for a year.
const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// Two machines for one subscription.
const OTHER_ORDER: &str = "b6e2c9f4-7d31-4a58-9c06-1f8b5d3e7a92";
const OTHER_RESERVATION: &str = "5d0f8b3e-6c42-4e97-a1b5-8f2c7d9e0a36";
/// The Azure subscription behind both, and the one below the customer's Azure plan.
const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const PLAN_SUBSCRIPTION: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
const FEBRUARY: &str = "&$filter=properties/usageDate%20ge%202026-02-01%20AND%20properties/usageDate%20le%202026-02-28";
const PROFILE: &str =
    "providers/Microsoft.Billing/billingAccounts/a1:b2_2019-05-31/billingProfiles/P-1";

fn order_scope(order: &str) -> String {
    format!("providers/Microsoft.Capacity/reservationorders/{order}")
}

fn scope(order: &str, reservation: &str) -> String {
    format!("{}/reservations/{reservation}", order_scope(order))
}

fn path(scope: &str, kind: &str, query: &str) -> String {
    format!("/{scope}/providers/Microsoft.Consumption/{kind}?api-version=2024-08-01{query}")
}

fn summaries(scope: &str, query: &str) -> String {
    path(scope, "reservationSummaries", query)
}

fn details(scope: &str, query: &str) -> String {
    path(scope, "reservationDetails", query)
}

/// The rows of a list that fits one page.
#[track_caller]
fn rows(azure: &Mock, path: &str) -> Vec<Value> {
    let list = azure.get(path);
    assert_eq!(list["nextLink"], Value::Null, "{path} has another page");
    list["value"].as_array().unwrap().clone()
}

fn number(row: &Value, name: &str) -> f64 {
    row["properties"][name].as_f64().unwrap_or_else(|| panic!("no {name} in {row}"))
}

fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row["properties"][name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}

fn sum(rows: &[Value], name: &str) -> f64 {
    (rows.iter().map(|row| number(row, name)).sum::<f64>() * 100.0).round() / 100.0
}

fn lay_down(mock: &Mock, reservation: &str, usage: &Value) {
    let path = format!("/_mock/reservations/{reservation}/utilization");
    mock.expect(200, "PUT", &path, usage);
}

/// `properties.utilization` of a reservation.
#[track_caller]
fn of_reservation(azure: &Mock, order: &str, reservation: &str) -> Value {
    let path = format!(
        "/providers/Microsoft.Capacity/reservationOrders/{order}/reservations/{reservation}"
    );
    azure.get(&arm(&path))["properties"]["utilization"].clone()
}

fn percentages(trend: &str, values: [f64; 3]) -> Value {
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
fn one_resource_answers_below_every_scope_and_casing() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let query = format!("&grain=DAILY{FEBRUARY}");
    let expected = rows(&azure, &summaries(&order_scope(ORDER), &query));
    let upper = order_scope(ORDER).to_uppercase();
    for same in [
        scope(ORDER, RESERVATION),
        format!("PROVIDERS/microsoft.capacity/RESERVATIONORDERS/{}", ORDER.to_uppercase()),
        upper,
        format!("/{}/", order_scope(ORDER)),
        order_scope(ORDER).replace('/', "%2F"),
    ] {
        assert_eq!(rows(&azure, &summaries(&same, &query)), expected, "{same}");
    }
    for dates in [
        "&startDate=2026-02-01&endDate=2026-02-28",
        "&startDate=2026-01-01&endDate=2026-02-28&$filter=usageDate%20ge%20'2026-02-01'",
        "&$filter=properties/UsageDate+ge+2026-02-01T00:00:00Z+and+properties/UsageDate+le+2026-02-28T23:59:59Z",
    ] {
        let found = rows(&azure, &summaries(&order_scope(ORDER), &format!("&grain=daily{dates}")));
        assert_eq!(found, expected, "{dates}");
    }
    // Below a billing profile there are all reservations that the directory has.
    let query = "&grain=daily&startDate=2026-02-27&endDate=2026-02-28";
    let encoded = PROFILE.replace(':', "%3A");
    let all = rows(&azure, &summaries(&encoded, query));
    let named = |reservation: &str, day: &str| {
        all.iter()
            .filter(|row| {
                text(row, "reservationId") == reservation && text(row, "usageDate").starts_with(day)
            })
            .count()
    };
    for day in ["2026-02-27", "2026-02-28"] {
        assert_eq!(named(RESERVATION, day), 1);
        assert_eq!(named(OTHER_RESERVATION, day), 1);
    }
    let dates: Vec<&str> = all.iter().map(|row| text(row, "usageDate")).collect();
    assert!(dates.is_sorted(), "{dates:?}");
    let name = all[0]["name"].as_str().unwrap();
    assert_eq!(
        all[0]["id"],
        format!("/{PROFILE}/providers/Microsoft.Consumption/reservationSummaries/{name}")
    );
    let one = format!("{query}&reservationOrderId={OTHER_ORDER}&reservationId={OTHER_RESERVATION}");
    let one = rows(&azure, &summaries(&encoded, &one));
    assert_eq!(one.len(), 2);
    assert!(one.iter().all(|row| text(row, "reservationId") == OTHER_RESERVATION));
    let details = rows(&azure, &details(&encoded, &query.replace("&grain=daily", "")));
    assert!(details[0]["id"].as_str().unwrap().starts_with("/providers/Microsoft.Billing/"));
}

#[test]
fn the_directory_of_the_token_bounds_what_is_seen() {
    let mock = mock();
    let query = format!("&grain=daily{FEBRUARY}");
    let partner = mock.handle().world().published().partner.id.to_string();
    for tenant in [PRAIRIE, &partner] {
        let azure = mock.azure(tenant);
        for scope in [order_scope(ORDER), scope(ORDER, RESERVATION)] {
            azure.azure_refused(
                403,
                "AuthorizationFailed",
                "GET",
                &summaries(&scope, &query),
                &Value::Null,
            );
            azure.azure_refused(
                403,
                "AuthorizationFailed",
                "GET",
                &details(&scope, &query),
                &Value::Null,
            );
        }
        let foreign = details(&format!("subscriptions/{SUBSCRIPTION}"), FEBRUARY);
        azure.azure_refused(404, "SubscriptionNotFound", "GET", &foreign, &Value::Null);
        let list = rows(&azure, &summaries(PROFILE, &query));
        assert!(!list.iter().any(|row| text(row, "reservationOrderId") == ORDER));
        let narrowed = summaries(PROFILE, &format!("{query}&reservationOrderId={ORDER}"));
        azure.azure_refused(403, "AuthorizationFailed", "GET", &narrowed, &Value::Null);
    }
}

#[test]
fn pages_follow_each_other_whatever_version_asks() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    lay_down(&mock, RESERVATION, &json!({ "percentage": 100 }));
    let all = details(
        &order_scope(ORDER),
        "&$filter=usageDate%20ge%202025-01-01%20AND%20usageDate%20le%202030-12-31",
    );
    // 200 days, five machines.
    assert_eq!(rows(&azure, &all).len(), 1000, "a full page is the last one");
    mock.advance("P1D");
    let first = azure.get(&all);
    assert_eq!(first["value"].as_array().unwrap().len(), 1000);
    let link = first["nextLink"].as_str().unwrap();
    let base = mock.server.base_url();
    let next = link.strip_prefix(&base).unwrap_or_else(|| panic!("{link} is not below {base}"));
    for link in [next.to_owned(), next.replace("2024-08-01", "2018-01-31")] {
        let second = rows(&azure, &link);
        let names: Vec<&str> = second.iter().map(|row| text(row, "usageDate")).collect();
        assert_eq!(names, ["2026-03-01T00:00:00Z"; 5]);
    }
    // Rows that go away between two pages shift none of the others.
    lay_down(&mock, RESERVATION, &json!({ "percentage": 20 }));
    assert_eq!(rows(&azure, next).len(), 1);
    for token in ["1000", "x", "20260228.a.b.c"] {
        azure.azure_refused(
            400,
            "BadRequest",
            "GET",
            &format!("{all}&$skiptoken={token}"),
            &Value::Null,
        );
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let order = order_scope(ORDER);
    let narrowed = |query: &str| format!("&grain=monthly{query}");
    for (status, code, path) in [
        (400, "BadRequest", summaries(&order, FEBRUARY)),
        (400, "BadRequest", summaries(&order, &format!("&grain=hourly{FEBRUARY}"))),
        (400, "BadRequest", summaries(&order, "&grain=daily")),
        (400, "BadRequest", summaries(&order, "&grain=daily&startDate=2026-02-01")),
        (400, "BadRequest", details(&order, "")),
        (400, "BadRequest", details(&scope(ORDER, RESERVATION), "&startDate=2026-02-01")),
        (400, "BadRequest", details(&order, "&startDate=2026-02-02&endDate=2026-02-01")),
        (400, "BadRequest", details(&order, "&startDate=2026-02-30&endDate=2026-03-01")),
        (400, "BadRequest", details(&order, "&$filter=usageDate%20ge%20soon")),
        (400, "BadRequest", details(&order, "&$filter=usageDate%20gt%202026-02-01")),
        (
            400,
            "BadRequest",
            summaries(PROFILE, &narrowed(&format!("&reservationId={RESERVATION}"))),
        ),
        (400, "BadRequest", summaries(PROFILE, &narrowed("&reservationOrderId=x"))),
        (400, "BadRequest", summaries(&format!("subscriptions/{SUBSCRIPTION}"), &narrowed(""))),
        (400, "BadRequest", summaries("providers/Microsoft.Storage/accounts/a", &narrowed(""))),
        (
            400,
            "BadRequest",
            format!(
                "/providers/Microsoft.Consumption/reservationSummaries?api-version=2024-08-01{}",
                narrowed("")
            ),
        ),
        (400, "InvalidReservationOrderId", summaries(&order_scope("web"), &narrowed(""))),
        (400, "InvalidReservationId", summaries(&scope(ORDER, "web"), &narrowed(""))),
        (400, "InvalidSubscriptionId", details("subscriptions/web", FEBRUARY)),
        (404, "SubscriptionNotFound", details(&format!("subscriptions/{NOBODY}"), FEBRUARY)),
        (404, "ReservationOrderNotFound", summaries(&order_scope(NOBODY), &narrowed(""))),
        (
            404,
            "ReservationIdNotInReservationOrder",
            summaries(&scope(ORDER, OTHER_RESERVATION), &narrowed("")),
        ),
        (
            404,
            "ReservationOrderNotFound",
            summaries(PROFILE, &narrowed(&format!("&reservationOrderId={NOBODY}"))),
        ),
        (
            404,
            "ReservationIdNotInReservationOrder",
            summaries(
                PROFILE,
                &narrowed(&format!("&reservationOrderId={ORDER}&reservationId={NOBODY}")),
            ),
        ),
    ] {
        azure.azure_refused(status, code, "GET", &path, &Value::Null);
    }
    let unversioned =
        format!("/{order}/providers/Microsoft.Consumption/reservationSummaries?grain=monthly");
    azure.azure_refused(400, "MissingApiVersionParameter", "GET", &unversioned, &Value::Null);
    let future = "&$filter=usageDate%20ge%202030-01-01%20AND%20usageDate%20le%202030-01-31";
    assert!(rows(&azure, &details(&order, future)).is_empty());
    let (first, last) = ("0001-01-01", "9999-12-31");
    let ever = format!("&grain=daily&startDate={first}&endDate={last}");
    assert_eq!(rows(&azure, &summaries(&order, &ever)).len(), 200);
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
    let filter = "&$filter=usageDate%20ge%202026-02-20%20AND%20usageDate%20le%202026-03-03";
    let path = details(&order_scope(ORDER), filter);
    let before = rows(&azure, &path);
    assert!(text(&before[0], "instanceId").starts_with(&format!("/subscriptions/{SUBSCRIPTION}/")));
    let body = json!({ "properties": { "appliedScopeType": "Single", "appliedScopes": [format!("/subscriptions/{SUBSCRIPTION}")] } });
    azure.expect(200, "PATCH", &arm(&format!("/{}", scope(ORDER, RESERVATION))), &body);
    mock.advance("P3D");
    let after = rows(&azure, &path);
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(after.len(), before.len() + 3);
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
fn recommendations_are_empty_and_billing_views_are_refused() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let subscription = format!("subscriptions/{SUBSCRIPTION}");
    for scope in [subscription.as_str(), PROFILE] {
        let list =
            path(scope, "reservationRecommendations", "&$filter=properties/scope%20eq%20'Single'");
        assert_eq!(azure.get(&list), json!({ "value": [], "nextLink": null }));
        let one = path(
            scope,
            "reservationRecommendationDetails",
            "&scope=Single&region=eastus&term=P1Y&lookBackPeriod=Last7Days&product=Standard_D2s_v4",
        );
        azure.expect(204, "GET", &one, &Value::Null);
    }
    for (status, code, scope) in [
        (404, "SubscriptionNotFound", format!("subscriptions/{NOBODY}")),
        (400, "BadRequest", order_scope(ORDER)),
    ] {
        let list = path(&scope, "reservationRecommendations", "");
        azure.azure_refused(status, code, "GET", &list, &Value::Null);
    }
    let account = "/providers/Microsoft.Billing/billingAccounts/a1%3Ab2_2019-05-31";
    for (method, rest) in [
        ("GET", "/reservations".to_owned()),
        ("GET", "/billingProfiles/P-1/reservations".to_owned()),
        ("GET", "/reservationOrders".to_owned()),
        ("GET", format!("/reservationOrders/{ORDER}")),
        ("GET", format!("/reservationOrders/{ORDER}/reservations")),
        ("GET", format!("/reservationOrders/{ORDER}/reservations/{RESERVATION}")),
        ("PATCH", format!("/reservationOrders/{ORDER}/reservations/{RESERVATION}")),
    ] {
        let path = format!("{account}{rest}?api-version=2024-04-01");
        azure.azure_refused(403, "AuthorizationFailed", method, &path, &Value::Null);
    }
}
