//! Sign-in and sign-out in a browser (contract: azure-identity.md §3.5): a user named by the request
//! is signed in at once, otherwise a plain page offers the partner's users.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::LOCATION;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Recognised, admissible};
use super::error::{
    self, BAD_REDIRECT, BAD_RESPONSE_TYPE, Fault, NOT_SIGNED_IN, TOO_LONG, UNKNOWN_TENANT,
};
use super::form::Form;
use super::grants::{Granted, position_by_name};
use super::ledger::Ledger;
use super::page;
use super::scope::{Version, Wanted};
use super::tenant::Tenant;
use super::token::{EXAMPLE_CLIENT, EXAMPLE_TENANT, TAG, text};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, SchemaOf, Success, Surface};
use crate::api::reply::Reply;
use crate::domain::partner::Partner;
use crate::identity::issue::{self, ClientKind};
use crate::identity::sealed::{self, Grant, Purpose};

/// Longest redirect URI, in bytes.
const MOST_REDIRECT_BYTES: usize = 2000;
/// Longest nonce or challenge, in bytes.
const MOST_VALUE_BYTES: usize = 512;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let sign_in = |path, id, summary, version: Version, handler| {
        let wanted = if version == Version::V2 { "scope" } else { "resource" };
        let example = match version {
            Version::V2 => "openid offline_access https://api.partnercenter.microsoft.com/.default",
            Version::V1 => "https://api.partnercenter.microsoft.com",
        };
        Operation::new(Surface::Identity, Method::GET, path, id, handler)
            .summary(TAG, summary)
            .describe(
                "With `login_hint` (a user's name) or `prompt=none` the answer is a redirect with \
                 `code` and `state`; otherwise a page with the partner's users to choose from. No \
                 password is asked for. PKCE with `S256` and `plain`.",
            )
            .auth(Auth::None)
            .source(Fidelity::Choice, "azure-identity.md#35-get-tenantoauth2v20authorize")
            .required_query("client_id", text(), "Application id.")
            .required_query(
                "redirect_uri",
                text(),
                "Where the code goes; any absolute URI is accepted.",
            )
            .query(
                "response_type",
                words(&["code", "code id_token"]),
                "What comes back; `code` by default.",
            )
            .query(wanted, text(), "What the tokens are for.")
            .query(
                "response_mode",
                words(&["query", "fragment", "form_post"]),
                "How the code comes back.",
            )
            .query("state", text(), "Repeated in the answer.")
            .query("nonce", text(), "Goes into the id token.")
            .query("login_hint", text(), "The user to sign in.")
            .query("prompt", text(), "`none` to show no page.")
            .query("code_challenge", text(), "PKCE challenge.")
            .query(
                "code_challenge_method",
                words(&["S256", "plain"]),
                "How the challenge was made; `plain` by default.",
            )
            .gives_nothing(302, "Back to the client, with a code or an error.")
            .with_header("Location", "The redirect URI with `code` and `state`.")
            .faults(&[error::MISSING, UNKNOWN_TENANT, error::UNKNOWN_CLIENT, BAD_REDIRECT])
            .example("tenant", EXAMPLE_TENANT)
            .example_query("client_id", EXAMPLE_CLIENT)
            .example_query("response_type", "code")
            .example_query("redirect_uri", "http://localhost:8400/callback")
            .example_query(wanted, example)
            .example_query("state", "12345")
            .example_query("login_hint", "admin@fabricore.example")
    };
    let sign_out = |path, id, summary| {
        Operation::new(Surface::Identity, Method::GET, path, id, sign_out)
            .summary(TAG, summary)
            .describe("There is no session to end; the answer leads back to the client.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "azure-identity.md#35-get-tenantoauth2v20authorize")
            .query("post_logout_redirect_uri", text(), "Where to go afterwards.")
            .query("state", text(), "Repeated in the redirect.")
            .gives_nothing(302, "Back to the client.")
            .with_header("Location", "The `post_logout_redirect_uri`.")
            .faults(&[BAD_REDIRECT])
            .example("tenant", EXAMPLE_TENANT)
            .example_query("post_logout_redirect_uri", "http://localhost:8400/bye")
    };
    vec![
        with_page(sign_in(
            "/{tenant}/oauth2/v2.0/authorize",
            "signIn",
            "Sign a user in",
            Version::V2,
            |call: &Call<'_>| respond(call, Version::V2),
        )),
        with_page(sign_in(
            "/{tenant}/oauth2/authorize",
            "signInV1",
            "Sign a user in (version 1)",
            Version::V1,
            |call: &Call<'_>| respond(call, Version::V1),
        )),
        with_page(sign_out("/{tenant}/oauth2/v2.0/logout", "signOut", "Sign out")),
        with_page(sign_out("/{tenant}/oauth2/logout", "signOutV1", "Sign out (version 1)")),
    ]
}

fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn with_page(mut operation: Operation) -> Operation {
    operation.successes.push(Success {
        status: 200,
        description: "A page.",
        schema: Some(SchemaOf::of::<String>()),
        content_type: "text/html",
        headers: Vec::new(),
    });
    operation
}

/// A sign-in that can be answered at its redirect URI.
struct SignIn<'a, 'r> {
    call: &'a Call<'r>,
    version: Version,
    form: &'a Form<'a>,
    tenant: Tenant,
    client_id: &'a str,
    redirect: &'a str,
}

fn respond(call: &Call<'_>, version: Version) -> Result<Reply, Reply> {
    // The reader of forms knows nothing of the second `?` that queries of Partner Center may have.
    let form = Form::parse(call.request.query.as_bytes());
    let begin = || {
        let tenant = Tenant::of(call, UNKNOWN_TENANT)?;
        let client_id = admissible(call, form.get("client_id"), &tenant)?;
        let redirect = check_redirect(form.require("redirect_uri")?)?;
        Ok(SignIn { call, version, form: &form, tenant, client_id, redirect })
    };
    let sign_in = begin().map_err(|fault: Fault| fault.reply(call))?;
    // Once the redirect URI is known to be usable, the client hears of errors there.
    let hybrid = form.get("response_type").is_some_and(|kind| kind.contains("id_token"));
    let (mode, state) = (sign_in.mode(hybrid), form.get("state"));
    Ok(sign_in.answer(hybrid).unwrap_or_else(|fault| {
        let values =
            [("error", fault.code().error.to_owned()), ("error_description", fault.text())];
        let redirect = form.get("redirect_uri").unwrap_or("");
        error::stamp(send_back(redirect, mode, &values, state), call)
    }))
}

/// How values go back to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl SignIn<'_, '_> {
    fn mode(&self, hybrid: bool) -> Mode {
        match self.form.get("response_mode") {
            Some("form_post") => Mode::FormPost,
            Some("fragment") => Mode::Fragment,
            // Tokens never stand in a query.
            _ if hybrid => Mode::Fragment,
            _ => Mode::Query,
        }
    }

    fn answer(self, hybrid: bool) -> Result<Reply, Fault> {
        let kind = self.form.get("response_type").unwrap_or("code");
        let mut kinds = kind.split_whitespace();
        if !kinds.clone().any(|word| word == "code")
            || !kinds.all(|word| word == "code" || word == "id_token")
        {
            return Err(Fault::new(BAD_RESPONSE_TYPE, &[kind]));
        }
        let before = (self.version == Version::V1).then_some("openid offline_access");
        let wanted = Wanted::of(self.call, self.version, self.form, &self.tenant, before)?;
        for name in ["nonce", "code_challenge"] {
            if self.form.get(name).is_some_and(|value| value.len() > MOST_VALUE_BYTES) {
                return Err(Fault::new(TOO_LONG, &[name]));
            }
        }
        let partner = Arc::clone(&self.call.world.published().partner);
        let hint = self.form.get("login_hint");
        let silent = self.form.get("prompt") == Some("none");
        let user = match hint {
            Some(name) => position_by_name(&partner, name),
            None => (silent && !partner.users.is_empty()).then_some(0),
        };
        match user {
            Some(user) => self.signed_in(hybrid, wanted, partner, user),
            None if silent => Err(Fault::new(NOT_SIGNED_IN, &[hint.unwrap_or("")])),
            None => Ok(page::choose_user(&partner, self.call.request.query, hint)),
        }
    }

    fn signed_in(
        self,
        hybrid: bool,
        wanted: Wanted,
        partner: Arc<Partner>,
        user: usize,
    ) -> Result<Reply, Fault> {
        let (call, form) = (self.call, self.form);
        let code = self.code(&wanted, &partner, user);
        let object_id = partner.users[user].object_id;
        let session = Uuid::new_v5(&object_id.0, self.client_id.as_bytes());
        let mut values = vec![("code", code), ("session_state", session.to_string())];
        if form.get("client_info") == Some("1") {
            let tenant = &self.tenant.id;
            values.push(("client_info", issue::client_info(&object_id.to_string(), tenant)));
        }
        let mode = self.mode(hybrid);
        if hybrid {
            let client = Recognised {
                id: self.client_id.to_owned(),
                kind: ClientKind::Public,
                service_principal: None,
            };
            let nonce = form.get("nonce").ok_or_else(|| Fault::missing("nonce"))?;
            let wanted = Wanted { openid: true, ..wanted };
            let mut granted = Granted::new(self.tenant, client, partner, Some(user), wanted);
            granted.nonce = Some(nonce.to_owned());
            values.extend(granted.id_token(call, self.version).map(|token| ("id_token", token)));
        }
        Ok(error::stamp(send_back(self.redirect, mode, &values, form.get("state")), call))
    }

    fn code(&self, wanted: &Wanted, partner: &Partner, user: usize) -> String {
        let wall = self.call.world.wall_time();
        let text = |name: &str| self.form.get(name).map(str::to_owned);
        let hashed = self
            .form
            .get("code_challenge_method")
            .is_some_and(|method| method.eq_ignore_ascii_case("S256"));
        let grant = Grant {
            id: self.call.world.attachment::<Ledger>().next_id(wall),
            client_id: self.client_id.to_owned(),
            confidential: false,
            tenant: self.tenant.id.clone(),
            world: self.call.world.name().to_owned(),
            user: partner.users[user].object_id.to_string(),
            scope: wanted.to_scope(),
            redirect_uri: Some(self.redirect.to_owned()),
            challenge: text("code_challenge"),
            challenge_hashed: hashed,
            nonce: text("nonce"),
        };
        sealed::seal(self.call.service.tokens.key(), Purpose::AuthorizationCode, &grant, wall)
    }
}

