//! The certificate of a server's authority as files that clients can be pointed at: by itself, and
//! together with those that the machine trusts already. Which client reads which lives in
//! [`trust`](super::trust) and [`env`](super::env).

use std::path::{Path, PathBuf};

use reqwest::Method;

use super::remote::Remote;

/// Where systems keep what they trust, in one file of PEM.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/openssl@3/cert.pem",
];

/// The files.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The authority's certificate alone, for clients that add it to what they trust.
    pub ca: PathBuf,
    /// The same after those of the machine, for clients that trust nothing but the file they are told
    /// of. The machine's are left out where they are not found.
    pub bundle: PathBuf,
}

impl Certificates {
    /// Writes them: to `file` and beside it, or to the folder for temporary files. `None` where the
    /// server shows a certificate that was brought along.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(remote: &Remote, file: Option<&Path>) -> Result<Option<Self>, String> {
        let Ok(pem) = remote.ask(Method::GET, "/_mock/ca.pem", None) else { return Ok(None) };
        let port = remote.base().rsplit(':').next().unwrap_or("");
        let port: String = port.chars().filter(char::is_ascii_alphanumeric).collect();
        let ca = match file {
            Some(file) => file.to_owned(),
            None => std::env::temp_dir().join(format!("pcmock-ca-{port}.pem")),
        };
        let ca = std::path::absolute(&ca).unwrap_or(ca);
        let bundle = ca.with_extension("bundle.pem");
        let mut all = trusted_here().and_then(|file| std::fs::read_to_string(file).ok());
        if let Some(all) = &mut all
            && !all.ends_with('\n')
        {
            all.push('\n');
        }
        put(&ca, &pem)?;
        put(&bundle, &(all.unwrap_or_default() + &pem))?;
        Ok(Some(Self { ca, bundle }))
    }

    /// A trust store for Java beside the certificate; it is made by a command of its own.
    pub fn java_store(&self) -> PathBuf {
        self.ca.with_extension("p12")
    }
}

/// The file of what is trusted here so far: a company's own, where a variable names one, else the
/// system's. One that was written for an earlier server does not count.
fn trusted_here() -> Option<PathBuf> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let named =
        named.filter(|file| file.is_file() && !file.to_string_lossy().ends_with(".bundle.pem"));
    named.or_else(|| system_bundle().map(PathBuf::from))
}

/// The file of what this system trusts.
pub fn system_bundle() -> Option<&'static str> {
    SYSTEM_BUNDLES.into_iter().find(|file| Path::new(file).is_file())
}

fn put(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
