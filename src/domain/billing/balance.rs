//! What the partner owes, by currency and kind of invoice
//! (contract: partner-center-billing.md, summary).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::issue::day_of;
use super::{Invoice, InvoiceKind, outstanding};
use crate::domain::state::State;

/// What is owed, and when what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Invoices and their corrections less payments.
    pub balance: Decimal,
    /// The day of the last document or payment that the balance holds [choice].
    pub accounting: Option<DateTime<Utc>>,
    /// The day of the first invoice.
    pub first_invoice: Option<DateTime<Utc>>,
    /// The day of the last invoice.
    pub latest_invoice: Option<DateTime<Utc>>,
    /// The day and amount of the last payment.
    pub last_payment: Option<(DateTime<Utc>, Decimal)>,
}

impl Figures {
    fn add_invoice(&mut self, state: &State, invoice: &Invoice) {
        let day = day_of(invoice.issued);
        let earliest = |known: Option<DateTime<Utc>>| Some(known.map_or(day, |it| it.min(day)));
        self.balance = self.balance.saturating_add(outstanding(state, invoice));
        self.first_invoice = earliest(self.first_invoice);
        self.latest_invoice = self.latest_invoice.max(Some(day));
        self.accounting = self.accounting.max(Some(day));
        for note in invoice.amendments.iter().filter_map(|id| state.invoices.get(id)) {
            self.accounting = self.accounting.max(Some(day_of(note.issued)));
        }
        if let Some(payment) = invoice.payments.last() {
            let day = day_of(payment.time);
            self.add_payment((day, payment.amount));
            self.accounting = self.accounting.max(Some(day));
        }
    }

    /// Of two payments of one day the one that was met later counts.
    fn add_payment(&mut self, payment: (DateTime<Utc>, Decimal)) {
        if self.last_payment.is_none_or(|(day, _)| day <= payment.0) {
            self.last_payment = Some(payment);
        }
    }

    fn join(&mut self, other: &Self) {
        self.balance = self.balance.saturating_add(other.balance);
        self.accounting = self.accounting.max(other.accounting);
        self.latest_invoice = self.latest_invoice.max(other.latest_invoice);
        self.first_invoice = match (self.first_invoice, other.first_invoice) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if let Some(payment) = other.last_payment {
            self.add_payment(payment);
        }
    }
}

/// The balance in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Currency code.
    pub currency: String,
    /// Currency symbol.
    pub currency_symbol: String,
    /// By kind of invoice; kinds without invoices are left out.
    pub kinds: Vec<(InvoiceKind, Figures)>,
}

impl Balance {
    /// All kinds together.
    pub fn whole(&self) -> Figures {
        let mut whole = Figures::default();
        for (_, figures) in &self.kinds {
            whole.join(figures);
        }
        whole
    }
}

/// The balances, one for each currency: that of the partner's own market first, also when it has no
/// invoices, then by code [choice].
pub fn balances(state: &State) -> Vec<Balance> {
    let market = state.catalogue.market(&state.partner.country);
    let (code, symbol) =
        market.map_or(("USD", "$"), |it| (it.currency().code(), it.currency().symbol()));
    let mut found = vec![Balance {
        currency: code.to_owned(),
        currency_symbol: symbol.to_owned(),
        kinds: Vec::new(),
    }];
    for invoice in super::list(state, None) {
        let at = found.iter().position(|it| it.currency == invoice.currency).unwrap_or_else(|| {
            found.push(Balance {
                currency: invoice.currency.clone(),
                currency_symbol: invoice.currency_symbol.clone(),
                kinds: Vec::new(),
            });
            found.len() - 1
        });
        let kinds = &mut found[at].kinds;
        let at = kinds.iter().position(|(kind, _)| *kind == invoice.kind).unwrap_or_else(|| {
            kinds.push((invoice.kind, Figures::default()));
            kinds.len() - 1
        });
        kinds[at].1.add_invoice(state, invoice);
    }
    for balance in &mut found {
        balance.kinds.sort_by_key(|(kind, _)| *kind);
    }
    found[1..].sort_by(|a, b| a.currency.cmp(&b.currency));
    found
}
