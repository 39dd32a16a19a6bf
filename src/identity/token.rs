//! Access tokens: what they claim, who that makes the caller, and whether the claims are good. Token
//! lifetimes follow wall time, not world time: clients judge a token by their own clock, and a world
//! whose clock is advanced by years must not lock its clients out.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use dashmap::DashMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::jws::{self, SigningKey};

/// How closely tokens are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthLevel {
    /// Not at all; a call without token is fine.
    Off,
    /// A well-formed, unexpired token for the right audience from a plausible issuer; app-only and
    /// app+user are told apart.
    Standard,
    /// As standard, and the signature, the tenant and the registered client must be right.
    Strict,
}

impl AuthLevel {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }
}

impl std::str::FromStr for AuthLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Off, Self::Standard, Self::Strict]
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("`{text}` is no auth level: off, standard or strict"))
    }
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `aud`.
    pub audience: String,
    /// `iss`.
    pub issuer: String,
    /// `exp`, in seconds of Unix time.
    pub expires: Option<i64>,
    /// `nbf`, in seconds of Unix time.
    pub not_before: Option<i64>,
    /// `tid`.
    pub tenant: String,
    /// `appid` or `azp`.
    pub client: Arc<str>,
    /// `oid`.
    pub object: String,
    /// `upn` or `unique_name`.
    pub user: Option<Arc<str>>,
    /// Whether it speaks for a user: `scp` is there and `idtyp` does not say `app`.
    pub delegated: bool,
    /// The world it was issued in.
    pub world: Option<String>,
}

/// Claim that names the world a token was issued in.
pub const WORLD_CLAIM: &str = "mock_world";

impl Claims {
    fn read(claims: &Map<String, Value>) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| {
            claims.get(name).and_then(|v| v.as_i64().or_else(|| v.as_str()?.parse().ok()))
        };
        let audience = match claims.get("aud") {
            Some(Value::Array(all)) => all.first().and_then(Value::as_str).map(str::to_owned),
            _ => text("aud"),
        };
        let app = text("idtyp").is_some_and(|kind| kind.eq_ignore_ascii_case("app"));
        Self {
            audience: audience.unwrap_or_default(),
            issuer: text("iss").unwrap_or_default(),
            expires: number("exp"),
            not_before: number("nbf"),
            tenant: text("tid").unwrap_or_default(),
            client: text("appid").or_else(|| text("azp")).unwrap_or_default().into(),
            object: text("oid").unwrap_or_default(),
            user: text("upn").or_else(|| text("unique_name")).map(Arc::from),
            delegated: !app && text("scp").is_some_and(|scopes| !scopes.is_empty()),
            world: text(WORLD_CLAIM),
        }
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// There is none.
    #[error("the request has no Authorization header; send `Authorization: Bearer <token>`")]
    Missing,
    /// The header is not of the form `Bearer <token>`.
    #[error("the Authorization header is not of the form `Bearer <token>`")]
    NotBearer,
    /// More tokens than a request can have.
    #[error("the request has {sent} auxiliary tokens; at most {most} are possible")]
    TooMany {
        /// How many were sent.
        sent: usize,
        /// How many are possible.
        most: usize,
    },
    /// The token is not a JWT.
    #[error("the token is not a JWT: {0}")]
    Malformed(String),
    /// The token has expired.
    #[error("the token expired at {0}; ask for a new one")]
    Expired(DateTime<Utc>),
    /// The token has no expiry.
    #[error("the token has no `exp` claim")]
    NoExpiry,
    /// The token is not valid yet.
    #[error("the token is valid from {0} on only")]
    NotYetValid(DateTime<Utc>),
    /// The token is for another service.
    #[error("the token is for the audience `{0}`, not for this service")]
    WrongAudience(String),
    /// The token is from somebody else.
    #[error("the token's issuer `{0}` is not an Entra ID issuer of the token's tenant")]
    WrongIssuer(String),
    /// The signature does not fit.
    #[error("the token's signature is not valid for this server's key: {0}")]
    BadSignature(String),
    /// The tenant is not the partner's.
    #[error("the token is for the tenant `{0}`, which is not the partner's")]
    WrongTenant(String),
    /// The client is not registered.
    #[error("the client `{0}` is not registered in the partner's tenant")]
    UnknownClient(String),
}

/// A parsed token with what was found out about it.
#[derive(Debug)]
pub struct Token {
    header: Box<[u8]>,
    /// What it says.
    pub claims: Claims,
    /// Whether this server's key signed it; else why not.
    pub signature: Result<(), String>,
}

