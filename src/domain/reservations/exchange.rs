//! Exchanging reservations for others: the calculation, the exchange itself, and what the rules have
//! against one (contract: reservation-business-rules.md §4, azure-reservations.md §7).

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::buy::{buy, is_changeable, offer};
use super::change::check_display_name;
use super::record::{draft, put};
use super::refund::{give_back, part_of, returned};
use super::refund_amounts::RefundAmounts;
use super::{
    NewReservation, Reservation, ReservationFault, ReservationOrder, find_order, find_reservation,
};
use crate::domain::authorization::{PrincipalKind, Scope, grant_owner};
use crate::domain::catalogue::{ExchangeFamily, ReservedResourceType};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{
    CustomerId, Draw, ObjectId, OperationId, ReservationId, ReservationOrderId, TenantId,
};
use crate::domain::ledger::Cause;
use crate::domain::orders::{self, TransactionKind};
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::domain::words::{self, Word};

/// Most reservations on either side of an exchange [choice].
const MOST: usize = 100;

/// Hours for which a finished operation can be asked for [choice].
const HOURS_REMEMBERED: i64 = 24;

/// A reservation, or a part of one, that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeReturn {
    /// Its order.
    pub order: ReservationOrderId,
    /// The reservation.
    pub reservation: ReservationId,
    /// How much of it.
    pub quantity: i64,
}

/// An exchange as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeRequest {
    /// What is given back.
    pub returns: Vec<ExchangeReturn>,
    /// What is bought.
    pub purchases: Vec<NewReservation>,
    /// How many savings plans are to be bought: the mock sells none.
    pub savings_plans: usize,
}

/// Why the rules refuse an exchange. The service documents no codes; these are ours [choice].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ExchangePolicyError {
    /// The new commitment is smaller than the old one.
    #[error("the purchases cost {purchases}, less than the {refunds} that are given back")]
    ValueTooLow {
        /// Lifetime price of what is bought.
        purchases: Decimal,
        /// Refunds and cancelled commitments.
        refunds: Decimal,
    },
    /// Old and new are not of one family.
    #[error("{0} cannot be exchanged for {1}")]
    FamilyMismatch(
        #[serde(deserialize_with = "words::read")] Word,
        #[serde(deserialize_with = "words::read")] Word,
    ),
    /// Not exchangeable as things are.
    #[error("{0}")]
    NotSupported(String),
    /// The reservation's state does not allow it.
    #[error("{0}")]
    NotEligible(String),
}

impl ExchangePolicyError {
    /// Code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ValueTooLow { .. } => "ExchangeValueTooLow",
            Self::FamilyMismatch(..) => "ExchangeFamilyMismatch",
            Self::NotSupported(_) => "ExchangeNotSupported",
            Self::NotEligible(_) => "ReservationNotEligible",
        }
    }
}

/// What is given back, priced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricedReturn {
    /// Its order.
    pub order: ReservationOrderId,
    /// The reservation.
    pub reservation: ReservationId,
    /// How much of it.
    pub quantity: u32,
    /// What it gives, in the currency of the exchange.
    pub amounts: RefundAmounts,
}

/// What is bought, priced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricedPurchase {
    /// What.
    pub wanted: NewReservation,
    /// Price of the whole term, in the currency of the exchange.
    pub total: Decimal,
    /// The same in US dollars.
    pub total_usd: Decimal,
    /// Decimals of the currency.
    pub decimals: u32,
    /// What came of it, once the exchange is done.
    pub made: Option<(ReservationOrderId, ReservationId)>,
}

/// An exchange with its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricedExchange {
    /// What is given back.
    pub returns: Vec<PricedReturn>,
    /// What is bought.
    pub purchases: Vec<PricedPurchase>,
    /// Currency of all amounts.
    pub currency: String,
    /// Why it would be refused.
    pub errors: Vec<ExchangePolicyError>,
}

