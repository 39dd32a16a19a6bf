//! What the service has and the mock does not: said as 501, so that nobody looks for a wrong path
//! (contract: partner-center-subscriptions.md §8).

use actix_web::http::Method;

use super::{LICENCES, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_DEFINED, NOT_FOUND};
use crate::api::refusal::not_implemented;
use crate::api::reply::Reply;

const CONTRACT: &str =
    "partner-center-subscriptions.md#8-upgrades-conversions-transitions-adjacent";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const UPGRADES: &str = "/v1/customers/{customer_id}/subscriptions/{subscription_id}/upgrades";
    const CONVERSIONS: &str =
        "/v1/customers/{customer_id}/subscriptions/{subscription_id}/conversions";
    const TRANSITIONS: &str =
        "/v1/customers/{customer_id}/subscriptions/{subscription_id}/transitions";
    const ELIGIBILITIES: &str =
        "/v1/customers/{customer_id}/subscriptions/{subscription_id}/transitioneligibilities";
    const OVERAGE: &str = "/v1/customers/{customer_id}/subscriptions/overage";
    let on = |method, path, id, summary| {
        on_subscription(method, path, id, LICENCES, refuse)
            .summary(TAG, summary)
            .describe("Not offered by this mock: always 501.")
            .source(Fidelity::Documented, CONTRACT)
            .faults(&[NOT_DEFINED])
    };
    let of_customer = |method, id, summary| {
        Operation::new(Surface::PartnerCenter, method, OVERAGE, id, refuse_of_customer)
            .summary(TAG, summary)
            .describe("Not offered by this mock: always 501.")
            .source(Fidelity::Documented, CONTRACT)
            .faults(&[NOT_FOUND, code(20002, 403), NOT_DEFINED])
            .example("customer_id", super::CUSTOMER)
    };
    let usage = |path, id, summary| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, refuse_usage)
            .summary(TAG, summary)
            .auth(Auth::UserOnly)
            .describe("Not offered by this mock: always 501.")
            .source(Fidelity::Documented, "partner-center-customers.md#operation-table")
            .faults(&[NOT_DEFINED])
    };
    vec![
        usage("/v1/customers/usagerecords", "listCustomerUsageRecords", "List usage by customer"),
        usage(
            "/v1/customers/{customer_id}/subscriptions/usagerecords",
            "listSubscriptionUsageRecords",
            "List usage by subscription",
        )
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", super::CUSTOMER),
        on(Method::GET, UPGRADES, "listSubscriptionUpgrades", "List upgrades"),
        on(Method::POST, UPGRADES, "upgradeSubscription", "Upgrade"),
        on(Method::GET, CONVERSIONS, "listSubscriptionConversions", "List conversions of a trial")
            .auth(Auth::UserOnly),
        on(Method::POST, CONVERSIONS, "convertSubscription", "Convert a trial")
            .auth(Auth::UserOnly),
        on(Method::GET, TRANSITIONS, "listSubscriptionTransitions", "List transitions"),
        on(Method::POST, TRANSITIONS, "transitionSubscription", "Begin a transition"),
        on(Method::GET, ELIGIBILITIES, "listTransitionEligibilities", "List possible transitions"),
        of_customer(Method::GET, "getSubscriptionOverage", "Get the overage settings"),
        of_customer(Method::PUT, "updateSubscriptionOverage", "Change the overage settings"),
    ]
}

fn refuse(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    call.view().state.subscription(customer, id)?;
    Err(not_implemented(
        "Upgrades, conversions and transitions of subscriptions are not part of this mock.",
    ))
}

fn refuse_usage(call: &Call<'_>) -> Result<Reply, Fault> {
    if !call.path_text("customer_id").is_empty() {
        call.view().state.customer(call.path("customer_id")?)?;
    }
    Err(not_implemented("Usage records are not part of this mock."))
}

fn refuse_of_customer(call: &Call<'_>) -> Result<Reply, Fault> {
    call.view().state.customer(call.path("customer_id")?)?;
    Err(not_implemented("Overage of subscriptions is not part of this mock."))
}
