//! Returning a reservation or a part of it for a refund: the calculation with its session, the return
//! itself, and the yearly limit (contract: reservation-business-rules.md §3, azure-reservations.md §6).

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::lifecycle::{cancel, close_order};
use super::operation::{self, Step};
use super::record::{draft, draft_order, put_order};
use super::refund_amounts::{RefundAmounts, Returned};
use super::split_merge::{make, touch};
use super::{
    Lineage, Reservation, ReservationFault, ReservationOrder, ReservationState, charges,
    find_reservation,
};
use crate::domain::authorization::{Access, Scope, roles};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{
    CustomerId, Draw, ReservationId, ReservationOrderId, SessionId, TenantId,
};
use crate::domain::ledger::Cause;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::domain::{orders, utilization};

/// Hours for which a session that has run out is still told from one that never was [choice].
const HOURS_REMEMBERED: i64 = 24;

/// Longest reason of a return in characters [choice].
const LONGEST_REASON: usize = 1024;

/// Why the rules of refunds refuse a return (contract: §3.6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RefundPolicyError {
    /// More would be cancelled within a year than is allowed.
    #[error(
        "cancelling {wanted} USD on top of {consumed} USD in the last {days} days exceeds the limit of {limit} USD"
    )]
    LimitExceeded {
        /// Cancelled commitment of this return, in US dollars.
        wanted: Decimal,
        /// What the window holds already.
        consumed: Decimal,
        /// The limit.
        limit: Decimal,
        /// Days of the window.
        days: i64,
    },
    /// The product or the settings leave it to nobody, or to the support agent.
    #[error("{0}")]
    SelfServiceNotSupported(String),
}

impl RefundPolicyError {
    /// Code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LimitExceeded { .. } => "RefundLimitExceeded",
            Self::SelfServiceNotSupported(_) => "SelfServiceRefundNotSupported",
        }
    }
}

/// What a return would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundQuote {
    /// The order.
    pub order: ReservationOrderId,
    /// The reservation.
    pub reservation: ReservationId,
    /// How much of it.
    pub quantity: u32,
    /// The amounts, in the currency of the order.
    pub amounts: RefundAmounts,
    /// Currency of the amounts.
    pub currency: String,
    /// The refund in US dollars.
    pub refund_usd: Decimal,
    /// The cancelled commitment in US dollars.
    pub cancelled_usd: Decimal,
    /// What the window held before, in US dollars.
    pub consumed_usd: Decimal,
    /// What it may hold, in US dollars.
    pub limit_usd: Decimal,
    /// Why it would be refused.
    pub errors: Vec<RefundPolicyError>,
}

/// A calculated refund that can be carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundSession {
    /// Id.
    pub id: SessionId,
    /// The customer who bought the order.
    pub customer: CustomerId,
    /// What was calculated.
    pub quote: RefundQuote,
    /// Until when it can be carried out.
    pub expires: DateTime<Utc>,
    /// Whether it was.
    pub used: bool,
}

/// A return that was carried out, or is being.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refund {
    /// When it was accepted.
    pub time: DateTime<Utc>,
    /// What was given back.
    pub quote: RefundQuote,
    /// Why the partner returned it.
    pub reason: Option<String>,
    /// Who decided.
    pub way: RefundWay,
}

/// Who decides on a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefundWay {
    /// The partner, by calling `return`.
    SelfService,
    /// The support agent.
    SupportRequest,
}

/// Refuses who may not give back what is in an order: its owners and reservations administrators may
/// (contract: azure-reservations.md §6.1, azure-authorization.md §5).
pub fn check_may_return(
    state: &State,
    access: &Access,
    directory: TenantId,
    order: ReservationOrderId,
) -> Result<()> {
    const ACTION: &str = "Microsoft.Capacity/reservationOrders/return/action";
    let holders = [roles::OWNER, roles::RESERVATIONS_ADMINISTRATOR];
    access.check_holds(state, directory, &holders, ACTION, &Scope::Order(order))
}