impl PricedExchange {
    /// Refunds and cancelled commitments of all that is given back.
    pub fn refunds_total(&self) -> Decimal {
        self.returns.iter().map(|item| item.amounts.gross + item.amounts.remaining).sum()
    }

    /// Lifetime prices of all that is bought.
    pub fn purchases_total(&self) -> Decimal {
        self.purchases.iter().map(|item| item.total).sum()
    }

    /// What has to be paid on top.
    pub fn net_payable(&self) -> Decimal {
        self.purchases_total() - self.refunds_total()
    }
}

/// How far an exchange is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExchangeStage {
    /// Calculated; nobody has carried it out.
    Calculated,
    /// Being carried out, since and until when.
    Running(DateTime<Utc>, DateTime<Utc>),
    /// Done.
    Succeeded,
    /// Not possible; nothing has changed.
    Failed(Error),
}

/// A calculated exchange, and what became of it. Its id is the session and the operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exchange {
    /// Id.
    pub id: OperationId,
    /// The operation of its calculation.
    pub calculation: OperationId,
    /// The customer.
    pub customer: CustomerId,
    /// The directory it belongs to; none where the caller saw all.
    pub directory: TenantId,
    /// What is exchanged.
    pub priced: PricedExchange,
    /// When the calculation is done.
    pub ready: DateTime<Utc>,
    /// Until when it can be carried out.
    pub expires: DateTime<Utc>,
    /// Who becomes the owner of what is bought.
    pub owner: Option<(ObjectId, PrincipalKind)>,
    /// How far it is.
    pub stage: ExchangeStage,
}

fn checked_lists(request: &ExchangeRequest) -> Result<()> {
    let refuse = |field: &str, reason: String| {
        Err(Error::from(ReservationFault::invalid(format!("properties.{field}"), reason)))
    };
    if request.returns.is_empty() {
        return refuse("reservationsToExchange", "must name at least one reservation".to_owned());
    }
    if request.returns.len() > MOST || request.purchases.len() > MOST {
        return refuse("reservationsToExchange", format!("an exchange has at most {MOST} of each"));
    }
    let mut seen = BTreeSet::new();
    for (at, item) in request.returns.iter().enumerate() {
        if !seen.insert(item.reservation) {
            let reason = "is listed twice; add the quantities up".to_owned();
            return refuse(&format!("reservationsToExchange[{at}].reservationId"), reason);
        }
    }
    Ok(())
}

/// Prices an exchange. What the rules have against it is part of the answer; what makes no sense, or
/// is not on sale, is refused.
pub fn price_exchange(
    state: &State,
    directory: Option<TenantId>,
    request: &ExchangeRequest,
    by_agent: bool,
    now: DateTime<Utc>,
) -> Result<(CustomerId, TenantId, PricedExchange)> {
    checked_lists(request)?;
    let mut errors = Vec::new();
    let mut returns = Vec::new();
    let mut sources: Vec<ReservationOrder> = Vec::new();
    for item in &request.returns {
        let order = find_order(state, directory, item.order)?;
        let reservation = find_reservation(state, order, item.reservation)?;
        let quantity = part_of(reservation, item.quantity)?;
        if let Err(error) = is_changeable(reservation) {
            errors.push(ExchangePolicyError::NotEligible(error.to_string()));
        }
        // One that was never in force has no amounts.
        let amounts = match returned(order, reservation, quantity, now) {
            Ok(returned) => returned.exchange(),
            Err(_) => RefundAmounts::default(),
        };
        returns.push(PricedReturn {
            order: order.id,
            reservation: reservation.id,
            quantity,
            amounts,
        });
        sources.push(ReservationOrder::clone(order));
    }
    let Some(first) = sources.first() else {
        return Err(Error::Internal("an exchange without sources".to_owned()));
    };
    let (customer, home, currency) = (first.customer, first.directory, first.currency.clone());
    if sources.iter().any(|order| order.customer != customer || order.currency != currency) {
        let text = "all reservations must be of one customer and one currency".to_owned();
        errors.push(ExchangePolicyError::NotSupported(text));
    }
    let mut purchases = Vec::new();
    for wanted in &request.purchases {
        check_display_name(wanted)?;
        let offer = offer(state, customer, home, wanted)?;
        if offer.currency != currency {
            let text = format!("the purchase is billed in {}, not {currency}", offer.currency);
            errors.push(ExchangePolicyError::NotSupported(text));
        }
        let quantity = Decimal::from(wanted.quantity);
        purchases.push(PricedPurchase {
            wanted: wanted.clone(),
            total: offer.unit_price * quantity,
            total_usd: offer.usd_unit_price * quantity,
            decimals: offer.decimals,
            made: None,
        });
    }
    let mut priced = PricedExchange { returns, purchases, currency, errors };
    check_policy(state, request, &sources, &mut priced, by_agent);
    Ok((customer, home, priced))
}

