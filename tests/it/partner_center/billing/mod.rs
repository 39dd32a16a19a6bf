//! Billing: months that close, lines, statements, corrections, balances, costs of customers.

mod balances;
mod corrections;
mod invoices;
mod line_items;
mod service_costs;
mod statements;

use serde_json::{Value, json};

use crate::support::items::{cart_line, licence, order, software};
use crate::support::{LARKSPUR, Mock};

/// Orders it and lets it be fulfilled; gives the path of the order.
fn buy(mock: &Mock, customer: &str, item: &str, quantity: i64) -> String {
    super::orders::placed(mock, customer, &[cart_line(item, quantity)])
}

/// Orders seats that are billed by the month; gives the path of their subscription.
fn buy_seats(mock: &Mock, quantity: i64) -> String {
    let mut body = order(&[cart_line(&licence(), quantity)]);
    body["billingCycle"] = "monthly".into();
    let made = mock.post(201, &super::orders::orders(LARKSPUR), &body);
    let link = &made["lineItems"][0]["links"]["subscription"]["uri"];
    format!("/v1{}", link.as_str().unwrap())
}

/// Cancels an order as a whole.
fn cancel(mock: &Mock, order: &str) {
    super::orders::patch(mock, order, &super::orders::cancelled());
}

/// Moves the clock to a moment.
fn advance_to(mock: &Mock, to: &str) {
    mock.post(200, "/_mock/clock/advance", &json!({ "to": to }));
}

/// The items of a list.
fn items(mock: &Mock, path: &str) -> Vec<Value> {
    mock.get(path)["items"].as_array().unwrap().clone()
}

/// The invoices of a month, told by the day on which it begins.
fn invoices_of(mock: &Mock, first_day: &str) -> Vec<Value> {
    let begins = format!("{first_day}T00:00:00.0000000Z");
    let all = items(mock, "/v1/invoices").into_iter();
    all.filter(|invoice| invoice["billingPeriodStartDate"] == *begins).collect()
}

/// The invoice of a month, a currency and a type.
fn invoice_of(mock: &Mock, first_day: &str, currency: &str, kind: &str) -> Value {
    let found = invoices_of(mock, first_day)
        .into_iter()
        .find(|invoice| invoice["currencyCode"] == *currency && invoice["invoiceType"] == *kind);
    found.unwrap_or_else(|| panic!("no {kind} invoice in {currency} for {first_day}"))
}

/// The lines of an invoice, by the link that it carries.
fn lines_of(mock: &Mock, invoice: &Value) -> Vec<Value> {
    let link = invoice["invoiceDetails"][0]["links"]["self"]["uri"].as_str().unwrap();
    items(mock, &format!("/v1{link}"))
}

/// The unbilled lines of a provider.
fn open_lines(mock: &Mock, provider: &str, currency: &str, period: &str) -> Vec<Value> {
    items(
        mock,
        &format!(
            "/v1/invoices/unbilled/lineitems?provider={provider}&invoicelineitemtype=billinglineitems&currencycode={currency}&period={period}"
        ),
    )
}

/// Sum of a member, in hundredths.
fn sum(items: &[Value], member: &str) -> i64 {
    items.iter().map(|item| hundredths(&item[member])).sum()
}

/// An amount in hundredths.
fn hundredths(amount: &Value) -> i64 {
    #[allow(clippy::cast_possible_truncation)] // amounts of tests are small
    let rounded = (amount.as_f64().unwrap() * 100.0).round() as i64;
    rounded
}

/// Two servers in April, paid by nobody yet: the invoice.
fn server_invoice(mock: &Mock) -> Value {
    advance_to(mock, "2026-04-10T00:00:00Z");
    buy(mock, LARKSPUR, &software(), 2);
    advance_to(mock, "2026-05-01T00:00:00Z");
    invoice_of(mock, "2026-04-01", "USD", "OneTime")
}