/// An amount in US dollars, by the currency table of the settings, else of the catalogue [choice].
pub fn in_usd(state: &State, amount: Decimal, currency: &str) -> Decimal {
    let own = state.settings.refunds.per_usd.get(currency).copied();
    let listed = || {
        let mut all = state.catalogue.currencies().iter();
        all.find(|known| known.code() == currency).map(crate::domain::catalogue::Currency::per_usd)
    };
    let rate = own.or_else(listed).filter(|rate| *rate > Decimal::ZERO).unwrap_or(Decimal::ONE);
    let usd = amount.checked_div(rate).unwrap_or(Decimal::MAX);
    usd.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// What a customer has cancelled within the window that ends at `now`, in US dollars
/// (contract: §3.4).
pub fn consumed_refunds(state: &State, customer: CustomerId, now: DateTime<Utc>) -> Decimal {
    let window = TimeDelta::days(state.settings.refunds.window_days);
    refunds_of(state, customer)
        .filter(|refund| now - refund.time < window)
        .fold(Decimal::ZERO, |sum, refund| sum.saturating_add(refund.quote.cancelled_usd))
}

/// The returns of a customer, oldest first.
pub fn refunds_of(state: &State, customer: CustomerId) -> impl DoubleEndedIterator<Item = &Refund> {
    state.refunds.range((customer, 0)..=(customer, u64::MAX)).map(|(_, row)| &***row)
}

/// The part of a reservation that somebody wants back.
pub(super) fn part_of(reservation: &Reservation, quantity: i64) -> Result<u32> {
    u32::try_from(quantity)
        .ok()
        .filter(|part| (1..=reservation.quantity).contains(part))
        .ok_or_else(|| ReservationFault::RefundQuantity(quantity, reservation.quantity).into())
}

pub(super) fn returned<'a>(
    order: &ReservationOrder,
    reservation: &'a Reservation,
    part: u32,
    now: DateTime<Utc>,
) -> Result<Returned<'a>> {
    let (Some(benefit_start), Some(expiry)) = (order.benefit_start, reservation.expiry) else {
        return Err(Error::Internal(format!("reservation {} has no term", reservation.id)));
    };
    Ok(Returned {
        plan: order.plan,
        schedule: &reservation.schedule,
        quantity: reservation.quantity,
        part,
        benefit_start,
        expiry,
        decimals: order.decimals,
        now,
    })
}

/// What a return of `quantity` would give at this moment. What the rules of refunds have against it is
/// part of the answer; what makes no sense is refused.
pub fn refund_quote(
    state: &State,
    order: &ReservationOrder,
    id: ReservationId,
    quantity: i64,
    way: RefundWay,
    now: DateTime<Utc>,
) -> Result<RefundQuote> {
    let reservation = find_reservation(state, order, id)?;
    super::buy::is_changeable(reservation)?;
    let part = part_of(reservation, quantity)?;
    let rules = &state.settings.refunds;
    let unused = || !utilization::is_used(state, order, reservation, now);
    let amounts = returned(order, reservation, part, now)?.refund(rules, unused);
    let cancelled_usd = in_usd(state, amounts.cancelled_commitment(), &order.currency);
    let consumed_usd = consumed_refunds(state, order.customer, now);
    let mut errors = Vec::new();
    if !order.resource_type.is_refundable() {
        let text = format!("{} cannot be returned", order.resource_type.as_str());
        errors.push(RefundPolicyError::SelfServiceNotSupported(text));
    } else if way == RefundWay::SelfService && !rules.self_service {
        let text = "returns need a support request: Billing, Reservation management, Exchanges and refunds";
        errors.push(RefundPolicyError::SelfServiceNotSupported(text.to_owned()));
    }
    errors.extend(over_limit(state, order.customer, cancelled_usd, now));
    Ok(RefundQuote {
        order: order.id,
        reservation: id,
        quantity: part,
        refund_usd: in_usd(state, amounts.refund(), &order.currency),
        amounts,
        currency: order.currency.clone(),
        cancelled_usd,
        consumed_usd,
        limit_usd: rules.limit_usd,
        errors,
    })
}

