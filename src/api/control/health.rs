//! Whether the server is well, and the certificate that clients must trust.

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::dispatch::api;
use crate::api::operation::{Auth, Fidelity, Operation, SchemaOf, Success, Surface};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let health = |path, id| {
        Operation::new(Surface::Control, Method::GET, path, id, health)
            .summary("Service", "Tell whether the server is well")
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .gives::<Health>(200, "The server answers.")
    };
    let mut certificate =
        Operation::new(Surface::Control, Method::GET, "/_mock/ca.pem", "getCaCertificate", ca)
            .summary("Service", "Get the certificate authority's certificate")
            .describe("In PEM, for the trust settings of clients. 404 when the server uses a certificate that was brought along.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "");
    certificate.successes.push(Success {
        status: 200,
        description: "The certificate.",
        schema: Some(SchemaOf::of::<String>()),
        content_type: "application/x-pem-file",
        headers: Vec::new(),
    });
    vec![
        health("/_mock/health", "getHealth"),
        health("/health", "getHealthAlias"),
        health("/healthz", "getHealthzAlias"),
        health("/readyz", "getReadyzAlias"),
        health("/__admin/health", "getAdminHealthAlias"),
        certificate,
    ]
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Version of pcmock.
    version: &'static str,
    /// Number of worlds.
    worlds: usize,
    /// Number of operations.
    operations: usize,
    /// How closely tokens are looked at.
    auth: &'static str,
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn health(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(Reply::ok(&Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        worlds: call.service.worlds.len(),
        operations: api().operations.len(),
        auth: call.service.options.auth.name(),
    }))
}

fn ca(call: &Call<'_>) -> Result<Reply, ControlFault> {
    match (call.service.ca_pem)() {
        Some(pem) => Ok(Reply::content(StatusCode::OK, "application/x-pem-file", pem)),
        None => Err(ControlFault::not_found(
            "the server uses a certificate that was brought along; trust its issuer instead",
        )),
    }
}
