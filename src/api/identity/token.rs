//! The two token endpoints: what they take and give (contract: azure-identity.md §3.1, §3.2). The
//! grants themselves are in [`super::grants`].

use actix_web::http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::error::{self, Fault};
use super::form::FORM;
use super::grants::{Granted, granted};
use super::ledger::Ledger;
use super::scope::Version;
use crate::api::call::Call;
use crate::api::operation::{Auth, BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::reply::Reply;
use crate::identity::issue::{self, ClientKind, SignIn, Subject};
use crate::identity::sealed::{self, Grant, Purpose};

/// Group of all identity operations.
pub const TAG: &str = "Identity";
/// Tenant of the examples.
pub const EXAMPLE_TENANT: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// Client of the examples.
pub const EXAMPLE_CLIENT: &str = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846";

const FAULTS: [error::Code; 31] = [
    error::MISSING,
    error::UNKNOWN_TENANT,
    error::UNKNOWN_CLIENT,
    error::WRONG_SECRET,
    error::NO_SECRET,
    error::PUBLIC_WITH_SECRET,
    error::BAD_ASSERTION,
    error::EXPIRED_ASSERTION,
    error::UNKNOWN_RESOURCE,
    error::NOT_DEFAULT_SCOPE,
    error::BAD_SCOPE,
    error::UNKNOWN_GRANT,
    error::MALFORMED_GRANT,
    error::FOREIGN_GRANT,
    error::EXPIRED_CODE,
    error::EXPIRED_REFRESH_TOKEN,
    error::REDEEMED,
    error::WRONG_VERIFIER,
    error::WRONG_REDIRECT,
    error::BAD_PASSWORD,
    error::UNKNOWN_USER,
    error::BAD_USER_ASSERTION,
    error::EXPIRED_USER_ASSERTION,
    error::PENDING,
    error::DECLINED,
    error::EXPIRED_DEVICE_CODE,
    error::BAD_DEVICE_CODE,
    error::UNSUPPORTED_USE,
    error::EXPIRED_SECRET,
    error::CONSENT_MISSING,
    error::SECOND_FACTOR_NEEDED,
];

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let declare = |operation: Operation| {
        operation
            .auth(Auth::None)
            .header(
                "client-request-id",
                json!({"type": "string", "format": "uuid"}),
                "Id of the request on the client's side; errors repeat it as `correlation_id`.",
            )
            .header(
                "return-client-request-id",
                json!({"type": "boolean"}),
                "Whether the answer repeats `client-request-id` as a header.",
            )
            .faults(&FAULTS)
            .example("tenant", EXAMPLE_TENANT)
    };
    vec![
        declare(
            Operation::new(
                Surface::Identity,
                Method::POST,
                "/{tenant}/oauth2/v2.0/token",
                "issueToken",
                |call| respond(call, Version::V2),
            )
            .summary(TAG, "Get a token for a scope")
            .describe(
                "Grants: `client_credentials`, `refresh_token`, `authorization_code` (with PKCE), `password`, \
                 `urn:ietf:params:oauth:grant-type:device_code` (or `device_code`) and \
                 `urn:ietf:params:oauth:grant-type:jwt-bearer` (on behalf of). The client's secret goes in the \
                 form or in HTTP Basic. Refresh tokens rotate, stay valid, and are good for other resources \
                 and for customers' tenants. Any client id is accepted with any secret unless the server \
                 is strict; a registered client with a wrong secret is always refused.",
            )
            .source(Fidelity::Recorded, "azure-identity.md#31-v2-post-tenantoauth2v20token")
            .body(form_of::<TokenRequest>())
            .gives::<TokenBody>(200, "The tokens."),
        )
        .example_body(json!({
            "grant_type": "client_credentials",
            "client_id": EXAMPLE_CLIENT,
            "client_secret": "demo-secret",
            "scope": "https://api.partnercenter.microsoft.com/.default",
        })),
        declare(
            Operation::new(
                Surface::Identity,
                Method::POST,
                "/{tenant}/oauth2/token",
                "issueTokenV1",
                |call| respond(call, Version::V1),
            )
            .summary(TAG, "Get a token for a resource (version 1)")
            .describe(
                "The same grants as version 2, with `resource` instead of `scope`. Numbers come as text, and \
                 every delegated answer has a refresh token.",
            )
            .source(Fidelity::Documented, "azure-identity.md#32-v1-post-tenantoauth2token")
            .body(form_of::<TokenRequestV1>())
            .gives::<TokenBodyV1>(200, "The tokens."),
        )
        .example_body(json!({
            "grant_type": "password",
            "client_id": EXAMPLE_CLIENT,
            "client_secret": "demo-secret",
            "resource": "https://api.partnercenter.microsoft.com",
            "username": "admin@fabricore.example",
            "password": "demo-password",
            "scope": "openid",
        })),
    ]
}

