//! Corrections of invoices, voiding and payments, which a test makes happen.

use serde_json::{Value, json};

use super::{advance_to, hundredths, invoice_of, items, lines_of, server_invoice, sum};
use crate::support::{Answer, Mock, mock};

/// A request to a control route that must be refused and change nothing.
#[track_caller]
fn refused(mock: &Mock, status: u16, path: &str, body: &Value) -> Answer {
    let before = mock.handle().world().published();
    let answer = mock.expect(status, "POST", path, body);
    let after = mock.handle().world().published();
    assert!(std::sync::Arc::ptr_eq(&before, &after), "{path} {body} changed the world");
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains(": ") || status == 404);
    answer
}

struct Corrected {
    mock: Mock,
    id: String,
    total: i64,
}

impl Corrected {
    fn new() -> Self {
        let mock = mock();
        let invoice = server_invoice(&mock);
        let id = invoice["id"].as_str().unwrap().to_owned();
        Self { mock, id, total: hundredths(&invoice["totalCharges"]) }
    }

    fn path(&self, what: &str) -> String {
        format!("/_mock/invoices/{}/{what}", self.id)
    }

    fn read(&self) -> Value {
        self.mock.get(&format!("/v1/invoices/{}", self.id))
    }

    fn amend(&self, body: &Value) -> Value {
        self.mock.post(201, &self.path("amendments"), body)
    }

    fn pay(&self, body: &Value) -> Value {
        self.mock.post(201, &self.path("payments"), body)
    }

    /// The balance of one-time invoices in US dollars.
    fn balance(&self) -> i64 {
        let summary = self.mock.get("/v1/invoices/summary");
        let details = summary["details"].as_array().unwrap();
        let detail = details.iter().find(|it| it["invoiceType"] == "OneTime").unwrap();
        hundredths(&detail["summary"]["balanceAmount"])
    }
}

#[test]
fn a_correction_is_an_invoice_within_the_one_that_it_corrects() {
    let it = Corrected::new();
    let (count, balance) = (items(&it.mock, "/v1/invoices").len(), it.balance());
    let line = lines_of(&it.mock, &it.read())[0].clone();
    advance_to(&it.mock, "2026-05-04T00:00:00Z");
    let made = it
        .amend(&json!({ "reason": "Agreed \"price\"", "lines": [{ "line": 0, "amount": -38.5 }] }));
    assert_eq!(made["amendsOf"], *it.id);
    assert_eq!(hundredths(&made["outstanding"]), it.total - 3850);

    let invoice = it.read();
    assert_eq!(
        (&invoice["documentType"], hundredths(&invoice["totalCharges"])),
        (&json!("invoice"), it.total)
    );
    let note = &invoice["amendments"][0];
    assert_eq!(
        (&note["documentType"], &note["amendsOf"]),
        (&json!("adjustment_note"), &json!(it.id))
    );
    assert_eq!(hundredths(&note["totalCharges"]), -3850);
    assert_eq!(
        (&note["id"], &note["invoiceDate"]),
        (&made["id"], &json!("2026-05-04T00:00:00.0000000Z"))
    );
    // It stands in the list within its invoice, and is found by its own id with its lines.
    assert_eq!(items(&it.mock, "/v1/invoices").len(), count);
    let link = note["links"]["self"]["uri"].as_str().unwrap();
    assert_eq!(it.mock.get(&format!("/v1{link}")), *note);
    let lines = lines_of(&it.mock, note);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (hundredths(&lines[0]["subtotal"]), &lines[0]["chargeType"]),
        (-3850, &json!("adjustment"))
    );
    assert_eq!((&lines[0]["invoiceNumber"], &lines[0]["orderId"]), (&note["id"], &line["orderId"]));
    assert_eq!(lines[0]["priceAdjustmentDescription"], r#"["Agreed \"price\""]"#);
    assert_eq!(it.balance(), balance - 3850);
    let summary = it.mock.get("/v1/invoices/summary");
    assert_eq!(summary["accountingDate"], "2026-05-04T00:00:00");
    // Corrections may raise a line as well, and nothing of them is billed once more.
    it.amend(&json!({ "lines": [{ "line": 0, "amount": 12 }] }));
    assert_eq!(it.balance(), balance - 3850 + 1200);
    advance_to(&it.mock, "2026-06-01T00:00:00Z");
    let later = invoices_after(&it.mock);
    let words: Vec<Value> = later
        .iter()
        .flat_map(|invoice| lines_of(&it.mock, invoice))
        .map(|line| line["chargeType"].clone())
        .collect();
    assert!(!words.contains(&json!("adjustment")), "{words:?}");
}

fn invoices_after(mock: &Mock) -> Vec<Value> {
    super::invoices_of(mock, "2026-05-01")
}

