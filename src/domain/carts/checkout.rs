//! Checking a cart out: every group of lines becomes an order.

use super::{Cart, CartStatus, find};
use crate::domain::customers::Customer;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CartId, CustomerId, OrderId};
use crate::domain::orders::place_group;
use crate::domain::purchase::{Group, LineRequest, PricedLine, group_names, group_of, judge};
use crate::domain::settings::SecondCheckout;
use crate::domain::transaction::Transaction;

/// A group that could not be ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFailure {
    /// The group.
    pub group: String,
    /// Why not.
    pub error: Error,
}

/// What a checkout gave.
#[derive(Debug, Clone, Default, PartialEq)]
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
    let customer = Customer::clone(tx.customer(customer)?);
    if cart.status == CartStatus::Ordered {
        return match tx.settings.second_checkout {
            SecondCheckout::Refused => Err(Error::CartSubmitted(id)),
            SecondCheckout::Repeated => Ok(Checkout { orders: cart.orders, failures: Vec::new() }),
        };
    }
    let mut groups: Vec<(Group, Vec<(LineRequest, PricedLine)>)> = Vec::new();
    let mut faults = Vec::new();
    for line in &cart.lines {
        let mut group = None;
        for (index, request) in
            std::iter::once(&line.request).chain(line.addons.iter().map(|a| &a.request)).enumerate()
        {
            match judge(tx, &customer, request, tx.now()) {
                Ok(priced) => {
                    let of = *group.get_or_insert_with(|| group_of(&priced));
                    let entry = (request.clone(), priced);
                    match groups.iter_mut().find(|(known, _)| *known == of) {
                        Some((_, lines)) => lines.push(entry),
                        None => groups.push((of, vec![entry])),
                    }
                }
                Err(fault) => {
                    let what = if index == 0 { "line" } else { "add-on" };
                    faults.push(format!("{what} {}: {fault}", request.number));
                }
            }
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
        let mut attempt = Transaction::begin(tx, tx.now());
        match place_group(&mut attempt, &customer, lines, cart.partner_attestation) {
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
    cart.orders.clone_from(&outcome.orders);
    tx.carts.put((customer.id, id), cart);
    Ok(outcome)
}