fn sign_out(call: &Call<'_>) -> Result<Reply, Reply> {
    let form = Form::parse(call.request.query.as_bytes());
    match form.get("post_logout_redirect_uri") {
        None => Ok(page::signed_out()),
        Some(uri) => {
            let uri = check_redirect(uri).map_err(|fault| fault.reply(call))?;
            Ok(error::stamp(send_back(uri, Mode::Query, &[], form.get("state")), call))
        }
    }
}

/// Any absolute URI that a browser may be sent to, as no redirect URIs are registered here
/// \[choice\].
fn check_redirect(uri: &str) -> Result<&str, Fault> {
    const DANGEROUS: [&str; 5] = ["javascript", "data", "vbscript", "file", "blob"];
    let bad = |reason: &str| Err(Fault::new(BAD_REDIRECT, &[uri, reason]));
    let Some((scheme, rest)) = uri.split_once(':') else { return bad("it is not absolute") };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    if rest.is_empty() || scheme.is_empty() || !scheme.bytes().all(plain) {
        return bad("it is not absolute");
    }
    if DANGEROUS.iter().any(|name| name.eq_ignore_ascii_case(scheme)) {
        return bad("its scheme is not allowed");
    }
    if uri.len() > MOST_REDIRECT_BYTES {
        return bad("it is too long");
    }
    if uri.contains('#') {
        return bad("it has a fragment");
    }
    if !uri.bytes().all(|b| b.is_ascii_graphic()) {
        return bad("it has characters that need percent-encoding");
    }
    Ok(uri)
}

/// Sends a browser back to the client with values.
fn send_back(redirect: &str, mode: Mode, values: &[(&str, String)], state: Option<&str>) -> Reply {
    let mut values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    values.extend(state.map(|state| ("state", state)));
    if mode == Mode::FormPost {
        return page::post_back(redirect, &values);
    }
    let mut location = redirect.to_owned();
    let mut separator = match mode {
        Mode::Fragment => '#',
        _ if redirect.contains('?') => '&',
        _ => '?',
    };
    for (name, value) in values {
        location.push(separator);
        location.push_str(name);
        location.push('=');
        location.extend(page::encode(value));
        separator = '&';
    }
    Reply::empty(actix_web::http::StatusCode::FOUND).with(LOCATION, &location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_absolute_uris_are_redirected_to() {
        for uri in [
            "http://localhost:8400/callback?x=1",
            "urn:ietf:wg:oauth:2.0:oob",
            "msal31e8d0a4://auth",
        ] {
            assert!(check_redirect(uri).is_ok(), "{uri}");
        }
        for uri in [
            "/relative",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "http://a/\r\nSet-Cookie:x",
            "http://a/ü",
            "http://a/#x",
            ":",
            "",
        ] {
            assert!(check_redirect(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn values_are_sent_back_where_the_mode_says() {
        let values = [("code", "a b&c".to_owned())];
        let location = |redirect, mode| {
            let reply = send_back(redirect, mode, &values, Some("s"));
            reply.header(&LOCATION).unwrap().to_owned()
        };
        assert_eq!(location("http://a/", Mode::Query), "http://a/?code=a%20b%26c&state=s");
        assert_eq!(location("http://a/?x=1", Mode::Query), "http://a/?x=1&code=a%20b%26c&state=s");
        assert_eq!(location("http://a/", Mode::Fragment), "http://a/#code=a%20b%26c&state=s");
        let reply = send_back("http://a/", Mode::FormPost, &[("x", "\"<".to_owned())], None);
        assert!(String::from_utf8_lossy(&reply.body).contains("value=\"&quot;&lt;\""));
    }
}
