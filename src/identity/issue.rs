//! Issuing: access tokens and id tokens, claim by claim (contract: azure-identity.md §3.7).
//!
//! Here is decided what a token says about its subject. Which subject a request may have a token for
//! is the business of the token endpoints; reading tokens is [`super::token`].

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::jws::SigningKey;
use super::token::WORLD_CLAIM;
use crate::domain::partner::User;
use crate::world::DEFAULT_WORLD;

/// Tokens are valid from this many seconds before they are issued \[choice\].
const BACKDATED_SECONDS: i64 = 300;
/// Directory role that every user has.
const USER_ROLE: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
/// Directory role of global administrators.
const GLOBAL_ADMINISTRATOR_ROLE: &str = "62e90394-69f5-4237-9190-012177145e10";

/// How a client proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// Not at all: a public client.
    Public,
    /// By its secret.
    Secret,
    /// By an assertion signed with its certificate.
    Certificate,
}

impl ClientKind {
    /// Value of `appidacr`.
    pub fn claim(self) -> &'static str {
        match self {
            Self::Public => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

/// Whom a token is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Id of the tenant, a GUID.
    pub tenant: &'a str,
    /// Application (client) id as it was sent.
    pub client_id: &'a str,
    /// How the client proved who it is.
    pub client_kind: ClientKind,
    /// Object id of the client's service principal; derived from tenant and client when absent.
    pub service_principal: Option<Uuid>,
    /// The user it acts for; `None` for an application alone.
    pub user: Option<&'a User>,
}

impl Subject<'_> {
    /// `oid`: the user's object id, else that of the service principal.
    pub fn object_id(&self) -> String {
        match (self.user, self.service_principal) {
            (Some(user), _) => user.object_id.to_string(),
            (None, Some(id)) => id.to_string(),
            (None, None) => {
                let name = format!("{}/{}", self.tenant, self.client_id);
                Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
            }
        }
    }

    /// `sub`: the object id of an application; for a user a value that differs between clients.
    pub fn subject(&self) -> String {
        match self.user {
            Some(_) => opaque(&["sub", self.tenant, self.client_id, &self.object_id()], 32),
            None => self.object_id(),
        }
    }
}

/// An access token for `audience`, written into `aud` as it was asked for, slash included.
///
/// `issued` is wall time (`World::wall_time`), `world` the name of the world it is issued in; the
/// default world is not named. Tokens for Azure and Partner Center have version 1 whichever endpoint
/// issues them.
pub fn access_token(
    key: &SigningKey,
    subject: Subject<'_>,
    audience: &str,
    world: Option<&str>,
    issued: DateTime<Utc>,
    lifetime_seconds: i64,
) -> String {
    let now = issued.timestamp();
    let tenant = subject.tenant;
    let object = subject.object_id();
    let precise = issued.to_rfc3339();
    let salt = [tenant, subject.client_id, &object, audience, &precise];
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("aud", audience.into());
    claim("iss", issuer(tenant).into());
    claim("iat", now.into());
    claim("nbf", now.saturating_sub(BACKDATED_SECONDS).into());
    claim("exp", now.saturating_add(lifetime_seconds).into());
    claim("aio", opaque(&[&["aio"], &salt[..]].concat(), 27).into());
    claim("appid", subject.client_id.into());
    claim("appidacr", subject.client_kind.claim().into());
    claim("idp", issuer(tenant).into());
    claim("idtyp", if subject.user.is_some() { "user" } else { "app" }.into());
    claim("oid", object.as_str().into());
    claim("rh", format!("1.{}.", opaque(&["rh", tenant, audience], 24)).into());
    claim("sub", subject.subject().into());
    claim("tid", tenant.into());
    claim("uti", opaque(&[&["uti"], &salt[..]].concat(), 16).into());
    claim("ver", "1.0".into());
    if let Some(world) = world.filter(|name| *name != DEFAULT_WORLD) {
        claim(WORLD_CLAIM, world.into());
    }
    // An application has no `scp`, and `roles` only with app roles, which are not modelled.
    if let Some(user) = subject.user {
        claims.extend(user_claims(user, &object));
    }
    key.sign(&Value::Object(claims))
}

