//! Entitlements and the reservation artifacts behind them
//! (contract: partner-center-entitlements.md).

mod artifact;
mod body;

use actix_web::http::Method;
use serde_json::json;

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::examples::CUSTOMER;
use crate::api::partner_center::fault::{APP_ONLY, Fault, INVALID_INPUT, NOT_FOUND};
use crate::api::partner_center::need_user::need_user;
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::entitlements::{ArtifactForm, Entitlement, EntitlementKind, entitlements_of};
use body::EntitlementBody;

/// List of entitlements.
type EntitlementCollection = Collection<EntitlementBody>;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/entitlements",
            "listEntitlements",
            list,
        )
        .summary("Entitlements", "List the entitlements of a customer")
        .describe("Fulfilled software and reservations in force. Each reservation has an artifact whose link leads to reservation ids, scope and expiry. `virtualmachinereservedinstance` asks for the older form. Documents of 2021 keep this operation for users, later ones do not; the mock does with `--entitlements-need-user` only [choice].")
        .source(Fidelity::Documented, "partner-center-entitlements.md")
        .query("entitlementType", json!({ "type": "string", "example": "reservedinstance" }), "`software`, `reservedinstance` or `virtualmachinereservedinstance`, in any casing; all when absent, none when unknown.")
        .query("showExpiry", json!({ "type": "boolean" }), "Add `expiryDate`.")
        .gives::<EntitlementCollection>(200, "The entitlements.")
        .faults(&[INVALID_INPUT, NOT_FOUND, code(20002, 403), APP_ONLY])
        .example("customer_id", CUSTOMER)
        .example_query("entitlementType", "reservedinstance")
        .example_query("showExpiry", "true"),
    ];
    operations.extend(artifact::operations());
    operations
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Everything,
    Software,
    Reservations(ArtifactForm),
    Nothing,
}

impl Wanted {
    fn named(name: Option<&str>) -> Self {
        let Some(name) = name else { return Self::Everything };
        let plain: String = name.chars().filter(|c| *c != '_').take(60).collect();
        match plain.to_ascii_lowercase().as_str() {
            "software" => Self::Software,
            "reservedinstance" => Self::Reservations(ArtifactForm::ReservedInstance),
            "virtualmachinereservedinstance" => {
                Self::Reservations(ArtifactForm::VirtualMachineReservedInstance)
            }
            _ => Self::Nothing,
        }
    }

    fn includes(self, entitlement: &Entitlement) -> bool {
        match (self, &entitlement.kind) {
            (Self::Everything, _) | (Self::Software, EntitlementKind::Software) => true,
            (Self::Reservations(form), EntitlementKind::Reservation(order)) => {
                form == ArtifactForm::ReservedInstance
                    || order.resource_type == ReservedResourceType::VirtualMachines
            }
            _ => false,
        }
    }

    fn form(self) -> ArtifactForm {
        match self {
            Self::Reservations(form) => form,
            _ => ArtifactForm::ReservedInstance,
        }
    }
}

/// Keeps entitlements for users where the settings say so.
fn check_caller(call: &Call<'_>) -> Result<(), Fault> {
    if call.world.published().settings.entitlements_need_user {
        need_user(call, "reading entitlements")?;
    }
    Ok(())
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    check_caller(call)?;
    let wanted = Wanted::named(call.query().get("entitlementType"));
    let show_expiry = call.query_flag("showExpiry")?;
    let view = call.view();
    let customer = call.path("customer_id")?;
    let items = entitlements_of(&view.state, customer, view.now)?
        .iter()
        .filter(|entitlement| wanted.includes(entitlement))
        .map(|entitlement| EntitlementBody::of(customer, entitlement, wanted.form(), show_expiry))
        .collect();
    Ok(Reply::ok(&Collection::of(items)))
}
