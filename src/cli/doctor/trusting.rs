//! Who on this machine trusts the server's certificate: variables that name files, Java's options, the
//! system's store, and settings that undo them.

use std::path::Path;
use std::process::Command;

use super::super::certificates::system_bundle;
use super::{Finding, Verdict};

/// Where clients of different makers look for certificates.
const CA_VARIABLES: [(&str, &str); 4] = [
    ("SSL_CERT_FILE", "OpenSSL, Go, Rust, Ruby, .NET on Linux"),
    ("REQUESTS_CA_BUNDLE", "Python requests, the Azure SDK for Python, az"),
    ("NODE_EXTRA_CA_CERTS", "Node.js"),
    ("CURL_CA_BUNDLE", "curl"),
];

/// Looks at all of them; `ca` is the server's certificate in PEM.
pub(super) fn findings(
    ca: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Vec<Finding> {
    let Some(ca) = ca else {
        let says =
            "the server shows a certificate that was brought along: its issuer must be trusted";
        return vec![Finding::new("trust", Verdict::Well, says)];
    };
    let mut findings: Vec<Finding> = CA_VARIABLES
        .iter()
        .map(|(name, reader)| file(name, reader, variable(name).as_deref(), ca))
        .collect();
    findings.push(java(variable("JAVA_TOOL_OPTIONS").as_deref(), ca));
    findings.push(system(ca));
    findings.extend(overrides(variable));
    findings
}

/// Whether a variable leads a client to the certificate.
pub(super) fn file(name: &str, reader: &str, value: Option<&str>, ca: &str) -> Finding {
    let way_out = "`eval \"$(pcmock env)\"` sets it";
    let Some(file) = value.filter(|file| !file.is_empty()) else {
        let says =
            format!("{name} is not set: {reader} will not trust the server over TLS; {way_out}");
        return Finding::new("trust", Verdict::Doubtful, says);
    };
    match std::fs::read_to_string(file) {
        Err(error) => {
            let says = format!("{name} names {file}, which cannot be read ({error}); {way_out}");
            Finding::new("trust", Verdict::Wrong, says)
        }
        Ok(held) if holds(&held, ca) => {
            Finding::new("trust", Verdict::Well, format!("{name} trusts the server ({reader})"))
        }
        Ok(_) => {
            let says = format!(
                "{name} names {file}, which does not hold this server's certificate: it may be the system's, or that of an earlier start; {way_out}"
            );
            Finding::new("trust", Verdict::Wrong, says)
        }
    }
}

/// Whether PEM holds a certificate, however its lines are broken.
fn holds(pem: &str, certificate: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let wanted = bare(certificate);
    !wanted.is_empty() && bare(pem).contains(&wanted)
}

/// Whether the store that Java is told of holds the certificate.
fn java(options: Option<&str>, ca: &str) -> Finding {
    let finding = |verdict, says| Finding::new("java", verdict, says);
    let way_out = "`eval \"$(pcmock env --for java)\"` sets it";
    let option = |name: &str| {
        let from = options?.split_once(name)?.1;
        from.strip_prefix('=')?.split_whitespace().next()
    };
    let Some(store) = option("-Djavax.net.ssl.trustStore") else {
        let says = format!(
            "JAVA_TOOL_OPTIONS names no trust store: Java will not trust the server over TLS; {way_out}"
        );
        return finding(Verdict::Doubtful, says);
    };
    if !Path::new(store).is_file() {
        return finding(Verdict::Wrong, format!("the trust store {store} is not there; {way_out}"));
    }
    let password = option("-Djavax.net.ssl.trustStorePassword").unwrap_or("changeit");
    let listed = Command::new("keytool")
        .args([
            "-J-Djava.util.logging.config.file=",
            "-list",
            "-rfc",
            "-keystore",
            store,
            "-storepass",
            password,
        ])
        .env_remove("JAVA_TOOL_OPTIONS")
        .output();
    match listed {
        Ok(listed) if holds(&String::from_utf8_lossy(&listed.stdout), ca) => {
            finding(Verdict::Well, format!("the trust store {store} trusts the server"))
        }
        Ok(_) => finding(
            Verdict::Wrong,
            format!("the trust store {store} does not hold this server's certificate; {way_out}"),
        ),
        Err(_) => finding(
            Verdict::Doubtful,
            format!("what the trust store {store} holds cannot be seen: there is no keytool"),
        ),
    }
}

/// Whether the whole system trusts the server.
fn system(ca: &str) -> Finding {
    let finding = |verdict, says| Finding::new("system", verdict, says);
    let advice = "`pcmock trust` says how to add it; the variables do, too";
    match system_bundle() {
        Some(file) if std::fs::read_to_string(file).is_ok_and(|held| holds(&held, ca)) => {
            finding(Verdict::Well, format!("the system trusts the server ({file})"))
        }
        Some(file) => finding(
            Verdict::Doubtful,
            format!("the system's {file} does not hold the server's certificate; {advice}"),
        ),
        None => finding(
            Verdict::Doubtful,
            format!(
                "whether the system's store holds the server's certificate cannot be seen; {advice}"
            ),
        ),
    }
}

/// Settings that make others useless, or tests worthless.
fn overrides(variable: &dyn Fn(&str) -> Option<String>) -> Vec<Finding> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let mut findings = Vec::new();
    let mut doubt = |says: String| findings.push(Finding::new("override", Verdict::Doubtful, says));
    for (name, off) in [
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        ("PYTHONHTTPSVERIFY", "0"),
        ("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "1"),
        ("GIT_SSL_NO_VERIFY", "1"),
    ] {
        if set(name).is_some_and(|value| value == off) {
            doubt(format!(
                "{name}={off} turns checking off: what works so may fail in production; unset {name}"
            ));
        }
    }
    if let (Some(curl), Some(requests)) = (set("CURL_CA_BUNDLE"), set("REQUESTS_CA_BUNDLE"))
        && curl != requests
    {
        doubt(format!(
            "Python reads REQUESTS_CA_BUNDLE ({requests}), curl CURL_CA_BUNDLE ({curl})"
        ));
    }
    if let Some(folder) = set("SSL_CERT_DIR")
        && set("SSL_CERT_FILE").is_none()
    {
        doubt(format!(
            "SSL_CERT_DIR={folder} alone does not make OpenSSL's clients trust the server; set SSL_CERT_FILE"
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_certificate_is_told_from_a_missing_one() {
        let path = std::env::temp_dir().join(format!("pcmock-doctor-{}.pem", std::process::id()));
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nol\nd\n-----END CERTIFICATE-----\n")
            .unwrap();
        let name = path.display().to_string();
        let of = |value, ca| file("SSL_CERT_FILE", "OpenSSL", value, ca).verdict;
        assert_eq!(of(Some(&name), "new"), Verdict::Wrong);
        assert_eq!(of(Some(&name), "BEGIN CERTIFICATE-----\nold"), Verdict::Well);
        assert_eq!(of(Some("/nowhere/at/all.pem"), "new"), Verdict::Wrong);
        assert_eq!(of(None, "new"), Verdict::Doubtful);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_turns_checking_off_is_named() {
        let says = |name: &'static str, value: &'static str| {
            let found = overrides(&move |asked| (asked == name).then(|| value.to_owned()));
            found.into_iter().map(|finding| finding.says).collect::<Vec<_>>().join("; ")
        };
        assert!(says("NODE_TLS_REJECT_UNAUTHORIZED", "0").contains("unset NODE_TLS"));
        assert_eq!(says("NODE_TLS_REJECT_UNAUTHORIZED", "1"), "");
        assert!(says("SSL_CERT_DIR", "/x").contains("SSL_CERT_FILE"));
    }

    #[test]
    fn java_needs_a_store_that_is_there() {
        assert_eq!(java(None, "x").verdict, Verdict::Doubtful);
        let gone = "-Xmx1g -Djavax.net.ssl.trustStore=/nowhere/trust.p12";
        assert_eq!(java(Some(gone), "x").verdict, Verdict::Wrong);
    }
}