#[cfg(test)]
impl Token {
    /// A token that says this.
    pub fn saying(claims: Claims) -> Self {
        Self { header: Box::default(), claims, signature: Ok(()) }
    }
}

/// Reads tokens and remembers them, so that a token sent a thousand times is parsed once.
#[derive(Debug)]
pub struct TokenReader {
    key: Arc<SigningKey>,
    /// By the end of the header, which is the token's signature; the whole header is compared.
    known: DashMap<[u8; TAIL], Arc<Token>>,
}

/// Bytes of a header that its token is looked up by.
const TAIL: usize = 16;

/// Most tokens remembered at once.
const MOST_KNOWN: usize = 2048;

impl TokenReader {
    /// A reader that checks signatures with `key`.
    pub fn new(key: Arc<SigningKey>) -> Self {
        Self { key, known: DashMap::new() }
    }

    /// The key that signs this server's tokens.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Reads the token of an `Authorization` header.
    pub fn read(&self, authorization: Option<&[u8]>) -> Result<Arc<Token>, TokenFault> {
        let header = authorization.ok_or(TokenFault::Missing)?;
        let tail = header.last_chunk::<TAIL>().copied();
        if let Some(known) = tail.and_then(|tail| self.known.get(&tail))
            && *known.header == *header
        {
            return Ok(Arc::clone(&known));
        }
        let text = std::str::from_utf8(header).map_err(|_| TokenFault::NotBearer)?.trim();
        let (scheme, token) = text.split_once(' ').ok_or(TokenFault::NotBearer)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenFault::NotBearer);
        }
        let token = token.trim();
        let decoded = jws::decode_unverified(token)
            .map_err(|error| TokenFault::Malformed(error.to_string()))?;
        let signature = self.key.verify(token).map(|_| ()).map_err(|error| error.to_string());
        let claims = Claims::read(&decoded.claims);
        let parsed = Arc::new(Token { header: Box::from(header), claims, signature });
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        if let Some(tail) = tail {
            self.known.insert(tail, Arc::clone(&parsed));
        }
        Ok(parsed)
    }
}

/// What a service demands of the tokens sent to it.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// Audiences it accepts, compared without trailing slash and in any casing.
    pub audiences: &'a [&'a str],
    /// The host the request was addressed to: its base URL is an audience and its host an issuer.
    pub authority: &'a str,
}

impl Token {
    /// The header that carried it.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Checks times, audience and issuer.
    pub fn check(&self, demand: Demand<'_>, wall: DateTime<Utc>) -> Result<(), TokenFault> {
        let claims = &self.claims;
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        match claims.expires {
            None => return Err(TokenFault::NoExpiry),
            Some(expires) if expires <= wall.timestamp() => {
                return Err(TokenFault::Expired(at(expires)));
            }
            Some(_) => {}
        }
        // Five minutes of clock skew are tolerated as Entra ID's own libraries do.
        if let Some(begin) = claims.not_before
            && begin > wall.timestamp() + 300
        {
            return Err(TokenFault::NotYetValid(at(begin)));
        }
        let audience = claims.audience.trim_end_matches('/');
        let own = audience
            .split_once("://")
            .is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(demand.authority));
        if !own && !demand.audiences.iter().any(|known| known.eq_ignore_ascii_case(audience)) {
            return Err(TokenFault::WrongAudience(claims.audience.clone()));
        }
        if !self.issuer_fits(demand.authority) {
            return Err(TokenFault::WrongIssuer(claims.issuer.clone()));
        }
        Ok(())
    }

    /// Entra ID's issuers name the tenant: `https://sts.windows.net/{tid}/` for version 1,
    /// `https://{login host}/{tid}/v2.0` for version 2.
    fn issuer_fits(&self, authority: &str) -> bool {
        let Some((_, rest)) = self.claims.issuer.split_once("://") else { return false };
        let mut parts = rest.splitn(2, '/');
        let (host, path) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let tenant = path.split('/').next().unwrap_or("");
        let known = [
            "sts.windows.net",
            "login.microsoftonline.com",
            "login.windows.net",
            "login.microsoftonline.us",
            "login.partner.microsoftonline.cn",
            "login.chinacloudapi.cn",
            "login.microsoftonline.de",
        ];
        let host_fits = host.eq_ignore_ascii_case(authority)
            || known.iter().any(|k| k.eq_ignore_ascii_case(host));
        host_fits && !tenant.is_empty() && tenant.eq_ignore_ascii_case(&self.claims.tenant)
    }
}
