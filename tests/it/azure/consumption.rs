//! Microsoft.Consumption and Microsoft.Billing: scopes, periods, pages, refusals.

use serde_json::{Value, json};

use super::access::{HELPDESK, RESERVATIONS_READER, assign, assignment};
use super::strict::{signed_in, strict};
use super::utilization::{
    FEBRUARY, ORDER, OTHER_ORDER, OTHER_RESERVATION, PROFILE, RESERVATION, SUBSCRIPTION, details,
    lay_down, order_scope, path, rows, scope, summaries, text,
};
use crate::support::{LARKSPUR, NOBODY, PRAIRIE, mock};

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

#[test]
fn at_level_strict_a_role_on_the_reservation_or_above_shows_its_figures() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let query = format!("&grain=daily{FEBRUARY}");
    let of_order = summaries(&order_scope(ORDER), &query);
    let of_reservation = summaries(&scope(ORDER, RESERVATION), &query);
    let expected = rows(&admin, &of_order);
    assert_eq!(expected.len(), 28);
    for path in [&of_order, &of_reservation] {
        let answer = helpdesk.azure_refused(403, "AuthorizationFailed", "GET", path, &Value::Null);
        assert!(answer.text.contains(HELPDESK), "{}", answer.text);
    }
    assert!(rows(&helpdesk, &summaries(PROFILE, &query)).is_empty());
    assert!(
        rows(&helpdesk, &details(&format!("subscriptions/{SUBSCRIPTION}"), FEBRUARY)).is_empty()
    );
    for place in [scope(ORDER, RESERVATION), order_scope(ORDER)] {
        let path = assignment(&format!("/{place}"), "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4");
        admin.expect(201, "PUT", &path, &assign(RESERVATIONS_READER, HELPDESK));
        for path in [&of_order, &of_reservation] {
            assert_eq!(rows(&helpdesk, path), expected, "a role on {place}");
        }
        let all = rows(&helpdesk, &summaries(PROFILE, &query));
        assert_eq!(all.len(), expected.len(), "and on nothing else");
        let other = summaries(&order_scope(OTHER_ORDER), &query);
        helpdesk.azure_refused(403, "AuthorizationFailed", "GET", &other, &Value::Null);
        admin.expect(200, "DELETE", &path, &Value::Null);
    }
    helpdesk.azure_refused(403, "AuthorizationFailed", "GET", &of_order, &Value::Null);
}
