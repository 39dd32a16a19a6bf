//! Snapshots: take, list, download, upload, restore, delete. They belong to the server, so that any
//! world can go on from any of them.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ControlFault;
use super::worlds::WorldBody;
use crate::api::call::Call;
use crate::api::operation::{Auth, BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::catalogue::Catalogue;
use crate::snapshot::SnapshotError;
use crate::world::snapshot::{KeepError, Snapshot};

/// Media type of a snapshot.
const DOCUMENT: &str = "application/vnd.pcmock.snapshot+json";

/// Largest snapshot in bytes that can be uploaded.
const LARGEST_UPLOAD: usize = 256 << 20;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
    };
    vec![
        operation(Method::GET, "/_mock/snapshots", "listSnapshots", list)
            .summary("Snapshots", "List the snapshots")
            .gives::<SnapshotList>(200, "The snapshots, by name.")
            .example_after("takeSnapshot"),
        operation(Method::POST, "/_mock/snapshots", "takeSnapshot", take)
            .summary("Snapshots", "Take a snapshot of a world")
            .describe("Keeps the world of the request as it is now, its clock included, in the memory of the server. A snapshot that had the name before is replaced. Taking one costs a pointer, whatever the world holds.")
            .takes::<NewSnapshot>()
            .gives::<SnapshotBody>(201, "The snapshot.")
            .example_body(json!({ "name": "after-checkout" })),
        operation(Method::GET, "/_mock/snapshots/{name}", "downloadSnapshot", download)
            .summary("Snapshots", "Download a snapshot")
            .describe("The document that can be kept as a file, read, and uploaded again to this server or another one with the same catalogue.")
            .gives_as::<SnapshotDocument>(200, DOCUMENT, "The document.")
            .example("name", "after-checkout")
            .example_after("takeSnapshot"),
        operation(Method::PUT, "/_mock/snapshots/{name}", "uploadSnapshot", upload)
            .summary("Snapshots", "Upload a snapshot")
            .describe("A document that was downloaded before, of at most 256 MiB. Members that are not known, values that do not fit, other versions of the format and other catalogues are refused with the place and the reason; then nothing is kept.")
            .body(BodyOf {
                schema: SchemaOf::of::<SnapshotDocument>(),
                required: true,
                content_type: DOCUMENT,
            })
            .largest_body(LARGEST_UPLOAD)
            .gives::<SnapshotBody>(201, "The snapshot.")
            .example("name", "uploaded")
            .example_body(example()),
        operation(Method::DELETE, "/_mock/snapshots/{name}", "deleteSnapshot", delete)
            .summary("Snapshots", "Delete a snapshot")
            .gives_nothing(204, "It is gone.")
            .example("name", "after-checkout")
            .example_after("takeSnapshot"),
        operation(Method::POST, "/_mock/snapshots/{name}/restore", "restoreSnapshot", restore)
            .summary("Snapshots", "Put a world back to a snapshot")
            .describe("The world of the request, whichever world the snapshot was taken of: everything in it, its settings, and its clock, which goes on from the time of the snapshot at the same pace. What lives beside the world is cleared as by a reset: journal, armed faults, marks. A later reset still leads to where the world began.")
            .gives::<WorldBody>(200, "The world.")
            .example("name", "after-checkout")
            .example_after("takeSnapshot"),
    ]
}

/// A snapshot to be taken.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewSnapshot {
    /// Name: 1 to 64 letters, digits, `-`, `_`, `.`.
    #[schema(example = "after-checkout")]
    name: Option<String>,
}

