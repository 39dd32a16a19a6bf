//! Checking a cart out on the wire.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::cart_id;
use crate::api::call::Call;
use crate::api::operation::{BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::examples::{CART, CUSTOMER};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND};
use crate::api::partner_center::orders::OrderBody;
use crate::api::partner_center::resource::Attributes;
use crate::api::reply::Reply;
use crate::domain::carts::{self, Checkout};
use crate::domain::error::Error;
use crate::domain::ids::CustomerId;
use crate::domain::state::State;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/carts/{cart_id}/checkout",
            "checkoutCart",
            checkout,
        )
        .summary("Carts", "Check out a cart")
        .describe("Every order group becomes an order. A group that cannot be ordered is reported in `orderErrors`; when none can, the checkout is refused. Whatever body is sent is ignored: SDKs send the text `\"success\"`.")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#2-checkout")
        .throttled()
        .body(BodyOf {
            schema: SchemaOf::of::<String>(),
            required: false,
            content_type: "*/*",
        })
        .gives::<CheckoutBody>(201, "The orders, and the groups that could not be ordered.")
        .faults(&[
            INVALID_INPUT,
            code(800_008, 404),
            code(800_009, 400),
            code(800_065, 400),
            code(13605, 403),
            code(800_023, 403),
            code(800_018, 400),
            code(800_066, 403),
            code(800_067, 403),
            code(800_068, 403),
            code(900_116, 400),
            code(900_206, 400),
            NOT_FOUND,
            code(20002, 403),
        ])
        .example("customer_id", CUSTOMER)
        .example("cart_id", CART),
    ]
}

/// What a checkout gave.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartCheckoutResult)]
struct CheckoutBody {
    /// The orders.
    orders: Vec<OrderBody>,
    /// The groups that could not be ordered.
    order_errors: Vec<OrderErrorBody>,
    /// Attributes.
    attributes: Attributes,
}

/// A group that could not be ordered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderError)]
struct OrderErrorBody {
    /// The group.
    order_group_id: String,
    /// Number of the error.
    code: u32,
    /// What is wrong and how to put it right.
    description: String,
}

fn checkout(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = (call.path("customer_id")?, cart_id(call)?);
    // The answer shows the orders as they were placed, before anything falls due.
    let body = call.write(|tx| {
        let outcome = carts::checkout(tx, customer, id)?;
        CheckoutBody::of(tx, customer, outcome)
    })?;
    Ok(Reply::created(&body))
}

impl CheckoutBody {
    fn of(state: &State, customer: CustomerId, outcome: Checkout) -> Result<Self, Error> {
        let country = state.customer(customer)?.country().to_owned();
        let mut orders = Vec::with_capacity(outcome.orders.len());
        for id in &outcome.orders {
            orders.push(OrderBody::of(state.order(customer, id)?, &country, false));
        }
        let order_errors = outcome
            .failures
            .into_iter()
            .map(|failure| {
                let fault = Fault::from(failure.error);
                OrderErrorBody {
                    order_group_id: failure.group,
                    code: fault.code.number,
                    description: fault.description,
                }
            })
            .collect();
        Ok(Self { orders, order_errors, attributes: Attributes::of("CartCheckoutResult") })
    }
}
