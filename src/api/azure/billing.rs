//! Microsoft.Billing: the billing administrator's view of reservations, which partner accounts do not
//! have: refused always (contract: azure-reservation-utilization.md §3 [choice]).

use actix_web::http::Method;

use super::error::{AUTHORIZATION_FAILED, ArmFault};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// Versions of Microsoft.Billing.
const VERSIONS: &[&str] = &["2024-04-01"];

/// A billing account, the same in every world [choice].
pub(super) const ACCOUNT: &str = "partner";

macro_rules! below_account {
    ($rest:literal) => {
        concat!("/providers/Microsoft.Billing/billingAccounts/{billing_account_name}", $rest)
    };
}

/// Every operation of Microsoft.Billing.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, line| {
        super::operation(method, path, id, refuse)
            .versions(VERSIONS)
            .summary("Billing", line)
            .describe("Refused: the view is not supported for partner accounts. List the reservations of a customer in the customer's tenant, through Microsoft.Capacity.")
            .source(Fidelity::Choice, "azure-reservation-utilization.md#3-microsoftbilling-reservation-views-python-azure-mgmt-billing-800-api-version-2024-04-01")
            .faults(&[AUTHORIZATION_FAILED])
            .example("billing_account_name", ACCOUNT)
    };
    let get = |path, id, line| operation(Method::GET, path, id, line);
    vec![
        get(
            below_account!("/reservations"),
            "listBillingReservations",
            "List the reservations of a billing account",
        ),
        get(
            below_account!("/billingProfiles/{billing_profile_name}/reservations"),
            "listBillingProfileReservations",
            "List the reservations of a billing profile",
        ),
        get(
            below_account!("/reservationOrders"),
            "listBillingReservationOrders",
            "List the reservation orders of a billing account",
        ),
        get(
            below_account!("/reservationOrders/{reservation_order_id}"),
            "getBillingReservationOrder",
            "Get a reservation order of a billing account",
        ),
        get(
            below_account!("/reservationOrders/{reservation_order_id}/reservations"),
            "listBillingReservationsOfOrder",
            "List the reservations of an order of a billing account",
        ),
        get(
            below_account!(
                "/reservationOrders/{reservation_order_id}/reservations/{reservation_id}"
            ),
            "getBillingReservation",
            "Get a reservation of a billing account",
        ),
        operation(
            Method::PATCH,
            below_account!(
                "/reservationOrders/{reservation_order_id}/reservations/{reservation_id}"
            ),
            "updateBillingReservation",
            "Change a reservation of a billing account",
        ),
    ]
}

fn refuse(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let account: String = call.path_text("billing_account_name").chars().take(100).collect();
    Err(ArmFault::new(
        AUTHORIZATION_FAILED,
        format!(
            "The billing account '{account}' is a partner's, for which this view of reservations is not supported; use /providers/Microsoft.Capacity/reservationOrders with a token of the customer's tenant."
        ),
    ))
}
