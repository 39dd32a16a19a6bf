//! What the provider can do, as access control names it (contract: azure-reservations.md §3.1).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{TAG, operation};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::GET,
            "/providers/Microsoft.Capacity/operations",
            "listCapacityOperations",
            list,
        )
        .summary(TAG, "List what Microsoft.Capacity can do")
        .source(
            Fidelity::Documented,
            "azure-reservations.md#31-get-providersmicrosoftcapacityoperations",
        )
        .gives::<ListOf<OperationItem>>(200, "The actions."),
    ]
}

/// Something that the provider can do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OperationResponse)]
struct OperationItem {
    /// The action, as roles name it.
    name: String,
    /// Always false.
    is_data_action: bool,
    /// How the portal names it.
    display: OperationDisplay,
    /// Always `user,system`.
    origin: &'static str,
}

/// How the portal names something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationDisplay)]
struct OperationDisplay {
    /// The provider.
    provider: &'static str,
    /// The resource.
    resource: &'static str,
    /// What is done.
    operation: &'static str,
    /// The same in a sentence.
    description: &'static str,
}

const ACTIONS: &[(&str, &str, &str)] = &[
    ("reservationorders/read", "Reservation Order", "Read All Reservation Orders"),
    ("reservationorders/write", "Reservation Order", "Create Reservation Order"),
    ("reservationorders/action", "Reservation Order", "Update Reservation Order"),
    ("reservationorders/delete", "Reservation Order", "Delete Reservation Order"),
    ("reservationorders/reservations/read", "Reservation", "Read All Reservations"),
    ("reservationorders/reservations/write", "Reservation", "Create Reservation"),
    ("reservationorders/reservations/action", "Reservation", "Update Reservation"),
    ("reservationorders/reservations/delete", "Reservation", "Delete Reservation"),
    ("reservationorders/reservations/revisions/read", "Revision", "Read All Revisions"),
    ("register/action", "Provider", "Register the Capacity Provider"),
    ("catalogs/read", "Catalog", "Read the Catalog of Reservations"),
    ("calculateprice/action", "Price", "Calculate the Price of a Reservation"),
    ("appliedreservations/read", "Applied Reservation", "Read All Applied Reservations"),
];

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn list(_call: &Call<'_>) -> Result<Reply, ArmFault> {
    let item = |(name, resource, operation): &(&str, &'static str, &'static str)| OperationItem {
        name: format!("Microsoft.Capacity/{name}"),
        is_data_action: false,
        display: OperationDisplay {
            provider: "Microsoft Capacity",
            resource,
            operation,
            description: operation,
        },
        origin: "user,system",
    };
    Ok(Reply::ok(&ListOf { value: ACTIONS.iter().map(item).collect(), next_link: None }))
}
