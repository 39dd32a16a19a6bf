//! Sealed grants: refresh tokens, authorization codes and device codes that carry all they stand for,
//! signed with the server's key. Nothing has to be stored to honour one, and a restart forgets none.
//!
//! Whether a grant was used before is not known here; see `api::identity::ledger`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::jws::SigningKey;

/// What a sealed grant is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// More access tokens.
    Refresh,
    /// The first tokens after a sign-in page.
    AuthorizationCode,
    /// The first tokens after a sign-in on another device.
    DeviceCode,
}

impl Purpose {
    /// Audience of the sealed token: no service accepts it, so none can be passed for an access token.
    fn audience(self) -> &'static str {
        match self {
            Self::Refresh => "urn:partner-center-mock:refresh-token",
            Self::AuthorizationCode => "urn:partner-center-mock:authorization-code",
            Self::DeviceCode => "urn:partner-center-mock:device-code",
        }
    }

    /// How long it is good, in seconds: 90 days, 10 minutes, 15 minutes.
    pub fn lifetime_seconds(self) -> i64 {
        match self {
            Self::Refresh => 90 * 24 * 3600,
            Self::AuthorizationCode => 600,
            Self::DeviceCode => 900,
        }
    }
}

/// What a grant stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// Tells grants apart that stand for the same.
    pub id: String,
    /// Client it was given to, as sent.
    pub client_id: String,
    /// Whether that client had proved who it is.
    pub confidential: bool,
    /// Tenant the user signed in to, a GUID.
    pub tenant: String,
    /// World it was given in.
    pub world: String,
    /// Object id of the user; empty while nobody has signed in.
    pub user: String,
    /// Scopes asked for, separated by spaces; for version 1 the resource.
    pub scope: String,
    /// `redirect_uri` of the sign-in.
    pub redirect_uri: Option<String>,
    /// `code_challenge` of the sign-in.
    pub challenge: Option<String>,
    /// Whether the challenge is a SHA-256 hash rather than the verifier itself.
    pub challenge_hashed: bool,
    /// `nonce` of the sign-in.
    pub nonce: Option<String>,
}

/// Why a sealed grant cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealFault {
    /// It was not given out by this server for this purpose.
    NotOurs,
    /// It has expired.
    Expired(DateTime<Utc>),
}

/// Seals a grant at `now` (wall time).
pub fn seal(key: &SigningKey, purpose: Purpose, grant: &Grant, now: DateTime<Utc>) -> String {
    key.sign(&json!({
        "aud": purpose.audience(),
        "exp": now.timestamp().saturating_add(purpose.lifetime_seconds()),
        "jti": grant.id,
        "cid": grant.client_id,
        "cfd": grant.confidential,
        "tid": grant.tenant,
        "wld": grant.world,
        "oid": grant.user,
        "scp": grant.scope,
        "uri": grant.redirect_uri,
        "pkc": grant.challenge,
        "pkh": grant.challenge_hashed,
        "non": grant.nonce,
    }))
}

/// Opens a sealed grant at `now` (wall time).
pub fn open(
    key: &SigningKey,
    purpose: Purpose,
    text: &str,
    now: DateTime<Utc>,
) -> Result<Grant, SealFault> {
    let claims = key.verify(text).map_err(|_| SealFault::NotOurs)?.claims;
    if claims.get("aud").and_then(Value::as_str) != Some(purpose.audience()) {
        return Err(SealFault::NotOurs);
    }
    let expires = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    if expires <= now.timestamp() {
        return Err(SealFault::Expired(DateTime::from_timestamp(expires, 0).unwrap_or_default()));
    }
    Ok(read(&claims))
}

fn read(claims: &Map<String, Value>) -> Grant {
    let optional = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let text = |name: &str| optional(name).unwrap_or_default();
    let flag = |name: &str| claims.get(name).and_then(Value::as_bool).unwrap_or_default();
    Grant {
        id: text("jti"),
        client_id: text("cid"),
        confidential: flag("cfd"),
        tenant: text("tid"),
        world: text("wld"),
        user: text("oid"),
        scope: text("scp"),
        redirect_uri: optional("uri"),
        challenge: optional("pkc"),
        challenge_hashed: flag("pkh"),
        nonce: optional("non"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        Grant {
            id: "7".to_owned(),
            client_id: "client".to_owned(),
            confidential: true,
            tenant: "tenant".to_owned(),
            world: "default".to_owned(),
            user: "user".to_owned(),
            scope: "openid".to_owned(),
            redirect_uri: Some("http://localhost/x".to_owned()),
            challenge: Some("c".to_owned()),
            challenge_hashed: true,
            nonce: None,
        }
    }

    #[test]
    fn a_grant_opens_for_its_purpose_until_it_expires() {
        let key = SigningKey::embedded().unwrap();
        let now: DateTime<Utc> = "2026-02-03T04:05:06Z".parse().unwrap();
        let text = seal(&key, Purpose::AuthorizationCode, &grant(), now);
        let at = |seconds| now + chrono::TimeDelta::seconds(seconds);
        let open = |purpose, seconds| open(&key, purpose, &text, at(seconds));
        assert_eq!(open(Purpose::AuthorizationCode, 599), Ok(grant()));
        assert_eq!(open(Purpose::AuthorizationCode, 600), Err(SealFault::Expired(at(600))));
        assert_eq!(open(Purpose::Refresh, 0), Err(SealFault::NotOurs));
        assert_eq!(super::open(&key, Purpose::Refresh, "a.b.c", now), Err(SealFault::NotOurs));
    }
}
