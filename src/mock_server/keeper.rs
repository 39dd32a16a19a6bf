//! Keeps the worlds of a server in a file: now and then while it runs, and when it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::server::app::Shared;
use crate::snapshot::StateFile;

/// Where the worlds are kept, and how often they are written when something changed.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// The file.
    pub file: PathBuf,
    /// How often.
    pub every: Duration,
}

/// Writes the worlds until it is dropped, and then once more.
#[derive(Debug)]
pub(super) struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins to keep the worlds of `shared` in `file`.
    pub(super) fn start(
        file: StateFile,
        every: Duration,
        shared: Arc<Shared>,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("pcmock-state".to_owned()).spawn(move || {
            loop {
                let ends = stopped.recv_timeout(every) != Err(RecvTimeoutError::Timeout);
                // At the end the clocks have moved on even where nothing happened.
                if let Err(error) = file.save(&shared.service.worlds, ends) {
                    tracing::error!(file = %file.path().display(), "the state file {error}");
                }
                if ends {
                    return;
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