fn check_policy(
    state: &State,
    request: &ExchangeRequest,
    sources: &[ReservationOrder],
    priced: &mut PricedExchange,
    by_agent: bool,
) {
    let rules = &state.settings.refunds;
    if !by_agent && !rules.self_service {
        let text = "exchanges need a support request: Billing, Reservation management, Exchanges and refunds";
        priced.errors.push(ExchangePolicyError::NotSupported(text.to_owned()));
    }
    if request.savings_plans > 0 {
        let text = "savings plans are not sold here; exchange for reservations".to_owned();
        priced.errors.push(ExchangePolicyError::NotSupported(text));
    }
    let kinds = |kind: ReservedResourceType| (kind, kind.exchange_family());
    let old: Vec<_> = sources.iter().map(|order| kinds(order.resource_type)).collect();
    let new: Vec<_> = priced.purchases.iter().map(|it| kinds(it.wanted.resource_type)).collect();
    for (kind, family) in old.iter().chain(&new) {
        let text = match family {
            None => format!("{} cannot be exchanged", kind.as_str()),
            Some(ExchangeFamily::Compute) if !rules.compute_exchange => {
                format!("{}: exchanges of compute reservations have ended", kind.as_str())
            }
            Some(_) => continue,
        };
        let error = ExchangePolicyError::NotSupported(text);
        if !priced.errors.contains(&error) {
            priced.errors.push(error);
        }
    }
    if let Some((kind, family)) = old.first()
        && let Some((other, _)) = old.iter().chain(&new).find(|(_, it)| it != family)
    {
        let error = ExchangePolicyError::FamilyMismatch(kind.as_str(), other.as_str());
        priced.errors.push(error);
    }
    let (purchases, refunds) = (priced.purchases_total(), priced.refunds_total());
    if purchases < refunds {
        priced.errors.push(ExchangePolicyError::ValueTooLow { purchases, refunds });
    }
}

/// Calculates an exchange and remembers it. Gives its operation.
pub fn calculate_exchange(
    tx: &mut Transaction,
    directory: Option<TenantId>,
    request: &ExchangeRequest,
    owner: Option<(ObjectId, PrincipalKind)>,
) -> Result<Exchange> {
    let (customer, home, priced) = price_exchange(tx, directory, request, false, tx.now())?;
    let now = tx.now();
    let delay = tx.settings.delay(Transition::ExchangeCalculation);
    let ready = delay.due(now);
    let exchange = Exchange {
        id: OperationId(tx.guid(Draw::Session)),
        calculation: OperationId(tx.guid(Draw::Operation)),
        customer,
        directory: home,
        priced,
        ready,
        expires: ready + TimeDelta::minutes(tx.settings.refunds.session_minutes),
        owner,
        stage: ExchangeStage::Calculated,
    };
    tx.exchange_calculations.put(exchange.calculation, exchange.id);
    tx.exchanges.put(exchange.id, exchange.clone());
    if delay.is_held() {
        let timer = Timer::CompleteCalculation(customer, exchange.id);
        tx.schedule(Transition::ExchangeCalculation, timer);
    } else {
        let forgotten = exchange.expires + TimeDelta::hours(HOURS_REMEMBERED);
        tx.timers.set(forgotten, Timer::ForgetExchange(customer, exchange.id));
    }
    Ok(exchange)
}

