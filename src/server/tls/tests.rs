#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConnection, pki_types::ServerName,
};

use crate::api::hosts::microsoft_hosts;

use super::*;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A folder of this test's own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pcmock-tls-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Shakes hands in memory, as a client that trusts `ca_pem` and asks for `name`.
fn handshake(ca_pem: &str, server: Arc<ServerConfig>, name: &str) -> Result<(), rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("PEM"))?;
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut client = ClientConnection::new(Arc::new(config), name)?;
    let mut server = ServerConnection::new(server)?;
    while client.is_handshaking() {
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).expect("memory");
        server.read_tls(&mut bytes.as_slice()).expect("memory");
        server.process_new_packets()?;
        bytes.clear();
        server.write_tls(&mut bytes).expect("memory");
        client.read_tls(&mut bytes.as_slice()).expect("memory");
        client.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn every_name_a_client_may_ask_for_is_vouched_for() {
    let authority = CertificateAuthority::ephemeral().unwrap();
    let own = ["localhost", "world-7.localhost", "login.mock.test", "LOCALHOST", "a.b.c.example"];
    for name in
        own.into_iter().chain(microsoft_hosts().map(|(host, _)| host)).chain(["127.0.0.1", "::1"])
    {
        let config = authority.server_config();
        handshake(authority.ca_pem(), config, name).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

#[test]
fn an_address_of_this_machine_is_vouched_for_only_where_it_was_reached() {
    let authority = CertificateAuthority::ephemeral().unwrap();
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    let reached = authority.server_config_at(address);
    handshake(authority.ca_pem(), reached, "192.0.2.7").expect("the address that was reached");
    let mapped = authority.server_config_at("::ffff:192.0.2.7".parse().unwrap());
    handshake(authority.ca_pem(), mapped, "192.0.2.7").expect("seen through a dual-stack socket");
    assert!(handshake(authority.ca_pem(), authority.server_config(), "192.0.2.7").is_err());
    for last in 0..=255_u8 {
        let config = authority.server_config_at(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)));
        handshake(authority.ca_pem(), config, "localhost").expect("names go on working");
    }
}

#[test]
fn another_authority_is_not_trusted() {
    let (one, other) =
        (CertificateAuthority::ephemeral().unwrap(), CertificateAuthority::ephemeral().unwrap());
    assert_ne!(one.ca_pem(), other.ca_pem());
    assert!(handshake(one.ca_pem(), other.server_config(), "localhost").is_err());
}

#[test]
fn made_up_names_do_not_fill_the_memory() {
    let authority = CertificateAuthority::ephemeral().unwrap();
    for number in 0..600 {
        let name = format!("n{number}.mock.test");
        handshake(authority.ca_pem(), authority.server_config(), &name).unwrap();
        assert!(authority.cached_certificates() <= 256);
    }
    handshake(authority.ca_pem(), authority.server_config(), "n0.mock.test").expect("still served");
}

#[test]
fn an_authority_in_a_folder_is_found_again() {
    let folder = Folder::new("again");
    let first = CertificateAuthority::load_or_create(&folder.0).unwrap();
    let second = CertificateAuthority::load_or_create(&folder.0).unwrap();
    assert_eq!(first.ca_pem(), second.ca_pem());
    handshake(first.ca_pem(), second.server_config(), "localhost").expect("same authority");
    assert_eq!(fs::read_to_string(folder.file("ca.pem")).unwrap(), first.ca_pem());
    let mut names: Vec<_> =
        fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["ca.key", "ca.lock", "ca.pem"], "nothing temporary stays");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("modes");
    CertificateAuthority::load_or_create(&folder.0).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.0), 0o700);
    assert_eq!(mode(&folder.file("ca.key")), 0o600);
    assert_eq!(mode(&folder.file("ca.pem")) & 0o022, 0);
}

#[test]
fn starting_many_times_at_once_makes_one_authority() {
    let folder = Folder::new("race");
    let made: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| CertificateAuthority::load_or_create(&folder.0)))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap().unwrap()).collect()
    });
    for authority in &made {
        assert_eq!(authority.ca_pem(), made[0].ca_pem());
    }
}

/// Test name, damaged file, its new content (or none), and what the error must say.
type Damage<'a> = (&'a str, &'a str, Option<&'a [u8]>, &'a str);

