//! Statements and receipts: documents that readers can open, with the figures of the invoice in them.

use serde_json::{Value, json};

use super::{advance_to, buy, invoice_of, server_invoice};
use crate::support::items::listed;
use crate::support::{Answer, mock, sandbox};

/// What a document says: the text that its pages show.
fn text(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    let body = &answer.text;
    assert!(body.starts_with("%PDF-1."), "{body:.40}");
    assert!(body.contains("\nxref\n") && body.contains("trailer"), "no table");
    assert!(body.trim_end().ends_with("%%EOF"));
    let shown = body.split("Tj").filter_map(|part| part.rsplit_once('(').map(|(_, it)| it));
    shown.map(|it| it.trim_end().trim_end_matches(')')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_statement_is_a_document_with_the_figures_of_the_invoice() {
    let mock = mock();
    let invoice = server_invoice(&mock);
    let id = invoice["id"].as_str().unwrap();
    let control = |what: &str| format!("/_mock/invoices/{id}/{what}");
    let amendment = mock.post(
        201,
        &control("amendments"),
        &json!({ "reason": "Agreed price", "lines": [{ "line": 0, "amount": -38.5 }] }),
    );
    mock.post(201, &control("payments"), &json!({ "amount": 1000 }));
    let total = invoice["totalCharges"].as_f64().unwrap();
    let left = total - 1038.5;
    for (form, accept) in [
        (id.to_owned(), "application/pdf"),
        (format!("OneTime-{id}"), "*/*"),
        (id.to_lowercase(), "application/json"),
    ] {
        let path = format!("/v1/invoices/{form}/documents/statement");
        let answer = mock.send("GET", &path, &[("accept", accept)], "");
        assert_eq!(answer.status, 200, "{}", answer.text);
        let name = format!("attachment; filename=Invoice_{id}.pdf");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let text = text(&answer);
        for line in [
            format!("Invoice {id}"),
            "Fabricore, MPN 5139860".to_owned(),
            "2026-04-01 to 2026-04-30".to_owned(),
            "Larkspur Foods".to_owned(),
            format!("{total:.2} USD"),
            format!("Adjustment {}", amendment["id"].as_str().unwrap()),
            "-38.50 USD".to_owned(),
            "Payment of 2026-05-01".to_owned(),
            "-1000.00 USD".to_owned(),
            format!("{left:.2} USD"),
        ] {
            assert!(text.lines().any(|it| it == line), "no `{line}` in\n{text}");
        }
    }
    let note = amendment["id"].as_str().unwrap();
    let answer = mock.send("GET", &format!("/v1/invoices/{note}/documents/statement"), &[], "");
    assert!(text(&answer).lines().any(|it| it == "Agreed price"));

    let path = format!("/v1/invoices/{id}/documents/statement");
    mock.app_only().refused(403, 900_329, "GET", &path, &Value::Null);
    mock.refused(404, 1000, "GET", "/v1/invoices/G000000001/documents/statement", &Value::Null);
    let receipts = format!("/v1/invoices/{id}/receipts/TW00000001/documents/statement");
    mock.refused(404, 1000, "GET", &receipts, &Value::Null);
    assert!(invoice.get("taxReceipts").is_none());
}

#[test]
fn invoices_of_taiwan_come_with_a_receipt_for_taxes() {
    /// A customer in Taiwan.
    const JADE_RIVER: &str = "Jade River Media";
    let mock = sandbox();
    let customers = mock.get("/v1/customers");
    let customers = customers["items"].as_array().unwrap();
    let customer =
        customers.iter().find(|it| it["companyProfile"]["companyName"] == JADE_RIVER).unwrap();
    buy(&mock, customer["id"].as_str().unwrap(), &listed("TW", "DZH318Z0WS19", "0002", ""), 1);
    advance_to(&mock, "2026-04-01T00:00:00Z");
    let invoice = invoice_of(&mock, "2026-03-01", "TWD", "OneTime");
    assert_eq!(invoice["currencySymbol"], "NT$");
    let receipts = invoice["taxReceipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 1);
    let id = receipts[0]["id"].as_str().unwrap();
    let link = receipts[0]["taxReceiptPdfDownloadLink"].as_str().unwrap();
    let answer = mock.send("GET", &format!("/v1{link}"), &[], "");
    let name = format!("attachment; filename=E-Tax-{id}.pdf");
    assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
    let text = text(&answer);
    // The currency has no decimals.
    let total = format!("{} TWD", invoice["totalCharges"].as_f64().unwrap());
    assert!(text.contains(id) && text.lines().any(|it| it == total), "{total}\n{text}");
    mock.app_only().refused(403, 900_329, "GET", &format!("/v1{link}"), &Value::Null);
}
