//! The reservations behind an artifact link.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::expiry_day;
use super::check_caller;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::examples::CUSTOMER;
use crate::api::partner_center::fault::{APP_ONLY, Fault, NOT_FOUND};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::entitlements::{ArtifactForm, artifact};
use crate::domain::reservations::{Reservation, ReservationState};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, Fault>| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .faults(&[code(800_037, 404), NOT_FOUND, code(20002, 403), APP_ONLY])
            .example("customer_id", CUSTOMER)
            .example("group_id", "9b3f6a2c1d7e4508a1c2b3d4e5f60718")
            .example("line_item_id", "6f2e0d4b-1a3c-4c5d-8e7f-90a1b2c3d4e5")
            .example("reservation_order_id", "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903")
    };
    vec![
        operation(
            "/v1/customers/{customer_id}/artifacts/reservedinstance/groups/{group_id}/lineitems/{line_item_id}/resource/{reservation_order_id}",
            "getReservedInstanceArtifact",
            reserved_instance,
        )
        .summary("Entitlements", "Get the reservations behind an artifact link")
        .describe("The link of an entitlement's artifact; take it as it is. The reservations are given under three names, because the clients of the service read three.")
        .source(Fidelity::Documented, "partner-center-entitlements.md#artifact-details")
        .gives::<ReservedInstanceBody>(200, "The reservations."),
        operation(
            "/v1/customers/{customer_id}/artifacts/virtualmachinereservedinstance/groups/{group_id}/lineitems/{line_item_id}/resource/{reservation_order_id}",
            "getVirtualMachineReservedInstanceArtifact",
            virtual_machine,
        )
        .summary("Entitlements", "Get the reservations behind an artifact link of the older form")
        .source(Fidelity::Sample, "partner-center-entitlements.md#artifact-details")
        .gives::<VirtualMachineReservedInstanceBody>(200, "The reservations."),
    ]
}

/// The reservations behind an artifact link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservedInstanceArtifactDetails)]
struct ReservedInstanceBody {
    /// Always `reservedinstance`.
    #[serde(rename = "type")]
    #[schema(example = "reservedinstance")]
    kind: &'static str,
    /// The reservations.
    reservations: Vec<ReservationBody>,
    /// The same.
    virtual_machine_reservations: Vec<ReservationBody>,
    /// The same, as the Java client reads it.
    reservation: Vec<ReservationBody>,
}

/// The reservations behind an artifact link of the older form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VirtualMachineReservedInstanceArtifactDetails)]
struct VirtualMachineReservedInstanceBody {
    /// Always `virtual_machine_reserved_instance`.
    #[serde(rename = "type")]
    #[schema(example = "virtual_machine_reserved_instance")]
    kind: &'static str,
    /// The reservations.
    virtual_machine_reservations: Vec<ReservationBody>,
}

/// A reservation as Partner Center shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reservation)]
struct ReservationBody {
    /// Id.
    reservation_id: String,
    /// `Shared`, `Single` or `ManagementGroup`.
    #[schema(example = "Shared")]
    scope_type: &'static str,
    /// Name.
    display_name: String,
    /// What it applies to; not with `Shared`.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_scopes: Option<Vec<String>>,
    /// Quantity.
    quantity: u32,
    /// Midnight of the day it ends, without zone.
    #[schema(example = "2027-05-11T00:00:00")]
    expiry_date_time: String,
    /// When it took effect.
    effective_date_time: Timestamp,
    /// How far it is.
    #[schema(example = "Created")]
    provisioning_state: &'static str,
}

impl From<&Reservation> for ReservationBody {
    fn from(reservation: &Reservation) -> Self {
        Self {
            reservation_id: reservation.id.to_string(),
            scope_type: reservation.scope.name(),
            display_name: reservation.display_name.clone(),
            applied_scopes: reservation.scope.resource_id().map(|id| vec![id]),
            quantity: reservation.quantity,
            expiry_date_time: expiry_day(reservation.expiry.unwrap_or(reservation.created))
                .format("%Y-%m-%dT%H:%M:%S")
                .to_string(),
            effective_date_time: Timestamp(reservation.effective),
            provisioning_state: match reservation.state {
                ReservationState::Creating => "Creating",
                ReservationState::Succeeded => "Created",
                ReservationState::Cancelled => "Cancelled",
                ReservationState::Expired => "Expired",
            },
        }
    }
}

fn reservations(call: &Call<'_>, form: ArtifactForm) -> Result<Vec<ReservationBody>, Fault> {
    check_caller(call)?;
    let view = call.view();
    let (_, reservations) = artifact(
        &view.state,
        call.path("customer_id")?,
        form,
        call.path_text("group_id"),
        call.path_text("line_item_id"),
        call.path_text("reservation_order_id"),
    )?;
    Ok(reservations.iter().map(|row| ReservationBody::from(&***row)).collect())
}

fn reserved_instance(call: &Call<'_>) -> Result<Reply, Fault> {
    let all = reservations(call, ArtifactForm::ReservedInstance)?;
    Ok(Reply::ok(&ReservedInstanceBody {
        kind: "reservedinstance",
        reservations: all.clone(),
        virtual_machine_reservations: all.clone(),
        reservation: all,
    }))
}

fn virtual_machine(call: &Call<'_>) -> Result<Reply, Fault> {
    let all = reservations(call, ArtifactForm::VirtualMachineReservedInstance)?;
    Ok(Reply::ok(&VirtualMachineReservedInstanceBody {
        kind: "virtual_machine_reserved_instance",
        virtual_machine_reservations: all,
    }))
}
