//! Checking a cart out: every group of lines becomes an order.

use serde::{Deserialize, Serialize};

use super::{Cart, CartStatus, find};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CartId, CustomerId, OrderId};
use crate::domain::orders::{TransactionKind, place_group};
use crate::domain::purchase::{
    Group, LineRequest, PricedLine, group_names, group_of, judge, judge_addon,
};
use crate::domain::settings::SecondCheckout;
use crate::domain::transaction::Transaction;

/// A group that could not be ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupFailure {
    /// The group.
    pub group: String,
    /// Why not.
    pub error: Error,
}

/// What a checkout gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkout {
    /// The orders, by group.
    pub orders: Vec<OrderId>,
    /// The groups that could not be ordered.
    pub failures: Vec<GroupFailure>,
}

/// Checks a cart out. Lines are judged again: a cart that was fine may not be any more. When no group
/// can be ordered the checkout is refused and the cart stays as it was.
pub fn checkout(tx: &mut Transaction, customer: CustomerId, id: CartId) -> Result<Checkout> {
    let mut cart = Cart::clone(find(tx, customer, id, tx.now())?);
    let customer = std::sync::Arc::clone(tx.customer(customer)?);
    if cart.status == CartStatus::Ordered {
        return match tx.settings.second_checkout {
            SecondCheckout::Refused => Err(Error::CartSubmitted(id)),
            SecondCheckout::Repeated => Ok(cart.checkout.unwrap_or_default()),
        };
    }
    let mut groups: Vec<(Group, Vec<(LineRequest, PricedLine)>)> = Vec::new();
    let mut faults = Vec::new();
    for line in &cart.lines {
        let number = line.request.number;
        let base = match judge(tx, &customer, &line.request, tx.now()) {
            Ok(base) => base,
            Err(fault) => {
                faults.push(format!("line {number}: {fault}"));
                continue;
            }
        };
        let group = group_of(&base);
        let mut entries = vec![(line.request.clone(), base.clone())];
        for addon in &line.addons {
            match judge_addon(tx, &customer, &addon.request, &base, tx.now()) {
                Ok(addon_line) => entries.push((addon.request.clone(), addon_line)),
                Err(fault) => {
                    let addon = addon.request.number;
                    faults.push(format!("line {number}, add-on {addon}: {fault}"));
                }
            }
        }
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, lines)) => lines.extend(entries),
            None => groups.push((group, entries)),
        }
    }
    if !faults.is_empty() {
        return Err(Error::CartHasErrors(faults.join("; ")));
    }
    let names = group_names(groups.iter().map(|(group, _)| *group));
    let mut outcome = Checkout::default();
    let mut first_error = None;
    for ((_, lines), (_, name)) in groups.into_iter().zip(names) {
        // Each group is all or nothing; the rest of the cart does not depend on it [choice].
        let mut attempt = tx.attempt();
        let (attested, by) = (cart.partner_attestation, TransactionKind::UserPurchase);
        match place_group(&mut attempt, &customer, lines, attested, by) {
            Ok(order) => {
                tx.adopt(attempt);
                outcome.orders.push(order);
            }
            Err(error) => {
                first_error.get_or_insert_with(|| error.clone());
                outcome.failures.push(GroupFailure { group: name, error });
            }
        }
    }
    if let (true, Some(error)) = (outcome.orders.is_empty(), first_error) {
        return Err(error);
    }
    cart.status = CartStatus::Ordered;
    cart.modified = tx.now();
    cart.checkout = Some(outcome.clone());
    tx.carts.put((customer.id, id), cart);
    Ok(outcome)
}
