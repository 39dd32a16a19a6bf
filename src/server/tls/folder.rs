//! The folder that keeps an authority: `ca.pem` and `ca.key`, read and written with care.
//!
//! What the files mean lives in [`authority`](super::authority).

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use super::TlsError;

pub(super) const CERTIFICATE_FILE: &str = "ca.pem";
pub(super) const KEY_FILE: &str = "ca.key";
const LOCK_FILE: &str = "ca.lock";

/// Both files' content, PEM.
pub(super) struct StoredPair {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Reads the pair, or makes and writes one when the folder holds neither file.
pub(super) fn read_or_create(
    dir: &Path,
    make: impl FnOnce() -> Result<StoredPair, TlsError>,
) -> Result<StoredPair, TlsError> {
    // Without the lock first: a folder that is complete may be read-only.
    match read(dir) {
        Ok(Some(pair)) => return Ok(pair),
        // Half a pair may be a neighbour process in the middle of writing: the lock tells.
        Ok(None) | Err(TlsError::HalfPair { .. }) => {}
        Err(error) => return Err(error),
    }
    let _lock = lock(dir)?;
    if let Some(pair) = read(dir)? {
        return Ok(pair);
    }
    let pair = make()?;
    write(dir, KEY_FILE, &pair.key, 0o600)?;
    write(dir, CERTIFICATE_FILE, &pair.certificate, 0o644)?;
    Ok(pair)
}

fn read(dir: &Path) -> Result<Option<StoredPair>, TlsError> {
    match (read_file(dir, CERTIFICATE_FILE)?, read_file(dir, KEY_FILE)?) {
        (Some(certificate), Some(key)) => Ok(Some(StoredPair { certificate, key })),
        (None, None) => Ok(None),
        (certificate, _) => {
            let (present, missing) = match certificate {
                Some(_) => (CERTIFICATE_FILE, KEY_FILE),
                None => (KEY_FILE, CERTIFICATE_FILE),
            };
            Err(TlsError::HalfPair { present: dir.join(present), missing: dir.join(missing) })
        }
    }
}

fn read_file(dir: &Path, name: &str) -> Result<Option<String>, TlsError> {
    let path = dir.join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(TlsError::StoredAuthority { path, reason: "it is not a PEM text file".to_owned() })
        }
        Err(source) => Err(TlsError::Read { path, source }),
    }
}

/// Makes the folder and holds it against other processes until the file is dropped.
fn lock(dir: &Path) -> Result<File, TlsError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|source| TlsError::Write { path: dir.to_owned(), source })?;
    let path = dir.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(|source| TlsError::Write { path: path.clone(), source })?;
    match file.lock() {
        // Some network file systems know no locks; there, starting twice at once is not guarded.
        Err(error) if error.kind() != io::ErrorKind::Unsupported => {
            Err(TlsError::Write { path, source: error })
        }
        _ => Ok(file),
    }
}

/// Writes beside the target first: whoever looks sees the whole file or none.
fn write(dir: &Path, name: &str, text: &str, mode: u32) -> Result<(), TlsError> {
    let target = dir.join(name);
    let temporary = dir.join(format!("{name}.{}.tmp", std::process::id()));
    // The lock is held, so what lies there was left by a process that died with our id.
    let _ = fs::remove_file(&temporary);
    let written = write_new(&temporary, text, mode).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|source| {
        let _ = fs::remove_file(&temporary);
        TlsError::Write { path: target, source }
    })
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