/// The form an operation takes.
pub fn form_of<T: ToSchema>() -> BodyOf {
    BodyOf { schema: SchemaOf::of::<T>(), required: true, content_type: FORM }
}

fn respond(call: &Call<'_>, version: Version) -> Result<Reply, Reply> {
    granted(call, version)
        .map(|granted| granted.reply(call, version))
        .map_err(|fault: Fault| fault.reply(call))
}

impl Granted {
    fn subject(&self) -> Subject<'_> {
        Subject {
            tenant: &self.tenant.id,
            client_id: &self.client.id,
            client_kind: self.client.kind,
            service_principal: self.client.service_principal,
            user: self.user(),
        }
    }

    fn access_token(&self, call: &Call<'_>) -> String {
        issue::access_token(
            call.service.tokens.key(),
            self.subject(),
            &self.wanted.resource,
            Some(call.world.name()),
            call.world.wall_time(),
            call.service.options.token_lifetime,
        )
    }

    /// The id token, when there is a user and one was asked for.
    pub fn id_token(&self, call: &Call<'_>, version: Version) -> Option<String> {
        if !self.wanted.openid {
            return None;
        }
        let (issuer, number) = match version {
            Version::V1 => (issue::issuer(&self.tenant.id), "1.0"),
            Version::V2 => (call.url(&format!("/{}/v2.0", self.tenant.id)), "2.0"),
        };
        let sign_in = SignIn { issuer: &issuer, version: number, nonce: self.nonce.as_deref() };
        let lifetime = call.service.options.token_lifetime;
        let wall = call.world.wall_time();
        issue::id_token(call.service.tokens.key(), self.subject(), sign_in, wall, lifetime)
    }

    fn refresh_token(&self, call: &Call<'_>) -> Option<String> {
        let user = self.user().filter(|_| self.wanted.offline || self.refreshed)?;
        let wall = call.world.wall_time();
        let grant = Grant {
            id: call.world.attachment::<Ledger>().next_id(wall),
            client_id: self.client.id.clone(),
            confidential: self.client.kind != ClientKind::Public,
            tenant: self.tenant.id.clone(),
            world: call.world.name().to_owned(),
            user: user.object_id.to_string(),
            scope: self.wanted.to_scope(),
            ..Grant::default()
        };
        Some(sealed::seal(call.service.tokens.key(), Purpose::Refresh, &grant, wall))
    }

    fn client_info(&self) -> Option<String> {
        let user = self.user().filter(|_| self.client_info)?;
        Some(issue::client_info(&user.object_id.to_string(), &self.tenant.id))
    }

    fn reply(&self, call: &Call<'_>, version: Version) -> Reply {
        let lifetime = call.service.options.token_lifetime;
        let reply = match version {
            Version::V2 => Reply::ok(&TokenBody {
                token_type: "Bearer",
                scope: self.user().map(|_| self.wanted.granted()),
                expires_in: lifetime,
                ext_expires_in: lifetime,
                access_token: self.access_token(call),
                refresh_token: self.refresh_token(call),
                id_token: self.id_token(call, version),
                client_info: self.client_info(),
            }),
            Version::V1 => {
                let now = call.world.wall_time().timestamp();
                Reply::ok(&TokenBodyV1 {
                    token_type: "Bearer",
                    scope: self.user().map(|_| "user_impersonation"),
                    expires_in: lifetime.to_string(),
                    ext_expires_in: lifetime.to_string(),
                    expires_on: now.saturating_add(lifetime).to_string(),
                    not_before: now.saturating_sub(300).to_string(),
                    resource: self.wanted.resource.clone(),
                    access_token: self.access_token(call),
                    refresh_token: self.refresh_token(call),
                    id_token: self.id_token(call, version),
                    client_info: self.client_info(),
                })
            }
        };
        error::stamp(reply, call)
    }
}

