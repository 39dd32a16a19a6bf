//! Carts: create, read, replace, check out (contract: partner-center-carts-orders.md §1 and §2).

mod body;
mod checkout;
mod request;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::customers;
use crate::api::partner_center::examples::{CART, CUSTOMER, SUBSCRIPTION, reservation_item};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::reply::Reply;
use crate::domain::carts;
use crate::domain::ids::{CartId, ObjectId};
use body::CartBody;
use request::CartRequest;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/carts",
            "createCart",
            create,
        )
        .summary("Carts", "Create a cart")
        .describe("Every line is judged: one that cannot be bought is kept with an `error`, and the cart is created all the same. `orderGroup` tells which lines become one order. For a reservation `provisioningContext` names a registered Azure subscription and the scope.")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#1-cart")
        .throttled()
        .takes::<CartRequest>()
        .gives::<CartBody>(201, "The cart, with the lines' order groups and errors.")
        .faults(&[INVALID_INPUT, UNKNOWN_ENUM, NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example_body(example_cart()),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/carts/{cart_id}",
            "getCart",
            get,
        )
        .summary("Carts", "Get a cart by id")
        .source(Fidelity::Inferred, "partner-center-carts-orders.md#operations")
        .gives::<CartBody>(200, "The cart.")
        .faults(&[code(800_008, 404), NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example("cart_id", CART),
        Operation::new(
            Surface::PartnerCenter,
            Method::PUT,
            "/v1/customers/{customer_id}/carts/{cart_id}",
            "updateCart",
            replace,
        )
        .summary("Carts", "Replace the lines of a cart")
        .describe("The lines sent are all the lines there are; every one is judged again.")
        .source(Fidelity::Sample, "partner-center-carts-orders.md#put")
        .throttled()
        .takes::<CartRequest>()
        .gives::<CartBody>(201, "The cart.")
        .faults(&[INVALID_INPUT, UNKNOWN_ENUM, code(800_008, 404), code(800_065, 400), NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example("cart_id", CART)
        .example_body(example_cart()),
    ];
    operations.extend(checkout::operations());
    operations
}

fn example_cart() -> Value {
    json!({ "lineItems": [{
        "id": 0,
        "catalogItemId": reservation_item(),
        "friendlyName": "B1s east",
        "quantity": 1,
        "currencyCode": "USD",
        "billingCycle": "one_time",
        "termDuration": "P1Y",
        "provisioningContext": { "subscriptionId": SUBSCRIPTION, "scope": "shared", "duration": "1Year" }
    }] })
}

/// Who changes a cart: the user, or the app's service principal [choice].
fn author(call: &Call<'_>) -> ObjectId {
    let claims = call.caller.claims();
    claims.and_then(|claims| claims.object.parse().ok()).unwrap_or(ObjectId::FIRST)
}

fn answer(call: &Call<'_>, id: CartId, status: fn(&CartBody) -> Reply) -> Result<Reply, Fault> {
    let view = call.view();
    let cart = carts::find(&view.state, call.path("customer_id")?, id, view.now)?;
    Ok(status(&CartBody::from(&***cart)))
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customers::named(call)?;
    let new = call.body::<CartRequest>()?.try_into()?;
    let id = call.write(|tx| carts::create(tx, customer, author(call), new))?;
    answer(call, id, Reply::created)
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    answer(call, cart_id(call)?, Reply::ok)
}

fn replace(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = (customers::named(call)?, cart_id(call)?);
    let new = call.body::<CartRequest>()?.try_into()?;
    call.write(|tx| carts::replace(tx, customer, id, author(call), new))?;
    answer(call, id, Reply::created)
}

/// The cart of the path. What is no GUID is no cart either.
fn cart_id(call: &Call<'_>) -> Result<CartId, Fault> {
    let text = call.path_text("cart_id");
    text.parse().map_err(|_| {
        crate::domain::error::Error::CartNotFound(text.chars().take(60).collect()).into()
    })
}