#[test]
fn a_voided_invoice_owes_nothing() {
    let it = Corrected::new();
    let balance = it.balance();
    it.amend(&json!({ "lines": [{ "line": 0, "amount": -100 }] }));
    let made = it.amend(&json!({ "void": true, "reason": "Issued in error" }));
    assert_eq!(hundredths(&made["totalCharges"]), -it.total + 10_000);
    assert_eq!(hundredths(&made["outstanding"]), 0);
    let invoice = it.read();
    assert_eq!(
        (&invoice["documentType"], &invoice["state"]),
        (&json!("void_note"), &json!("Void"))
    );
    let notes = invoice["amendments"].as_array().unwrap();
    assert_eq!(sum(notes, "totalCharges"), -it.total);
    assert!(notes.iter().all(|note| note["documentType"] == "adjustment_note"));
    assert_eq!(it.balance(), balance - it.total);
    for body in [json!({ "void": true }), json!({ "lines": [{ "line": 0, "amount": 1 }] })] {
        let answer = refused(&it.mock, 400, &it.path("amendments"), &body);
        assert!(answer.text.contains("void"), "{}", answer.text);
    }
    refused(&it.mock, 400, &it.path("payments"), &Value::Null);
}

#[test]
fn corrections_that_cannot_be_are_refused_with_the_fix() {
    let it = Corrected::new();
    let line =
        |line: Value, amount: Value| json!({ "lines": [{ "line": line, "amount": amount }] });
    let count = lines_of(&it.mock, &it.read()).len();
    let much = -hundredths(&lines_of(&it.mock, &it.read())[0]["subtotal"]) / 100 - 1;
    let path = it.path("amendments");
    for (body, told) in [
        (json!({}), "lines: send either"),
        (json!({ "lines": [], "void": true }), "lines: send either"),
        (json!({ "lines": [] }), "lines: must hold 1 to 1000"),
        (json!({ "lines": [{}] }), "lines[0].line: is required"),
        (json!({ "lines": [{ "line": 0 }] }), "lines[0].amount: is required"),
        (line(json!(-1), json!(1)), "lines[0].line: is required"),
        (line(json!(count), json!(1)), "lines[0].line: must be 0 to"),
        (line(json!(0), json!(0)), "lines[0].amount: must not be 0"),
        (line(json!(0), json!(0.001)), "at most 2 decimals"),
        (line(json!(0), json!(1e15)), "at most 1000000000"),
        (line(json!(0), json!(much)), "takes back more than"),
        (line(json!("x"), json!(1)), "lines[0].line"),
        (
            json!({ "lines": [{ "line": 0, "amount": 1 }, { "line": 0, "amount": 1 }] }),
            "lines[1].line: is named twice",
        ),
        (json!({ "void": true, "reason": "x".repeat(501) }), "reason: must have at most 500"),
    ] {
        let answer = refused(&it.mock, 400, &path, &body);
        assert!(answer.text.contains(told), "{body}: {}", answer.text);
    }
    let made = it.amend(&line(json!(0), json!(-1)));
    let note = made["id"].as_str().unwrap();
    for what in ["amendments", "payments"] {
        let body = json!({ "void": true });
        let body = if what == "payments" { Value::Null } else { body };
        let answer = refused(&it.mock, 400, &format!("/_mock/invoices/{note}/{what}"), &body);
        assert!(answer.text.contains(&it.id), "{}", answer.text);
        refused(&it.mock, 404, &format!("/_mock/invoices/G000000001/{what}"), &body);
    }
}

#[test]
fn payments_lower_the_balance_until_nothing_is_left() {
    let it = Corrected::new();
    let balance = it.balance();
    let before = it.mock.get("/v1/invoices/summary");
    assert_eq!(before["lastPaymentDate"], "0001-01-01T00:00:00");
    advance_to(&it.mock, "2026-05-09T08:00:00Z");
    let paid = it.pay(&json!({ "amount": 100.25 }));
    assert_eq!(hundredths(&paid["outstanding"]), it.total - 10_025);
    let invoice = it.read();
    assert_eq!((hundredths(&invoice["paidAmount"]), &invoice["state"]), (10_025, &json!("Open")));
    let summary = it.mock.get("/v1/invoices/summary");
    assert_eq!(summary["lastPaymentDate"], "2026-05-09T00:00:00");
    assert_eq!(summary["accountingDate"], "2026-05-09T00:00:00");
    assert_eq!(hundredths(&summary["lastPaymentAmount"]), 10_025);
    assert_eq!(it.balance(), balance - 10_025);

    for (body, told) in [
        (json!({ "amount": 0 }), "amount: must be above 0"),
        (json!({ "amount": -5 }), "amount: must be above 0"),
        (json!({ "amount": 1.005 }), "at most 2 decimals"),
        (json!({ "amount": it.total }), "which is left to pay"),
        (json!({ "amount": "all" }), "amount"),
    ] {
        let answer = refused(&it.mock, 400, &it.path("payments"), &body);
        assert!(answer.text.contains(told), "{body}: {}", answer.text);
    }
    // Nothing sent means all that is left.
    let paid = it.pay(&Value::Null);
    assert_eq!(hundredths(&paid["amount"]), it.total - 10_025);
    assert_eq!(hundredths(&paid["outstanding"]), 0);
    let invoice = it.read();
    assert_eq!((hundredths(&invoice["paidAmount"]), &invoice["state"]), (it.total, &json!("Paid")));
    assert_eq!(it.balance(), balance - it.total);
    let answer = refused(&it.mock, 400, &it.path("payments"), &json!({}));
    assert!(answer.text.contains("nothing left to pay"), "{}", answer.text);
    // What is paid and then voided is owed to the partner.
    it.amend(&json!({ "void": true }));
    assert_eq!(it.balance(), balance - 2 * it.total);
    assert_eq!(invoice_of(&it.mock, "2026-04-01", "USD", "OneTime")["state"], "Void");
}
