//! How far the provisioning of a subscription is (contract: partner-center-subscriptions.md §4).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{LICENCES, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::Attributes;
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::error::Error;
use crate::domain::subscriptions::{Pending, Subscription};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/provisioningstatus",
            "getSubscriptionProvisioningStatus",
            LICENCES,
            status,
        )
        .summary(TAG, "Get the provisioning status of a subscription")
        .describe("`pending` for a while after the quantity was changed, then `success`.")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, "partner-center-subscriptions.md#4-provisioningstatus")
        .gives::<ProvisioningStatusBody>(200, "How far it is.")
        .faults(&[code(900_150, 403)]),
    ]
}

fn status(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, id)?;
    if !view.state.customer(customer)?.allow_delegated_access {
        return Err(Error::DelegatedAccessMissing.into());
    }
    Ok(Reply::ok(&ProvisioningStatusBody::from(&***subscription)))
}

/// How far the provisioning of a subscription is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionProvisioningStatus)]
pub(super) struct ProvisioningStatusBody {
    /// What is provisioned: a GUID, not the SKU of the catalogue.
    pub sku_id: String,
    /// `pending` or `success`.
    #[schema(example = "success")]
    pub status: &'static str,
    /// Seats.
    pub quantity: u32,
    /// When the commitment ends.
    pub end_date: Timestamp,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&Subscription> for ProvisioningStatusBody {
    fn from(it: &Subscription) -> Self {
        // Clients read a GUID; the same SKU of the catalogue always has the same one.
        let name = format!("{}:{}", it.product_id, it.sku_id);
        Self {
            sku_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
            status: match it.pending {
                Pending::Nothing => "success",
                Pending::Quantity => "pending",
            },
            quantity: it.quantity,
            end_date: Timestamp(it.commitment_end),
            attributes: Attributes::of("SubscriptionProvisioningStatus"),
        }
    }
}
