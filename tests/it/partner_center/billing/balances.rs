//! Balances: by currency and by type of invoice.

use partner_center_mock::fixtures::{Start, empty_state};
use serde_json::{Value, json};

use super::{advance_to, buy, hundredths, items, sum};
use crate::support::items::{listed, software};
use crate::support::{LARKSPUR, PRAIRIE, mock};

#[test]
fn the_balance_is_the_sum_of_what_is_not_paid() {
    let mock = mock();
    buy(&mock, LARKSPUR, &software(), 1);
    buy(&mock, PRAIRIE, &listed("CA", "DZH318Z0WS19", "0002", ""), 1);
    advance_to(&mock, "2026-04-01T00:00:00Z");
    let invoices = items(&mock, "/v1/invoices");
    let summaries = mock.get("/v1/invoices/summaries");
    assert_eq!(summaries["links"]["self"]["uri"], "/invoices/summaries");
    let summaries = summaries["items"].as_array().unwrap().clone();
    let mut currencies: Vec<&str> =
        summaries.iter().map(|it| it["currencyCode"].as_str().unwrap()).collect();
    assert_eq!(currencies[0], "USD");
    currencies.sort_unstable();
    let mut expected: Vec<&str> =
        invoices.iter().map(|it| it["currencyCode"].as_str().unwrap()).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(currencies, expected);
    for summary in &summaries {
        let own: Vec<Value> = invoices
            .iter()
            .filter(|it| it["currencyCode"] == summary["currencyCode"])
            .cloned()
            .collect();
        assert_eq!(hundredths(&summary["balanceAmount"]), sum(&own, "totalCharges"), "{summary}");
        let details = summary["details"].as_array().unwrap();
        let parts: i64 = details.iter().map(|it| hundredths(&it["summary"]["balanceAmount"])).sum();
        assert_eq!(parts, hundredths(&summary["balanceAmount"]));
        let day = |invoice: &Value| invoice["invoiceDate"].as_str().unwrap()[..10].to_owned();
        for (member, invoice) in
            [("firstInvoiceCreationDate", own.first()), ("latestInvoiceDate", own.last())]
        {
            assert_eq!(summary[member], format!("{}T00:00:00", day(invoice.unwrap())));
        }
        assert_eq!(summary["links"]["self"]["uri"], "/invoices/summary");
        assert_eq!(summary["attributes"], json!({ "objectType": "InvoiceSummary" }));
    }
    assert_eq!(mock.app_only().get("/v1/invoices/summary"), summaries[0]);
    mock.app_only().refused(403, 900_329, "GET", "/v1/invoices/summaries", &Value::Null);
}

#[test]
fn who_was_never_charged_has_a_balance_of_nothing_and_waits_for_nothing() {
    let mock = mock();
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let pace = partner_center_mock::domain::clock::Pace::Frozen;
    let settings = partner_center_mock::domain::settings::Settings::default();
    let start = Start { wall: time, time, pace, settings, seed: None, customers: 0 };
    mock.handle().world().reset(Some(empty_state(&start).unwrap()));
    let moved = mock.post(200, "/_mock/clock/advance", &json!({ "by": "P3000Y" }));
    assert_eq!(moved["firedCount"], 0);
    assert!(items(&mock, "/v1/invoices").is_empty());
    let summary = mock.get("/v1/invoices/summary");
    assert_eq!((hundredths(&summary["balanceAmount"]), &summary["details"]), (0, &json!([])));
    for member in
        ["accountingDate", "firstInvoiceCreationDate", "lastPaymentDate", "latestInvoiceDate"]
    {
        assert_eq!(summary[member], "0001-01-01T00:00:00", "{member}");
    }
    assert_eq!(items(&mock, "/v1/invoices/summaries"), [summary]);
}
