//! An entitlement on the wire, in its newer and its older form.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::partner_center::resource::Link;
use crate::api::wire::Timestamp;
use crate::domain::entitlements::{ArtifactForm, Entitlement, EntitlementKind};
use crate::domain::ids::CustomerId;
use crate::domain::reservations::ReservationOrder;

/// An entitlement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Entitlement)]
pub struct EntitlementBody {
    /// What it includes; empty for reservations.
    #[schema(no_recursion)]
    included_entitlements: Vec<EntitlementBody>,
    /// The order that bought it.
    reference_order: ReferenceOrder,
    /// Product.
    product_id: String,
    /// SKU.
    sku_id: String,
    /// Quantity in force.
    quantity: u32,
    /// The same by status.
    quantity_details: Vec<QuantityDetail>,
    /// Artifacts: one for a reservation, none for software.
    entitled_artifacts: Vec<Artifact>,
    /// `software`, `reservedinstance` or `virtualmachinereservedinstance`.
    #[schema(example = "reservedinstance")]
    entitlement_type: &'static str,
    /// How far it is.
    #[schema(example = "Fulfilled")]
    fulfillment_state: &'static str,
    /// When it ends; with `showExpiry`.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date: Option<Timestamp>,
    /// More about a reservation.
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamic_attributes: Option<DynamicAttributes>,
}

/// The order that bought something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceOrder {
    /// Id.
    id: String,
    /// Number of the line, as text.
    #[schema(example = "0")]
    line_item_id: String,
    /// Short id.
    alternate_id: String,
}

/// A quantity with its status.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuantityDetail {
    /// Quantity.
    quantity: u32,
    /// Status.
    #[schema(example = "Fulfilled")]
    status: &'static str,
}

/// What an entitlement leads to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names)] // the names are those of the wire
pub struct Artifact {
    /// `reservedinstance` or `virtual_machine_reserved_instance`.
    #[schema(example = "reservedinstance")]
    artifact_type: &'static str,
    /// Where its details are.
    link: Link,
    /// The reservation order.
    resource_id: String,
    /// More about a reservation.
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamic_attributes: Option<DynamicAttributes>,
}

/// More about a reservation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntitlementDynamicAttributes)]
pub struct DynamicAttributes {
    /// Kind of reservation.
    #[schema(example = "virtualmachines")]
    reservation_type: String,
}

/// Midnight of the day a reservation ends, as the service shows it.
pub fn expiry_day(expiry: DateTime<Utc>) -> DateTime<Utc> {
    expiry.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()
}

impl EntitlementBody {
    /// An entitlement in the form asked for.
    pub fn of(
        customer: CustomerId,
        entitlement: &Entitlement,
        form: ArtifactForm,
        show_expiry: bool,
    ) -> Self {
        let newer = form == ArtifactForm::ReservedInstance;
        let (entitlement_type, entitled_artifacts, dynamic_attributes) = match &entitlement.kind {
            EntitlementKind::Software => ("software", Vec::new(), None),
            EntitlementKind::Reservation(order) => {
                let attributes = newer.then(|| DynamicAttributes {
                    reservation_type: order.resource_type.partner_center_word(),
                });
                let name =
                    if newer { "reservedinstance" } else { "virtualmachinereservedinstance" };
                (name, vec![Artifact::of(customer, order, form, attributes.clone())], attributes)
            }
        };
        let expiry = entitlement.expiry.filter(|_| show_expiry);
        Self {
            included_entitlements: Vec::new(),
            reference_order: ReferenceOrder {
                id: entitlement.order.to_string(),
                line_item_id: entitlement.line.to_string(),
                alternate_id: entitlement.alternate_order.clone(),
            },
            product_id: entitlement.product_id.clone(),
            sku_id: entitlement.sku_id.clone(),
            quantity: entitlement.quantity,
            quantity_details: vec![QuantityDetail {
                quantity: entitlement.quantity,
                status: "Fulfilled",
            }],
            entitled_artifacts,
            entitlement_type,
            fulfillment_state: "Fulfilled",
            expiry_date: expiry.map(|expiry| Timestamp(expiry_day(expiry))),
            dynamic_attributes,
        }
    }
}

impl Artifact {
    fn of(
        customer: CustomerId,
        order: &ReservationOrder,
        form: ArtifactForm,
        dynamic_attributes: Option<DynamicAttributes>,
    ) -> Self {
        let (artifact_type, segment) = match form {
            ArtifactForm::ReservedInstance => ("reservedinstance", "reservedinstance"),
            ArtifactForm::VirtualMachineReservedInstance => {
                ("virtual_machine_reserved_instance", "virtualmachinereservedinstance")
            }
        };
        Self {
            artifact_type,
            link: Link::get(format!(
                "/customers/{customer}/artifacts/{segment}/groups/{}/lineitems/{}/resource/{}",
                order.group.simple(),
                order.line_item,
                order.id
            )),
            resource_id: order.id.to_string(),
            dynamic_attributes,
        }
    }
}
