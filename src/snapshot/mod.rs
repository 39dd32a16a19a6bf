//! Worlds as documents: a snapshot of one, and the file that keeps all worlds of a server. The form of
//! the rows is that of the domain and changes with it: documents have a version, and one that does not
//! fit is refused with the place and the reason. How states become text is in [`written`]; what differs
//! between two states is in [`diff`].

mod diff;
mod place;
mod state_file;
mod written;

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::catalogue::Catalogue;
use crate::domain::clock::{Clock, Pace};
use crate::domain::ids::PartnerId;
use crate::domain::partner::{Partner, PartnerKind};
use crate::domain::settings::Settings;
use crate::domain::state::State;
use crate::store::shared;
use crate::world::snapshot::Snapshot;
pub use diff::{ChangeKind, Diff, FieldChange, RowChange, counts};
use place::Text;
pub use state_file::StateFile;
use written::{Stated, States};

/// What a snapshot says it is.
const FORMAT: &str = "pcmock-snapshot";

/// The form of the file that this program writes and reads.
const VERSION: u64 = 1;

/// Largest file in bytes that is read.
pub const LARGEST_FILE: usize = 2 << 30;

/// This program, for the files that it writes.
fn this_program() -> String {
    format!("partner-center-mock {}", env!("CARGO_PKG_VERSION"))
}

/// Why a file or a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// No JSON.
    #[error("is not JSON: line {line}, column {column}: {reason}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// JSON, but something else.
    #[error("is not of the format `{wanted}` but {found}")]
    OtherFormat {
        /// The format that belongs here.
        wanted: &'static str,
        /// What the document says it is.
        found: String,
    },
    /// From a version of the program that writes another form.
    #[error(
        "has version {found} of its format, and this program ({}) reads version {known}; read it with the program that wrote it ({made_by})",
        this_program()
    )]
    OtherVersion {
        /// Its version.
        found: u64,
        /// The version that is read.
        known: u64,
        /// What wrote it.
        made_by: String,
    },
    /// Made with other products and prices.
    #[error(
        "was made with another catalogue ({found}, this program has {known}), so its orders name products and prices that do not exist here; use the program that wrote it ({made_by})"
    )]
    OtherCatalogue {
        /// Fingerprint of its catalogue.
        found: Uuid,
        /// Fingerprint of the catalogue here.
        known: Uuid,
        /// What wrote it.
        made_by: String,
    },
    /// A value that does not fit.
    #[error("{path}{}: {reason}", position(*.line, *.column))]
    Misfit {
        /// Path of the value, for example `state.tables.orders[3].row.status`.
        path: String,
        /// Line, from 1; 0 where it is not known.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Too much to read.
    #[error("has more than {0} bytes, which is the most that is read")]
    TooLarge(usize),
    /// The file system refuses.
    #[error("{0}")]
    File(String),
}

fn position(line: usize, column: usize) -> String {
    if line == 0 { String::new() } else { format!(" (line {line}, column {column})") }
}

/// What is read first: what a document is, before its contents are looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: Option<String>,
    version: Option<u64>,
    made_by: Option<String>,
    catalogue: Option<Uuid>,
}

impl Head {
    /// Refuses what is not `wanted` in this version, made with this catalogue.
    fn check(
        text: &Text<'_>,
        wanted: &'static str,
        catalogue: &Catalogue,
    ) -> Result<(), SnapshotError> {
        if text.len() > LARGEST_FILE {
            return Err(SnapshotError::TooLarge(LARGEST_FILE));
        }
        // An array would do for the fields of a struct, and a text that breaks off is told here.
        text.read::<Members>().map_err(|error| Text::syntax(&error, wanted))?;
        let head: Self = text.read().map_err(|error| text.misfit(&error))?;
        let shown = |text: &str| text.chars().take(60).collect::<String>();
        let Some(format) = head.format else {
            let found = "an object without `format`".to_owned();
            return Err(SnapshotError::OtherFormat { wanted, found });
        };
        if format != wanted {
            let found = format!("`{}`", shown(&format));
            return Err(SnapshotError::OtherFormat { wanted, found });
        }
        let made_by = head.made_by.map_or_else(|| "unknown".to_owned(), |by| shown(&by));
        let found = head.version.unwrap_or(0);
        if found != VERSION {
            return Err(SnapshotError::OtherVersion { found, known: VERSION, made_by });
        }
        let (found, known) = (head.catalogue.unwrap_or_default(), catalogue.fingerprint());
        if found != known {
            return Err(SnapshotError::OtherCatalogue { found, known, made_by });
        }
        Ok(())
    }
}

/// An object whose members are not looked at.
#[derive(Deserialize)]
#[serde(transparent)]
struct Members {
    #[serde(deserialize_with = "members")]
    _none: (),
}

