//! `pcmock trust`: what to do so that a platform or a runtime trusts the server's certificates. It
//! prints commands and runs none of them.

use std::fmt::Write as _;
use std::path::PathBuf;

use anstyle::Style;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::certificates::Certificates;
use super::remote::Remote;

/// `pcmock trust`.
#[derive(Debug, Args)]
pub struct Trust {
    #[command(flatten)]
    remote: Remote,
    /// For whom; for this system and all runtimes when absent.
    #[arg(long = "for", value_enum)]
    party: Option<Party>,
    /// Where to put the certificate; what else is needed is put beside it.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

/// Who keeps certificates of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Party {
    /// Debian, Ubuntu, Alpine.
    Debian,
    /// Red Hat, Fedora, Amazon Linux.
    Redhat,
    /// SUSE.
    Suse,
    /// Arch.
    Arch,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
    /// A container image.
    Docker,
    /// Chrome and Firefox on Linux.
    Browser,
    /// curl.
    Curl,
    /// Python: requests, azure-core, msal, azure-cli, httpx.
    Python,
    /// Node.js.
    Node,
    /// Java.
    Java,
    /// .NET, and PowerShell on it.
    Dotnet,
    /// Go, Rust, Ruby, and whatever else reads OpenSSL's variable.
    Openssl,
}

/// What one of them wants.
struct Advice {
    commands: String,
    /// How to take it back; empty where nothing stays behind.
    undo: String,
    remark: &'static str,
}

impl Trust {
    /// Prints the advice.
    pub fn run(&self) -> Result<(), String> {
        let files = Certificates::write(&self.remote, self.ca.as_deref())?
            .ok_or("the server shows a certificate that was brought along: trust its issuer")?;
        let parties: Vec<Party> = match self.party {
            Some(party) => vec![party],
            None => Party::value_variants()
                .iter()
                .copied()
                .filter(|party| !party.is_system() || party.is_this_system())
                .collect(),
        };
        if self.remote.json {
            let list: Vec<Value> = parties.iter().map(|party| party.json(&files)).collect();
            println!(
                "{}",
                json!({ "certificate": files.ca, "bundle": files.bundle, "advice": list })
            );
            return Ok(());
        }
        let bold = Style::new().bold();
        if let [one] = parties[..] {
            // One by itself can be piped into a shell.
            print!("{}", one.advice(&files).commands);
            return Ok(());
        }
        anstream::println!("The certificate is in {}", files.ca.display());
        anstream::println!("with those of this machine in {}", files.bundle.display());
        for party in parties {
            let Advice { commands, undo, remark } = party.advice(&files);
            anstream::println!("\n{bold}{}{bold:#}", party.title());
            if !remark.is_empty() {
                anstream::println!("# {remark}");
            }
            anstream::print!("{commands}");
            if !undo.is_empty() {
                anstream::println!("# back: {undo}");
            }
        }
        Ok(())
    }
}

