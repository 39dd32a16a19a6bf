//! What the agent writes.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::domain::reservations::{PricedExchange, RefundQuote};

/// The first answer.
pub(super) const ACKNOWLEDGED: &str = "Your request has been received and is being worked on.";

/// The answer to a case that was opened again without saying why.
pub(super) const WHAT_ELSE: &str = "This request has been dealt with. Please tell what else is wanted, with the reservation id and the reservation order id.";

/// A refusal.
pub(super) fn refused(reason: &str) -> String {
    format!("Your request cannot be carried out: {reason}.")
}

fn money(amount: Decimal, decimals: u32, currency: &str) -> String {
    format!("{amount:.*} {currency}", decimals as usize)
}

/// What refunds came to.
pub(super) fn refunded(quotes: &[(RefundQuote, u32)]) -> String {
    let mut text = String::from("Your request has been approved.");
    for (quote, decimals) in quotes {
        let show = |amount| money(amount, *decimals, &quote.currency);
        let amounts = &quote.amounts;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\nReservation {} of order {}: {} returned. Prorated refund {}, early termination fee {}, refunded {}, payments that fall away {}. {} of {} are used of the limit of cancelled commitments.",
            quote.reservation,
            quote.order,
            quote.quantity,
            show(amounts.gross),
            show(amounts.fee),
            show(amounts.refund()),
            show(amounts.remaining),
            money(quote.consumed_usd.saturating_add(quote.cancelled_usd), 2, "USD"),
            money(quote.limit_usd, 2, "USD"),
        );
    }
    text
}

/// What an exchange came to.
pub(super) fn exchanged(done: &PricedExchange) -> String {
    let decimals = done.purchases.first().map_or(2, |item| item.decimals);
    let show = |amount| money(amount, decimals, &done.currency);
    let mut text = String::from("Your request has been approved.");
    for item in &done.returns {
        let _ = write!(
            text,
            "\nReservation {} of order {}: {} given back for {}.",
            item.reservation,
            item.order,
            item.quantity,
            show(item.amounts.gross + item.amounts.remaining),
        );
    }
    for item in &done.purchases {
        let made = item.made.map_or_else(String::new, |(order, reservation)| {
            format!(" as reservation {reservation} of order {order}")
        });
        let _ = write!(
            text,
            "\n{} of {} for {}, bought for {}{made}.",
            item.wanted.quantity,
            item.wanted.sku,
            item.wanted.term.iso(),
            show(item.total),
        );
    }
    let _ = write!(text, "\nTo be paid on top: {}.", show(done.net_payable()));
    text
}
