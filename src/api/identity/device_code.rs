//! Sign-in on another device: the codes that begin it (contract: azure-identity.md §3.4). The grant
//! that ends it is in [`super::grants`].

use actix_web::http::Method;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::client::admissible;
use super::error::{self, Fault, UNKNOWN_TENANT};
use super::form::Form;
use super::ledger::Ledger;
use super::scope::{Version, Wanted};
use super::tenant::Tenant;
use super::token::{EXAMPLE_CLIENT, EXAMPLE_TENANT, TAG, form_of};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::identity::sealed::{self, Grant, Purpose};

/// Seconds that clients wait between two questions.
const INTERVAL_SECONDS: i64 = 5;
/// Where the real service asks for the user code.
const VERIFICATION_URL: &str = "https://microsoft.com/devicelogin";
/// Letters of user codes: none that look alike, no vowels.
const ALPHABET: &[u8; 27] = b"BCDFGHJKLMNPQRSTVWXZ2345679";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    const FAULTS: [error::Code; 5] = [
        error::MISSING,
        error::UNKNOWN_TENANT,
        error::UNKNOWN_CLIENT,
        error::BAD_SCOPE,
        error::UNKNOWN_RESOURCE,
    ];
    let about = "Nobody has to enter the user code: the first question for tokens is answered with \
                 `authorization_pending`, the next with tokens of the partner's first user.";
    vec![
        Operation::new(
            Surface::Identity,
            Method::POST,
            "/{tenant}/oauth2/v2.0/devicecode",
            "beginDeviceSignIn",
            |call| begin(call, Version::V2).map_err(|fault| fault.reply(call)),
        )
        .summary(TAG, "Begin a sign-in on another device")
        .describe(about)
        .auth(Auth::None)
        .source(Fidelity::Recorded, "azure-identity.md#34-device-code")
        .body(form_of::<DeviceCodeRequest>())
        .gives::<DeviceCodeBody>(200, "The codes.")
        .faults(&FAULTS)
        .example("tenant", EXAMPLE_TENANT)
        .example_body(json!({
            "client_id": EXAMPLE_CLIENT,
            "scope": "https://management.azure.com/.default offline_access openid profile",
        })),
        Operation::new(
            Surface::Identity,
            Method::POST,
            "/{tenant}/oauth2/devicecode",
            "beginDeviceSignInV1",
            |call| begin(call, Version::V1).map_err(|fault| fault.reply(call)),
        )
        .summary(TAG, "Begin a sign-in on another device (version 1)")
        .describe(about)
        .auth(Auth::None)
        .source(Fidelity::Documented, "azure-identity.md#34-device-code")
        .body(form_of::<DeviceCodeRequestV1>())
        .gives::<DeviceCodeBodyV1>(200, "The codes.")
        .faults(&FAULTS)
        .example("tenant", EXAMPLE_TENANT)
        .example_body(json!({
            "client_id": EXAMPLE_CLIENT,
            "resource": "https://management.core.windows.net/",
        })),
    ]
}

fn begin(call: &Call<'_>, version: Version) -> Result<Reply, Fault> {
    let form = Form::of(call.request)?;
    let tenant = Tenant::of(call, UNKNOWN_TENANT)?;
    let client_id = admissible(call, form.get("client_id"), &tenant)?;
    let wanted = Wanted::of(call, version, &form, &tenant, None)?;
    let wall = call.world.wall_time();
    let grant = Grant {
        id: call.world.attachment::<Ledger>().next_id(wall),
        client_id: client_id.to_owned(),
        tenant: tenant.id,
        world: call.world.name().to_owned(),
        scope: wanted.to_scope(),
        ..Grant::default()
    };
    let user_code = user_code(&grant);
    let device_code = sealed::seal(call.service.tokens.key(), Purpose::DeviceCode, &grant, wall);
    let message = format!(
        "To sign in, use a web browser to open {VERIFICATION_URL} and enter the code {user_code}. \
         This server signs in by itself."
    );
    let lifetime = Purpose::DeviceCode.lifetime_seconds();
    let reply = match version {
        Version::V2 => Reply::ok(&DeviceCodeBody {
            user_code,
            device_code,
            verification_uri: VERIFICATION_URL,
            expires_in: lifetime,
            interval: INTERVAL_SECONDS,
            message,
        }),
        Version::V1 => Reply::ok(&DeviceCodeBodyV1 {
            user_code,
            device_code,
            verification_url: VERIFICATION_URL,
            expires_in: lifetime.to_string(),
            interval: INTERVAL_SECONDS.to_string(),
            message,
        }),
    };
    Ok(error::stamp(reply, call))
}

fn user_code(grant: &Grant) -> String {
    let text = format!("{}/{}", grant.world, grant.id);
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .take(9)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

/// What a device sign-in is begun with.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code)] // documentation only: forms are read field by field
pub struct DeviceCodeRequest {
    /// Application id.
    pub client_id: String,
    /// Scopes of one resource, separated by spaces.
    pub scope: String,
}

/// What a device sign-in of version 1 is begun with.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code)] // documentation only: forms are read field by field
pub struct DeviceCodeRequestV1 {
    /// Application id.
    pub client_id: String,
    /// What the tokens are for.
    pub resource: String,
}

/// A device sign-in that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceCode)]
pub struct DeviceCodeBody {
    /// What the user enters.
    #[schema(example = "HJ7QK2MXB")]
    pub user_code: String,
    /// What the device asks with.
    pub device_code: String,
    /// Where the user enters it.
    pub verification_uri: &'static str,
    /// Lifetime in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Seconds between two questions.
    #[schema(example = 5)]
    pub interval: i64,
    /// What to tell the user.
    pub message: String,
}

/// A device sign-in of version 1 that has begun; numbers are text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceCodeV1)]
pub struct DeviceCodeBodyV1 {
    /// What the user enters.
    #[schema(example = "HJ7QK2MXB")]
    pub user_code: String,
    /// What the device asks with.
    pub device_code: String,
    /// Where the user enters it.
    pub verification_url: &'static str,
    /// Lifetime in seconds.
    #[schema(example = "900")]
    pub expires_in: String,
    /// Seconds between two questions.
    #[schema(example = "5")]
    pub interval: String,
    /// What to tell the user.
    pub message: String,
}
