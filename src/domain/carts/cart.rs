//! A cart and how its lines are judged.

use chrono::{DateTime, Utc};

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::customers::Customer;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CartId, CustomerId, Draw, ObjectId, OrderId};
use crate::domain::orders::MOST_LINES;
use crate::domain::purchase::{
    Group, LineRequest, PricedLine, PurchaseFault, check_limits, group_names, group_of, judge,
};
use crate::domain::state::State;
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;
use crate::store::Row;
use std::sync::Arc;

/// Whether a cart can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartStatus {
    /// It can.
    Active,
    /// It was checked out.
    Ordered,
}

impl CartStatus {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Ordered => "Ordered",
        }
    }
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq)]
pub struct CartLine {
    /// What was asked for.
    pub request: LineRequest,
    /// Currency that the item is sold in.
    pub currency: Option<String>,
    /// How the item is billed; unknown when it cannot be bought.
    pub billing_cycle: BillingCycle,
    /// Term of the item.
    pub term: Option<Term>,
    /// The order that it becomes part of; none when it cannot be bought.
    pub order_group: Option<String>,
    /// Add-ons bought with it.
    pub addons: Vec<CartLine>,
    /// Why it cannot be bought.
    pub fault: Option<PurchaseFault>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq)]
pub struct Cart {
    /// Id.
    pub id: CartId,
    /// The customer it is for.
    pub customer: CustomerId,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it changed last.
    pub modified: DateTime<Utc>,
    /// When it is gone.
    pub expires: DateTime<Utc>,
    /// Who changed it last: a user, or an app's service principal [choice].
    pub modified_by: ObjectId,
    /// Whether it can still change.
    pub status: CartStatus,
    /// Lines.
    pub lines: Vec<CartLine>,
    /// Whether the partner attests to the partner of record.
    pub partner_attestation: Option<bool>,
    /// The orders it became.
    pub orders: Vec<OrderId>,
}

/// A cart as it is asked for: each line with its add-ons.
#[derive(Debug, Clone, Default)]
pub struct NewCart {
    /// Lines and their add-ons.
    pub lines: Vec<(LineRequest, Vec<LineRequest>)>,
    /// Whether the partner attests to the partner of record.
    pub partner_attestation: Option<bool>,
}

/// The cart, unless it has expired [choice: an expired cart is as unknown as one that never was].
pub fn find(
    state: &State,
    customer: CustomerId,
    id: CartId,
    now: DateTime<Utc>,
) -> Result<&Arc<Row<Cart>>> {
    state.customer(customer)?;
    state
        .carts
        .get(&(customer, id))
        .filter(|cart| cart.expires > now)
        .ok_or_else(|| Error::CartNotFound(id.to_string()))
}

/// Makes a cart. Lines that cannot be bought are kept with their fault.
pub fn create(
    tx: &mut Transaction,
    customer: CustomerId,
    by: ObjectId,
    new: NewCart,
) -> Result<CartId> {
    let lines = judged(tx, customer, &new)?;
    let now = tx.now();
    let id = CartId(tx.guid(Draw::Cart));
    let cart = Cart {
        id,
        customer,
        created: now,
        modified: now,
        expires: now + tx.settings.cart_lifetime,
        modified_by: by,
        status: CartStatus::Active,
        lines,
        partner_attestation: new.partner_attestation,
        orders: Vec::new(),
    };
    tx.carts.put((customer, id), cart);
    Ok(id)
}

/// Replaces the lines of a cart as a whole.
pub fn replace(
    tx: &mut Transaction,
    customer: CustomerId,
    id: CartId,
    by: ObjectId,
    new: NewCart,
) -> Result<()> {
    let mut cart = Cart::clone(find(tx, customer, id, tx.now())?);
    if cart.status == CartStatus::Ordered {
        return Err(Error::CartSubmitted(id));
    }
    cart.lines = judged(tx, customer, &new)?;
    cart.partner_attestation = new.partner_attestation;
    cart.modified = tx.now();
    cart.modified_by = by;
    tx.carts.put((customer, id), cart);
    Ok(())
}

/// Judges all lines and gives each its order group.
fn judged(tx: &Transaction, customer: CustomerId, new: &NewCart) -> Result<Vec<CartLine>> {
    let customer = tx.customer(customer)?;
    let count: usize = new.lines.iter().map(|(_, addons)| 1 + addons.len()).sum();
    if count == 0 || count > MOST_LINES {
        return Err(Error::invalid("lineItems", format!("must hold 1 to {MOST_LINES} lines")));
    }
    let mut groups = Vec::new();
    let mut lines = Vec::with_capacity(new.lines.len());
    for (request, addons) in &new.lines {
        let (line, group) = judged_line(tx, customer, request);
        groups.extend(group);
        let mut addon_lines = Vec::with_capacity(addons.len());
        for addon in addons {
            let (mut addon, _) = judged_line(tx, customer, addon);
            // An add-on goes with its parent.
            if addon.fault.is_none() {
                addon.order_group = None;
            }
            addon_lines.push((addon, group));
        }
        lines.push((line, group, addon_lines));
    }
    let names = group_names(groups);
    let name_of = |group: Option<Group>| {
        let group = group?;
        names.iter().find(|(known, _)| *known == group).map(|(_, name)| name.clone())
    };
    Ok(lines
        .into_iter()
        .map(|(mut line, group, addons)| {
            line.order_group = name_of(group);
            line.addons = addons
                .into_iter()
                .map(|(mut addon, group)| {
                    if addon.fault.is_none() {
                        addon.order_group = name_of(group);
                    }
                    addon
                })
                .collect();
            line
        })
        .collect())
}

fn judged_line(
    tx: &Transaction,
    customer: &Customer,
    request: &LineRequest,
) -> (CartLine, Option<Group>) {
    let judgement = judge(tx, customer, request, tx.now()).and_then(|line| {
        check_limits(tx, customer.id, std::slice::from_ref(&line))
            .map(|()| line)
            .map_err(|error| PurchaseFault::SandboxLimit(error.to_string()))
    });
    let line = |currency, billing_cycle, term, fault| CartLine {
        request: request.clone(),
        currency,
        billing_cycle,
        term,
        order_group: None,
        addons: Vec::new(),
        fault,
    };
    match judgement {
        Ok(priced) => {
            let group = group_of(&priced);
            let PricedLine { currency, billing_cycle, term, .. } = priced;
            (line(Some(currency), billing_cycle, term, None), Some(group))
        }
        Err(fault) => {
            let currency = request.currency.clone();
            (line(currency, BillingCycle::Unknown, None, Some(fault)), None)
        }
    }
}
