//! Server certificates, issued for the name that the client asks for.
//!
//! The authority that signs them lives in [`authority`](super::authority).

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::{
    crypto::ring::sign::any_ecdsa_type,
    pki_types::PrivatePkcs8KeyDer,
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, SigningKey},
};

use super::{
    TlsError,
    authority::{serial_number, set_validity},
};
use crate::api::hosts::{microsoft_hosts, surface_of_host};

/// Below the 825 days that Apple's clients accept from a private authority.
const LEAF_DAYS: u64 = 820;
/// Beyond this the cache starts anew: a client that makes up names costs signatures, not memory.
const MAX_CACHED: usize = 256;

/// What a certificate is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    /// One host name, in lower case.
    Host(Box<str>),
    /// All names and addresses that are known beforehand, and the address that was connected to.
    Known(Option<IpAddr>),
}

/// The certificates issued so far. All have the same key.
pub(super) struct Leaves {
    issuer: Issuer<'static, KeyPair>,
    key: KeyPair,
    signing_key: Arc<dyn SigningKey>,
    issued: Mutex<HashMap<Subject, Arc<CertifiedKey>>>,
}

impl Leaves {
    pub(super) fn new(issuer: Issuer<'static, KeyPair>) -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let signing_key = any_ecdsa_type(&PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
        Ok(Self { issuer, key, signing_key, issued: Mutex::default() })
    }

    fn certificate(&self, subject: Subject) -> Result<Arc<CertifiedKey>, TlsError> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = issued.get(&subject) {
            return Ok(Arc::clone(found));
        }
        let certificate = self.issue(&subject)?;
        if issued.len() >= MAX_CACHED {
            issued.clear();
        }
        issued.insert(subject, Arc::clone(&certificate));
        Ok(certificate)
    }

    fn issue(&self, subject: &Subject) -> Result<Arc<CertifiedKey>, TlsError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "partner-center-mock");
        params.subject_alt_names = names(subject)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(serial_number()?);
        set_validity(&mut params, LEAF_DAYS);
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        let chain = vec![certificate.der().clone()];
        Ok(Arc::new(CertifiedKey::new(chain, Arc::clone(&self.signing_key))))
    }

    #[cfg(test)]
    pub(super) fn cached(&self) -> usize {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl std::fmt::Debug for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leaves").finish_non_exhaustive()
    }
}

fn names(subject: &Subject) -> Result<Vec<SanType>, TlsError> {
    let host = |name: &str| Ok(SanType::DnsName(name.try_into()?));
    match subject {
        Subject::Host(name) => Ok(vec![host(name)?]),
        Subject::Known(address) => ["localhost", "*.localhost"]
            .into_iter()
            .chain(microsoft_hosts().map(|(host, _)| host))
            .map(host)
            .chain(
                [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
                    .into_iter()
                    .chain(*address)
                    .map(|address| Ok(SanType::IpAddress(address))),
            )
            .collect(),
    }
}

/// Chooses the certificate from the name in the client's greeting.
#[derive(Debug)]
pub(super) struct LeafResolver {
    leaves: Arc<Leaves>,
    address: Option<IpAddr>,
}

impl LeafResolver {
    pub(super) fn new(leaves: Arc<Leaves>, address: Option<IpAddr>) -> Self {
        Self { leaves, address }
    }

    fn subject(&self, server_name: Option<&str>) -> Subject {
        match server_name {
            Some(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                if name == "localhost" || surface_of_host(&name).is_some() {
                    Subject::Known(self.address)
                } else {
                    Subject::Host(name.into())
                }
            }
            None => Subject::Known(self.address),
        }
    }
}

impl ResolvesServerCert for LeafResolver {
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let subject = self.subject(client_hello.server_name());
        self.leaves
            .certificate(subject)
            .inspect_err(|error| tracing::debug!(%error, "no certificate for a TLS client"))
            .ok()
    }
}