impl Party {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn title(self) -> &'static str {
        match self {
            Self::Debian => "Debian, Ubuntu, Alpine",
            Self::Redhat => "Red Hat, Fedora, Amazon Linux",
            Self::Suse => "SUSE",
            Self::Arch => "Arch",
            Self::Macos => "macOS",
            Self::Windows => "Windows",
            Self::Docker => "A container image of Debian or Alpine",
            Self::Browser => "Chrome and Firefox on Linux",
            Self::Curl => "curl",
            Self::Python => "Python: requests, azure-core, msal, azure-cli, httpx",
            Self::Node => "Node.js",
            Self::Java => "Java",
            Self::Dotnet => ".NET, and PowerShell on it",
            Self::Openssl => "Go, Rust, Ruby and others that read OpenSSL's variable",
        }
    }

    fn is_system(self) -> bool {
        matches!(
            self,
            Self::Debian | Self::Redhat | Self::Suse | Self::Arch | Self::Macos | Self::Windows
        )
    }

    fn is_this_system(self) -> bool {
        let has = |file: &str| std::path::Path::new(file).exists();
        match self {
            Self::Macos => cfg!(target_os = "macos"),
            Self::Windows => cfg!(windows),
            Self::Debian => has("/usr/local/share/ca-certificates") || has("/etc/debian_version"),
            Self::Redhat => has("/etc/pki/ca-trust/source/anchors"),
            Self::Suse => has("/etc/pki/trust/anchors"),
            Self::Arch => has("/etc/arch-release"),
            _ => true,
        }
    }

    fn json(self, files: &Certificates) -> Value {
        let Advice { commands, undo, remark } = self.advice(files);
        let commands: Vec<&str> = commands.lines().collect();
        json!({ "for": self.name(), "commands": commands, "undo": undo, "remark": remark })
    }

    fn advice(self, files: &Certificates) -> Advice {
        let ca = quoted(&files.ca.display().to_string());
        let bundle = quoted(&files.bundle.display().to_string());
        let plain = |commands: String| Advice { commands, undo: String::new(), remark: "" };
        let stored = |commands: String, undo: &str| Advice {
            commands,
            undo: undo.to_owned(),
            remark: "whoever has the key beside this certificate can play any site to this machine",
        };
        match self {
            Self::Debian => stored(
                format!(
                    "sudo cp {ca} /usr/local/share/ca-certificates/pcmock.crt\nsudo update-ca-certificates\n"
                ),
                "sudo rm /usr/local/share/ca-certificates/pcmock.crt; sudo update-ca-certificates --fresh",
            ),
            Self::Redhat => stored(
                format!(
                    "sudo cp {ca} /etc/pki/ca-trust/source/anchors/pcmock.pem\nsudo update-ca-trust\n"
                ),
                "sudo rm /etc/pki/ca-trust/source/anchors/pcmock.pem; sudo update-ca-trust",
            ),
            Self::Suse => stored(
                format!(
                    "sudo cp {ca} /etc/pki/trust/anchors/pcmock.pem\nsudo update-ca-certificates\n"
                ),
                "sudo rm /etc/pki/trust/anchors/pcmock.pem; sudo update-ca-certificates",
            ),
            Self::Arch => stored(
                format!("sudo trust anchor --store {ca}\n"),
                &format!("sudo trust anchor --remove {ca}"),
            ),
            Self::Macos => stored(
                format!(
                    "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {ca}\n"
                ),
                &format!("sudo security remove-trusted-cert -d {ca}"),
            ),
            Self::Windows => stored(
                format!("certutil -user -addstore Root {ca}\n"),
                "certutil -user -delstore Root partner-center-mock",
            ),
            Self::Docker => plain(format!(
                "cp {ca} pcmock.crt\ncat >> Dockerfile <<'END'\nCOPY pcmock.crt /usr/local/share/ca-certificates/pcmock.crt\nRUN update-ca-certificates\nEND\n"
            )),
            Self::Browser => Advice {
                commands: format!(
                    "certutil -d sql:\"$HOME/.pki/nssdb\" -A -t C,, -n pcmock -i {ca}\nfor profile in \"$HOME\"/.mozilla/firefox/*.default*; do certutil -d sql:\"$profile\" -A -t C,, -n pcmock -i {ca}; done\n"
                ),
                undo: "certutil -d sql:\"$HOME/.pki/nssdb\" -D -n pcmock".to_owned(),
                remark: "certutil comes with the package libnss3-tools",
            },
            Self::Curl => plain(format!("export CURL_CA_BUNDLE={bundle}\n")),
            Self::Python => Advice {
                commands: format!(
                    "export REQUESTS_CA_BUNDLE={bundle}\nexport SSL_CERT_FILE={bundle}\nunset CURL_CA_BUNDLE\n"
                ),
                undo: String::new(),
                remark: "the variable wins over Session.verify and over verify= of msal",
            },
            Self::Node => Advice {
                commands: format!("export NODE_EXTRA_CA_CERTS={ca}\n"),
                undo: String::new(),
                remark: "it is read when node starts: setting it inside the program does nothing",
            },
            Self::Java => {
                let store = quoted(&files.java_store().display().to_string());
                Advice {
                    commands: java_store(files)
                        + &format!(
                            "export JAVA_TOOL_OPTIONS=\"-Djavax.net.ssl.trustStore=\"{store}\" -Djavax.net.ssl.trustStorePassword=changeit\"\n"
                        ),
                    undo: String::new(),
                    remark: "this store holds nothing but the mock's certificate: other hosts are not trusted",
                }
            }
            Self::Dotnet => Advice {
                commands: format!("export SSL_CERT_FILE={bundle}\n"),
                undo: String::new(),
                remark: "on Linux; on Windows and macOS .NET asks the system's store: see there",
            },
            Self::Openssl => plain(format!("export SSL_CERT_FILE={bundle}\n")),
        }
    }
}

/// The command that makes a trust store for Java.
pub fn java_store(files: &Certificates) -> String {
    let store = quoted(&files.java_store().display().to_string());
    let ca = quoted(&files.ca.display().to_string());
    let mut lines = String::new();
    let _ = writeln!(lines, "rm -f {store}");
    let _ = writeln!(
        lines,
        "keytool -importcert -noprompt -alias pcmock -file {ca} -keystore {store} -storetype PKCS12 -storepass changeit"
    );
    lines
}

/// For a shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
