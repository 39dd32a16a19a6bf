//! Bodies of reservations as bytes, kept as long as nothing stands differently that they are made
//! from: most of what a body costs is the use of the last 30 days, which changes at midnight.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::NaiveDate;

use super::reservation_body::{Form, ReservationBody, display_state};
use crate::api::call::Call;
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::reservations::{Reservation, ReservationOrder};
use crate::domain::state::State;
use crate::world::View;

/// Most bodies kept of one world.
const MOST_KEPT: usize = 10_000;

/// The bodies of one world. They belong to it as an attachment.
#[derive(Default)]
struct Kept(Mutex<Bodies>);

#[derive(Default)]
struct Bodies {
    made_from: Option<MadeFrom>,
    bodies: HashMap<Key, Bytes>,
}

/// What tells the bodies of one moment apart. What a reservation shows of itself at the moment is not
/// a matter of the day alone.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    order: ReservationOrderId,
    reservation: ReservationId,
    form: Form,
    display_state: &'static str,
}

/// What every body is made from: tables and settings as they stood, the day.
struct MadeFrom {
    state: Arc<State>,
    day: NaiveDate,
}

impl MadeFrom {
    fn is_same(&self, state: &State, day: NaiveDate) -> bool {
        let before = &self.state;
        self.day == day
            && Arc::ptr_eq(&before.settings, &state.settings)
            && before.reservations.is_same(&state.reservations)
            && before.reservation_orders.is_same(&state.reservation_orders)
            && before.subscriptions.is_same(&state.subscriptions)
            && before.utilization.is_same(&state.utilization)
    }
}

/// Reservations in this form, each with its order.
pub fn reservations<'r>(
    call: &Call<'_>,
    view: &View,
    items: impl Iterator<Item = (&'r ReservationOrder, &'r Reservation)>,
    form: Form,
) -> Vec<Bytes> {
    let (state, now) = (&view.state, view.now);
    let render = |order: &ReservationOrder, reservation: &Reservation| {
        let body = ReservationBody::of(state, order, reservation, now, form);
        Bytes::from(serde_json::to_vec(&body).unwrap_or_default())
    };
    if form.with_renewal {
        // What it renews to has a price of the catalogue, which is not looked at here.
        return items.map(|(order, reservation)| render(order, reservation)).collect();
    }
    let day = now.date_naive();
    let kept = call.world.attachment::<Kept>();
    // Held while rendering: who asks for the same at the same time waits instead of rendering, too.
    let mut kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    let stands = kept.made_from.as_ref().is_some_and(|it| it.is_same(state, day));
    if !stands || kept.bodies.len() >= MOST_KEPT {
        kept.bodies.clear();
        kept.made_from = Some(MadeFrom { state: Arc::clone(state), day });
    }
    items
        .map(|(order, reservation)| {
            let key = Key {
                order: order.id,
                reservation: reservation.id,
                form,
                display_state: display_state(state, reservation, now),
            };
            kept.bodies.entry(key).or_insert_with(|| render(order, reservation)).clone()
        })
        .collect()
}

/// The body of a list of such items. `rest` is what stands behind them: members of the object, each
/// with a comma before it.
pub fn list(items: &[Bytes], next_link: Option<&str>, rest: &[u8]) -> Bytes {
    let length = items.iter().map(|item| item.len() + 1).sum::<usize>() + rest.len() + 300;
    let mut body = Vec::with_capacity(length);
    body.extend_from_slice(b"{\"value\":[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(item);
    }
    body.extend_from_slice(b"],\"nextLink\":");
    // Writing text into memory cannot fail.
    let _ = serde_json::to_writer(&mut body, &next_link);
    body.extend_from_slice(rest);
    body.push(b'}');
    Bytes::from(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_put_together_as_they_would_be_written() {
        let item = |text: &'static str| Bytes::from_static(text.as_bytes());
        for (items, link, rest, written) in [
            (vec![], None, "", r#"{"value":[],"nextLink":null}"#),
            (
                vec![item("1"), item("{}")],
                Some("a\"b"),
                "",
                r#"{"value":[1,{}],"nextLink":"a\"b"}"#,
            ),
            (
                vec![item("1")],
                None,
                r#","summary":2"#,
                r#"{"value":[1],"nextLink":null,"summary":2}"#,
            ),
        ] {
            assert_eq!(list(&items, link, rest.as_bytes()), written.as_bytes());
        }
    }
}