/// The snapshots.
#[derive(Debug, Serialize, ToSchema)]
struct SnapshotList {
    /// By name.
    snapshots: Vec<SnapshotBody>,
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SnapshotBody {
    /// Name.
    #[schema(example = "after-checkout")]
    name: String,
    /// The world it was taken of.
    world: String,
    /// World time at which it was taken.
    taken_at: Timestamp,
    /// The program that took it.
    made_by: String,
    /// Customers in it.
    customers: usize,
    /// Orders in it.
    orders: usize,
    /// Reservations in it.
    reservations: usize,
}

impl SnapshotBody {
    fn of(name: &str, snapshot: &Snapshot) -> Self {
        let state = &snapshot.state;
        Self {
            name: name.to_owned(),
            world: snapshot.world.clone(),
            taken_at: Timestamp(snapshot.taken_at),
            made_by: snapshot.made_by.clone(),
            customers: state.customers.len(),
            orders: state.orders.len(),
            reservations: state.reservations.len(),
        }
    }
}

/// A world at one moment, as a document. What stands in `state` is the form of this version's rows; it
/// is meant to be kept and compared, and edited with care.
#[derive(Debug, ToSchema)]
#[schema(as = Snapshot, rename_all = "camelCase")]
#[allow(dead_code, reason = "describes the document; it is read by the world")]
struct SnapshotDocument {
    /// `pcmock-snapshot`.
    format: String,
    /// Version of the format.
    version: u32,
    /// The program that wrote it.
    made_by: String,
    /// The world it was taken of.
    world: String,
    /// World time at which it was taken.
    taken_at: Timestamp,
    /// Fingerprint of the catalogue.
    catalogue: uuid::Uuid,
    /// Clock, counters of ids, settings, partner, and the tables by name.
    #[schema(value_type = Object)]
    state: Value,
}

/// The smallest snapshot: a partner with nothing in it.
fn example() -> Value {
    json!({
        "format": "pcmock-snapshot",
        "version": 1,
        "madeBy": "partner-center-mock",
        "world": "default",
        "takenAt": "2026-03-01T12:00:00Z",
        "catalogue": Catalogue::embedded().fingerprint(),
        "state": Snapshot::smallest_state(),
    })
}

impl From<SnapshotError> for ControlFault {
    fn from(error: SnapshotError) -> Self {
        Self::invalid(format!("the document {error}"))
    }
}

impl From<KeepError> for ControlFault {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Unknown(_) => Self::not_found(error.to_string()),
            KeepError::TooMany => Self::conflict("TooManySnapshots", error.to_string()),
            KeepError::BadName(_) => Self::invalid(format!("name: {error}")),
        }
    }
}

fn find(call: &Call<'_>) -> Result<Arc<Snapshot>, ControlFault> {
    Ok(call.service.worlds.snapshots().find(call.path_text("name"))?)
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let kept = call.service.worlds.snapshots().list();
    let snapshots = kept.iter().map(|(name, it)| SnapshotBody::of(name, it)).collect();
    Ok(Reply::ok(&SnapshotList { snapshots }))
}

fn take(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let new: NewSnapshot = call.body()?;
    let name = new
        .name
        .ok_or_else(|| ControlFault::invalid("name: is required, for example `after-checkout`"))?;
    let taken = call.service.worlds.snapshots().keep(&name, Snapshot::of(call.world))?;
    Ok(Reply::created(&SnapshotBody::of(&name, &taken)))
}

fn download(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let text = find(call)?.to_json()?;
    Ok(Reply::content(StatusCode::OK, DOCUMENT, Bytes::from(text)))
}

fn upload(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let text = std::str::from_utf8(&call.request.body)
        .map_err(|error| ControlFault::invalid(format!("the document is not UTF-8: {error}")))?;
    let catalogue = &call.world.seed().catalogue;
    let snapshot = Snapshot::from_json(text, catalogue, call.world.wall_time())?;
    let name = call.path_text("name");
    let kept = call.service.worlds.snapshots().keep(name, snapshot)?;
    Ok(Reply::created(&SnapshotBody::of(name, &kept)))
}

fn delete(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.service.worlds.snapshots().forget(call.path_text("name"))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn restore(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.world.restore(&*find(call)?);
    Ok(Reply::ok(&WorldBody::of(call.service, call.world)))
}
