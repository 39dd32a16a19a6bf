//! `pcmock snapshot`: a world of a running server to a file and back.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::remote::{Remote, text};

/// Where snapshots are.
const ALL: &str = "/_mock/snapshots";

/// `pcmock snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the snapshots that the server keeps.
    List,
    /// Keep the world under a name, in the memory of the server.
    Take {
        /// Name: 1 to 64 letters, digits, `-`, `_`, `.`.
        name: String,
    },
    /// Put the world back to a snapshot that the server keeps.
    Restore {
        /// Its name.
        name: String,
    },
    /// Write the world to a file.
    Save {
        /// The file.
        file: PathBuf,
    },
    /// Put the world back to what a file holds. A file that does not fit changes nothing.
    Load {
        /// The file.
        file: PathBuf,
    },
}

impl Snapshot {
    /// Does it.
    pub fn run(&self) -> Result<(), String> {
        let remote = &self.remote;
        match &self.verb {
            Verb::List => {
                let answer = remote.ask_json(Method::GET, ALL, None)?;
                remote.show(&answer, |answer| {
                    for it in answer["snapshots"].as_array().into_iter().flatten() {
                        let (name, world) = (text(it, "name"), text(it, "world"));
                        println!("{name}  of {world}, at {}", text(it, "takenAt"));
                    }
                });
                Ok(())
            }
            Verb::Take { name } => {
                let answer = remote.ask_json(Method::POST, ALL, Some(&json!({ "name": name })))?;
                remote.show(&answer, |_| println!("{name} taken"));
                Ok(())
            }
            Verb::Restore { name } => self.restore(name, name),
            Verb::Save { file } => self.save(file),
            Verb::Load { file } => self.load(file),
        }
    }

    fn restore(&self, name: &str, shown: &str) -> Result<(), String> {
        let answer = self.remote.ask_json(Method::POST, &format!("{ALL}/{name}/restore"), None)?;
        let told = |it: &Value| println!("{} is as in {shown}", text(it, "name"));
        self.remote.show(&answer, told);
        Ok(())
    }

    fn save(&self, file: &Path) -> Result<(), String> {
        let name = own_name();
        self.remote.ask(Method::POST, ALL, Some(&json!({ "name": name })))?;
        let path = format!("{ALL}/{name}");
        let document = self.remote.ask(Method::GET, &path, None);
        self.remote.ask(Method::DELETE, &path, None)?;
        write_whole(file, &document?).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn load(&self, file: &Path) -> Result<(), String> {
        let shown = file.display().to_string();
        let document =
            std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
        let name = own_name();
        let path = format!("{ALL}/{name}");
        self.remote
            .ask_with(Method::PUT, &path, Some(document))
            .map_err(|error| format!("{shown}: {error}"))?;
        let restored = self.restore(&name, &shown);
        self.remote.ask(Method::DELETE, &path, None)?;
        restored
    }
}

/// A name on the server that nobody else takes at the same time.
fn own_name() -> String {
    format!("pcmock-cli-{}", std::process::id())
}

/// Writes beside the old file and puts it in its place.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let beside = file.with_file_name(name);
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, file)
}
