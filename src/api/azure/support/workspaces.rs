//! Files that go with a ticket (contract: azure-support.md §5).

use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::place::{Place, actions, moment};
use super::{TAG, after, in_both_trees};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::azure::paging::page;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::support::{
    FileWorkspace, NewFile, SupportFile, create_file, create_workspace, files_of, find_file,
    find_workspace, receive_chunk,
};

const CONTRACT: &str = "azure-support.md#5-file-workspaces-2022-09-01-preview-brief";
const MADE: [&str; 2] = ["createFileWorkspace", "createFileWorkspaceNoSubscription"];
const ANNOUNCED: [&str; 2] = ["createFile", "createFileNoSubscription"];
/// Files of a page [choice].
const PAGE: usize = 100;
/// Names of the examples.
const WORKSPACE: &str = "refund-4711-files";
const FILE: &str = "usage.csv";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let file = |operation: Operation| operation.example("file_name", FILE);
    let create =
        in_both_trees!(PUT, "/fileWorkspaces/{file_workspace_name}", "createFileWorkspace", create)
            .map(|operation| {
                operation
                    .summary(TAG, "Make a file workspace")
                    .describe("It lives for 24 hours. Name it in `fileWorkspaceName` of a ticket.")
                    .gives::<WorkspaceBody>(201, "The workspace.")
            });
    let get = in_both_trees!(GET, "/fileWorkspaces/{file_workspace_name}", "getFileWorkspace", get)
        .map(|operation| {
            after(operation, MADE)
                .summary(TAG, "Get a file workspace")
                .gives::<WorkspaceBody>(200, "The workspace.")
        });
    let list = in_both_trees!(
        GET,
        "/fileWorkspaces/{file_workspace_name}/files",
        "listFiles",
        list
    )
    .map(|operation| {
        after(after(operation, MADE), ANNOUNCED)
            .summary(TAG, "List the files of a workspace")
            .query("$skipToken", json!({ "type": "string" }), "From the link to the next page.")
            .gives::<ListOf<FileBody>>(200, "The files by name.")
    });
    let announce = in_both_trees!(
        PUT,
        "/fileWorkspaces/{file_workspace_name}/files/{file_name}",
        "createFile",
        announce
    )
    .map(|operation| {
        after(file(operation), MADE)
            .summary(TAG, "Announce a file")
            .describe("A file has 1 to 5,242,880 bytes and comes in chunks of at most 2.5 MB.")
            .takes::<FileCreate>()
            .gives::<FileBody>(201, "The file, of which nothing has arrived.")
            .example_body(json!({ "properties": {
                "chunkSize": 11, "fileSize": 11, "numberOfChunks": 1,
            } }))
    });
    let get_file = in_both_trees!(
        GET,
        "/fileWorkspaces/{file_workspace_name}/files/{file_name}",
        "getFile",
        get_file
    )
    .map(|operation| {
        after(after(file(operation), MADE), ANNOUNCED)
            .summary(TAG, "Get what is known of a file")
            .gives::<FileBody>(200, "The file.")
    });
    let upload = in_both_trees!(
        POST,
        "/fileWorkspaces/{file_workspace_name}/files/{file_name}/upload",
        "uploadFile",
        upload
    )
    .map(|operation| {
        after(after(file(operation), MADE), ANNOUNCED)
            .summary(TAG, "Send a chunk of a file")
            .describe("Its size is checked, its content is not kept.")
            .takes::<UploadRequest>()
            .gives_nothing(204, "It has arrived.")
            .example_body(json!({ "content": "YSxiCjEsMgozLDQ=", "chunkIndex": 0 }))
    });
    let declared = |operation: Operation| {
        operation.source(Fidelity::Documented, CONTRACT).example("file_workspace_name", WORKSPACE)
    };
    [create, get, list, announce, get_file, upload].into_iter().flatten().map(declared).collect()
}

/// A place for files.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileWorkspaceDetails)]
struct WorkspaceBody {
    /// Resource id.
    id: String,
    /// Name.
    name: String,
    /// Always `Microsoft.Support/fileWorkspaces`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: WorkspaceProperties,
}

/// About a place for files.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileWorkspaceDetailsProperties)]
struct WorkspaceProperties {
    /// When it was made.
    created_on: String,
    /// When it goes.
    expiration_time: String,
}

/// A file to be sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = FileCreate)]
struct FileCreate {
    /// About it.
    properties: Option<FileCreateProperties>,
}

