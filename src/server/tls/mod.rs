//! TLS: which certificate a connection is shown, and where it comes from.
//!
//! Here live the mock's own certificate authority, the certificates it issues on demand and the
//! server configuration built from them. Sockets and handshakes do not: see
//! [`listener`](super::listener). ring is passed explicitly everywhere, and no provider is installed
//! process-wide, because the library runs inside other people's test binaries.

mod authority;
mod folder;
mod leaf;

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::ResolvesServerCert,
    sign::{CertifiedKey, SingleCertAndKey},
};

pub use self::authority::CertificateAuthority;

/// Why no certificate can be shown.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate or key could not be made.
    #[error("a certificate could not be made: {0}")]
    Issue(#[from] rcgen::Error),
    /// rustls refused a certificate, a key or the configuration.
    #[error("TLS could not be set up: {0}")]
    Setup(#[from] rustls::Error),
    /// A file exists but cannot be read.
    #[error("cannot read {path}: {source}; make it readable for this user or name another file")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {path}: {source}; name a folder that this user may write to")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Of certificate and key only one is there.
    #[error(
        "{present} exists but {missing} does not; restore it, or move the other away to have a new \
         authority made (clients must then trust the new ca.pem)"
    )]
    HalfPair {
        /// The file that is there.
        present: PathBuf,
        /// The file that is not.
        missing: PathBuf,
    },
    /// A stored authority cannot be used. It is never overwritten.
    #[error(
        "{path} cannot be used: {reason}; restore it, or move ca.pem and ca.key away to have a new \
         authority made (clients must then trust the new ca.pem)"
    )]
    StoredAuthority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate or key brought by the user cannot be used.
    #[error("{path} cannot be used: {reason}")]
    ServerCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what is expected.
        reason: String,
    },
}

/// Where the certificates of a server come from. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct TlsSource(Arc<Source>);

#[derive(Debug)]
enum Source {
    Ephemeral(OnceLock<Result<CertificateAuthority, TlsError>>),
    Authority(CertificateAuthority),
    ServerCertificate(Arc<ServerConfig>),
}

impl TlsSource {
    /// An authority that lives in memory only. It is made when the first TLS client or the first
    /// reader of [`Self::ca_pem`] comes, so that a server used over plain HTTP never pays for it.
    pub fn ephemeral() -> Self {
        Self(Arc::new(Source::Ephemeral(OnceLock::new())))
    }

    /// An authority that exists already, for example one kept in a folder
    /// ([`CertificateAuthority::load_or_create`]).
    pub fn authority(authority: CertificateAuthority) -> Self {
        Self(Arc::new(Source::Authority(authority)))
    }

    /// One certificate chain and key (PEM files) brought by the user and shown for every name. The
    /// chain starts with the server's own certificate; a CA certificate is no server certificate.
    pub fn server_certificate(chain: &Path, key: &Path) -> Result<Self, TlsError> {
        let certificates = read_pem(chain)?;
        let certificates = CertificateDer::pem_slice_iter(&certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unusable(chain, format!("no PEM certificates ({error})")))?;
        if certificates.is_empty() {
            return Err(unusable(chain, "it holds no PEM certificate".to_owned()));
        }
        let private = PrivateKeyDer::from_pem_slice(&read_pem(key)?).map_err(|error| {
            unusable(key, format!("no PEM private key without a passphrase ({error})"))
        })?;
        let certified =
            CertifiedKey::from_der(certificates, private, &provider()).map_err(|error| {
                unusable(key, format!("it does not fit {} ({error})", chain.display()))
            })?;
        let config = server_config(Arc::new(SingleCertAndKey::from(certified)))?;
        Ok(Self(Arc::new(Source::ServerCertificate(config))))
    }

    /// The authority's certificate in PEM, for clients to trust; `None` with a certificate brought
    /// by the user, whose authority the user has.
    pub fn ca_pem(&self) -> Result<Option<&str>, &TlsError> {
        match &*self.0 {
            Source::Ephemeral(made) => authority_in(made).map(|made| Some(made.ca_pem())),
            Source::Authority(authority) => Ok(Some(authority.ca_pem())),
            Source::ServerCertificate(_) => Ok(None),
        }
    }

    /// The configuration for a connection that arrived at the local address `local`.
    pub fn server_config(&self, local: IpAddr) -> Result<Arc<ServerConfig>, &TlsError> {
        match &*self.0 {
            Source::Ephemeral(made) => authority_in(made).map(|made| made.server_config_at(local)),
            Source::Authority(authority) => Ok(authority.server_config_at(local)),
            Source::ServerCertificate(config) => Ok(Arc::clone(config)),
        }
    }
}

fn authority_in(
    made: &OnceLock<Result<CertificateAuthority, TlsError>>,
) -> Result<&CertificateAuthority, &TlsError> {
    made.get_or_init(CertificateAuthority::ephemeral).as_ref()
}

/// The cryptography used everywhere in the crate.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// HTTP/1.1 only: no client of these APIs needs more.
fn server_config(certificates: Arc<dyn ResolvesServerCert>) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read_pem(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })
}

fn unusable(path: &Path, reason: String) -> TlsError {
    TlsError::ServerCertificate { path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests;
