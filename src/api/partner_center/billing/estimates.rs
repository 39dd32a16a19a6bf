//! Links to the lines that no invoice shows yet (contract: partner-center-billing.md, estimate links).

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::words::required_currency;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT};
use crate::api::partner_center::resource::{Collection, Link};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let path = "/v1/invoices/estimates/links";
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, path, "getEstimateLinks", get)
            .summary("Billing", "Get links to unbilled lines")
            .source(Fidelity::Sample, "partner-center-billing.md#estimate-links")
            .required_query("currencycode", json!({ "type": "string" }), "Currency of the lines.")
            .gives::<Collection<EstimateLink>>(200, "The links.")
            .faults(&[INVALID_INPUT])
            .example_query("currencycode", "USD"),
    ]
}

/// A link to unbilled lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateLink {
    /// `daily_rated_usage` or `non_consumption`.
    #[serde(rename = "type")]
    #[schema(example = "non_consumption")]
    kind: &'static str,
    /// Title.
    title: &'static str,
    /// What it leads to.
    description: &'static str,
    /// `current` or `previous`.
    #[schema(example = "current")]
    period: &'static str,
    /// Where it leads.
    link: Link,
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let currency = required_currency(call.query().get("currencycode"))?;
    let usage = (
        "daily_rated_usage",
        "Daily rated usage",
        "Rated usage of each day that is not billed yet.",
        "provider=marketplace&invoicelineitemtype=usagelineitems",
    );
    let bought = (
        "non_consumption",
        "Unbilled purchases",
        "Charges and credits of purchases that are not billed yet.",
        "provider=all&invoicelineitemtype=billinglineitems",
    );
    let items = [usage, bought]
        .into_iter()
        .flat_map(|row| [(row, "current"), (row, "previous")])
        .map(|((kind, title, description, lines), period)| {
            let currency = currency.as_str();
            let query = format!("{lines}&currencycode={currency}&period={period}&size=2000");
            let link = Link::get(format!("/invoices/unbilled/lineitems?{query}"));
            EstimateLink { kind, title, description, period, link }
        })
        .collect();
    Ok(Reply::ok(&Collection::of(items).at("/invoices/estimates/links")))
}
