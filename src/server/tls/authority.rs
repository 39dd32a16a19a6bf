//! The mock's own certificate authority: made in memory, or kept in a data folder and found there
//! again.
//!
//! How files are read and written lives in [`folder`](super::folder); which certificate a client is
//! shown lives in [`leaf`](super::leaf).

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{Datelike as _, Days, NaiveDate, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SerialNumber, date_time_ymd,
};
use ring::{
    digest,
    rand::{SecureRandom as _, SystemRandom},
};
use rustls::{
    CertificateError, RootCertStore, ServerConfig,
    client::verify_server_cert_signed_by_trust_anchor,
    pki_types::{CertificateDer, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::{
    TlsError,
    folder::{self, StoredPair},
    leaf::{LeafResolver, Leaves},
    provider, server_config,
};

const CA_DAYS: u64 = 3650;
/// More local addresses than a machine has. Further ones get the default configuration, which names
/// the loopback addresses only.
const MAX_ADDRESSES: usize = 64;

/// An authority that issues a certificate for whatever host name a client asks for.
#[derive(Debug)]
pub struct CertificateAuthority {
    pem: String,
    leaves: Arc<Leaves>,
    config: Arc<ServerConfig>,
    /// Configurations whose nameless certificate also holds the local address.
    by_address: Mutex<HashMap<IpAddr, Arc<ServerConfig>>>,
}

impl CertificateAuthority {
    /// A new authority that lives as long as the process.
    pub fn ephemeral() -> Result<Self, TlsError> {
        let (key, pem) = generate()?;
        Self::new(key, pem)
    }

    /// The authority kept in `dir` as `ca.pem` and `ca.key`; made there when the folder holds
    /// neither. On Unix a new folder gets mode 0700 and the key 0600. Files that are there are never
    /// overwritten: what cannot be used is an error that names the file and the way out. Several
    /// processes may start on the same folder at once.
    pub fn load_or_create(dir: &Path) -> Result<Self, TlsError> {
        let stored = folder::read_or_create(dir, || {
            let (key, certificate) = generate()?;
            Ok(StoredPair { certificate, key: key.serialize_pem() })
        })?;
        let key_path = dir.join(folder::KEY_FILE);
        let certificate_path = dir.join(folder::CERTIFICATE_FILE);
        let wrong = |path: &Path, reason: String| TlsError::StoredAuthority {
            path: path.to_owned(),
            reason,
        };
        let key = KeyPair::from_pem(&stored.key).map_err(|error| {
            wrong(&key_path, format!("it holds no usable private key ({error})"))
        })?;
        check_certificate(&key, &stored.certificate)
            .map_err(|reason| wrong(&certificate_path, reason))?;
        Self::new(key, stored.certificate)
    }

    fn new(key: KeyPair, pem: String) -> Result<Self, TlsError> {
        let leaves = Arc::new(Leaves::new(Issuer::new(authority_params(&key), key))?);
        let config = server_config(Arc::new(LeafResolver::new(Arc::clone(&leaves), None)))?;
        Ok(Self { pem, leaves, config, by_address: Mutex::default() })
    }

    /// The authority's certificate, for clients to trust.
    pub fn ca_pem(&self) -> &str {
        &self.pem
    }

    /// The configuration for connections to a loopback address or by host name.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// The configuration for connections that arrived at the local address `local`. A client that
    /// connects by address sends no name, so its certificate must hold the address it used: one
    /// container reaching another, for example.
    pub fn server_config_at(&self, local: IpAddr) -> Arc<ServerConfig> {
        let local = local.to_canonical();
        if local == Ipv4Addr::LOCALHOST || local == Ipv6Addr::LOCALHOST {
            return self.server_config();
        }
        let mut known = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = known.get(&local) {
            return Arc::clone(config);
        }
        let resolver = LeafResolver::new(Arc::clone(&self.leaves), Some(local));
        match server_config(Arc::new(resolver)) {
            Ok(config) if known.len() < MAX_ADDRESSES => {
                known.insert(local, Arc::clone(&config));
                config
            }
            _ => self.server_config(),
        }
    }

    #[cfg(test)]
    pub(super) fn cached_certificates(&self) -> usize {
        self.leaves.cached()
    }
}

fn generate() -> Result<(KeyPair, String), TlsError> {
    let key = KeyPair::generate()?;
    let pem = authority_params(&key).self_signed(&key)?.pem();
    Ok((key, pem))
}

/// Everything in the authority's certificate that issued certificates refer to follows from its key
/// alone, so that a stored key is enough to go on issuing. The name holds a part of the key's digest:
/// two authorities in one trust store are told apart.
pub(super) fn authority_params(key: &KeyPair) -> CertificateParams {
    let digest = digest::digest(&digest::SHA256, key.der_bytes());
    let id = digest.as_ref().iter().take(4).fold(0_u32, |id, byte| (id << 8) | u32::from(*byte));
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "partner-center-mock");
    params
        .distinguished_name
        .push(DnType::CommonName, format!("partner-center-mock test authority {id:08x}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, CA_DAYS);
    params
}

/// Valid from yesterday, for clients whose clock is a little behind, and for `days` in all. Clients
/// look at the real time, so this is no matter of the virtual clock.
pub(super) fn set_validity(params: &mut CertificateParams, days: u64) {
    #[allow(clippy::disallowed_methods, reason = "certificates live in real time")]
    let today = Utc::now().date_naive();
    let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let last = first.checked_add_days(Days::new(days)).unwrap_or(today);
    #[allow(clippy::cast_possible_truncation, reason = "months and days fit in a byte")]
    let midnight =
        |date: NaiveDate| date_time_ymd(date.year(), date.month() as u8, date.day() as u8);
    params.not_before = midnight(first);
    params.not_after = midnight(last);
}

/// A serial number that no other certificate of the same authority has: browsers refuse a second one.
pub(super) fn serial_number() -> Result<SerialNumber, TlsError> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| rcgen::Error::RingUnspecified)?;
    // The highest bit is the sign, and a leading zero would shorten the number.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

/// Whether certificates issued with `key` will be trusted by those who trust `pem`.
fn check_certificate(key: &KeyPair, pem: &str) -> Result<(), String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("it holds no certificate ({error})");
    let stored = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|e| unreadable(&e))?;
    let roots = trust(&stored).map_err(|e| unreadable(&e))?;
    let expected = authority_params(key).self_signed(key).map_err(|error| error.to_string())?;
    let expected = trust(expected.der()).map_err(|error| error.to_string())?;
    if roots.roots != expected.roots {
        return Err("it is not the certificate that was made for ca.key".to_owned());
    }
    // A trust anchor is never refused for its age, so the certificate is looked at as if it were a
    // server's: its dates are checked before anything else is found wanting.
    let parsed = ParsedCertificate::try_from(&stored).map_err(|e| unreadable(&e))?;
    let algorithms = provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(
        &parsed,
        &roots,
        &[],
        UnixTime::now(),
        algorithms,
    ) {
        Err(rustls::Error::InvalidCertificate(
            error @ (CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }),
        )) => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn trust(certificate: &CertificateDer<'_>) -> Result<RootCertStore, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone().into_owned())?;
    Ok(roots)
}
