//! Files that go with a ticket: a workspace is made, files are announced and sent in chunks, and after
//! a day all of it is gone (contract: azure-support.md §5). What a file holds is not kept, only how much
//! of it has arrived.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::name::{NameKind, check_name};
use super::{SupportFault, Tree};
use crate::domain::error::Result;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Hours that a workspace lives [choice].
const HOURS_KEPT: i64 = 24;
/// Largest file, in bytes.
const LARGEST_FILE: i64 = 5 * 1024 * 1024;
/// Largest chunk, in bytes.
const LARGEST_CHUNK: i64 = 5 * 1024 * 1024 / 2;
/// Most chunks of a file [choice].
const MOST_CHUNKS: i64 = 1_024;
/// Longest name of a file, in characters.
const LONGEST_FILE_NAME: usize = 110;
/// Most workspaces of a tree, and most files of a workspace [choice].
const MOST: usize = 1_000;
/// Extensions of files that are not taken: those that something could run.
const BLOCKED: [&str; 24] = [
    "ade", "adp", "bat", "chm", "cmd", "com", "cpl", "exe", "hta", "ins", "isp", "jar", "js",
    "jse", "lnk", "mde", "msc", "msi", "msp", "ps1", "scr", "vbe", "vbs", "wsf",
];

/// A place for files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileWorkspace {
    /// Name as it was given.
    pub name: Arc<str>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it goes.
    pub expiration: DateTime<Utc>,
}

/// A file to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Name with extension.
    pub name: String,
    /// Bytes of each chunk but the last.
    pub chunk_size: i64,
    /// Bytes.
    pub file_size: i64,
    /// How many chunks.
    pub chunks: i64,
}

/// A file of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupportFile {
    /// Name as it was given.
    pub name: Arc<str>,
    /// Bytes of each chunk but the last.
    pub chunk_size: i64,
    /// Bytes.
    pub file_size: i64,
    /// How many chunks.
    pub chunks: i64,
    /// When it was announced.
    pub created: DateTime<Utc>,
    /// Which chunks have arrived.
    pub received: Vec<bool>,
}

impl SupportFile {
    /// How many bytes a chunk has.
    fn size_of(&self, chunk: i64) -> i64 {
        if chunk + 1 == self.chunks {
            self.file_size - self.chunk_size * (self.chunks - 1)
        } else {
            self.chunk_size
        }
    }

    /// Whether all of it has arrived.
    pub fn is_complete(&self) -> bool {
        self.received.iter().all(|arrived| *arrived)
    }
}

fn lower(name: &str) -> Arc<str> {
    name.to_lowercase().into()
}

/// Makes a workspace that lives for a day; one of that name that is there lives on as it is.
pub fn create_workspace(tx: &mut Transaction, tree: Tree, name: &str) -> Result<FileWorkspace> {
    check_name(NameKind::Workspace, name)?;
    if let Ok(there) = find_workspace(tx, tree, name) {
        return Ok(FileWorkspace::clone(there));
    }
    let of_tree = (tree, Arc::from(""))..=(tree, Arc::from("\u{10FFFF}"));
    if tx.support.workspaces.range(of_tree).count() >= MOST {
        return Err(SupportFault::TooMany { limit: MOST, what: "file workspaces" }.into());
    }
    let created = tx.now();
    let expiration = created + TimeDelta::hours(HOURS_KEPT);
    let workspace = FileWorkspace { name: name.into(), created, expiration };
    tx.support.workspaces.put((tree, lower(name)), workspace.clone());
    let customer = tree.owner(tx).customer();
    tx.timers.set(expiration, Timer::ExpireFileWorkspace(customer, tree, lower(name)));
    Ok(workspace)
}

/// The workspace of a tree, by its name in any casing.
pub fn find_workspace<'s>(
    state: &'s State,
    tree: Tree,
    name: &str,
) -> Result<&'s Arc<Row<FileWorkspace>>> {
    let unknown = || SupportFault::not_found("file workspace", name).into();
    state.support.workspaces.get(&(tree, lower(name))).ok_or_else(unknown)
}

/// Takes a workspace and its files away.
pub fn expire_workspace(tx: &mut Transaction, tree: Tree, name: &Arc<str>) {
    tx.support.workspaces.remove(&(tree, Arc::clone(name)));
    let files: Vec<_> = of_workspace(tx, tree, name).map(|(key, _)| key.clone()).collect();
    for key in files {
        tx.support.files.remove(&key);
    }
}

type FileKey = (Tree, Arc<str>, Arc<str>);