#[test]
fn what_cannot_be_used_is_named_and_left_alone() {
    let other = CertificateAuthority::ephemeral().unwrap();
    let rsa = include_str!("../../../fixtures/keys/signing-key.pem");
    let cases: [Damage; 8] = [
        ("no-key", "ca.key", None, "ca.key does not; restore it"),
        ("no-cert", "ca.pem", None, "ca.pem does not; restore it"),
        ("empty-key", "ca.key", Some(b""), "ca.key cannot be used"),
        ("bad-key", "ca.key", Some(b"-----BEGIN PRIVATE KEY-----\n!"), "ca.key cannot be used"),
        ("binary", "ca.key", Some(b"\xff\xfe"), "ca.key cannot be used: it is not a PEM text"),
        ("bad-cert", "ca.pem", Some(b"hello"), "ca.pem cannot be used: it holds no certificate"),
        ("foreign", "ca.pem", Some(other.ca_pem().as_bytes()), "not the certificate that was made"),
        ("other-key", "ca.key", Some(rsa.as_bytes()), "not the certificate that was made"),
    ];
    for (name, file, content, expected) in cases {
        let folder = Folder::new(name);
        CertificateAuthority::load_or_create(&folder.0).unwrap();
        match content {
            Some(content) => fs::write(folder.file(file), content).unwrap(),
            None => fs::remove_file(folder.file(file)).unwrap(),
        }
        let error = CertificateAuthority::load_or_create(&folder.0).expect_err(name).to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(error.contains(&folder.0.display().to_string()), "{name}: {error}");
        let kept = fs::read(folder.file(file)).ok();
        assert_eq!(kept.as_deref(), content, "{name}: the file is as it was");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = Folder::new("file");
    fs::write(&folder.0, "in the way").unwrap();
    let error = CertificateAuthority::load_or_create(&folder.0).unwrap_err().to_string();
    assert!(error.contains(&folder.0.display().to_string()), "{error}");
    fs::remove_file(&folder.0).unwrap();
}

#[test]
fn an_expired_authority_is_refused() {
    let folder = Folder::new("expired");
    CertificateAuthority::load_or_create(&folder.0).unwrap();
    let key = KeyPair::from_pem(&fs::read_to_string(folder.file("ca.key")).unwrap()).unwrap();
    let mut params = authority::authority_params(&key);
    params.not_before = rcgen::date_time_ymd(2010, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    fs::write(folder.file("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let error = CertificateAuthority::load_or_create(&folder.0).unwrap_err().to_string();
    assert!(error.contains("expired"), "{error}");
}

#[test]
fn a_certificate_brought_by_the_user_is_shown_for_every_name() {
    let folder = Folder::new("brought");
    fs::create_dir_all(&folder.0).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["mock.example".to_owned(), "login.example".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap().pem();
    fs::write(folder.file("tls.pem"), &certificate).unwrap();
    fs::write(folder.file("tls.key"), key.serialize_pem()).unwrap();
    let source =
        TlsSource::server_certificate(&folder.file("tls.pem"), &folder.file("tls.key")).unwrap();
    assert_eq!(source.ca_pem().unwrap(), None);
    for name in ["mock.example", "login.example"] {
        handshake(&certificate, source.server_config(LOOPBACK).unwrap(), name).unwrap();
    }
    assert!(handshake(&certificate, source.server_config(LOOPBACK).unwrap(), "localhost").is_err());

    let foreign = KeyPair::generate().unwrap().serialize_pem();
    fs::write(folder.file("foreign.key"), foreign).unwrap();
    let refused = |chain: &str, key: &str| {
        TlsSource::server_certificate(&folder.file(chain), &folder.file(key))
            .expect_err(chain)
            .to_string()
    };
    assert!(
        refused("tls.pem", "foreign.key").contains("foreign.key cannot be used: it does not fit")
    );
    assert!(refused("tls.key", "tls.key").contains("tls.key cannot be used: it holds no PEM cert"));
    assert!(refused("tls.pem", "tls.pem").contains("tls.pem cannot be used: no PEM private key"));
    assert!(refused("none.pem", "tls.key").contains("cannot read"));
}

#[test]
fn an_ephemeral_authority_is_made_once_and_shared_by_clones() {
    let source = TlsSource::ephemeral();
    let clone = source.clone();
    let pem = source.ca_pem().unwrap().expect("own authority").to_owned();
    assert_eq!(clone.ca_pem().unwrap(), Some(pem.as_str()));
    handshake(&pem, clone.server_config(LOOPBACK).unwrap(), "localhost").unwrap();
}
