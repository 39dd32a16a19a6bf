//! The Azure subscriptions below an Azure plan: list, read, cancel
//! (contract: partner-center-subscriptions.md §7).

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{AZURE_PLAN, SUBSCRIPTION_DELETED, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::json::Tree;
use crate::api::operation::{BodyOf, Fidelity, Operation, SchemaOf};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Collection, SelfLink};
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, SubscriptionId};
use crate::domain::subscriptions::{self, AzureEntitlement};

const CONTRACT: &str = "partner-center-subscriptions.md#7-azureentitlements";
/// The Azure subscription below the plan of the default world, for examples.
const ENTITLEMENT: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let body = BodyOf {
        schema: SchemaOf::of::<AzureEntitlementCancellation>(),
        required: false,
        content_type: "application/json",
    };
    vec![
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/azureEntitlements",
            "listAzureEntitlements",
            AZURE_PLAN,
            list,
        )
        .summary(TAG, "List the Azure subscriptions of an Azure plan")
        .describe("Empty for a subscription that is no Azure plan.")
        .source(Fidelity::Documented, CONTRACT)
        .gives::<Collection<AzureEntitlementBody>>(200, "The Azure subscriptions."),
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/azureEntitlements/{azure_entitlement_id}",
            "getAzureEntitlement",
            AZURE_PLAN,
            read,
        )
        .summary(TAG, "Get an Azure subscription of an Azure plan")
        .source(Fidelity::Documented, CONTRACT)
        .gives::<AzureEntitlementBody>(200, "The Azure subscription.")
        .example("azure_entitlement_id", ENTITLEMENT),
        on_subscription(
            Method::POST,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/azureEntitlements/{azure_entitlement_id}/cancel",
            "cancelAzureEntitlement",
            AZURE_PLAN,
            cancel,
        )
        .summary(TAG, "Cancel an Azure subscription of an Azure plan")
        .describe("Once all are cancelled, the plan itself can be suspended or cancelled.")
        .source(Fidelity::Inferred, CONTRACT)
        .body(body)
        .gives::<AzureEntitlementBody>(200, "The Azure subscription as it is now.")
        .faults(&[SUBSCRIPTION_DELETED, code(800_096, 400)])
        .example("azure_entitlement_id", ENTITLEMENT)
        .example_body(json!({"cancellationReason": "compromise"})),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, plan) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, plan)?;
    let items = subscription
        .azure_entitlements
        .iter()
        .map(|entitlement| AzureEntitlementBody::new(entitlement, customer, plan))
        .collect();
    let uri = format!("/customers/{customer}/subscriptions/{plan}/azureEntitlements");
    Ok(Reply::ok(&Collection::of(items).at(uri)))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, plan) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, plan)?;
    let entitlement = subscription.azure_entitlement(entitlement_named(call)?)?;
    Ok(Reply::ok(&AzureEntitlementBody::new(entitlement, customer, plan)))
}

fn cancel(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, plan) = named(call)?;
    if !call.request.body.is_empty() {
        let body = call.body_tree()?;
        // The reason is free text and leads to nothing; what is no object is still refused.
        if !matches!(body, Tree::Null) {
            call.read_body::<AzureEntitlementCancellation>(&body)?;
        }
    }
    call.view().state.subscription(customer, plan)?;
    let id = entitlement_named(call)?;
    let cancelled = call.write(|tx| subscriptions::cancel_entitlement(tx, customer, plan, id))?;
    Ok(Reply::ok(&AzureEntitlementBody::new(&cancelled, customer, plan)))
}

fn entitlement_named(call: &Call<'_>) -> Result<AzureSubscriptionId, Error> {
    let text = call.path_text("azure_entitlement_id");
    let id = || text.chars().take(60).collect();
    text.parse().map_err(|_| Error::NotFound { what: "Azure entitlement", id: id() })
}

/// Why an Azure subscription is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // told to the service, which tells it to nobody
pub(super) struct AzureEntitlementCancellation {
    /// Reason.
    cancellation_reason: Option<String>,
}

/// An Azure subscription below an Azure plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AzureEntitlement)]
pub(super) struct AzureEntitlementBody {
    /// Id of the Azure subscription.
    pub id: String,
    /// Its name.
    pub friendly_name: String,
    /// `active` or `canceled`.
    #[schema(example = "active")]
    pub status: &'static str,
    /// The Azure plan.
    pub subscription_id: String,
    /// Links.
    pub links: SelfLink,
}

impl AzureEntitlementBody {
    fn new(entitlement: &AzureEntitlement, customer: CustomerId, plan: SubscriptionId) -> Self {
        let id = entitlement.id.to_string();
        let uri = format!("/customers/{customer}/subscriptions/{plan}/azureEntitlements/{id}");
        Self {
            id,
            friendly_name: entitlement.friendly_name.clone(),
            status: entitlement.status(),
            subscription_id: plan.to_string(),
            links: SelfLink::to(uri),
        }
    }
}
