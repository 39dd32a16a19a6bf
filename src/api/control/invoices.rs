//! What happens to invoices at Microsoft's or the bank's, made to happen by a test: corrections and
//! payments.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::partner_center::billing::EXAMPLE_INVOICE;
use crate::api::reply::Reply;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::billing::{Correction, LineCorrection, amend, find, outstanding, pay};
use crate::domain::error::{Error, Result};
use crate::domain::state::State;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, Method::POST, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "partner-center-billing.md#credit-notes")
            .example("invoice_id", EXAMPLE_INVOICE)
    };
    vec![
        operation("/_mock/invoices/{invoice_id}/amendments", "amendInvoice", correct)
            .summary("Invoices", "Correct or void an invoice")
            .describe("Makes an adjustment note that stands in `amendments` of the invoice; its lines are charges and credits of their own. Send `lines`, by their position in the invoice, or `void: true`, which takes back all that is left.")
            .takes::<AmendmentRequest>()
            .gives::<AmendmentBody>(201, "The correction.")
            .example_body(json!({ "reason": "Agreed price", "lines": [{ "line": 0, "amount": -1 }] })),
        operation("/_mock/invoices/{invoice_id}/payments", "payInvoice", settle)
            .summary("Invoices", "Pay an invoice")
            .describe("Pays `amount`, or all that is left when there is none or no body.")
            .body(BodyOf {
                schema: SchemaOf::of::<PaymentRequest>(),
                required: false,
                content_type: "application/json",
            })
            .gives::<PaymentBody>(201, "The payment, and what is left.")
            .example_body(json!({ "amount": 10 })),
    ]
}

/// What to correct.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AmendmentRequest {
    /// Why; at most 500 characters.
    #[schema(example = "Agreed price")]
    reason: Option<String>,
    /// Whether all that is left of the invoice is taken back.
    void: Option<bool>,
    /// What changes on which lines.
    lines: Option<Vec<AmendedLine>>,
}

/// What changes on a line.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AmendedLine {
    /// Position of the line in the invoice, from 0.
    line: Option<i64>,
    /// What is added to it; below zero to take back, at most what is left of the line.
    #[schema(example = -1)]
    amount: Option<Amount>,
}

/// A correction.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AmendmentBody {
    /// Its id.
    id: String,
    /// The invoice that it corrects.
    amends_of: String,
    /// `adjustment_note`.
    #[schema(example = "adjustment_note")]
    document_type: &'static str,
    /// Sum of its lines.
    total_charges: Amount,
    /// What is left to pay of the invoice.
    outstanding: Amount,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
}

/// What to pay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PaymentRequest {
    /// How much; all that is left when absent.
    #[schema(example = 10)]
    amount: Option<Amount>,
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PaymentBody {
    /// The invoice.
    invoice_id: String,
    /// When it was paid.
    date: Timestamp,
    /// How much.
    amount: Amount,
    /// All that was paid of the invoice.
    paid_amount: Amount,
    /// What is left to pay.
    outstanding: Amount,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
}

impl AmendmentRequest {
    fn correction(&self) -> Result<Correction> {
        match (&self.lines, self.void.unwrap_or(false)) {
            (None, true) => Ok(Correction::Void),
            (Some(lines), false) => {
                let lines: Result<_> =
                    (0..).zip(lines).map(|(index, line)| line.read(index)).collect();
                Ok(Correction::Lines(lines?))
            }
            _ => Err(Error::invalid("lines", "send either `lines` or `void: true`")),
        }
    }
}

impl AmendedLine {
    fn read(&self, index: usize) -> Result<LineCorrection> {
        let need = |member: &str, what: &str| {
            Error::invalid(format!("lines[{index}].{member}"), format!("is required: {what}"))
        };
        let line = self
            .line
            .and_then(|line| usize::try_from(line).ok())
            .ok_or_else(|| need("line", "the position of the line in the invoice, from 0"))?;
        let amount = self.amount.ok_or_else(|| need("amount", "what is added to the line"))?;
        Ok(LineCorrection { line, amount: amount.0 })
    }
}

fn correct(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let request: AmendmentRequest = call.body()?;
    let name = call.path_text("invoice_id");
    // An invoice that is not there is told before faults of the body.
    find(&call.view().state, name)?;
    let correction = request.correction()?;
    let body = call.write(|tx| {
        let id = amend(tx, name, request.reason, correction)?;
        correction_body(tx, &id.to_string(), name)
    })?;
    Ok(Reply::created(&body))
}

fn correction_body(state: &State, id: &str, original: &str) -> Result<AmendmentBody> {
    let (note, invoice) = (find(state, id)?, find(state, original)?);
    Ok(AmendmentBody {
        id: note.id.to_string(),
        amends_of: invoice.id.to_string(),
        document_type: note.document.name(),
        total_charges: Amount(note.total),
        outstanding: Amount(outstanding(state, invoice)),
        currency_code: note.currency.clone(),
    })
}

fn settle(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let request: PaymentRequest =
        if call.request.body.is_empty() { PaymentRequest::default() } else { call.body()? };
    let name = call.path_text("invoice_id");
    let body = call.write(|tx| {
        pay(tx, name, request.amount.map(|amount| amount.0))?;
        let invoice = find(tx, name)?;
        let amount = invoice.payments.last().map(|payment| payment.amount).unwrap_or_default();
        Ok(PaymentBody {
            invoice_id: invoice.id.to_string(),
            date: Timestamp(tx.now()),
            amount: Amount(amount),
            paid_amount: Amount(invoice.paid()),
            outstanding: Amount(outstanding(tx, invoice)),
            currency_code: invoice.currency.clone(),
        })
    })?;
    Ok(Reply::created(&body))
}