fn user_claims(user: &User, object: &str) -> Map<String, Value> {
    let (given, family) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    let administrator = user.roles.iter().any(|role| {
        ["GlobalAdmin", "GlobalAdministrator", "CompanyAdministrator"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(role))
    });
    let mut directory_roles = vec![USER_ROLE];
    if administrator {
        directory_roles.insert(0, GLOBAL_ADMINISTRATOR_ROLE);
    }
    // The roles of Partner Center are groups of the directory; their names stand in `roles`, where a
    // person who decodes the token can read them [choice].
    let groups: Vec<Value> = user
        .roles
        .iter()
        .map(|role| Uuid::new_v5(&Uuid::NAMESPACE_URL, role.as_bytes()).to_string().into())
        .collect();
    // Partners must sign in with a second factor, and their tools look for it here: the users of a
    // mock have always shown one [choice].
    let claims = json!({
        "scp": "user_impersonation",
        "upn": user.user_principal_name,
        "unique_name": user.user_principal_name,
        "name": user.name,
        "given_name": given,
        "family_name": family,
        "ipaddr": "203.0.113.10",
        "amr": ["pwd", "mfa"],
        "puid": puid(object),
        "wids": directory_roles,
        "groups": groups,
        "roles": user.roles,
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}

/// What an id token says beyond its subject.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// `iss`: the issuer that discovery names.
    pub issuer: &'a str,
    /// `ver`: `1.0` or `2.0`.
    pub version: &'a str,
    /// `nonce` of the sign-in request.
    pub nonce: Option<&'a str>,
}

/// An id token for the subject's user; `None` for an application alone. Times as in
/// [`access_token`].
pub fn id_token(
    key: &SigningKey,
    subject: Subject<'_>,
    sign_in: SignIn<'_>,
    issued: DateTime<Utc>,
    lifetime_seconds: i64,
) -> Option<String> {
    let user = subject.user?;
    let now = issued.timestamp();
    let mut claims = json!({
        "aud": subject.client_id,
        "iss": sign_in.issuer,
        "iat": now,
        "nbf": now.saturating_sub(BACKDATED_SECONDS),
        "exp": now.saturating_add(lifetime_seconds),
        "name": user.name,
        "oid": subject.object_id(),
        "preferred_username": user.user_principal_name,
        "upn": user.user_principal_name,
        "unique_name": user.user_principal_name,
        "email": user.user_principal_name,
        "sub": subject.subject(),
        "tid": subject.tenant,
        "ver": sign_in.version,
    });
    if let Some(nonce) = sign_in.nonce {
        claims["nonce"] = nonce.into();
    }
    Some(key.sign(&claims))
}

/// `client_info`: under which key MSAL keeps the account.
pub fn client_info(object_id: &str, tenant: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({ "uid": object_id, "utid": tenant }).to_string())
}