/// A file to be sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileCreateProperties)]
struct FileCreateProperties {
    /// Bytes of each chunk but the last.
    chunk_size: Option<i64>,
    /// Bytes.
    file_size: Option<i64>,
    /// How many chunks: `fileSize` by `chunkSize`, rounded up.
    number_of_chunks: Option<i64>,
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileDetails)]
struct FileBody {
    /// Resource id.
    id: String,
    /// Name.
    name: String,
    /// Always `Microsoft.Support/files`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: FileProperties,
}

/// About a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileDetailsProperties)]
struct FileProperties {
    /// When it was announced.
    created_on: String,
    /// Bytes of each chunk but the last.
    chunk_size: i64,
    /// Bytes.
    file_size: i64,
    /// How many chunks.
    number_of_chunks: i64,
}

/// A chunk of a file.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UploadFile)]
struct UploadRequest {
    /// The bytes in base64.
    content: Option<String>,
    /// Which chunk it is, from 0.
    chunk_index: Option<i64>,
}

impl WorkspaceBody {
    fn of(workspace: &FileWorkspace, root: &str) -> Self {
        Self {
            id: format!("{root}/fileWorkspaces/{}", workspace.name),
            name: workspace.name.to_string(),
            kind: "Microsoft.Support/fileWorkspaces",
            properties: WorkspaceProperties {
                created_on: moment(workspace.created),
                expiration_time: moment(workspace.expiration),
            },
        }
    }
}

impl FileBody {
    fn of(file: &SupportFile, root: &str, workspace: &str) -> Self {
        Self {
            id: format!("{root}/fileWorkspaces/{workspace}/files/{}", file.name),
            name: file.name.to_string(),
            kind: "Microsoft.Support/files",
            properties: FileProperties {
                created_on: moment(file.created),
                chunk_size: file.chunk_size,
                file_size: file.file_size,
                number_of_chunks: file.chunks,
            },
        }
    }
}

fn workspace<'c>(call: &'c Call<'_>) -> &'c str {
    call.path_text("file_workspace_name")
}

fn create(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let place = Place::of(call, &call.view().state, actions::WRITE_WORKSPACES)?;
    let made = call.write(|tx| create_workspace(tx, place.tree, workspace(call)))?;
    Ok(Reply::created(&WorkspaceBody::of(&made, &place.root)))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_WORKSPACES)?;
    let found = find_workspace(&view.state, place.tree, workspace(call))?;
    Ok(Reply::ok(&WorkspaceBody::of(found, &place.root)))
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_FILES)?;
    let home = find_workspace(&view.state, place.tree, workspace(call))?;
    let all = files_of(&view.state, place.tree, workspace(call))?.collect();
    let (files, next_link) = page(call, all, "$skipToken", PAGE)?;
    let body = |file: &SupportFile| FileBody::of(file, &place.root, &home.name);
    let value = files.into_iter().map(|file| body(file)).collect();
    Ok(Reply::ok(&ListOf { value, next_link }))
}

fn announce(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::WRITE_FILES)?;
    let home = find_workspace(&view.state, place.tree, workspace(call))?;
    let sent = call.body::<FileCreate>()?.properties;
    let sent = sent.ok_or_else(|| ArmFault::invalid("properties", "is required"))?;
    let needed = |field: &str, value: Option<i64>| {
        value.ok_or_else(|| ArmFault::invalid(&format!("properties.{field}"), "is required"))
    };
    let new = NewFile {
        name: call.path_text("file_name").to_owned(),
        chunk_size: needed("chunkSize", sent.chunk_size)?,
        file_size: needed("fileSize", sent.file_size)?,
        chunks: needed("numberOfChunks", sent.number_of_chunks)?,
    };
    let file = call.write(|tx| create_file(tx, place.tree, workspace(call), &new))?;
    Ok(Reply::created(&FileBody::of(&file, &place.root, &home.name)))
}

fn get_file(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_FILES)?;
    let home = find_workspace(&view.state, place.tree, workspace(call))?;
    let name = call.path_text("file_name");
    let file = find_file(&view.state, place.tree, workspace(call), name)?;
    Ok(Reply::ok(&FileBody::of(file, &place.root, &home.name)))
}

fn upload(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::UPLOAD)?;
    let (home, name) = (workspace(call), call.path_text("file_name"));
    find_file(&view.state, place.tree, home, name)?;
    let sent: UploadRequest = call.body()?;
    let content = sent.content.ok_or_else(|| ArmFault::invalid("content", "is required"))?;
    let index = sent.chunk_index.ok_or_else(|| ArmFault::invalid("chunkIndex", "is required"))?;
    let bytes = STANDARD
        .decode(content.trim())
        .map_err(|error| ArmFault::invalid("content", format!("is not base64: {error}")))?;
    call.write(|tx| receive_chunk(tx, place.tree, home, name, (index, bytes.len())))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
