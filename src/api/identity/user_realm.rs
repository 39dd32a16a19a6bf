//! How the users of a domain sign in: asked by clients before they send a password
//! (contract: azure-identity.md §2.5).

use std::sync::Arc;

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::tenant::partner_domains;
use super::token::TAG;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::Identity,
            Method::GET,
            "/common/userrealm/{upn}",
            "getUserRealm",
            |call| Ok::<_, Reply>(realm(call)),
        )
        .summary(TAG, "Get how a user signs in")
        .describe("Users of the partner's and the customers' domains are managed, others unknown.")
        .auth(Auth::None)
        .source(
            Fidelity::Recorded,
            "azure-identity.md#25-get-commonuserrealmupnapi-version10-password-grant-only",
        )
        .query("api-version", json!({"type": "string"}), "Read by nobody.")
        .gives::<UserRealm>(200, "How the user signs in.")
        .example("upn", "admin@fabricore.example")
        .example_query("api-version", "1.0"),
    ]
}

fn realm(call: &Call<'_>) -> Reply {
    let upn = call.path_text("upn");
    let domain = upn.rsplit_once('@').map_or(upn, |(_, domain)| domain).to_ascii_lowercase();
    let state = call.world.published();
    let managed = partner_domains(&state.partner).any(|own| own.eq_ignore_ascii_case(&domain))
        || state.domains.contains(&Arc::from(domain.as_str()));
    Reply::ok(&UserRealm {
        ver: "1.0",
        account_type: if managed { "Managed" } else { "Unknown" },
        domain_name: managed.then_some(domain),
        cloud_instance_name: "microsoftonline.com",
        cloud_audience_urn: "urn:federation:MicrosoftOnline",
    })
}

/// How a user signs in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserRealm {
    /// Version of this answer.
    #[schema(example = "1.0")]
    pub ver: &'static str,
    /// `Managed`: with a password here; `Unknown`: not at all.
    #[schema(example = "Managed")]
    pub account_type: &'static str,
    /// Domain of the user, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// Cloud.
    pub cloud_instance_name: &'static str,
    /// Audience for federation.
    pub cloud_audience_urn: &'static str,
}
