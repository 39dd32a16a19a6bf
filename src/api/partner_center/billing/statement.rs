//! Statements of invoices and receipts for taxes as PDF (contract: partner-center-billing.md, PDF).

use std::collections::BTreeMap;

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::http::{Method, StatusCode};
use rust_decimal::Decimal;

use super::EXAMPLE_INVOICE;
use super::pdf::{Line, document};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::reply::Reply;
use crate::domain::billing::{Invoice, decimals, find, outstanding};
use crate::domain::error::Error;
use crate::domain::ids::CustomerId;
use crate::domain::state::State;

const PDF: &str = "application/pdf";
/// Most customers that a statement names; the others are summed up [choice].
const MOST_CUSTOMERS: usize = 1000;
/// Letters of a text that fit on a line beside its label.
const WIDTH_OF_TEXT: usize = 60;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, Fault>| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .auth(Auth::UserOnly)
            .source(Fidelity::Documented, "partner-center-billing.md#pdf")
            .gives_content(200, PDF, "The document.")
            .with_header("Content-Disposition", "The name of the file.")
            .faults(&[NOT_FOUND])
            .example("invoice_id", EXAMPLE_INVOICE)
    };
    vec![
        operation(
            "/v1/invoices/{invoice_id}/documents/statement",
            "getInvoiceStatement",
            statement,
        )
        .summary("Billing", "Get the statement of an invoice")
        .describe(
            "A PDF with the figures of the invoice by customer, its corrections and payments.",
        ),
        operation(
            "/v1/invoices/{invoice_id}/receipts/{receipt_id}/documents/statement",
            "getTaxReceiptStatement",
            receipt,
        )
        .summary("Billing", "Get a receipt for taxes")
        .describe("For partners and customers of Taiwan: `taxReceipts` of the invoice names them.")
        .example("receipt_id", "TW00000000"),
    ]
}

fn statement(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let invoice = find(&view.state, call.path_text("invoice_id"))?;
    let title = format!("Invoice {}", invoice.id);
    let bytes = document(&title, &figures(&view.state, invoice, &title));
    Ok(file(bytes, &format!("Invoice_{}.pdf", invoice.id)))
}

fn receipt(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let invoice = find(&view.state, call.path_text("invoice_id"))?;
    let asked = call.path_text("receipt_id");
    let id =
        invoice.receipts.iter().find(|id| id.eq_ignore_ascii_case(asked)).ok_or_else(|| {
            Error::NotFound { what: "receipt", id: asked.chars().take(60).collect() }
        })?;
    let title = format!("E-Tax receipt {id}");
    let bytes = document(&title, &figures(&view.state, invoice, &title));
    Ok(file(bytes, &format!("E-Tax-{id}.pdf")))
}

fn file(bytes: Vec<u8>, name: &str) -> Reply {
    Reply::content(StatusCode::OK, PDF, bytes)
        .with(CONTENT_DISPOSITION, &format!("attachment; filename={name}"))
}

/// What a statement says.
fn figures(state: &State, invoice: &Invoice, title: &str) -> Vec<Line> {
    let amount =
        |amount: Decimal| format!("{} {}", money(state, invoice, amount), invoice.currency);
    let row = |label: &str, value: String| Line {
        bold: false,
        cells: vec![(0.0, label.to_owned()), (160.0, value)],
    };
    let mut lines = vec![
        Line::bold(title),
        Line::default(),
        row("Invoice", invoice.id.to_string()),
        row("Document", invoice.document.name().replace('_', " ")),
        row("Partner", format!("{}, MPN {}", state.partner.name, state.partner.mpn_id)),
        row("Invoice date", invoice.issued.date_naive().to_string()),
        row(
            "Billing period",
            format!("{} to {}", invoice.month.first_day(), invoice.month.last_day()),
        ),
        row("Type", invoice.kind.name().to_owned()),
    ];
    if let Some(original) = &invoice.amends {
        lines.push(row("Amends", original.to_string()));
    }
    if let Some(reason) = &invoice.reason {
        let letters: Vec<char> = reason.chars().collect();
        let parts = letters.chunks(WIDTH_OF_TEXT).map(|part| part.iter().collect::<String>());
        lines.extend(
            parts
                .zip(["Reason"].into_iter().chain(std::iter::repeat("")))
                .map(|(part, label)| row(label, part)),
        );
    }
    lines.push(Line::default());
    let columns = |bold, cells: [String; 4]| Line {
        bold,
        cells: [0.0, 230.0, 320.0, 410.0].into_iter().zip(cells).collect(),
    };
    let head = ["Customer", "Charges", "Credits", "Total"].map(str::to_owned);
    lines.push(columns(true, head));
    lines.extend(by_customer(state, invoice).into_iter().map(|(name, charges, credits)| {
        let sum = charges.saturating_add(credits);
        let [charges, credits, sum] =
            [charges, credits, sum].map(|amount| money(state, invoice, amount));
        columns(false, [name, charges, credits, sum])
    }));
    lines.push(Line::default());
    lines.push(row("Total charges", amount(invoice.total)));
    for note in invoice.amendments.iter().filter_map(|id| state.invoices.get(id)) {
        lines.push(row(&format!("Adjustment {}", note.id), amount(note.total)));
    }
    for payment in &invoice.payments {
        let label = format!("Payment of {}", payment.time.date_naive());
        lines.push(row(&label, amount(-payment.amount)));
    }
    if invoice.amends.is_none() {
        lines.push(row("Balance due", amount(outstanding(state, invoice))));
    }
    lines
}

/// An amount with the decimals of its currency.
fn money(state: &State, invoice: &Invoice, amount: Decimal) -> String {
    let decimals = decimals(state, &invoice.currency);
    format!("{amount:.*}", usize::try_from(decimals).unwrap_or(2))
}

/// Charges and credits of each customer by its name.
fn by_customer(state: &State, invoice: &Invoice) -> Vec<(String, Decimal, Decimal)> {
    let mut sums: BTreeMap<(String, CustomerId), (Decimal, Decimal)> = BTreeMap::new();
    for row in invoice.entries.iter().filter_map(|number| state.ledger.get(number)) {
        let name = row.voucher.customer.as_ref().map(|it| short(&it.company_name));
        let key = (name.unwrap_or_default(), row.entry.customer);
        let (charges, credits) = sums.entry(key).or_default();
        let amount = row.entry.amount;
        let sum = if amount.is_sign_negative() { credits } else { charges };
        *sum = sum.saturating_add(amount);
    }
    let others = sums.len().saturating_sub(MOST_CUSTOMERS);
    let mut rows: Vec<(String, Decimal, Decimal)> =
        sums.into_iter().map(|((name, _), (charges, credits))| (name, charges, credits)).collect();
    let rest = rows.split_off(rows.len() - others);
    if !rest.is_empty() {
        let sum = |amount: fn(&(String, Decimal, Decimal)) -> Decimal| {
            rest.iter().map(amount).fold(Decimal::ZERO, Decimal::saturating_add)
        };
        rows.push((format!("{others} more customers"), sum(|row| row.1), sum(|row| row.2)));
    }
    rows
}

/// A name that fits its column.
fn short(name: &str) -> String {
    const WIDTH: usize = 44;
    let mut letters = name.chars();
    let mut text: String = letters.by_ref().take(WIDTH).collect();
    if letters.next().is_some() {
        text.push_str("...");
    }
    text
}