fn of_workspace<'s>(
    state: &'s State,
    tree: Tree,
    name: &Arc<str>,
) -> impl Iterator<Item = (&'s FileKey, &'s Arc<Row<SupportFile>>)> + use<'s> {
    let from = (tree, Arc::clone(name), Arc::from(""));
    let to = (tree, Arc::clone(name), Arc::from("\u{10FFFF}"));
    state.support.files.range(from..=to)
}

/// The files of a workspace by name.
pub fn files_of<'s>(
    state: &'s State,
    tree: Tree,
    workspace: &str,
) -> Result<impl Iterator<Item = &'s Arc<Row<SupportFile>>> + use<'s>> {
    find_workspace(state, tree, workspace)?;
    Ok(of_workspace(state, tree, &lower(workspace)).map(|(_, row)| row))
}

/// A file of a workspace, by its name in any casing.
pub fn find_file<'s>(
    state: &'s State,
    tree: Tree,
    workspace: &str,
    name: &str,
) -> Result<&'s Arc<Row<SupportFile>>> {
    find_workspace(state, tree, workspace)?;
    let unknown = || SupportFault::not_found("file", name).into();
    state.support.files.get(&(tree, lower(workspace), lower(name))).ok_or_else(unknown)
}

/// Announces a file. Announcing it again begins anew.
pub fn create_file(
    tx: &mut Transaction,
    tree: Tree,
    workspace: &str,
    new: &NewFile,
) -> Result<SupportFile> {
    find_workspace(tx, tree, workspace)?;
    check_file(new)?;
    let key = (tree, lower(workspace), lower(&new.name));
    if !tx.support.files.contains(&key) && of_workspace(tx, tree, &key.1).count() >= MOST {
        return Err(SupportFault::TooMany { limit: MOST, what: "files in a workspace" }.into());
    }
    let file = SupportFile {
        name: new.name.as_str().into(),
        chunk_size: new.chunk_size,
        file_size: new.file_size,
        chunks: new.chunks,
        created: tx.now(),
        received: vec![false; usize::try_from(new.chunks).unwrap_or_default()],
    };
    tx.support.files.put(key, file.clone());
    Ok(file)
}

fn check_file(new: &NewFile) -> Result<(), SupportFault> {
    let refuse = |field: &str, reason: String| Err(SupportFault::invalid(field, reason));
    check_name(NameKind::Workspace, &new.name)?;
    if new.name.chars().count() > LONGEST_FILE_NAME {
        return refuse("name", format!("must have at most {LONGEST_FILE_NAME} characters"));
    }
    let extension = new.name.rsplit_once('.').map(|(_, it)| it.to_lowercase());
    if extension.as_deref().is_some_and(|it| BLOCKED.contains(&it)) {
        return refuse("name", "must not have an extension that can be run; zip the file".into());
    }
    if !(1..=LARGEST_FILE).contains(&new.file_size) {
        return refuse("fileSize", format!("must be 1 to {LARGEST_FILE} bytes"));
    }
    if !(1..=LARGEST_CHUNK).contains(&new.chunk_size) {
        return refuse("chunkSize", format!("must be 1 to {LARGEST_CHUNK} bytes"));
    }
    let needed = (new.file_size + new.chunk_size - 1) / new.chunk_size;
    if needed > MOST_CHUNKS {
        return refuse(
            "chunkSize",
            format!("is too small: at most {MOST_CHUNKS} chunks are taken"),
        );
    }
    if new.chunks != needed {
        let reason = format!("must be {needed}, which is fileSize by chunkSize, rounded up");
        return refuse("numberOfChunks", reason);
    }
    Ok(())
}

/// Takes a chunk of `bytes` bytes. A chunk may be sent again.
pub fn receive_chunk(
    tx: &mut Transaction,
    tree: Tree,
    workspace: &str,
    name: &str,
    (index, bytes): (i64, usize),
) -> Result<SupportFile> {
    let mut file = SupportFile::clone(find_file(tx, tree, workspace, name)?);
    let place = usize::try_from(index).ok().and_then(|at| file.received.get(at).map(|_| at));
    let Some(place) = place else {
        let reason = format!("must be 0 to {}", file.chunks - 1);
        return Err(SupportFault::invalid("chunkIndex", reason).into());
    };
    let expected = file.size_of(index);
    if i64::try_from(bytes).ok() != Some(expected) {
        let reason = format!("chunk {index} has {expected} bytes, {bytes} were sent");
        return Err(SupportFault::invalid("content", reason).into());
    }
    file.received[place] = true;
    tx.support.files.put((tree, lower(workspace), lower(name)), file.clone());
    Ok(file)
}