/// A token request of version 2; which fields are needed depends on `grant_type`. Fields that are not
/// named here are ignored.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code)] // documentation only: forms are read field by field
pub struct TokenRequest {
    /// What the tokens are given for.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// Application id, with `@` and the name of a world if it shall be another than the default.
    pub client_id: Option<String>,
    /// Secret of the application.
    pub client_secret: Option<String>,
    /// A signed JWT instead of the secret.
    pub client_assertion: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    pub client_assertion_type: Option<String>,
    /// Scopes of one resource, separated by spaces, and `openid`, `profile`, `email`,
    /// `offline_access`.
    #[schema(example = "https://api.partnercenter.microsoft.com/.default")]
    pub scope: Option<String>,
    /// For `refresh_token`.
    pub refresh_token: Option<String>,
    /// For `authorization_code`.
    pub code: Option<String>,
    /// For `authorization_code`: as in the sign-in.
    pub redirect_uri: Option<String>,
    /// For `authorization_code` with PKCE.
    pub code_verifier: Option<String>,
    /// For `password`.
    pub username: Option<String>,
    /// For `password`.
    pub password: Option<String>,
    /// For the device code grant.
    pub device_code: Option<String>,
    /// For `jwt-bearer`: the token of the user to act for.
    pub assertion: Option<String>,
    /// For `jwt-bearer`: `on_behalf_of`.
    pub requested_token_use: Option<String>,
    /// `1` to get `client_info`.
    pub client_info: Option<String>,
    /// Claims requests; read by nobody.
    pub claims: Option<String>,
}

/// A token request of version 1: as in version 2, but for a resource.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code)] // documentation only: forms are read field by field
pub struct TokenRequestV1 {
    /// What the tokens are given for.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// Application id, with `@` and the name of a world if it shall be another than the default.
    pub client_id: Option<String>,
    /// Secret of the application.
    pub client_secret: Option<String>,
    /// A signed JWT instead of the secret.
    pub client_assertion: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    pub client_assertion_type: Option<String>,
    /// What the token is for; it becomes the audience word by word.
    #[schema(example = "https://api.partnercenter.microsoft.com")]
    pub resource: Option<String>,
    /// May be `openid`.
    pub scope: Option<String>,
    /// For `refresh_token`.
    pub refresh_token: Option<String>,
    /// For `authorization_code`, and for `device_code` the device code.
    pub code: Option<String>,
    /// For `authorization_code`: as in the sign-in.
    pub redirect_uri: Option<String>,
    /// For `authorization_code` with PKCE.
    pub code_verifier: Option<String>,
    /// For `password`.
    pub username: Option<String>,
    /// For `password`.
    pub password: Option<String>,
    /// For `jwt-bearer`: the token of the user to act for.
    pub assertion: Option<String>,
    /// For `jwt-bearer`: `on_behalf_of`.
    pub requested_token_use: Option<String>,
}

/// Tokens of version 2.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenResponse)]
pub struct TokenBody {
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Scopes granted; with a user only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Lifetime in seconds.
    #[schema(example = 3599)]
    pub expires_in: i64,
    /// Lifetime in seconds should the service be down.
    #[schema(example = 3599)]
    pub ext_expires_in: i64,
    /// The access token, a signed JWT.
    pub access_token: String,
    /// Good for more tokens, with `offline_access`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who signed in, with `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Key of the account, base64url JSON with `uid` and `utid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

/// Tokens of version 1; all numbers are text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenResponseV1)]
pub struct TokenBodyV1 {
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// `user_impersonation`; with a user only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'static str>,
    /// Lifetime in seconds.
    #[schema(example = "3599")]
    pub expires_in: String,
    /// Lifetime in seconds should the service be down.
    #[schema(example = "3599")]
    pub ext_expires_in: String,
    /// End of the lifetime in seconds of Unix time.
    pub expires_on: String,
    /// Begin of the lifetime in seconds of Unix time.
    pub not_before: String,
    /// The resource as it was asked for.
    pub resource: String,
    /// The access token, a signed JWT.
    pub access_token: String,
    /// Good for more tokens; with a user only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who signed in; with a user only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Key of the account, base64url JSON with `uid` and `utid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

/// A JSON schema for a text parameter.
pub fn text() -> Value {
    json!({ "type": "string" })
}
