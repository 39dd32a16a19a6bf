//! A price with the id to buy by: calculatePrice and the purchase that follows
//! (contract: azure-reservations.md §4).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::buy::{buy, offer};
use super::change::check_display_name;
use super::{NewReservation, Offer, ReservationFault};
use crate::domain::error::Result;
use crate::domain::ids::{CustomerId, Draw, ReservationOrderId, TenantId};
use crate::domain::orders::TransactionKind;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Minutes for which a price stands [choice; the real service forgets it too].
const MINUTES: i64 = 60;

/// A priced reservation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quote {
    /// Whose.
    pub customer: CustomerId,
    /// What was asked for.
    pub wanted: NewReservation,
    /// Until when it can be bought.
    pub expires: DateTime<Utc>,
    /// Whether it was bought; kept with the order, to tell a repeated purchase from another one.
    pub bought: bool,
}

/// A price and the id to buy by.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    /// The id of the order to be.
    pub id: ReservationOrderId,
    /// The price of one unit.
    pub offer: Offer,
}

/// Prices a reservation and remembers it.
pub fn quote(tx: &mut Transaction, customer: CustomerId, wanted: NewReservation) -> Result<Quoted> {
    check_display_name(&wanted)?;
    let offer = offer(tx, customer, TenantId::from(customer), &wanted)?;
    let id = ReservationOrderId(tx.guid(Draw::ReservationOrder));
    let expires = tx.now() + TimeDelta::minutes(MINUTES);
    tx.quotes.put(id, Quote { customer, wanted, expires, bought: false });
    tx.timers.set(expires, Timer::ForgetQuote(customer, id));
    Ok(Quoted { id, offer })
}

/// Forgets a price that nobody took.
pub fn forget_quote(tx: &mut Transaction, id: ReservationOrderId) {
    if tx.quotes.get(&id).is_some_and(|quote| !quote.bought) {
        tx.quotes.remove(&id);
    }
}

/// Buys what was priced under this id. The same purchase again changes nothing and answers `false`.
pub fn purchase(
    tx: &mut Transaction,
    directory: Option<TenantId>,
    id: ReservationOrderId,
    wanted: &NewReservation,
) -> Result<bool> {
    let visible = |customer: CustomerId| directory.is_none_or(|it| it == TenantId::from(customer));
    let quote =
        tx.quotes.get(&id).filter(|quote| visible(quote.customer)).map(|row| Quote::clone(row));
    let Some(quote) = quote else {
        if tx.reservation_order_customers.contains(&id) {
            return Err(ReservationFault::OrderExists(id).into());
        }
        return Err(ReservationFault::NotQuoted(id).into());
    };
    if quote.bought {
        if quote.wanted == *wanted {
            return Ok(false);
        }
        return Err(ReservationFault::OrderExists(id).into());
    }
    if quote.expires <= tx.now() {
        return Err(ReservationFault::NotQuoted(id).into());
    }
    check_display_name(wanted)?;
    let priced = &quote.wanted;
    let differs = [
        ("sku", priced.sku.eq_ignore_ascii_case(&wanted.sku)),
        ("location", priced.location == wanted.location),
        ("reservedResourceType", priced.resource_type == wanted.resource_type),
        ("quantity", priced.quantity == wanted.quantity),
        ("term", priced.term == wanted.term),
        ("billingPlan", priced.plan == wanted.plan),
        ("billingScopeId", priced.billing_subscription == wanted.billing_subscription),
    ];
    if let Some((what, _)) = differs.into_iter().find(|(_, same)| !same) {
        return Err(ReservationFault::NotAsQuoted(what).into());
    }
    tx.ids.preset(Draw::ReservationOrder, &id.to_string());
    let home = TenantId::from(quote.customer);
    buy(tx, quote.customer, home, wanted, TransactionKind::UserPurchase)?;
    tx.quotes.put(id, Quote { wanted: wanted.clone(), bought: true, ..quote });
    Ok(true)
}