/// The issuer of version 1 tokens.
pub fn issuer(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

fn hash(parts: &[&str]) -> ring::digest::Digest {
    // The separator keeps ("a", "bc") and ("ab", "c") apart.
    digest(&SHA256, parts.join("\u{1f}").as_bytes())
}

/// A value without meaning, the same for the same parts: `bytes` bytes in base64url.
fn opaque(parts: &[&str], bytes: usize) -> String {
    URL_SAFE_NO_PAD.encode(&hash(parts).as_ref()[..bytes.min(32)])
}

/// `puid`: 16 hexadecimal digits.
fn puid(object: &str) -> String {
    let hash = hash(&["puid", object]);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_ref()[..8]);
    format!("1003{:012X}", u64::from_be_bytes(bytes) >> 16)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::ids::ObjectId;
    use crate::identity::PARTNER_CENTER_AUDIENCES;
    use crate::identity::token::{Demand, TokenReader};

    const TENANT: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    const CLIENT: &str = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846";

    fn user() -> User {
        User {
            object_id: "5b1f7f9c-27d4-4d3c-9d61-0e8a4c2b7f15".parse::<ObjectId>().unwrap(),
            user_principal_name: "admin@fabricore.example".to_owned(),
            name: "Ada Min".to_owned(),
            password: "demo-password".to_owned(),
            roles: vec!["GlobalAdmin".to_owned(), "AdminAgent".to_owned()],
        }
    }

    fn subject(user: Option<&User>) -> Subject<'_> {
        Subject {
            tenant: TENANT,
            client_id: CLIENT,
            client_kind: ClientKind::Secret,
            service_principal: None,
            user,
        }
    }

    fn issued() -> DateTime<Utc> {
        "2026-02-03T04:05:06Z".parse().unwrap()
    }

    fn key() -> Arc<SigningKey> {
        Arc::new(SigningKey::embedded().unwrap())
    }

    #[test]
    fn an_application_token_has_no_scope_and_passes_the_reading_side() {
        let key = key();
        let audience = "https://api.partnercenter.microsoft.com/";
        let text = access_token(&key, subject(None), audience, Some("default"), issued(), 3599);
        let reader = TokenReader::new(Arc::clone(&key));
        let token = reader.read(Some(format!("Bearer {text}").as_bytes())).unwrap();
        assert_eq!(token.signature, Ok(()));
        assert!(!token.claims.delegated);
        assert_eq!(token.claims.audience, audience);
        assert_eq!(token.claims.world, None);
        let claims = key.verify(&text).unwrap().claims;
        assert!(!claims.contains_key("scp") && !claims.contains_key("roles"));
        assert_eq!(claims["idtyp"], "app");
        let demand = Demand { audiences: PARTNER_CENTER_AUDIENCES, authority: "localhost" };
        assert_eq!(token.check(demand, issued()), Ok(()));
        assert_eq!(token.claims.expires, Some(issued().timestamp() + 3599));
        assert_eq!(token.claims.not_before, Some(issued().timestamp() - 300));
    }

    #[test]
    fn a_user_token_is_delegated_and_names_user_and_world() {
        let key = key();
        let user = user();
        let text = access_token(&key, subject(Some(&user)), "aud", Some("blue"), issued(), 3599);
        let claims = key.verify(&text).unwrap().claims;
        assert_eq!(claims["scp"], "user_impersonation");
        assert_eq!(claims["idtyp"], "user");
        assert_eq!(claims["upn"], "admin@fabricore.example");
        assert_eq!(claims["given_name"], "Ada");
        assert_eq!(claims["family_name"], "Min");
        assert_eq!(claims["wids"][0], GLOBAL_ADMINISTRATOR_ROLE);
        assert_eq!(claims["mock_world"], "blue");
        assert_eq!(claims["oid"], user.object_id.to_string());
        assert_ne!(claims["sub"], claims["oid"]);
        let token = TokenReader::new(key).read(Some(format!("Bearer {text}").as_bytes())).unwrap();
        assert!(token.claims.delegated);
    }

    #[test]
    fn id_tokens_are_for_users_and_addressed_to_the_client() {
        let key = key();
        let user = user();
        let sign_in = SignIn { issuer: "https://h/t/v2.0", version: "2.0", nonce: Some("n1") };
        assert_eq!(id_token(&key, subject(None), sign_in, issued(), 3599), None);
        let text = id_token(&key, subject(Some(&user)), sign_in, issued(), 3599).unwrap();
        let claims = key.verify(&text).unwrap().claims;
        assert_eq!(claims["aud"], CLIENT);
        assert_eq!(claims["nonce"], "n1");
        assert_eq!(claims["preferred_username"], "admin@fabricore.example");
        assert_eq!(claims["tid"], TENANT);
    }

    #[test]
    fn extreme_lifetimes_do_not_overflow() {
        let key = key();
        let text = access_token(&key, subject(None), "a", None, DateTime::<Utc>::MAX_UTC, i64::MAX);
        assert_eq!(key.verify(&text).unwrap().claims["exp"], i64::MAX);
    }
}
