//! Azure reservations: the reservation order that a purchase makes and the reservations in it, from
//! purchase to expiry or renewal (contract: azure-reservations.md, reservation-business-rules.md).
//! What a line of a cart must say is in [`super::purchase`], who may do what in
//! [`super::authorization`].

mod archive;
mod buy;
mod change;
mod charges;
mod directory;
mod exchange;
mod fault;
mod lifecycle;
mod lookup;
mod operation;
mod quote;
mod record;
mod refund;
mod refund_amounts;
mod reservation;
mod schedule;
mod scope;
mod split_merge;

pub use archive::set_archived;
pub use buy::{NewReservation, Offer, offer};
pub use change::{Change, change};
pub use charges::charge_instalment;
pub use directory::{DirectoryMove, change_directory};
pub use exchange::{
    Exchange, ExchangePolicyError, ExchangeRequest, ExchangeReturn, ExchangeStage, PricedExchange,
    PricedPurchase, PricedReturn, calculate_exchange, complete_calculation, complete_exchange,
    exchange, exchange_by_agent, find_calculation, find_exchange, forget_exchange,
};
pub use fault::ReservationFault;
pub use lifecycle::{begin, cancel_purchase, expire, renewal_of, take_effect};
pub use lookup::{find_order, find_reservation};
pub use operation::{
    LongRunning, Outcome, Step, complete as complete_operation, forget, operation,
};
pub use quote::{Quote, Quoted, forget_quote, purchase, quote};
pub use refund::{
    Refund, RefundPolicyError, RefundQuote, RefundSession, RefundWay, ReturnRequest,
    calculate_refund, check_may_return, consumed_refunds, forget_refund_session, in_usd,
    refund_quote, refunds_of, return_by_agent, return_reservation,
};
pub use refund_amounts::{RefundAmounts, Returned};
pub use reservation::{
    AppliedScope, BillingPlan, Lineage, Reservation, ReservationOrder, ReservationState,
};
pub use schedule::{Payment, Schedule, payments, round};
pub use scope::{applies_to, is_valid_scope};
pub use split_merge::{Regrouping, merge, split, split_or_merge_result};

#[cfg(test)]
mod tests;
