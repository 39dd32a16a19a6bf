//! The grants: what each needs to lead to tokens (contract: azure-identity.md §3.1, §3.4).

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};

use super::client::{Proof, Recognised, recognise};
use super::error::{
    BAD_DEVICE_CODE, BAD_PASSWORD, BAD_USER_ASSERTION, DECLINED, EXPIRED_CODE, EXPIRED_DEVICE_CODE,
    EXPIRED_REFRESH_TOKEN, EXPIRED_USER_ASSERTION, FOREIGN_GRANT, Fault, MALFORMED_GRANT,
    NO_SECRET, PENDING, REDEEMED, UNKNOWN_GRANT, UNKNOWN_TENANT, UNKNOWN_USER, UNSUPPORTED_USE,
    WRONG_REDIRECT, WRONG_VERIFIER,
};
use super::form::Form;
use super::ledger::Ledger;
use super::scope::{Version, Wanted};
use super::tenant::Tenant;
use crate::api::call::Call;
use crate::domain::partner::{Partner, User};
use crate::identity::issue::ClientKind;
use crate::identity::jws;
use crate::identity::sealed::{self, Grant, Purpose, SealFault};
use crate::identity::token::AuthLevel;

/// What a grant proved: for whom tokens are, and for what.
#[derive(Debug)]
pub struct Granted {
    /// Tenant the tokens are of.
    pub tenant: Tenant,
    /// Client they go to.
    pub client: Recognised,
    /// Partner whose users sign in; kept so that `user` needs no copy.
    partner: Arc<Partner>,
    /// Position of the user they speak for.
    user: Option<usize>,
    /// What they are for.
    pub wanted: Wanted,
    /// `nonce` of the sign-in.
    pub nonce: Option<String>,
    /// Whether the client wants to know the key of the account.
    pub client_info: bool,
    /// Whether a refresh token comes along in any case.
    pub refreshed: bool,
}

impl Granted {
    /// The user the tokens speak for; `None` for an application alone.
    pub fn user(&self) -> Option<&User> {
        self.partner.users.get(self.user?)
    }

    /// A sign-in of the user at that position, for a page or a grant.
    pub fn new(
        tenant: Tenant,
        client: Recognised,
        partner: Arc<Partner>,
        user: Option<usize>,
        wanted: Wanted,
    ) -> Self {
        Self {
            tenant,
            client,
            partner,
            user,
            wanted,
            nonce: None,
            client_info: false,
            refreshed: false,
        }
    }
}

/// One token request.
struct Asked<'a, 'r> {
    call: &'a Call<'r>,
    version: Version,
    form: &'a Form<'a>,
    tenant: Tenant,
    partner: Arc<Partner>,
}

/// Checks the grant of a token request.
pub fn granted(call: &Call<'_>, version: Version) -> Result<Granted, Fault> {
    let form = Form::of(call.request)?;
    let grant = form.require("grant_type")?;
    let tenant = Tenant::of(call, UNKNOWN_TENANT)?;
    let partner = Arc::clone(&call.world.published().partner);
    let asked = Asked { call, version, form: &form, tenant, partner };
    let mut granted = match grant {
        "client_credentials" => asked.client_credentials(),
        "refresh_token" => asked.refresh_token(),
        "authorization_code" => asked.authorization_code(),
        "password" => asked.password(),
        "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => asked.device_code(),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => asked.on_behalf_of(),
        other => Err(Fault::new(UNKNOWN_GRANT, &[other])),
    }?;
    granted.client_info = form.get("client_info") == Some("1");
    Ok(granted)
}

impl Asked<'_, '_> {
    fn client_credentials(self) -> Result<Granted, Fault> {
        let client = self.client(Proof::Required)?;
        let wanted = self.wanted(None)?;
        if self.version == Version::V2 {
            wanted.check_default_only(self.form)?;
        }
        Ok(Granted::new(self.tenant, client, self.partner, None, wanted))
    }

    /// A refresh token is good for any resource, and in any tenant: the way from Partner Center to a
    /// customer's Azure leads over it. It stays valid when it is used.
    fn refresh_token(mut self) -> Result<Granted, Fault> {
        let text = self.form.require("refresh_token")?;
        let client = self.client(Proof::Optional)?;
        let grant = self.open(Purpose::Refresh, text, &client)?;
        if grant.confidential && client.kind == ClientKind::Public {
            return Err(Fault::new(NO_SECRET, &[]));
        }
        self.sign_in_to(&grant);
        let user = self.user_by_object(&grant.user)?;
        let wanted = self.wanted(Some(&grant.scope))?;
        let granted = Granted::new(self.tenant, client, self.partner, Some(user), wanted);
        Ok(Granted { refreshed: true, ..granted })
    }

