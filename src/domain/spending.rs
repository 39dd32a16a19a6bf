//! What a run spends: charged and credited since its start, what of it could be refunded now, and the
//! cap. A run begins where the fixtures end (`Settings::spending_since`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::error::{Error, Result};
use super::ids::{CustomerId, ReservationId, ReservationOrderId};
use super::ledger::{EntryKind, LedgerEntry};
use super::orders::{Order, OrderStatus};
use super::reservations::{RefundWay, in_usd, refund_quote};
use super::state::State;

/// Most reservations that a meter looks at.
const MOST_REFUNDABLE: usize = 500;

/// Amounts of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Charged.
    pub charged: Decimal,
    /// Given back, before fees; not negative.
    pub credited: Decimal,
    /// Fees withheld from what was given back.
    pub fees: Decimal,
}

impl Sums {
    fn add(&mut self, kind: EntryKind, amount: Decimal) {
        let sum = match kind {
            EntryKind::Charge => &mut self.charged,
            EntryKind::Credit => &mut self.credited,
            EntryKind::Fee => &mut self.fees,
        };
        let amount = if kind == EntryKind::Credit { -amount } else { amount };
        *sum = sum.saturating_add(amount);
    }

    /// What remains to be paid.
    pub fn net(&self) -> Decimal {
        self.charged.saturating_sub(self.credited).saturating_add(self.fees)
    }
}

/// What a return of a reservation of the run would give now.
#[derive(Debug, Clone, PartialEq)]
pub struct Refundable {
    /// Who has it.
    pub customer: CustomerId,
    /// Its order.
    pub order: ReservationOrderId,
    /// The reservation.
    pub reservation: ReservationId,
    /// Currency of the amounts.
    pub currency: String,
    /// What would be given back, less the fee.
    pub refund: Decimal,
    /// The same in US dollars.
    pub refund_usd: Decimal,
    /// The early termination fee.
    pub fee: Decimal,
    /// Until when no fee is due; absent once that is over.
    pub free_until: Option<DateTime<Utc>>,
    /// When it ends, and with it what can be refunded.
    pub until: Option<DateTime<Utc>>,
    /// Why a return would be refused.
    pub refused: Option<String>,
}

/// What a run has spent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meter {
    /// By currency.
    pub by_currency: BTreeMap<String, Sums>,
    /// All of it in US dollars, by the rates that refunds are reckoned with.
    pub usd: Sums,
    /// What the run bought and could give back.
    pub refundable: Vec<Refundable>,
}

fn entries(state: &State) -> impl Iterator<Item = &LedgerEntry> {
    let first = state.settings.spending_since.saturating_add(1);
    state.ledger.range(first..).map(|(_, row)| &***row)
}

/// Reads the meter.
pub fn meter(state: &State, now: DateTime<Utc>) -> Meter {
    let mut meter = Meter::default();
    let mut bought = BTreeSet::new();
    for entry in entries(state) {
        let entry = &entry.entry;
        meter.by_currency.entry(entry.currency.clone()).or_default().add(entry.kind, entry.amount);
        meter.usd.add(entry.kind, in_usd(state, entry.amount, &entry.currency));
        if let Some(order) = entry.reservation_order.filter(|_| bought.len() < MOST_REFUNDABLE) {
            bought.insert((entry.customer, order));
        }
    }
    for (customer, id) in bought {
        let Some(order) = state.reservation_orders.get(&(customer, id)) else { continue };
        for reservation in state.reservations_of(customer, id) {
            let quantity = i64::from(reservation.quantity);
            let way = RefundWay::SelfService;
            let Ok(quote) = refund_quote(state, order, reservation.id, quantity, way, now) else {
                continue;
            };
            let free = order.benefit_start.map(|start| start + state.settings.refunds.free_period);
            meter.refundable.push(Refundable {
                customer,
                order: id,
                reservation: reservation.id,
                currency: quote.currency,
                refund: quote.amounts.refund(),
                refund_usd: quote.refund_usd,
                fee: quote.amounts.fee,
                free_until: free.filter(|until| *until >= now),
                until: reservation.expiry,
                refused: quote.errors.first().map(ToString::to_string),
            });
            if meter.refundable.len() >= MOST_REFUNDABLE {
                return meter;
            }
        }
    }
    meter
}

/// What the run has charged so far and will charge for what is on its way, in US dollars.
fn spent(state: &State) -> Decimal {
    let charged = entries(state)
        .filter(|entry| entry.entry.kind == EntryKind::Charge)
        .map(|entry| in_usd(state, entry.entry.amount, &entry.entry.currency));
    let is_own = |order: &Order| {
        order.status == OrderStatus::Pending
            && state.settings.run_began.is_none_or(|began| order.created >= began)
    };
    let coming = state.orders.iter().filter(|(_, order)| is_own(order)).flat_map(|(_, order)| {
        let pending = order.lines.iter().filter(|line| line.is_pending());
        pending.map(|line| in_usd(state, line.extended_price(), &order.currency))
    });
    charged.chain(coming).fold(Decimal::ZERO, Decimal::saturating_add)
}

/// Refuses a purchase that would take the run over its cap. What it charges at once counts: of a
/// subscription the first bill, of a reservation paid by the month the first payment.
pub(in crate::domain) fn check_cap(state: &State, amount: Decimal, currency: &str) -> Result<()> {
    let Some(cap) = state.settings.spending_cap_usd else { return Ok(()) };
    let (spent, wanted) = (spent(state), in_usd(state, amount, currency));
    if spent.saturating_add(wanted) > cap {
        return Err(Error::SpendingCap { cap, spent, wanted });
    }
    Ok(())
}
