//! A cart and how its lines are judged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Checkout;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::customers::Customer;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CartId, CustomerId, Draw, ObjectId};
use crate::domain::orders::MOST_LINES;
use crate::domain::purchase::{
    Group, LineRequest, PricedLine, PurchaseFault, check_limits, group_names, group_of, judge,
    judge_addon,
};
use crate::domain::state::State;
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;
use crate::store::Row;
use std::sync::Arc;

/// How many carts of a customer a new one makes the world look through for expired ones.
const NEIGHBOURS: usize = 32;

/// Whether a cart can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// What its checkout gave.
    pub checkout: Option<Checkout>,
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
        checkout: None,
    };
    tx.carts.put((customer, id), cart);
    drop_expired(tx, customer, id);
    Ok(id)
}

/// Drops expired carts of the customer, looking at no more than [`NEIGHBOURS`] of them: those after
/// the new one and then from the first. Ids lie evenly, so that each gets its turn.
fn drop_expired(tx: &mut Transaction, customer: CustomerId, new: CartId) {
    let (first, last) = ((customer, CartId::FIRST), (customer, CartId::LAST));
    let now = tx.now();
    let gone: Vec<(CustomerId, CartId)> = tx
        .carts
        .range((customer, new)..=last)
        .chain(tx.carts.range(first..(customer, new)))
        .take(NEIGHBOURS)
        .filter(|(_, cart)| cart.expires <= now)
        .map(|(key, _)| *key)
        .collect();
    for key in gone {
        tx.carts.remove(&key);
    }
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
    let mut judged: Vec<(CartLine, Option<Group>)> = Vec::with_capacity(new.lines.len());
    // What the sandbox limits count: the lines so far that can be bought.
    let mut bought: Vec<PricedLine> = Vec::new();
    for (request, addons) in &new.lines {
        let base = judge(tx, customer, request, tx.now());
        let base = within_limits(tx, customer, &mut bought, base);
        let mut line = cart_line(tx, customer, request, &base);
        for addon in addons {
            let priced = match &base {
                Ok(base) => judge_addon(tx, customer, addon, base, tx.now()),
                Err(_) => Err(PurchaseFault::AddOnParent("its base cannot be bought".to_owned())),
            };
            let priced = within_limits(tx, customer, &mut bought, priced);
            line.addons.push(cart_line(tx, customer, addon, &priced));
        }
        judged.push((line, base.ok().as_ref().map(group_of)));
    }
    let names = group_names(judged.iter().filter_map(|(_, group)| *group));
    let name_of = |group| names.iter().find(|(known, _)| *known == group).map(|(_, name)| name);
    let lines = judged.into_iter().map(|(mut line, group)| {
        line.order_group = group.and_then(name_of).cloned();
        for addon in line.addons.iter_mut().filter(|addon| addon.fault.is_none()) {
            // An add-on goes with its base.
            addon.order_group.clone_from(&line.order_group);
        }
        line
    });
    Ok(lines.collect())
}

/// A judgement that also counts what the cart holds already.
fn within_limits(
    tx: &Transaction,
    customer: &Customer,
    bought: &mut Vec<PricedLine>,
    judgement: Result<PricedLine, PurchaseFault>,
) -> Result<PricedLine, PurchaseFault> {
    let line = judgement?;
    if tx.settings.is_sandbox() {
        bought.push(line.clone());
        if let Err(error) = check_limits(tx, customer.id, bought) {
            bought.pop();
            return Err(PurchaseFault::SandboxLimit(error.to_string()));
        }
    }
    Ok(line)
}

fn cart_line(
    tx: &Transaction,
    customer: &Customer,
    request: &LineRequest,
    judgement: &Result<PricedLine, PurchaseFault>,
) -> CartLine {
    let priced = judgement.as_ref().ok();
    let own_currency = || {
        let market = tx.catalogue.market(customer.country()).ok()?;
        Some(market.currency().code().to_owned())
    };
    CartLine {
        request: request.clone(),
        currency: match priced {
            Some(priced) => Some(priced.currency.clone()),
            None => request.currency.clone().or_else(own_currency),
        },
        billing_cycle: priced.map_or(BillingCycle::Unknown, |priced| priced.billing_cycle),
        term: priced.and_then(|priced| priced.term),
        order_group: None,
        addons: Vec::new(),
        fault: judgement.as_ref().err().cloned(),
    }
}