fn over_limit(
    state: &State,
    customer: CustomerId,
    wanted: Decimal,
    now: DateTime<Utc>,
) -> Option<RefundPolicyError> {
    let rules = &state.settings.refunds;
    let consumed = consumed_refunds(state, customer, now);
    (consumed.saturating_add(wanted) > rules.limit_usd).then_some(
        RefundPolicyError::LimitExceeded {
            wanted,
            consumed,
            limit: rules.limit_usd,
            days: rules.window_days,
        },
    )
}

/// Calculates a refund and remembers it for a while.
pub fn calculate_refund(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    quantity: i64,
) -> Result<RefundSession> {
    let quote = refund_quote(tx, order, id, quantity, RefundWay::SelfService, tx.now())?;
    let session = RefundSession {
        id: SessionId(tx.guid(Draw::Session)),
        customer: order.customer,
        quote,
        expires: tx.now() + TimeDelta::minutes(tx.settings.refunds.session_minutes),
        used: false,
    };
    tx.refund_sessions.put(session.id, session.clone());
    let forgotten = session.expires + TimeDelta::hours(HOURS_REMEMBERED);
    tx.timers.set(forgotten, Timer::ForgetRefundSession(order.customer, session.id));
    Ok(session)
}

/// Forgets a calculation that nobody carried out.
pub fn forget_refund_session(tx: &mut Transaction, id: SessionId) {
    if tx.refund_sessions.get(&id).is_some_and(|session| !session.used) {
        tx.refund_sessions.remove(&id);
    }
}

/// A return as it is asked for.
#[derive(Debug, Clone)]
pub struct ReturnRequest {
    /// The session of the calculation.
    pub session: SessionId,
    /// The reservation.
    pub reservation: ReservationId,
    /// How much of it.
    pub quantity: i64,
    /// Why.
    pub reason: Option<String>,
}

/// Returns what was calculated, for the amounts that were calculated [choice]. Repeated with the same
/// session it changes nothing and answers the same.
pub fn return_reservation(
    tx: &mut Transaction,
    order: &ReservationOrder,
    request: ReturnRequest,
) -> Result<RefundSession> {
    let unknown = |reason: &'static str| ReservationFault::Session(request.session.0, reason);
    let session = tx
        .refund_sessions
        .get(&request.session)
        .filter(|session| session.quote.order == order.id)
        .map(|row| RefundSession::clone(row))
        .ok_or_else(|| unknown("comes from no calculateRefund call for this order"))?;
    let quote = &session.quote;
    if quote.reservation != request.reservation || i64::from(quote.quantity) != request.quantity {
        return Err(unknown("was calculated for another reservation or quantity").into());
    }
    if session.used {
        return Ok(session);
    }
    if session.expires <= tx.now() {
        return Err(unknown("has run out").into());
    }
    if let Some(reason) = &request.reason
        && reason.chars().count() > LONGEST_REASON
    {
        let reason = format!("must have at most {LONGEST_REASON} characters");
        return Err(ReservationFault::invalid("properties.returnReason", reason).into());
    }
    super::buy::is_changeable(find_reservation(tx, order, quote.reservation)?)?;
    let refused = quote.errors.first().cloned();
    let over = || over_limit(tx, order.customer, quote.cancelled_usd, tx.now());
    if let Some(error) = refused.or_else(over) {
        return Err(ReservationFault::RefundPolicy(error).into());
    }
    accept(tx, order, session.quote.clone(), request.reason, RefundWay::SelfService);
    let used = RefundSession { used: true, ..session };
    tx.refund_sessions.put(used.id, used.clone());
    Ok(used)
}

