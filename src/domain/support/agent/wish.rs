//! What a case asks for, read from its words: from the answers of a form, which are JSON, as well as
//! from sentences. Ids are found wherever they stand; everything else by a few words beside it
//! (contract: azure-support.md §7 [choice]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{may_concern, work};
use crate::domain::authorization::Access;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::reservations::{
    BillingPlan, ExchangeReturn, NewReservation, Reservation, ReservationOrder,
};
use crate::domain::state::State;
use crate::domain::support::{Case, Direction};
use crate::domain::term::Term;

/// Most reservations of one case [choice].
const MOST_ITEMS: usize = 20;

/// What is to be done with the reservations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WishKind {
    /// They are returned.
    Refund,
    /// They are exchanged for these.
    Exchange(Vec<NewReservation>),
}

/// What a case asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wish {
    /// What is to be done.
    pub kind: WishKind,
    /// With which reservations, and how much of each.
    pub items: Vec<ExchangeReturn>,
}

/// What has to be known before a case can be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Neither id.
    #[error(
        "Please send the reservation id and the reservation order id that the request is about."
    )]
    Both,
    /// The reservation.
    #[error(
        "Please send the reservation id; only the reservation order {0} is named. The order holds the reservations {1}."
    )]
    Reservation(ReservationOrderId, String),
    /// The order.
    #[error("Please send the reservation order id as well; only the reservation {0} is named.")]
    Order(ReservationId),
    /// The ids do not belong together.
    #[error("The reservation {0} is not in the reservation order {1}. Please check both ids.")]
    Apart(ReservationId, ReservationOrderId),
    /// Ids that nothing has.
    #[error(
        "No reservation and no reservation order has the id {0}. Please send the reservation id and the reservation order id."
    )]
    Unknown(Uuid),
    /// What to buy.
    #[error(
        "Please tell what to exchange it for: the size, and where they differ the region, the term and the quantity, for example Standard_D4s_v4, westeurope, P3Y, quantity 2."
    )]
    Purchase,
    /// A quantity with several reservations: which one it is of is not guessed.
    #[error(
        "Please open one request for each reservation of which only a part is meant, or name the reservations without a quantity."
    )]
    Quantity,
    /// It is said what is not wanted.
    #[error(
        "Please say plainly what is to be done: return the reservation, or exchange it for another."
    )]
    Plain,
    /// More than one case should hold.
    #[error("Please send one request for each {MOST_ITEMS} reservations.")]
    TooMany,
}

/// Texts of the case that have not been dealt with, the newest first.
fn texts(state: &State, case: &Case) -> Vec<String> {
    let work = work(state, case.id);
    let rows = state.support.messages.range((case.id, 0)..=(case.id, u32::MAX));
    let mut texts: Vec<String> = rows
        .filter(|((_, number), message)| {
            *number > work.read && message.direction == Direction::Inbound
        })
        .map(|(_, message)| format!("{}\n{}", message.subject, message.body))
        .collect();
    texts.reverse();
    if !work.opening_read {
        let form = case.scoping_questions.as_deref().unwrap_or_default();
        let resource = case.resource_id.as_deref().unwrap_or_default();
        texts.push(format!("{}\n{}\n{form}\n{resource}", case.title, case.description));
    }
    texts
}

/// What those may do whose words have not been dealt with.
pub(super) fn speakers<'s>(state: &'s State, case: &'s Case) -> Vec<&'s Access> {
    let work = work(state, case.id);
    let rows =
        state.support.messages.range((case.id, work.read.saturating_add(1))..=(case.id, u32::MAX));
    let said = rows.map(|(_, message)| &***message);
    let said = said.filter(|message| message.direction == Direction::Inbound);
    let opening = (!work.opening_read).then_some(&case.access);
    opening.into_iter().chain(said.map(|message| &message.access)).collect()
}

/// Whether the opener has said anything that was not dealt with.
pub(super) fn has_news(state: &State, case: &Case) -> bool {
    !texts(state, case).is_empty()
}

/// What the case asks for, or what has to be known first.
pub fn read(state: &State, case: &Case) -> Result<Wish, Missing> {
    let texts = texts(state, case);
    let named = named(state, case, &texts)?;
    let wants_exchange = texts.iter().find_map(|text| wants_exchange(text)).unwrap_or(false);
    if !wants_exchange && texts.iter().any(|text| denies(text)) {
        return Err(Missing::Plain);
    }
    let quantity = texts.iter().find_map(|text| {
        let words = words(text);
        // What stands behind a size is how many of it are bought.
        let is_size =
            |word: &String| wants_exchange && word.contains('_') && size(state, word).is_some();
        let end = words.iter().position(is_size).unwrap_or(words.len());
        quantity(&words[..end])
    });
    let only = named.len() == 1;
    if quantity.is_some() && !only {
        return Err(Missing::Quantity);
    }
    let items: Vec<ExchangeReturn> = named
        .iter()
        .map(|(order, reservation)| ExchangeReturn {
            order: order.id,
            reservation: reservation.id,
            quantity: quantity.filter(|_| only).unwrap_or_else(|| reservation.quantity.into()),
        })
        .collect();
    if !wants_exchange {
        return Ok(Wish { kind: WishKind::Refund, items });
    }
    let Some((order, reservation)) = named.first() else { return Err(Missing::Both) };
    let part = items.first().map_or(1, |item| item.quantity);
    let purchases = texts
        .iter()
        .map(|text| purchases(state, text, order, reservation, part))
        .find(|found| !found.is_empty())
        .ok_or(Missing::Purchase)?;
    Ok(Wish { kind: WishKind::Exchange(purchases), items })
}

