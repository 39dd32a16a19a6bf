//! Activation of marketplace purchases: the address where the publisher does it, and the sandbox's
//! short way (contract: partner-center-subscriptions.md §6).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{LICENCES, SUBSCRIPTION_DELETED, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Collection, Link};
use crate::api::reply::Reply;
use crate::domain::subscriptions::{self, Subscription, SubscriptionKind, SubscriptionStatus};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_subscription(
            Method::POST,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/activate",
            "activateSubscription",
            LICENCES,
            activate,
        )
        .summary(TAG, "Activate a marketplace subscription")
        .describe("In sandboxes only. Any body is ignored.")
        .source(Fidelity::Documented, "partner-center-subscriptions.md#6-activate")
        .gives::<ActivationResult>(200, "It is active.")
        .faults(&[SUBSCRIPTION_DELETED, code(800_041, 400), code(900_127, 400)]),
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/activationlinks",
            "listSubscriptionActivationLinks",
            LICENCES,
            links,
        )
        .summary(TAG, "List the activation links of a subscription")
        .describe("Where a marketplace purchase is activated; empty for anything else.")
        .source(Fidelity::Inferred, "partner-center-subscriptions.md#operations")
        .gives::<Collection<ActivationLink>>(200, "The links."),
    ]
}

fn activate(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    call.write(|tx| subscriptions::activate(tx, customer, id))?;
    Ok(Reply::ok(&ActivationResult { subscription_id: id.to_string(), status: "Success" }))
}

fn links(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, id)?;
    let is_open = subscription.kind == SubscriptionKind::Saas
        && subscription.status != SubscriptionStatus::Deleted;
    let order = view.state.order(customer, &subscription.order).ok();
    let number = order
        .and_then(|order| order.lines.iter().find(|line| line.subscription == Some(id)))
        .map(|line| line.number);
    let link = ActivationLink { line_item_number: number, link: publisher_page(subscription) };
    let items = if is_open { vec![link] } else { Vec::new() };
    let uri = format!("/customers/{customer}/subscriptions/{id}/activationlinks");
    Ok(Reply::ok(&Collection::of(items).at(uri)))
}

/// The page of the publisher; it exists in name only [choice].
fn publisher_page(subscription: &Subscription) -> Link {
    let name: String = subscription
        .publisher
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let name = if name.is_empty() { "publisher" } else { &name };
    Link::get(format!("https://{name}.example/activate?token={}", subscription.id))
}

/// What became of an activation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionActivationResult)]
pub(super) struct ActivationResult {
    /// The subscription.
    pub subscription_id: String,
    /// Always `Success`.
    #[schema(example = "Success")]
    pub status: &'static str,
}

/// Where a marketplace purchase is activated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionActivationLink)]
pub(super) struct ActivationLink {
    /// Line of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_item_number: Option<u32>,
    /// The address, absolute.
    pub link: Link,
}
