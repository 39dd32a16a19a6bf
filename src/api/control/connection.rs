//! What a client needs to know to talk to a world.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::world::DEFAULT_WORLD;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Surface::Control, Method::GET, "/_mock/connection", "getConnection", get)
            .summary("Service", "Get what a client needs to connect")
            .describe("Addresses, the partner's tenant, an application and a user that can sign in. In another world than `default` the client id ends in `@{world}`: tokens that it asks for lead there.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .gives::<Connection>(200, "How to connect."),
    ]
}

/// How to connect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Connection {
    /// Base URL, as the request was sent.
    #[schema(example = "http://127.0.0.1:4580")]
    url: String,
    /// Base URL for TLS.
    #[schema(example = "https://127.0.0.1:4580")]
    https_url: String,
    /// The same server as a proxy, for clients that know the real host names only. The user name, where
    /// there is one, is the world.
    #[schema(example = "http://127.0.0.1:4580")]
    proxy_url: String,
    /// Where the certificate authority's certificate is.
    ca_url: String,
    /// World.
    #[schema(example = "default")]
    world: String,
    /// The partner's tenant.
    tenant_id: String,
    /// Application that can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// Its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// User that can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// Password.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// A customer, to begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let state = call.world.published();
    let partner = &state.partner;
    let client = partner.clients.iter().find(|client| client.secret.is_some());
    let user = partner.users.first();
    let world = call.world.name();
    let client_id = client.map(|client| match world {
        DEFAULT_WORLD => client.id.clone(),
        world => format!("{}@{world}", client.id),
    });
    let authority = &call.request.origin.authority;
    Ok(Reply::ok(&Connection {
        url: format!("{}://{authority}", call.request.origin.scheme),
        https_url: format!("https://{authority}"),
        proxy_url: match world {
            DEFAULT_WORLD => format!("http://{authority}"),
            // Without a password many clients leave the name out, too.
            world => format!("http://{world}:x@{authority}"),
        },
        ca_url: format!("{}://{authority}/_mock/ca.pem", call.request.origin.scheme),
        world: world.to_owned(),
        tenant_id: partner.id.to_string(),
        client_id,
        client_secret: client.and_then(|client| client.secret.clone()),
        username: user.map(|user| user.user_principal_name.clone()),
        password: user.map(|user| user.password.clone()),
        customer_id: state.customers.first().map(|(id, _)| id.to_string()),
    }))
}
