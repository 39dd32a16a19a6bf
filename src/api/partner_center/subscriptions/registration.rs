//! Registration of Azure subscriptions for reservations: ask for it, see how far it is
//! (contract: partner-center-subscriptions.md §3).

use actix_web::http::header::LOCATION;
use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LEGACY_AZURE, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::Attributes;
use crate::api::reply::Reply;
use crate::domain::subscriptions;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let contract = "partner-center-subscriptions.md#3-azure-reservation-registration-exhaustive";
    vec![
        on_subscription(
            Method::POST,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/registrations",
            "registerSubscription",
            LEGACY_AZURE,
            register,
        )
        .summary(TAG, "Register a subscription for reservations")
        .describe(
            "Needed once, before the first reservation is bought for an active MS-AZR-0145P \
             subscription or Azure plan. Any body is ignored. A subscription that is registered \
             stays so.",
        )
        .source(Fidelity::Documented, contract)
        .throttled()
        .gives_nothing(202, "The registration has begun.")
        .with_header("Location", "Where its progress is told, relative to `/v1`.")
        .faults(&[code(800_011, 400), code(800_012, 400)]),
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/registrationstatus",
            "getSubscriptionRegistrationStatus",
            LEGACY_AZURE,
            status,
        )
        .summary(TAG, "Get the registration status of a subscription")
        .source(Fidelity::Documented, contract)
        .gives::<RegistrationStatusBody>(200, "How far the registration is."),
    ]
}

fn register(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    call.write(|tx| subscriptions::register(tx, customer, id))?;
    let status = format!("/customers/{customer}/subscriptions/{id}/registrationstatus");
    Ok(Reply::empty(StatusCode::ACCEPTED).with(LOCATION, &status))
}

fn status(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, id)?;
    Ok(Reply::ok(&RegistrationStatusBody {
        subscription_id: id.to_string(),
        status: subscription.registration.name(),
        attributes: Attributes::of("SubscriptionRegistrationStatus"),
    }))
}

/// How far a registration is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionRegistrationStatus)]
pub(super) struct RegistrationStatusBody {
    /// The subscription.
    pub subscription_id: String,
    /// `NotRegistered`, `Registering` or `Registered`.
    #[schema(example = "Registered")]
    pub status: &'static str,
    /// Attributes.
    pub attributes: Attributes,
}
