//! The run of a world as a document that can be played again.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::bundle::{Bundle, BundleError};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Surface::Control, Method::GET, "/_mock/bundle", "getBundle", get)
            .summary("Replay", "Download the run so far")
            .describe("How the world began, and every call to it since then (or since the last reset) with its answer. `pcmock replay FILE` plays it again and says whether every answer is the same, byte for byte. It holds what clients sent, passwords included. 409 when the journal has forgotten calls. Of the world of the request: `default`, or the one named by path prefix or by the header `X-Mock-World`.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .gives::<BundleDocument>(200, "The run.")
            .with_header("Content-Disposition", "The name of the file."),
    ]
}

/// A run. Its members are those of the program that wrote it, and change with `version`.
#[derive(Debug, ToSchema)]
#[schema(as = Bundle)]
#[allow(dead_code, reason = "for the document only; the bundle writes itself")]
struct BundleDocument {
    /// Always `pcmock-bundle`.
    #[schema(example = "pcmock-bundle")]
    format: String,
    /// Version of the form.
    #[schema(example = 1)]
    version: u64,
    /// Name of the world.
    #[schema(example = "default")]
    world: String,
    /// The calls in their order.
    calls: Vec<serde_json::Value>,
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let text = Bundle::of(call.service, call.world).and_then(|bundle| bundle.to_json());
    let text = text.map_err(|error| match error {
        BundleError::Forgotten(_) | BundleError::Truncated(_) => {
            ControlFault::conflict("Incomplete", error.to_string())
        }
        other => ControlFault::invalid(other.to_string()),
    })?;
    let name = format!("attachment; filename=\"{}.bundle.json\"", call.world.name());
    let reply = Reply::json_bytes(StatusCode::OK, Bytes::from(text));
    Ok(reply.with(CONTENT_DISPOSITION, &name))
}
