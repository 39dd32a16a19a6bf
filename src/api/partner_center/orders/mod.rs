//! Orders: place, list, read, change, provisioning status, activation links
//! (contract: partner-center-carts-orders.md §3).

mod body;
mod provisioning;
mod request;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::customers;
use crate::api::partner_center::etag;
use crate::api::partner_center::examples::{CUSTOMER, ORDER, SUBSCRIPTION, reservation_item};
use crate::api::partner_center::fault::{
    Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM, unknown_word,
};
use crate::api::partner_center::resource::{Collection, versioned_etag};
use crate::api::reply::Reply;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::ids::OrderId;
use crate::domain::orders;
pub use body::OrderBody;
use request::OrderRequest;

/// List of orders.
type OrderCollection = Collection<OrderBody>;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/orders",
            "createOrder",
            create,
        )
        .summary("Orders", "Place an order")
        .describe("All lines must belong together (one billing cycle and term, or reservations and perpetual software). What a cart would note on a line refuses the order. An order for reservations is `pending` until it is fulfilled.")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#post-orders-ri")
        .throttled()
        .takes::<OrderRequest>()
        .gives::<OrderBody>(201, "The order.")
        .faults(&[
            INVALID_INPUT,
            UNKNOWN_ENUM,
            code(800_004, 400),
            code(800_010, 400),
            code(800_011, 400),
            code(800_012, 400),
            code(800_013, 400),
            code(800_017, 400),
            code(800_018, 400),
            code(800_020, 403),
            code(800_021, 400),
            code(800_029, 400),
            code(800_030, 400),
            code(800_066, 403),
            code(800_067, 403),
            code(800_068, 403),
            code(800_070, 400),
            code(800_071, 400),
            code(800_085, 400),
            code(900_116, 400),
            code(900_154, 400),
            code(900_203, 400),
            code(900_206, 400),
            code(13605, 403),
            code(800_023, 403),
            code(27007, 400),
            NOT_FOUND,
            code(20002, 403),
        ])
        .example("customer_id", CUSTOMER)
        .example_body(example_order()),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/orders",
            "listOrders",
            list,
        )
        .summary("Orders", "List the orders of a customer")
        .describe("Not paged. An order appears after the delay `order-listing`.")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#get-orders")
        .query("include_price", json!({ "type": "boolean" }), "Add prices.")
        .query("billingType", json!({ "type": "string", "example": "one_time" }), "Only orders billed this way; in any casing, with or without `_`.")
        .gives::<OrderCollection>(200, "The orders.")
        .faults(&[INVALID_INPUT, UNKNOWN_ENUM, NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example_query("include_price", "true"),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/orders/{order_id}",
            "getOrder",
            get,
        )
        .summary("Orders", "Get an order by id")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#get-orders")
        .query("include_price", json!({ "type": "boolean" }), "Add prices.")
        .gives::<OrderBody>(200, "The order.")
        .faults(&[INVALID_INPUT, code(20000, 404), NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example("order_id", ORDER)
        .example_query("include_price", "true"),
        Operation::new(
            Surface::PartnerCenter,
            Method::PATCH,
            "/v1/customers/{customer_id}/orders/{order_id}",
            "updateOrder",
            change,
        )
        .summary("Orders", "Cancel an order, buy an add-on, change the billing cycle")
        .describe("`status: cancelled` cancels the order, or the lines that are sent. Reservations are cancelled through orders in sandboxes only; software within 30 days. A line with `parentSubscriptionId` buys an add-on. What is sent back unchanged changes nothing.")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#patch-orderso")
        .throttled()
        .takes::<OrderRequest>()
        .gives::<OrderBody>(200, "The order.")
        .faults(&[
            INVALID_INPUT,
            UNKNOWN_ENUM,
            code(2055, 400),
            code(6000, 400),
            code(6001, 400),
            code(27007, 400),
            code(800_004, 400),
            code(800_017, 400),
            code(800_019, 403),
            code(800_020, 403),
            code(800_029, 400),
            code(800_061, 400),
            code(800_063, 400),
            code(800_066, 403),
            code(800_067, 403),
            code(800_070, 400),
            code(800_071, 400),
            code(800_077, 403),
            code(800_085, 400),
            code(900_117, 400),
            code(900_154, 400),
            code(900_203, 400),
            code(20000, 404),
            NOT_FOUND,
            code(20002, 403),
        ])
        .example("customer_id", CUSTOMER)
        .example("order_id", ORDER)
        .example_body(json!({ "id": ORDER, "billingCycle": "one_time" })),
    ];
    operations.extend(provisioning::operations());
    operations
}

fn example_order() -> Value {
    json!({
        "billingCycle": "one_time",
        "currencyCode": "USD",
        "lineItems": [{
            "lineItemNumber": 0,
            "offerId": reservation_item(),
            "friendlyName": "B1s east",
            "quantity": 1,
            "termDuration": "P1Y",
            "provisioningContext": { "subscriptionId": SUBSCRIPTION, "scope": "shared", "duration": "1Year" }
        }]
    })
}

/// The order of the path; the case of a modern id counts.
fn order_id(call: &Call<'_>) -> OrderId {
    OrderId::named(&call.path_text("order_id").chars().take(100).collect::<String>())
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customers::named(call)?;
    let new = call.body::<OrderRequest>()?.try_into()?;
    // The answer shows the order as it was placed, before anything falls due.
    let body = call.write(|tx| {
        let id = orders::place(tx, customer, new)?;
        let country = tx.customer(customer)?.country().to_owned();
        Ok(OrderBody::of(tx.order(customer, &id)?, &country, false))
    })?;
    Ok(Reply::created(&body))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let prices = call.query_flag("include_price")?;
    let wanted = billing_type(call)?;
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    let mut shown: Vec<_> = view
        .state
        .orders_of(customer.id)
        .filter(|order| order.listed_from <= view.now)
        .filter(|order| wanted.is_none_or(|cycle| order.billing_cycle == cycle))
        .collect();
    shown.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
    let country = customer.country();
    let items = shown.into_iter().map(|order| OrderBody::of(order, country, prices)).collect();
    Ok(Reply::ok(&Collection::of(items).at(format!("/customers/{}/orders", customer.id))))
}

fn billing_type(call: &Call<'_>) -> Result<Option<BillingCycle>, Fault> {
    let text = call.query().get("billingType").map_or("", str::trim);
    if text.is_empty() {
        return Ok(None);
    }
    let cycle = match text.parse() {
        Ok(ordinal) => BillingCycle::from_ordinal(ordinal),
        Err(_) => BillingCycle::from_name(text),
    };
    let cycle = cycle.ok_or_else(|| {
        let words = BillingCycle::ALL.map(BillingCycle::as_str);
        unknown_word("billingType", text, &words.join(", "))
    })?;
    Ok(Some(cycle).filter(|cycle| *cycle != BillingCycle::Unknown))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let prices = call.query_flag("include_price")?;
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    let order = view.state.order(customer.id, &order_id(call))?;
    Ok(Reply::ok(&OrderBody::of(order, customer.country(), prices)))
}

fn change(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customers::named(call)?;
    let id = order_id(call);
    let request: OrderRequest = call.body()?;
    let sent_etag = request.etag();
    let change = request.try_into()?;
    let body = call.write(|tx| {
        let order = tx.order(customer, &id)?;
        // Only legacy orders have a version.
        if order.is_legacy {
            let current = versioned_etag(&id.to_string(), order.revision());
            etag::check(call, sent_etag.as_deref(), &current)?;
        }
        orders::change(tx, customer, &id, change)?;
        let country = tx.customer(customer)?.country().to_owned();
        Ok(OrderBody::of(tx.order(customer, &id)?, &country, false))
    })?;
    Ok(Reply::ok(&body))
}
