//! The support contact of a subscription: read and name (contract:
//! partner-center-subscriptions.md §5).

use actix_web::http::Method;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{LEGACY_AZURE, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Attributes, Link, SelfLink};
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::domain::ids::{CustomerId, SubscriptionId};
use crate::domain::subscriptions::{self, SupportContact, SupportContactChange};

const PATH: &str = "/v1/customers/{customer_id}/subscriptions/{subscription_id}/supportcontact";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let contract = "partner-center-subscriptions.md#5-supportcontact";
    vec![
        on_subscription(Method::GET, PATH, "getSubscriptionSupportContact", LEGACY_AZURE, read)
            .summary(TAG, "Get the support contact of a subscription")
            .describe("The partner itself, until somebody else is named.")
            .auth(Auth::UserOnly)
            .source(Fidelity::Documented, contract)
            .gives::<SupportContactBody>(200, "The support contact."),
        on_subscription(Method::PUT, PATH, "updateSubscriptionSupportContact", LEGACY_AZURE, name)
            .summary(TAG, "Name the support contact of a subscription")
            .describe("The partner itself, or an indirect reseller with an active relationship.")
            .auth(Auth::UserOnly)
            .source(Fidelity::Documented, contract)
            .takes::<SupportContactRequest>()
            .gives::<SupportContactBody>(200, "The support contact as it is now.")
            .faults(&[code(800_015, 404), code(800_016, 400)])
            .example_body(json!({"supportMpnId": OWN_MPN_ID, "name": "Harborlight support"})),
    ]
}

/// MPN id of the partner of the default world, for examples.
const OWN_MPN_ID: &str = "5139860";

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let contact = subscriptions::support_contact(&call.view().state, customer, id)?;
    Ok(Reply::ok(&SupportContactBody::new(contact, customer, id)))
}

fn name(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let request: SupportContactRequest = call.body()?;
    let tenant = request.support_tenant_id.filter(|tenant| !tenant.is_empty());
    let tenant = tenant
        .map(|tenant| {
            tenant.parse().map_err(|_| Error::invalid("supportTenantId", "must be a GUID"))
        })
        .transpose()?;
    let change =
        SupportContactChange { tenant, mpn_id: request.support_mpn_id, name: request.name };
    let contact = call.write(|tx| subscriptions::set_support_contact(tx, customer, id, change))?;
    Ok(Reply::ok(&SupportContactBody::new(contact, customer, id)))
}

/// A support contact as clients send it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // links and attributes are known so that a strict server takes them
#[schema(as = SupportContactRequest)]
pub(super) struct SupportContactRequest {
    /// Tenant of the contact; that of the MPN id when absent.
    support_tenant_id: Option<String>,
    /// MPN id of the contact: your own, or that of one of your indirect resellers.
    support_mpn_id: Option<String>,
    /// Name shown to the customer; the company's when absent.
    name: Option<String>,
    #[schema(ignore)]
    links: Option<IgnoredAny>,
    #[schema(ignore)]
    attributes: Option<IgnoredAny>,
}

/// Whom the customer turns to for support.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportContact)]
pub(super) struct SupportContactBody {
    /// Tenant of the contact.
    pub support_tenant_id: String,
    /// MPN id of the contact.
    pub support_mpn_id: String,
    /// Name shown to the customer.
    pub name: String,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

impl SupportContactBody {
    fn new(contact: SupportContact, customer: CustomerId, id: SubscriptionId) -> Self {
        let uri = format!("/customers/{customer}/subscriptions/{id}/supportcontact");
        Self {
            support_tenant_id: contact.tenant.to_string(),
            support_mpn_id: contact.mpn_id,
            name: contact.name,
            // This resource alone writes the method that way.
            links: SelfLink { self_link: Link { method: "Get", ..Link::get(uri) } },
            attributes: Attributes::of("SupportContact"),
        }
    }
}