fn members<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    struct Skip;
    impl<'de> serde::de::Visitor<'de> for Skip {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    }
    from.deserialize_map(Skip)
}

/// A snapshot as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    format: &'static str,
    version: u64,
    made_by: &'a str,
    world: &'a str,
    taken_at: DateTime<Utc>,
    catalogue: Uuid,
    state: Stated<'a>,
}

/// A snapshot as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read<'a> {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u64,
    made_by: String,
    world: String,
    taken_at: DateTime<Utc>,
    #[serde(rename = "catalogue")]
    _catalogue: Uuid,
    #[serde(borrow)]
    state: &'a RawValue,
}

impl Snapshot {
    /// Runs `write` on the document.
    fn written<T>(&self, write: impl FnOnce(&Written<'_>) -> T) -> T {
        States::of([(&self.state, self.taken_at)]).write(|mut states| {
            write(&Written {
                format: FORMAT,
                version: VERSION,
                made_by: &self.made_by,
                world: &self.world,
                taken_at: self.taken_at,
                catalogue: self.state.catalogue.fingerprint(),
                state: states.remove(0),
            })
        })
    }

    /// The document.
    pub fn to_json(&self) -> Result<String, SnapshotError> {
        self.written(|document| serde_json::to_string_pretty(document))
            .map_err(|error| SnapshotError::File(format!("cannot be written: {error}")))
    }

    /// The `state` of a snapshot of a partner with nothing in it, for documentation.
    pub fn smallest_state() -> serde_json::Value {
        let clock = Clock::new(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, Pace::Frozen);
        let partner = Partner {
            id: PartnerId(Uuid::nil()),
            name: "Example".to_owned(),
            domain: "partner.example".to_owned(),
            country: "US".to_owned(),
            address: None,
            mpn_id: "1234567".to_owned(),
            kind: PartnerKind::Direct,
            clients: Vec::new(),
            users: Vec::new(),
            resellers: Vec::new(),
        };
        let state = State::empty(clock, 0, Settings::default(), partner, Catalogue::embedded());
        let states = States::of([(&Arc::new(state), DateTime::UNIX_EPOCH)]);
        states.write(|stated| serde_json::to_value(&stated[0]).unwrap_or_default())
    }

    /// Reads a document. `wall` is the present wall time.
    pub fn from_json(
        text: &str,
        catalogue: &Arc<Catalogue>,
        wall: DateTime<Utc>,
    ) -> Result<Self, SnapshotError> {
        let text = Text::new(text);
        Head::check(&text, FORMAT, catalogue)?;
        let read: Read<'_> = text.read().map_err(|error| text.misfit(&error))?;
        let state = shared::reading(|| written::read(&text, &[read.state], catalogue, wall))?;
        let state = state.into_iter().next().ok_or_else(|| SnapshotError::File(String::new()))?;
        Ok(Self { made_by: read.made_by, world: read.world, taken_at: read.taken_at, state })
    }

    /// Writes the document to a file, which is whole or as it was before.
    pub fn save(&self, file: &Path) -> Result<(), SnapshotError> {
        self.written(|document| write_whole(file, document))
    }

    /// Reads a file.
    pub fn load(
        file: &Path,
        catalogue: &Arc<Catalogue>,
        wall: DateTime<Utc>,
    ) -> Result<Self, SnapshotError> {
        Self::from_json(&read_file(file)?, catalogue, wall)
    }
}

/// Reads a file that is not too large.
fn read_file(file: &Path) -> Result<String, SnapshotError> {
    let fault = |error: std::io::Error| SnapshotError::File(format!("cannot be read: {error}"));
    let size = std::fs::metadata(file).map_err(fault)?.len();
    if usize::try_from(size).is_ok_and(|size| size > LARGEST_FILE) {
        return Err(SnapshotError::TooLarge(LARGEST_FILE));
    }
    std::fs::read_to_string(file).map_err(fault)
}

/// Writes a document beside the old one, sees to it that it is on the disk, and puts it in its place.
fn write_whole(file: &Path, document: &impl Serialize) -> Result<(), SnapshotError> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = file.with_file_name(name);
    let written = (|| {
        let mut new = BufWriter::with_capacity(1 << 16, File::create(&beside)?);
        serde_json::to_writer_pretty(&mut new, document)?;
        new.write_all(b"\n")?;
        new.into_inner().map_err(IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&beside, file)
    })();
    written.map_err(|error: std::io::Error| {
        let _ = std::fs::remove_file(&beside);
        SnapshotError::File(format!("cannot be written: {error}"))
    })?;
    // The rename itself; not every system can do that for a folder.
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty())
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
    Ok(())
}