/// Ends a calculation that was held.
pub fn complete_calculation(tx: &mut Transaction, id: OperationId) {
    let Some(exchange) = tx.exchanges.get(&id) else { return };
    let ready = tx.now();
    let expires = ready + TimeDelta::minutes(tx.settings.refunds.session_minutes);
    let exchange = Exchange { ready, expires, ..Exchange::clone(exchange) };
    let forgotten = expires + TimeDelta::hours(HOURS_REMEMBERED);
    tx.timers.set(forgotten, Timer::ForgetExchange(exchange.customer, id));
    tx.exchanges.put(id, exchange);
}

/// Forgets a calculation, with its exchange unless that was carried out.
pub fn forget_exchange(tx: &mut Transaction, id: OperationId) {
    let Some(exchange) = tx.exchanges.get(&id) else { return };
    let (calculation, unused) = (exchange.calculation, exchange.stage == ExchangeStage::Calculated);
    tx.exchange_calculations.remove(&calculation);
    if unused {
        tx.exchanges.remove(&id);
    }
}

/// The exchange of that session in a directory.
pub fn find_exchange(
    state: &State,
    directory: Option<TenantId>,
    id: OperationId,
) -> Result<&Exchange> {
    state
        .exchanges
        .get(&id)
        .map(|row| &***row)
        .filter(|exchange| directory.is_none_or(|it| it == exchange.directory))
        .ok_or_else(|| ReservationFault::OperationNotFound(id.to_string()).into())
}

/// The exchange that an operation is the calculation of, in a directory.
pub fn find_calculation(
    state: &State,
    directory: Option<TenantId>,
    id: OperationId,
) -> Result<&Exchange> {
    let unknown = || Error::from(ReservationFault::OperationNotFound(id.to_string()));
    let session = state.exchange_calculations.get(&id).ok_or_else(unknown)?;
    find_exchange(state, directory, ***session).map_err(|_| unknown())
}

/// Begins a calculated exchange; repeated it changes nothing.
pub fn exchange(
    tx: &mut Transaction,
    directory: Option<TenantId>,
    session: OperationId,
) -> Result<()> {
    let refuse = |reason| Error::from(ReservationFault::Session(session.0, reason));
    let exchange = find_exchange(tx, directory, session)
        .map_err(|_| refuse("comes from no calculateExchange call in this directory"))?;
    let exchange = Exchange::clone(exchange);
    if exchange.stage != ExchangeStage::Calculated {
        return Ok(());
    }
    let now = tx.now();
    if exchange.ready > now || !exchange.priced.errors.is_empty() {
        return Err(refuse("is not of an exchange that was calculated with success"));
    }
    if exchange.expires <= now {
        return Err(refuse("has run out"));
    }
    for item in &exchange.priced.returns {
        let order = find_order(tx, directory, item.order)?;
        is_changeable(find_reservation(tx, order, item.reservation)?)?;
    }
    set_changing(tx, &exchange.priced, true);
    let delay = tx.settings.delay(Transition::Exchange);
    let due = delay.due(now);
    let stage = ExchangeStage::Running(now, due);
    tx.exchanges.put(session, Exchange { stage, ..exchange });
    if delay.is_none() {
        complete_exchange(tx, session);
    } else {
        let customer = find_exchange(tx, directory, session)?.customer;
        tx.schedule(Transition::Exchange, Timer::CompleteExchange(customer, session));
    }
    Ok(())
}