type Named<'s> = (&'s ReservationOrder, &'s Reservation);

/// The reservations that are named together with their orders.
fn named<'s>(state: &'s State, case: &Case, texts: &[String]) -> Result<Vec<Named<'s>>, Missing> {
    let (mut orders, mut reservations, mut unknown) = (Vec::new(), Vec::new(), None);
    for text in texts {
        // Newer words replace older ones, kind by kind.
        let (mut own_orders, mut own_reservations) = (Vec::new(), Vec::new());
        for id in guids(text) {
            if let Some(order) = order(state, case, ReservationOrderId(id)) {
                push(&mut own_orders, order);
            } else if let Some(reservation) = reservation(state, case, ReservationId(id)) {
                push(&mut own_reservations, reservation);
            } else if !is_something_else(state, id) {
                unknown.get_or_insert(id);
            }
        }
        if orders.is_empty() {
            orders = own_orders;
        }
        if reservations.is_empty() {
            reservations = own_reservations;
        }
    }
    if reservations.len() > MOST_ITEMS {
        return Err(Missing::TooMany);
    }
    match (orders.first(), reservations.first(), unknown) {
        (None, None, Some(id)) => return Err(Missing::Unknown(id)),
        (None, None, None) => return Err(Missing::Both),
        (None, Some(reservation), _) => return Err(Missing::Order(reservation.id)),
        (Some(order), None, _) => {
            let held = state.reservations_of(order.customer, order.id);
            let held: Vec<String> = held
                .filter(|row| row.is_in_force())
                .take(MOST_ITEMS)
                .map(|row| row.id.to_string())
                .collect();
            return Err(Missing::Reservation(order.id, held.join(", ")));
        }
        (Some(_), Some(_), _) => {}
    }
    reservations
        .into_iter()
        .map(|reservation| {
            let own = orders.iter().find(|order| order.id == reservation.order);
            own.map(|order| (*order, reservation))
                .ok_or_else(|| Missing::Apart(reservation.id, orders[0].id))
        })
        .collect()
}

fn push<'s, T: PartialEq>(all: &mut Vec<&'s T>, one: &'s T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn order<'s>(
    state: &'s State,
    case: &Case,
    id: ReservationOrderId,
) -> Option<&'s ReservationOrder> {
    let customer = ***state.reservation_order_customers.get(&id)?;
    let row = state.reservation_orders.get(&(customer, id))?;
    may_concern(case.owner, row.customer).then_some(&***row)
}

fn reservation<'s>(state: &'s State, case: &Case, id: ReservationId) -> Option<&'s Reservation> {
    let first = state.revisions_of(id).next()?;
    let row = state.reservations.get(&(first.customer, first.order, id))?;
    may_concern(case.owner, row.customer).then_some(&***row)
}

/// Whether the id is that of a customer, the partner or a subscription, which letters name as well.
fn is_something_else(state: &State, id: Uuid) -> bool {
    use crate::domain::ids::{AzureSubscriptionId, CustomerId};
    state.customers.contains(&CustomerId(id))
        || state.partner.id.0 == id
        || state.azure_subscriptions.contains(&AzureSubscriptionId(id))
        || state.subscriptions.iter().any(|((_, subscription), _)| subscription.0 == id)
}

/// All GUIDs of a text, in order.
fn guids(text: &str) -> impl Iterator<Item = Uuid> {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .filter(|word| word.len() == 36)
        .filter_map(|word| Uuid::try_parse(word).ok())
}

