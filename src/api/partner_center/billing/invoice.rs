//! An invoice on the wire, and reading one.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::EXAMPLE_INVOICE;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::{Attributes, Link, SelfLink};
use crate::api::reply::Reply;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::billing::{DocumentType, Invoice, InvoiceKind, find, outstanding};
use crate::domain::state::State;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let path = "/v1/invoices/{invoice_id}";
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, path, "getInvoice", get)
            .summary("Billing", "Get an invoice by id")
            .describe(
                "The id goes bare or behind `OneTime-` or `Recurring-`, as links write it, in any \
                 casing. Corrections are in `amendments`; they are found by their own ids as well.",
            )
            .auth(Auth::UserOnly)
            .source(Fidelity::Sample, "partner-center-billing.md#invoice-keys")
            .gives::<InvoiceBody>(200, "The invoice.")
            .faults(&[NOT_FOUND])
            .example("invoice_id", EXAMPLE_INVOICE),
    ]
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let invoice = find(&view.state, call.path_text("invoice_id"))?;
    Ok(Reply::ok(&InvoiceBody::of(&view.state, invoice)))
}

/// An invoice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invoice)]
pub struct InvoiceBody {
    /// Id.
    #[schema(example = "G000058211")]
    id: String,
    /// When it was issued.
    invoice_date: Timestamp,
    /// The first day of its month.
    billing_period_start_date: Timestamp,
    /// The last day of its month.
    billing_period_end_date: Timestamp,
    /// Sum of its lines; below zero when there were more credits than charges.
    total_charges: Amount,
    /// What was paid of it.
    paid_amount: Amount,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
    /// Currency symbol.
    #[schema(example = "$")]
    currency_symbol: String,
    /// Where its statement is.
    pdf_download_link: String,
    /// Receipts for taxes: for partners and customers of Taiwan.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_receipts: Option<Vec<TaxReceipt>>,
    /// Where its lines are.
    invoice_details: Vec<InvoiceDetail>,
    /// Its corrections.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    amendments: Option<Vec<InvoiceBody>>,
    /// `invoice`, `void_note` once it was voided, or `adjustment_note` for a correction.
    #[schema(example = "invoice")]
    document_type: &'static str,
    /// For a correction, the invoice that it corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    amends_of: Option<String>,
    /// `OneTime` or `Recurring`.
    #[schema(example = "OneTime")]
    invoice_type: &'static str,
    /// `Open`, `Paid` or `Void`.
    #[schema(example = "Open")]
    state: &'static str,
    /// Links.
    links: SelfLink,
    /// Attributes.
    attributes: Attributes,
}

/// A receipt for taxes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxReceipt {
    /// Id.
    id: String,
    /// Where it is.
    tax_receipt_pdf_download_link: String,
}

/// Where lines of an invoice are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceDetail {
    /// What the lines are.
    #[schema(example = "billing_line_items")]
    invoice_line_item_type: &'static str,
    /// Who bills.
    #[schema(example = "one_time")]
    billing_provider: &'static str,
    /// Links.
    links: SelfLink,
    /// Attributes.
    attributes: Attributes,
}

/// The name of an invoice in links.
pub(super) fn link_name(invoice: &Invoice) -> String {
    format!("{}-{}", invoice.kind.name(), invoice.id)
}

/// A day as a moment.
pub(super) fn day(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

impl InvoiceBody {
    /// The invoice with its corrections.
    pub fn of(state: &State, invoice: &Invoice) -> Self {
        let amendments: Vec<Self> = invoice
            .amendments
            .iter()
            .filter_map(|id| state.invoices.get(id))
            .map(|note| Self::of(state, note))
            .collect();
        let name = link_name(invoice);
        let (provider, words) = match invoice.kind {
            InvoiceKind::OneTime => ("one_time", "OneTime/BillingLineItems"),
            InvoiceKind::Recurring => ("office", "Office/BillingLineItems"),
        };
        let receipt = |id: &String| TaxReceipt {
            id: id.clone(),
            tax_receipt_pdf_download_link: format!(
                "/invoices/{}/receipts/{id}/documents/statement",
                invoice.id
            ),
        };
        Self {
            id: invoice.id.to_string(),
            invoice_date: Timestamp(invoice.issued),
            billing_period_start_date: Timestamp(day(invoice.month.first_day())),
            billing_period_end_date: Timestamp(day(invoice.month.last_day())),
            total_charges: Amount(invoice.total),
            paid_amount: Amount(invoice.paid()),
            currency_code: invoice.currency.clone(),
            currency_symbol: invoice.currency_symbol.clone(),
            pdf_download_link: format!("/invoices/{}/documents/statement", invoice.id),
            tax_receipts: (!invoice.receipts.is_empty())
                .then(|| invoice.receipts.iter().map(receipt).collect()),
            invoice_details: vec![InvoiceDetail {
                invoice_line_item_type: "billing_line_items",
                billing_provider: provider,
                links: SelfLink {
                    self_link: Link::get(format!("/invoices/{name}/lineitems/{words}")),
                },
                attributes: Attributes::of("InvoiceDetail"),
            }],
            amendments: (!amendments.is_empty()).then_some(amendments),
            document_type: invoice.document.name(),
            amends_of: invoice.amends.as_ref().map(ToString::to_string),
            invoice_type: invoice.kind.name(),
            state: state_of(state, invoice),
            links: SelfLink::to(format!("/invoices/{name}")),
            attributes: Attributes::of("Invoice"),
        }
    }
}

/// How far an invoice is; one client expects a word [choice of words]. A correction is as far as the
/// invoice that it is part of.
fn state_of(state: &State, invoice: &Invoice) -> &'static str {
    let original = invoice.amends.as_ref().and_then(|id| state.invoices.get(id));
    let invoice = original.map_or(invoice, |row| &***row);
    if invoice.document == DocumentType::VoidNote {
        "Void"
    } else if outstanding(state, invoice) <= Decimal::ZERO {
        "Paid"
    } else {
        "Open"
    }
}
