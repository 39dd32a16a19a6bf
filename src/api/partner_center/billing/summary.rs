//! What the partner owes on the wire (contract: partner-center-billing.md, summary).

use std::borrow::Cow;
use std::fmt;

use actix_web::http::Method;
use chrono::{DateTime, Datelike, Utc};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Attributes, Collection, SelfLink};
use crate::api::reply::Reply;
use crate::api::wire::Amount;
use crate::domain::billing::{Balance, Figures, balances};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let summary = "/v1/invoices/summary";
    let summaries = "/v1/invoices/summaries";
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, summary, "getInvoiceSummary", one)
            .summary("Billing", "Get the balance")
            .describe("In the currency of the partner's own market; other currencies are in the summaries.")
            .source(Fidelity::Sample, "partner-center-billing.md#summary")
            .gives::<InvoiceSummary>(200, "The balance."),
        Operation::new(Surface::PartnerCenter, Method::GET, summaries, "getInvoiceSummaries", all)
            .summary("Billing", "Get the balance in each currency")
            .describe("One for the currency of the partner's own market, and one for every other that invoices are in.")
            .auth(Auth::UserOnly)
            .source(Fidelity::Sample, "partner-center-billing.md#summary")
            .gives::<Collection<InvoiceSummary>>(200, "The balances."),
    ]
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn one(call: &Call<'_>) -> Result<Reply, Fault> {
    let all = balances(&call.view().state);
    Ok(Reply::ok(&all.first().map(InvoiceSummary::of)))
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn all(call: &Call<'_>) -> Result<Reply, Fault> {
    let all = balances(&call.view().state);
    let items = all.iter().map(InvoiceSummary::of).collect();
    Ok(Reply::ok(&Collection::of(items).at("/invoices/summaries")))
}

/// A day without zone, as summaries write it; year 1 for what never was.
#[derive(Debug, Clone, Copy)]
struct Day(Option<DateTime<Utc>>);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("0001-01-01T00:00:00"),
            Some(day) => {
                write!(f, "{:04}-{:02}-{:02}T00:00:00", day.year(), day.month(), day.day())
            }
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl ToSchema for Day {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Day")
    }
}

/// A balance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceSummary {
    /// Invoices and their corrections less payments.
    balance_amount: Amount,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
    /// Currency symbol.
    #[schema(example = "$")]
    currency_symbol: String,
    /// The day of the last document or payment in the balance.
    #[schema(inline)]
    accounting_date: Day,
    /// The day of the first invoice.
    #[schema(inline)]
    first_invoice_creation_date: Day,
    /// The day of the last payment.
    #[schema(inline)]
    last_payment_date: Day,
    /// The last payment.
    last_payment_amount: Amount,
    /// The day of the last invoice.
    #[schema(inline)]
    latest_invoice_date: Day,
    /// By type of invoice; only in the balance as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    details: Option<Vec<InvoiceSummaryDetail>>,
    /// Links; only in the balance as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<SelfLink>,
    /// Attributes.
    attributes: Attributes,
}

/// The balance of one type of invoice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceSummaryDetail {
    /// `OneTime` or `Recurring`.
    #[schema(example = "OneTime")]
    invoice_type: &'static str,
    /// Its balance.
    #[schema(no_recursion)]
    summary: InvoiceSummary,
}

impl InvoiceSummary {
    fn of(balance: &Balance) -> Self {
        let details = balance.kinds.iter().map(|(kind, figures)| InvoiceSummaryDetail {
            invoice_type: kind.name(),
            summary: Self::figures(balance, figures),
        });
        Self {
            details: Some(details.collect()),
            links: Some(SelfLink::to("/invoices/summary")),
            ..Self::figures(balance, &balance.whole())
        }
    }

    fn figures(balance: &Balance, figures: &Figures) -> Self {
        let (day, amount) =
            figures.last_payment.map_or((None, Decimal::ZERO), |(day, amount)| (Some(day), amount));
        Self {
            balance_amount: Amount(figures.balance),
            currency_code: balance.currency.clone(),
            currency_symbol: balance.currency_symbol.clone(),
            accounting_date: Day(figures.accounting),
            first_invoice_creation_date: Day(figures.first_invoice),
            last_payment_date: Day(day),
            last_payment_amount: Amount(amount),
            latest_invoice_date: Day(figures.latest_invoice),
            details: None,
            links: None,
            attributes: Attributes::of("InvoiceSummary"),
        }
    }
}