    /// A confidential client shows its secret, unless PKCE ties the code to it \[choice\].
    fn authorization_code(mut self) -> Result<Granted, Fault> {
        let code = self.form.require("code")?;
        let verifier = self.form.get("code_verifier");
        let proof = if verifier.is_some() { Proof::Optional } else { Proof::IfConfidential };
        let client = self.client(proof)?;
        let grant = self.open(Purpose::AuthorizationCode, code, &client)?;
        if let Some(expected) = &grant.challenge {
            let verifier = verifier.ok_or_else(|| Fault::missing("code_verifier"))?;
            check_verifier(expected, grant.challenge_hashed, verifier)?;
        } else if verifier.is_some() {
            return Err(Fault::new(WRONG_VERIFIER, &[]));
        }
        let redirect = self.form.require("redirect_uri")?;
        if grant.redirect_uri.as_deref() != Some(redirect) {
            return Err(Fault::new(WRONG_REDIRECT, &[redirect]));
        }
        self.sign_in_to(&grant);
        let user = self.user_by_object(&grant.user)?;
        let wanted = self.wanted(Some(&grant.scope))?;
        // Whether an id token and a refresh token come along was agreed on at the sign-in.
        let agreed = Wanted::parse(&grant.scope)?;
        let wanted = Wanted {
            openid: wanted.openid || agreed.openid,
            offline: wanted.offline || agreed.offline,
            ..wanted
        };
        self.redeem(&grant)?;
        let granted = Granted::new(self.tenant, client, self.partner, Some(user), wanted);
        Ok(Granted { nonce: grant.nonce, ..granted })
    }

    /// The password of a partner's user. No secret is asked for: the client counts as one that allows
    /// public flows \[choice\].
    fn password(self) -> Result<Granted, Fault> {
        let client = self.client(Proof::Optional)?;
        let name = self.form.require("username")?;
        let password = self.form.require("password")?;
        let user = self
            .user_by_name(name)
            .filter(|user| self.partner.users[*user].password == password)
            .ok_or_else(|| Fault::new(BAD_PASSWORD, &[]))?;
        let wanted = self.wanted(self.default_scope())?;
        Ok(Granted::new(self.tenant, client, self.partner, Some(user), wanted))
    }

    /// The partner's first user signs in by itself after a while \[choice\].
    fn device_code(self) -> Result<Granted, Fault> {
        let code = match self.form.get("device_code") {
            Some(code) => code,
            None if self.version == Version::V1 => self.form.require("code")?,
            None => return Err(Fault::missing("device_code")),
        };
        let client = self.client(Proof::Optional)?;
        let grant = self.open(Purpose::DeviceCode, code, &client)?;
        if !self.call.world.attachment::<Ledger>().poll(&grant.id) {
            return Err(Fault::new(PENDING, &[]));
        }
        if self.partner.users.is_empty() {
            return Err(Fault::new(DECLINED, &["the partner has no users"]));
        }
        let wanted = self.wanted(Some(&grant.scope))?;
        self.redeem(&grant)?;
        Ok(Granted::new(self.tenant, client, self.partner, Some(0), wanted))
    }

    /// A service acts for the user whose token was sent to it.
    fn on_behalf_of(self) -> Result<Granted, Fault> {
        let client = self.client(Proof::Required)?;
        let assertion = self.form.require("assertion")?;
        match self.form.require("requested_token_use")? {
            "on_behalf_of" => {}
            other => return Err(Fault::new(UNSUPPORTED_USE, &[other])),
        }
        let bad = |reason: &str| Fault::new(BAD_USER_ASSERTION, &[reason]);
        let read = if self.call.service.options.auth == AuthLevel::Strict {
            self.call.service.tokens.key().verify(assertion)
        } else {
            jws::decode_unverified(assertion)
        };
        let claims = read.map_err(|error| bad(&error.to_string()))?.claims;
        let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
        let now = self.call.world.wall_time().timestamp();
        if claims.get("exp").and_then(serde_json::Value::as_i64).is_none_or(|exp| exp <= now) {
            return Err(Fault::new(EXPIRED_USER_ASSERTION, &[]));
        }
        if text("scp").is_none() {
            return Err(bad("it speaks for an application, not for a user"));
        }
        let user = match text("oid").and_then(|id| self.user_by_object(id).ok()) {
            Some(user) => user,
            None => text("upn")
                .and_then(|name| self.user_by_name(name))
                .ok_or_else(|| bad("its user is not one of the partner's"))?,
        };
        let wanted = self.wanted(None)?;
        Ok(Granted::new(self.tenant, client, self.partner, Some(user), wanted))
    }

