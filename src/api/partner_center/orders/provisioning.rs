//! How far the lines of an order are, and where marketplace purchases are activated.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::order_id;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::examples::{CUSTOMER, ORDER};
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::{Attributes, Collection, Link};
use crate::api::reply::Reply;
use crate::domain::catalogue::ProductKind;
use crate::domain::error::Error;
use crate::domain::orders::{Order, OrderLine};

/// List of the lines' provisioning status.
type ProvisioningCollection = Collection<ProvisioningBody>;
/// List of activation links.
type ActivationLinkCollection = Collection<ActivationLinkBody>;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, Fault>| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .faults(&[code(20000, 404), NOT_FOUND, code(20002, 403)])
            .example("customer_id", CUSTOMER)
            .example("order_id", ORDER)
    };
    vec![
        operation(
            "/v1/customers/{customer_id}/orders/{order_id}/provisioningstatus",
            "getOrderProvisioningStatus",
            provisioning,
        )
        .summary("Orders", "Tell how far an order is")
        .source(Fidelity::Inferred, "partner-center-carts-orders.md#lifecycle-of-an-ri-order")
        .gives::<ProvisioningCollection>(200, "The status of each line."),
        operation(
            "/v1/customers/{customer_id}/orders/{order_id}/activationlinks",
            "listOrderActivationLinks",
            activation,
        )
        .summary("Orders", "List the activation links of an order")
        .describe("Marketplace purchases have one; for everything else the list is empty.")
        .source(Fidelity::Inferred, "partner-center-carts-orders.md#operations")
        .gives::<ActivationLinkCollection>(200, "The links."),
        operation(
            "/v1/customers/{customer_id}/orders/{order_id}/lineitems/{line_item_number}/activationlinks",
            "listOrderLineActivationLinks",
            line_activation,
        )
        .summary("Orders", "List the activation links of a line of an order")
        .source(Fidelity::Documented, "partner-center-carts-orders.md#operations")
        .gives::<ActivationLinkCollection>(200, "The links.")
        .faults(&[code(800_007, 404)])
        .example("line_item_number", "0"),
        operation(
            "/v1/customers/{customer_id}/orders/{order_id}/attachments",
            "listOrderAttachments",
            attachments,
        )
        .summary("Orders", "List the attachments of an order")
        .describe("Documented, not part of the mock: answers 501.")
        .source(Fidelity::Inferred, "partner-center-carts-orders.md#operations")
        .faults(&[code(0, 501)]),
    ]
}

/// How far a line is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderLineItemProvisioningStatus)]
struct ProvisioningBody {
    /// Number of the line.
    line_item_number: u32,
    /// `PrefulfillmentPending`, `Fulfilled` or `Unfulfilled`.
    #[schema(example = "Fulfilled")]
    status: &'static str,
    /// The same by quantity.
    quantity_provisioning_information: Vec<QuantityBody>,
    /// Attributes.
    attributes: Attributes,
}

/// How far a quantity is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QuantityProvisioningStatus)]
struct QuantityBody {
    /// Quantity.
    quantity: u32,
    /// Its status.
    #[schema(example = "Fulfilled")]
    status: &'static str,
}

/// Where a marketplace purchase is activated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderLineItemActivationLink)]
struct ActivationLinkBody {
    /// Number of the line.
    line_item_number: u32,
    /// Address.
    link: Link,
}

fn provisioning(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?.id;
    let order = view.state.order(customer, &order_id(call))?;
    let items = order.lines.iter().map(ProvisioningBody::from).collect();
    Ok(Reply::ok(&Collection::of(items)))
}

impl From<&OrderLine> for ProvisioningBody {
    fn from(line: &OrderLine) -> Self {
        let status = line.status.name();
        Self {
            line_item_number: line.number,
            status,
            quantity_provisioning_information: vec![QuantityBody {
                quantity: line.ordered_quantity,
                status,
            }],
            attributes: Attributes::of("OrderLineItemProvisioningStatus"),
        }
    }
}

fn links<'o>(
    order: &'o Order,
    lines: impl Iterator<Item = &'o OrderLine>,
) -> Collection<ActivationLinkBody> {
    let items = lines
        .filter(|line| line.kind == ProductKind::Saas)
        .map(|line| ActivationLinkBody {
            line_item_number: line.number,
            link: Link::get(format!(
                "https://activation.example/orders/{}/lines/{}",
                order.id, line.number
            )),
        })
        .collect();
    Collection::of(items)
}

fn activation(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?.id;
    let order = view.state.order(customer, &order_id(call))?;
    Ok(Reply::ok(&links(order, order.lines.iter())))
}

fn line_activation(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?.id;
    let order = view.state.order(customer, &order_id(call))?;
    let number = call.path_text("line_item_number");
    let line = number
        .parse::<u32>()
        .ok()
        .and_then(|number| order.lines.iter().find(|line| line.number == number))
        .ok_or_else(|| Error::ProvisioningInformationNotFound(number.chars().take(20).collect()))?;
    Ok(Reply::ok(&links(order, std::iter::once(line))))
}

fn attachments(_call: &Call<'_>) -> Result<Reply, Fault> {
    Err(crate::api::refusal::not_implemented("Attachments of orders are not part of the mock"))
}
