//! Billing: what is charged for subscriptions and software, and the invoices, corrections, payments
//! and balances that follow from the ledger (contract: partner-center-billing.md). The charges of
//! reservations are in [`super::reservations`].
//!
//! Every entry of the ledger is at any time in exactly one place: unbilled, on one invoice, or on one
//! amendment of an invoice.

mod amend;
mod balance;
mod charges;
mod costs;
mod invoice;
mod issue;
mod month;
mod pay;
#[cfg(test)]
mod tests;
mod unbilled;

pub use amend::{Correction, LineCorrection, amend};
pub use balance::{Balance, Figures, balances};
pub use charges::{
    bill_subscription, charge_lines, charge_software, credit_software, credit_subscription,
};
pub use costs::{CostPeriod, Costs, costs_of};
pub use invoice::{DocumentType, Invoice, InvoiceFilter, InvoiceKind, Payment, find, list};
pub use issue::{decimals, issue, symbol};
pub use month::Month;
pub use pay::{outstanding, pay};
pub use unbilled::{CurrencyCode, Period, UnbilledKey, UnbilledPlace, await_invoice, unbilled};