fn set_changing(tx: &mut Transaction, priced: &PricedExchange, changing: bool) {
    for item in &priced.returns {
        let Ok(order) = find_order(tx, None, item.order) else { continue };
        let order = ReservationOrder::clone(order);
        if let Some(reservation) = draft(tx, &order, item.reservation)
            && reservation.changing != changing
            && reservation.state.stands()
        {
            put(tx, Reservation { changing, ..reservation });
        }
    }
}

/// Ends an exchange: all of it is done, or nothing.
pub fn complete_exchange(tx: &mut Transaction, id: OperationId) {
    let Some(row) = tx.exchanges.get(&id) else { return };
    let mut exchange = Exchange::clone(row);
    let mut attempt = tx.attempt();
    exchange.stage = match carry_out(&mut attempt, &mut exchange) {
        Ok(()) => {
            tx.adopt(attempt);
            ExchangeStage::Succeeded
        }
        Err(error) => {
            set_changing(tx, &exchange.priced, false);
            ExchangeStage::Failed(error)
        }
    };
    if exchange.stage != ExchangeStage::Succeeded {
        for purchase in &mut exchange.priced.purchases {
            purchase.made = None;
        }
    }
    tx.exchanges.put(id, exchange);
}

fn carry_out(tx: &mut Transaction, exchange: &mut Exchange) -> Result<()> {
    for item in &exchange.priced.returns {
        let order = ReservationOrder::clone(find_order(tx, None, item.order)?);
        let reservation = find_reservation(tx, &order, item.reservation)?;
        if !reservation.is_in_force() || !reservation.changing {
            return Err(ReservationFault::WrongState {
                reservation: reservation.id,
                state: reservation.state.name(),
                needed: "it ended before the exchange was carried out",
            }
            .into());
        }
        give_back(tx, &order, item.reservation, item.quantity, Cause::Exchange, item.amounts);
    }
    let (customer, directory, owner) = (exchange.customer, exchange.directory, exchange.owner);
    for purchase in &mut exchange.priced.purchases {
        purchase.made = Some(take(tx, customer, directory, &purchase.wanted, owner)?);
    }
    Ok(())
}

/// Buys one reservation of an exchange; it is in force at once.
fn take(
    tx: &mut Transaction,
    customer: CustomerId,
    directory: TenantId,
    wanted: &NewReservation,
    owner: Option<(ObjectId, PrincipalKind)>,
) -> Result<(ReservationOrderId, ReservationId)> {
    let by = TransactionKind::UserPurchase;
    let (purchase, id) = buy(tx, customer, directory, wanted, by)?;
    orders::fulfil(tx, customer, &purchase)?;
    super::directory::follow(tx, customer, id, directory);
    if let Some((object, kind)) = owner {
        grant_owner(tx, directory, Scope::Order(id), object, kind);
    }
    let made = tx.reservations_of(customer, id).next().map(|row| row.id);
    let made = made.ok_or_else(|| Error::Internal(format!("order {id} holds nothing")))?;
    Ok((id, made))
}

/// Exchanges on the decision of the support agent, by the rules of this moment. Gives what it came to.
pub fn exchange_by_agent(
    tx: &mut Transaction,
    directory: TenantId,
    request: &ExchangeRequest,
) -> Result<PricedExchange> {
    let (customer, home, priced) = price_exchange(tx, Some(directory), request, true, tx.now())?;
    if let Some(error) = priced.errors.first() {
        return Err(ReservationFault::ExchangePolicy(error.clone()).into());
    }
    let id = OperationId(tx.guid(Draw::Session));
    let now = tx.now();
    set_changing(tx, &priced, true);
    let mut exchange = Exchange {
        id,
        calculation: id,
        customer,
        directory: home,
        priced,
        ready: now,
        expires: now,
        owner: None,
        stage: ExchangeStage::Running(now, now),
    };
    carry_out(tx, &mut exchange)?;
    exchange.stage = ExchangeStage::Succeeded;
    tx.exchanges.put(id, exchange.clone());
    Ok(exchange.priced)
}