    fn client(&self, proof: Proof) -> Result<Recognised, Fault> {
        recognise(self.call, self.form, &self.tenant, proof)
    }

    fn wanted(&self, before: Option<&str>) -> Result<Wanted, Fault> {
        Wanted::of(self.call, self.version, self.form, &self.tenant, before)
    }

    /// Version 1 signs users in to the directory when no resource is named \[choice\].
    fn default_scope(&self) -> Option<&'static str> {
        (self.version == Version::V1).then_some("openid offline_access")
    }

    fn open(&self, purpose: Purpose, text: &str, client: &Recognised) -> Result<Grant, Fault> {
        let (malformed, foreign, expired) = match purpose {
            Purpose::Refresh => (MALFORMED_GRANT, FOREIGN_GRANT, EXPIRED_REFRESH_TOKEN),
            Purpose::AuthorizationCode => (MALFORMED_GRANT, FOREIGN_GRANT, EXPIRED_CODE),
            Purpose::DeviceCode => (BAD_DEVICE_CODE, BAD_DEVICE_CODE, EXPIRED_DEVICE_CODE),
        };
        let wall = self.call.world.wall_time();
        let key = self.call.service.tokens.key();
        let grant = sealed::open(key, purpose, text, wall).map_err(|fault| match fault {
            SealFault::NotOurs => Fault::new(malformed, &["it was not given out by this server"]),
            SealFault::Expired(at) => Fault::new(expired, &[&at.to_rfc3339()]),
        })?;
        if grant.world != self.call.world.name() {
            let reason = format!("it was given out in the world '{}'", grant.world);
            return Err(Fault::new(foreign, &[&reason]));
        }
        if !bare(&grant.client_id).eq_ignore_ascii_case(bare(&client.id)) {
            return Err(Fault::new(foreign, &["it was given out to another client"]));
        }
        Ok(grant)
    }

    fn redeem(&self, grant: &Grant) -> Result<(), Fault> {
        if self.call.world.attachment::<Ledger>().redeem(&grant.id) {
            Ok(())
        } else {
            Err(Fault::new(REDEEMED, &[]))
        }
    }

    /// At `common` and the like the user's own sign-in decides the tenant.
    fn sign_in_to(&mut self, grant: &Grant) {
        if self.tenant.any {
            grant.tenant.clone_into(&mut self.tenant.id);
        }
    }

    fn user_by_object(&self, id: &str) -> Result<usize, Fault> {
        self.partner
            .users
            .iter()
            .position(|user| user.object_id.to_string().eq_ignore_ascii_case(id))
            .ok_or_else(|| Fault::new(UNKNOWN_USER, &[id]))
    }

    fn user_by_name(&self, name: &str) -> Option<usize> {
        position_by_name(&self.partner, name)
    }
}

/// The position of the partner's user of that name.
pub fn position_by_name(partner: &Partner, name: &str) -> Option<usize> {
    partner.users.iter().position(|user| user.user_principal_name.eq_ignore_ascii_case(name.trim()))
}

fn bare(id: &str) -> &str {
    id.split('@').next().unwrap_or(id)
}

/// PKCE (RFC 7636 §4.6).
fn check_verifier(challenge: &str, hashed: bool, verifier: &str) -> Result<(), Fault> {
    let given = if hashed {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
    } else {
        verifier.to_owned()
    };
    if given == challenge.trim_end_matches('=') {
        Ok(())
    } else {
        Err(Fault::new(WRONG_VERIFIER, &[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifiers_are_checked_against_the_challenge_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(check_verifier(challenge, true, verifier), Ok(()));
        assert_eq!(check_verifier(verifier, false, verifier), Ok(()));
        assert!(check_verifier(challenge, true, "other").is_err());
        assert!(check_verifier(challenge, false, verifier).is_err());
    }
}
