//! Moving an order to another directory (contract: azure-reservations.md §5.5).

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{TAG, on_order};
use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::{ArmFault, INVALID_TENANT_ID, WRONG_STATE};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::keep_only;
use crate::domain::ids::{TenantId, parse_guid};
use crate::domain::reservations::{ReservationOrder, change_directory, find_order};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_order(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/changeDirectory",
            "changeDirectory",
            move_order,
        )
        .summary(TAG, "Move an order to another directory")
        .describe("What a partner bought for a customer stays in the customer's directory: refused, unless the mock runs with `--allow-change-directory`.")
        .source(Fidelity::Documented, "azure-reservations.md#55-post-reservationordersochangedirectory")
        .takes::<MoveRequest>()
        .gives::<MoveAnswer>(200, "What was moved.")
        .faults(&[INVALID_TENANT_ID, WRONG_STATE])
        .example_body(json!({ "destinationTenantId": "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30" })),
    ]
}

/// Where to move to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ChangeDirectoryRequest)]
struct MoveRequest {
    /// The directory.
    destination_tenant_id: Option<String>,
}

/// What was moved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ChangeDirectoryResponse)]
struct MoveAnswer {
    /// The order.
    reservation_order: Moved,
    /// Its reservations.
    reservations: Vec<Moved>,
}

/// Something that was moved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ChangeDirectoryResult)]
struct Moved {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Whether it was moved.
    is_succeeded: bool,
}

fn move_order(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let order = caller.order(call, &call.view().state, Action::Act)?;
    let request: MoveRequest = call.body()?;
    let text = request.destination_tenant_id.unwrap_or_default();
    let to = parse_guid(&text).map(TenantId).map_err(|error| {
        let shown: String = text.chars().take(60).collect();
        ArmFault::new(INVALID_TENANT_ID, format!("destinationTenantId: `{shown}` {error}"))
    })?;
    let principal = caller.principal(call);
    let id = order.id;
    let moved = call.write(|tx| {
        let order = ReservationOrder::clone(find_order(tx, caller.directory, id)?);
        let moved = change_directory(tx, &order, to)?;
        keep_only(tx, (order.directory, to), id, principal);
        Ok(moved)
    })?;
    let done = |id: String, name: String| Moved { id, name, is_succeeded: true };
    let reservations =
        moved.reservations.into_iter().map(|(id, name)| done(id.to_string(), name)).collect();
    let reservation_order = done(id.to_string(), moved.order_name);
    Ok(Reply::ok(&MoveAnswer { reservation_order, reservations }))
}
