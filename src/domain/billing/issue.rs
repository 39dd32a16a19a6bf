//! Closing a month: one invoice for each currency and kind of what came about in it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{DocumentType, Invoice, Month, UnbilledKey};
use crate::domain::audit::{self, IssuedInvoice};
use crate::domain::catalogue::Currency;
use crate::domain::ids::Draw;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Issues the invoices of a month.
pub fn issue(tx: &mut Transaction, month: Month) {
    tx.open_months.remove(&month);
    let all = UnbilledKey::first_of(month)..UnbilledKey::first_of(month.next());
    let keys: Vec<UnbilledKey> = tx.unbilled.range(all).map(|(key, _)| *key).collect();
    for group in keys.chunk_by(|a, b| (a.kind, a.currency) == (b.kind, b.currency)) {
        for key in group {
            tx.unbilled.remove(key);
        }
        put(tx, month, group);
    }
}

fn put(tx: &mut Transaction, month: Month, group: &[UnbilledKey]) {
    let Some(UnbilledKey { kind, currency, .. }) = group.first().copied() else { return };
    let currency = currency.as_str().to_owned();
    let entries: Arc<[u64]> = group.iter().map(|key| key.number).collect();
    let invoice = Invoice {
        id: kind.draw(tx),
        kind,
        month,
        currency_symbol: symbol(tx, &currency),
        issued: tx.now(),
        corrected: Arc::from([]),
        total: total(tx, &entries),
        document: DocumentType::Invoice,
        amends: None,
        reason: None,
        amendments: Vec::new(),
        payments: Vec::new(),
        receipts: receipts(tx, &entries),
        currency,
        entries,
    };
    announce(tx, &invoice);
    tx.invoice_dates.put((invoice.issued, invoice.id.clone()), ());
    tx.invoices.put(invoice.id.clone(), invoice);
}

/// Tells of a new invoice.
fn announce(tx: &mut Transaction, invoice: &Invoice) {
    let issued = IssuedInvoice {
        id: invoice.id.to_string(),
        invoice_type: invoice.kind.name(),
        date: invoice.issued,
        total_charges: invoice.total,
        currency: invoice.currency.clone(),
    };
    audit::invoice_issued(tx, issued);
}

/// Sum of the amounts of entries.
pub(super) fn total(state: &State, entries: &[u64]) -> Decimal {
    entries
        .iter()
        .filter_map(|number| state.ledger.get(number))
        .fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.entry.amount))
}

/// The symbol of a currency; its code where the catalogue knows none.
pub fn symbol(state: &State, code: &str) -> String {
    let known = state.catalogue.currencies().iter().find(|it| it.code() == code);
    known.map_or_else(|| code.to_owned(), |it| it.symbol().to_owned())
}

/// The decimals of a currency; two where the catalogue knows none.
pub fn decimals(state: &State, code: &str) -> u32 {
    let known = state.catalogue.currencies().iter().find(|it| it.code() == code);
    known.map_or(2, Currency::decimals)
}

/// Receipts for taxes: partners and customers of Taiwan get one for each invoice [choice].
fn receipts(tx: &mut Transaction, entries: &[u64]) -> Vec<String> {
    const TAIWAN: &str = "TW";
    let of_taiwan = tx.partner.country == TAIWAN
        || entries.iter().filter_map(|number| tx.ledger.get(number)).any(|row| {
            row.voucher.customer.as_ref().is_some_and(|customer| customer.country() == TAIWAN)
        });
    if !of_taiwan {
        return Vec::new();
    }
    vec![format!("TW{}", tx.ids.text(Draw::TaxReceipt, b"0123456789", 8))]
}

/// The date of an invoice without the time of day.
pub(super) fn day_of(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()
}