/// Words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
        .map(|word| word.trim_matches('.').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// How much is to be given back: `quantity 2`, `"quantity": 2`, `2 of 5`, `2 units`.
fn quantity(words: &[String]) -> Option<i64> {
    let number = |at: usize| words.get(at)?.parse::<i64>().ok();
    let of = |at: usize| words.get(at).map(String::as_str);
    (0..words.len()).find_map(|at| match of(at)? {
        "quantity" => number(at + 1).or_else(|| number(at + 2)),
        "of" => at.checked_sub(1).and_then(number).filter(|_| number(at + 1).is_some()),
        "units" | "unit" | "instances" | "instance" => at.checked_sub(1).and_then(number),
        _ => None,
    })
}

/// Whether a text says what is not to be done, and nothing that is.
fn denies(text: &str) -> bool {
    let verbs = ["refund", "return", "cancel", "exchange", "swap"];
    let has_verb = |word: &String| verbs.iter().any(|verb| word.starts_with(verb));
    wants_exchange(text).is_none()
        && words(text).windows(2).any(|pair| {
            ["not", "t", "never", "cannot"].contains(&pair[0].as_str()) && has_verb(&pair[1])
        })
}

/// Whether an exchange is wanted or a refund, by the word that comes first and is not denied.
fn wants_exchange(text: &str) -> Option<bool> {
    let mut before = String::new();
    let mut words = words(text).into_iter().peekable();
    while let Some(word) = words.next() {
        // `don't` is two words here.
        let is_denied = ["not", "t", "never", "cannot"].contains(&before.as_str());
        before.clone_from(&word);
        if is_denied {
            continue;
        }
        if word.starts_with("exchange") || word.starts_with("swap") {
            // The name of the category says nothing.
            words.next_if(|next| next == "and" || next == "or");
            if words.next_if(|next| next.starts_with("refund")).is_some() {
                continue;
            }
            return Some(true);
        }
        if ["refund", "return", "cancel"].iter().any(|stem| word.starts_with(stem)) {
            return Some(false);
        }
    }
    None
}

/// What is bought: each size that is named, with what stands behind it up to the next one. What is
/// not said is as it was.
fn purchases(
    state: &State,
    text: &str,
    order: &ReservationOrder,
    reservation: &Reservation,
    part: i64,
) -> Vec<NewReservation> {
    let Some(billed) = state.billing_subscription(order.customer, order.billing_subscription)
    else {
        return Vec::new();
    };
    let words = words(text);
    let sizes: Vec<(usize, String, ReservedResourceType)> = words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.contains('_'))
        .filter_map(|(at, word)| size(state, word).map(|(name, kind)| (at, name, kind)))
        .collect();
    // The first size may be that of the old one: `Standard_D2s_v4 for Standard_D4s_v4`.
    let named_old = sizes.len() > 1 && sizes[0].1.eq_ignore_ascii_case(&order.arm_sku_name);
    let mut made = Vec::new();
    for (number, (at, sku, resource_type)) in sizes.iter().enumerate() {
        if number == 0 && named_old {
            continue;
        }
        let end = sizes.get(number + 1).map_or(words.len(), |(next, ..)| *next);
        let terms = Terms::of(state, &words[at + 1..end]);
        let quantity = terms.quantity.unwrap_or(part);
        made.push(NewReservation {
            resource_type: *resource_type,
            sku: sku.clone(),
            location: terms.region.or_else(|| order.region.clone()),
            billing_subscription: billed.id,
            term: terms.term.unwrap_or(order.term),
            plan: terms.plan.unwrap_or(order.plan),
            quantity: u32::try_from(quantity).unwrap_or(0),
            display_name: Some(reservation.display_name.clone()),
            scope: reservation.scope.clone(),
            renew: false,
            instance_flexibility: None,
            review: None,
        });
    }
    made
}

/// The size of the catalogue that a word names.
fn size(state: &State, word: &str) -> Option<(String, ReservedResourceType)> {
    state.catalogue.all_products().iter().find_map(|product| {
        let family = product.reservation_family()?;
        let mut sizes = family.sizes().iter();
        let found = sizes.find(|size| size.arm_sku_name().eq_ignore_ascii_case(word))?;
        Some((found.arm_sku_name().to_owned(), family.reserved_resource_type()))
    })
}

/// What stands behind a size.
#[derive(Debug, Default)]
struct Terms {
    region: Option<String>,
    term: Option<Term>,
    plan: Option<BillingPlan>,
    quantity: Option<i64>,
}

impl Terms {
    fn of(state: &State, words: &[String]) -> Self {
        let mut terms = Self::default();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).map_or("", String::as_str);
            let before = at.checked_sub(1).map_or("", |at| words[at].as_str());
            let number = word.trim_start_matches('x').parse::<i64>().ok();
            if let Some(term) = term(word, next) {
                terms.term.get_or_insert(term);
            } else if word.starts_with("upfront") {
                terms.plan.get_or_insert(BillingPlan::Upfront);
            } else if word.starts_with("monthly") {
                terms.plan.get_or_insert(BillingPlan::Monthly);
            } else if let Some(region) = state.catalogue.region(word) {
                terms.region.get_or_insert_with(|| region.arm_region_name().to_owned());
            } else if let Some(number) = number
                && (before == "quantity" || terms.quantity.is_none())
            {
                terms.quantity = Some(number);
            }
        }
        terms
    }
}

fn term(word: &str, next: &str) -> Option<Term> {
    if let Some(term) = Term::from_iso(word) {
        return Some(term);
    }
    match (word, next.starts_with("year")) {
        ("1" | "one", true) => Some(Term::P1Y),
        ("3" | "three", true) => Some(Term::P3Y),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
