//! Which client asks for a token, and how it proves who it is (contract: azure-identity.md §3.1).

use std::borrow::Cow;

use actix_web::http::header::AUTHORIZATION;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::error::{
    BAD_ASSERTION, EXPIRED_ASSERTION, FOREIGN_ASSERTION, Fault, NO_SECRET, PUBLIC_WITH_SECRET,
    UNKNOWN_CLIENT, WRONG_SECRET,
};
use super::form::Form;
use super::tenant::Tenant;
use crate::api::call::Call;
use crate::api::request::{Request, decode};
use crate::domain::partner::{Client, Partner};
use crate::identity::issue::ClientKind;
use crate::identity::jws;
use crate::identity::token::AuthLevel;

/// Longest client id that is read, in bytes.
const MOST_ID_BYTES: usize = 200;

/// Public clients of Microsoft's own tools, which every tenant knows: users sign in with them, nobody
/// has to register them.
const TOOLS: [&str; 2] = [
    // az, and azure-identity when it is given no client (contract: real-clients.md §3).
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    // Azure PowerShell.
    "1950a258-227b-4e31-a9cf-717495945fc2",
];

/// Whether a client has to prove who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Always.
    Required,
    /// When it is registered with a secret.
    IfConfidential,
    /// No: public flows are allowed for every client \[choice\].
    Optional,
}

/// A client that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Its id as it was sent, with the world behind an `@` if the client chose one.
    pub id: String,
    /// How it proved who it is.
    pub kind: ClientKind,
    /// Object id of its service principal in the tenant, when it is registered there.
    pub service_principal: Option<Uuid>,
}

/// The registered client of that id, which may carry `@` and a world.
fn registered<'p>(partner: &'p Partner, id: &str) -> Option<&'p Client> {
    let bare = id.split('@').next().unwrap_or(id);
    partner.clients.iter().find(|client| client.id.eq_ignore_ascii_case(bare))
}

fn is_tool(id: &str) -> bool {
    let bare = id.split('@').next().unwrap_or(id);
    TOOLS.iter().any(|tool| tool.eq_ignore_ascii_case(bare))
}

/// Id and secret of HTTP Basic, both form-encoded (RFC 6749 §2.3.1).
pub fn basic(request: &Request<'_>) -> Option<(String, String)> {
    let (scheme, rest) = request.header(AUTHORIZATION.as_str())?.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let secret = if secret.contains('%') { decode(secret) } else { Cow::Borrowed(secret) };
    Some((decode(id).into_owned(), secret.into_owned()))
}

/// Checks that a client of that id may sign users in: it has an id, and is registered if the server
/// is strict. Gives the id.
pub fn admissible<'a>(
    call: &Call<'_>,
    id: Option<&'a str>,
    tenant: &Tenant,
) -> Result<&'a str, Fault> {
    let id = id.ok_or_else(|| Fault::missing("client_id"))?;
    let strict = call.service.options.auth == AuthLevel::Strict;
    let unknown =
        strict && !is_tool(id) && registered(&call.world.published().partner, id).is_none();
    if unknown || id.len() > MOST_ID_BYTES {
        return Err(Fault::new(UNKNOWN_CLIENT, &[id, &tenant.id]));
    }
    Ok(id)
}

/// Recognises the client of a token request.
///
/// Any id passes with any secret unless the server is strict; the wrong secret of a registered client
/// never does \[choice\].
pub fn recognise(
    call: &Call<'_>,
    form: &Form<'_>,
    tenant: &Tenant,
    proof: Proof,
) -> Result<Recognised, Fault> {
    let basic = basic(call.request);
    let (basic_id, basic_secret) = match &basic {
        Some((id, secret)) => (Some(id.as_str()), Some(secret.as_str())),
        None => (None, None),
    };
    let id = admissible(call, form.get("client_id").or(basic_id), tenant)?;
    let secret = form.get("client_secret").or(basic_secret).filter(|secret| !secret.is_empty());
    let state = call.world.published();
    let known = registered(&state.partner, id);
    let expected = known.and_then(|client| client.secret.as_deref());
    let kind = if let Some(assertion) = form.get("client_assertion") {
        check_assertion(call, form, id, assertion)?;
        ClientKind::Certificate
    } else if let Some(secret) = secret {
        match (known, expected) {
            (Some(_), Some(expected)) if expected != secret => {
                return Err(Fault::new(WRONG_SECRET, &[id]));
            }
            (Some(_), None) => return Err(Fault::new(PUBLIC_WITH_SECRET, &[])),
            (None, _) if is_tool(id) => return Err(Fault::new(PUBLIC_WITH_SECRET, &[])),
            _ => ClientKind::Secret,
        }
    } else {
        let needed = match proof {
            Proof::Required => true,
            Proof::IfConfidential => expected.is_some(),
            Proof::Optional => false,
        };
        if needed {
            return Err(Fault::new(NO_SECRET, &[]));
        }
        ClientKind::Public
    };
    let directory = tenant.id.parse().ok();
    let service_principal = known
        .zip(directory)
        .map(|(client, tenant)| state.partner.service_principal(client, tenant).0);
    Ok(Recognised { id: id.to_owned(), kind, service_principal })
}

/// An assertion must be a JWT that has not expired and that speaks of the client: one that
/// is its own issuer and subject carries its id. Its signature is not checked: certificates of clients are not registered
/// here \[choice\].
fn check_assertion(
    call: &Call<'_>,
    form: &Form<'_>,
    id: &str,
    assertion: &str,
) -> Result<(), Fault> {
    form.require("client_assertion_type")?;
    let decoded = jws::decode_unverified(assertion)
        .map_err(|error| Fault::new(BAD_ASSERTION, &[&error.to_string()]))?;
    let expires = decoded.claims.get("exp").and_then(serde_json::Value::as_i64);
    if expires.is_some_and(|expires| expires <= call.world.wall_time().timestamp()) {
        return Err(Fault::new(EXPIRED_ASSERTION, &[]));
    }
    let named = |claim| decoded.claims.get(claim).and_then(serde_json::Value::as_str);
    // Assertions of a federation are somebody else's: they name their own issuer and subject.
    if let (Some(issuer), Some(subject)) = (named("iss"), named("sub"))
        && issuer == subject
        && !issuer.eq_ignore_ascii_case(id)
    {
        return Err(Fault::new(FOREIGN_ASSERTION, &[issuer, id]));
    }
    Ok(())
}