/// Returns a reservation on the decision of the support agent, by the rules of this moment.
pub fn return_by_agent(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    quantity: i64,
) -> Result<RefundQuote> {
    let quote = refund_quote(tx, order, id, quantity, RefundWay::SupportRequest, tx.now())?;
    if let Some(error) = quote.errors.first() {
        return Err(ReservationFault::RefundPolicy(error.clone()).into());
    }
    accept(tx, order, quote.clone(), None, RefundWay::SupportRequest);
    Ok(quote)
}

/// Counts a return in the window from here on, and carries it out at once or in its time.
fn accept(
    tx: &mut Transaction,
    order: &ReservationOrder,
    quote: RefundQuote,
    reason: Option<String>,
    way: RefundWay,
) {
    let last = refund_numbers(tx, order.customer).next_back().unwrap_or(0);
    let key = (order.customer, last + 1);
    let step = Step::Return { id: quote.reservation, refund: key.1 };
    let time = tx.now();
    tx.refunds.put(key, Refund { time, quote, reason, way });
    if operation::start(tx, order, step).is_some() {
        count_returns(tx, order.id, u32::saturating_add);
    }
}

/// Counts the returns of an order that are being carried out.
fn count_returns(tx: &mut Transaction, id: ReservationOrderId, by: fn(u32, u32) -> u32) {
    if let Some(mut order) = draft_order(tx, id) {
        order.returns_under_way = by(order.returns_under_way, 1);
        put_order(tx, order);
    }
}

/// A return that took time is over.
pub(super) fn end(tx: &mut Transaction, order: ReservationOrderId) {
    count_returns(tx, order, u32::saturating_sub);
}

fn refund_numbers(
    state: &State,
    customer: CustomerId,
) -> impl DoubleEndedIterator<Item = u64> + use<'_> {
    state.refunds.range((customer, 0)..=(customer, u64::MAX)).map(|((_, number), _)| *number)
}

/// Carries an accepted return out.
pub(super) fn carry_out(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    refund: u64,
) {
    let Some(row) = tx.refunds.get(&(order.customer, refund)) else { return };
    let quote = row.quote.clone();
    give_back(tx, order, id, quote.quantity, Cause::Return, quote.amounts);
}

/// Takes an accepted return out of the window again: it could not be carried out.
pub(super) fn withdraw(tx: &mut Transaction, customer: CustomerId, refund: u64) {
    tx.refunds.remove(&(customer, refund));
}

/// Ends a reservation, or a part of it, and credits the amounts. The rest of a part lives on as a
/// reservation of its own (contract: azure-reservations.md §6.2, effects).
pub(super) fn give_back(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    part: u32,
    cause: Cause,
    amounts: RefundAmounts,
) {
    let Some(mut source) = draft(tx, order, id) else { return };
    let now = tx.now();
    let given_back = if part >= source.quantity {
        cancel(tx, source)
    } else {
        let (given, kept) =
            source.schedule.divided(part, source.quantity, now.date_naive(), order.decimals);
        let of_source = || Lineage { split_from: Some(id), ..Lineage::default() };
        let rest = make(tx, &source, (source.quantity - part, kept), of_source());
        let returned = make(tx, &source, (part, given), of_source());
        source.lineage.split_into = vec![rest, returned];
        cancel(tx, source);
        let Some(returned) = draft(tx, order, returned) else { return };
        cancel(tx, returned)
    };
    // By the month only the running month was paid for and comes back.
    let until = given_back.schedule.current(now.date_naive()).and_then(|(_, next)| next);
    let end = until.map(charges::start_of).or(given_back.expiry).unwrap_or(now);
    charges::credit(tx, order, &given_back, cause, (amounts.gross, amounts.fee), (now, end));
    touch(tx, order);
    close_order(tx, order.id, ReservationState::Cancelled);
    let left = tx
        .reservations_of(order.customer, order.id)
        .filter(|row| row.is_in_force())
        .map(|row| row.quantity)
        .sum();
    let (purchase, line) = &order.purchase;
    orders::line_returned(tx, order.customer, purchase, *line, left);
}
