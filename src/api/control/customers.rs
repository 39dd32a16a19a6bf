//! Customers made up in a world, by the thousand.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::service::Growth;
use crate::domain::error::Error;

/// Most customers of one call: it holds the world's writer.
const MOST_AT_ONCE: u64 = 10_000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Surface::Control, Method::POST, "/_mock/customers", "generateCustomers", make)
            .summary("Worlds", "Make customers up")
            .describe("Adds customers that come now, with Azure subscriptions, reservations and licences that they buy now: all by the rules, and the same for the same `seed` and `first`. To make a million, send ten thousand at a time and raise `first`; `pcmock seed` does that. Of the world of the request: `default`, or the one named by path prefix or by the header `X-Mock-World`.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .takes::<Wish>()
            .gives::<Made>(200, "They are there.")
            .example_body(json!({ "customers": 25, "seed": 7 })),
    ]
}

/// Customers to be made up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GenerateCustomers)]
struct Wish {
    /// How many: 1 to 10,000.
    #[schema(example = 25)]
    customers: Option<u64>,
    /// What tells them from others; 1 when absent.
    seed: Option<u64>,
    /// Number of the first; 0 when absent.
    first: Option<u64>,
}

/// What there is now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GeneratedCustomers)]
struct Made {
    /// Customers of the world.
    customers: usize,
    /// Orders of the world.
    orders: usize,
    /// Reservations of the world.
    reservations: usize,
    /// `first` of the next call.
    next: u64,
}

fn make(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let wish: Wish = call.body()?;
    let customers = wish
        .customers
        .filter(|count| (1..=MOST_AT_ONCE).contains(count))
        .ok_or_else(|| ControlFault::invalid("customers: must be 1 to 10000"))?;
    let (seed, first) = (wish.seed.unwrap_or(1), wish.first.unwrap_or(0));
    let next =
        first.checked_add(customers).ok_or_else(|| ControlFault::invalid("first: is too large"))?;
    let growth = Growth { customers, seed, first };
    let grow = call.service.grow;
    call.write(|tx| {
        let now = tx.now();
        grow(tx, now, growth).map_err(|reason| Error::invalid("customers", reason))
    })?;
    let state = call.world.published();
    Ok(Reply::ok(&Made {
        customers: state.customers.len(),
        orders: state.orders.len(),
        reservations: state.reservations.len(),
        next,
    }))
}
