//! Public keys (contract: azure-identity.md §2.4).

use actix_web::http::Method;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::error::UNKNOWN_TENANT_DISCOVERY;
use super::tenant::Tenant;
use super::token::{EXAMPLE_TENANT, TAG};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    [
        ("/{tenant}/discovery/v2.0/keys", "listSigningKeys", "Get the keys that sign tokens"),
        (
            "/{tenant}/discovery/keys",
            "listSigningKeysV1",
            "Get the keys that sign tokens (version 1)",
        ),
    ]
    .into_iter()
    .map(|(path, id, summary)| {
        Operation::new(Surface::Identity, Method::GET, path, id, keys)
            .summary(TAG, summary)
            .describe("One RSA key; the tokens name it in `kid`. `common` is a tenant, too.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "azure-identity.md#24-jwks")
            .gives::<KeySet>(200, "The keys.")
            .faults(&[UNKNOWN_TENANT_DISCOVERY])
            .example("tenant", EXAMPLE_TENANT)
    })
    .collect()
}

fn keys(call: &Call<'_>) -> Result<Reply, Reply> {
    let tenant = Tenant::of(call, UNKNOWN_TENANT_DISCOVERY).map_err(|fault| fault.reply(call))?;
    let mut key = call.service.tokens.key().jwk();
    if let Value::Object(members) = &mut key {
        let issuer = call.url(&format!("/{}/v2.0", tenant.issuer_part()));
        members.insert("issuer".to_owned(), issuer.into());
    }
    Ok(Reply::ok(&serde_json::json!({ "keys": [key] })))
}

/// Public keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<Key>,
}

/// A public key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SigningKey)]
pub struct Key {
    /// Kind of key.
    #[schema(example = "RSA")]
    pub kty: String,
    /// What it is used for.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: String,
    /// Algorithm.
    #[schema(example = "RS256")]
    pub alg: String,
    /// Id, as in the header of tokens.
    pub kid: String,
    /// Thumbprint of the certificate.
    pub x5t: String,
    /// Modulus.
    pub n: String,
    /// Exponent.
    #[schema(example = "AQAB")]
    pub e: String,
    /// Certificate.
    pub x5c: Vec<String>,
    /// Issuer of the tokens it signs.
    pub issuer: String,
}
