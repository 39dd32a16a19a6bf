//! `pcmock env`: the settings that point a client at a server, in the form that a shell or a platform
//! reads. Two ways: endpoints that lead to the server, or (`--proxy`) the real host names and a proxy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Method;
use serde_json::{Map, Value};

use super::certificates::Certificates;
use super::remote::{Remote, text};
use super::trust::{java_store, quoted as in_shell};

/// Names that no proxy stands before.
const NO_PROXY: &str = "localhost,127.0.0.1,::1";

/// `pcmock env`.
#[derive(Debug, Args)]
pub struct Env {
    #[command(flatten)]
    remote: Remote,
    /// For whom.
    #[arg(long = "for", value_enum, default_value_t = Form::Bash)]
    form: Form,
    /// Clients go on using the real host names, and the server is their proxy.
    #[arg(long)]
    proxy: bool,
    /// Where to put the certificate of the server's authority; with those of this machine it is put
    /// beside it.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Bash, zsh and the like: `eval "$(pcmock env)"`.
    Bash,
    /// PowerShell: `pcmock env --for powershell | Out-String | Invoke-Expression`.
    Powershell,
    /// A .env file.
    Dotenv,
    /// The environmentVariables of a launchSettings.json.
    Dotnet,
    /// Shell lines that put the certificate into a trust store of Java's.
    Java,
    /// A module for @azure/identity and fetch.
    Node,
    /// A module for azure-identity and requests.
    Python,
}

/// The settings by name.
struct Facts {
    variables: Vec<(&'static str, String)>,
    /// Variables of the other way, that would stand in this one's.
    unwanted: &'static [&'static str],
    https: String,
    proxy: Option<Proxy>,
    files: Option<Certificates>,
    connection: Value,
}

/// Where the proxy is.
struct Proxy {
    host: String,
    port: String,
}

impl Env {
    /// Prints the settings.
    pub fn run(&self) -> Result<(), String> {
        let facts = self.facts()?;
        if self.remote.json {
            println!("{}", Value::Object(facts.members()));
            return Ok(());
        }
        print!("{}", self.form.write(&facts));
        Ok(())
    }

    fn facts(&self) -> Result<Facts, String> {
        let connection = self.remote.ask_json(Method::GET, "/_mock/connection", None)?;
        let files = Certificates::write(&self.remote, self.ca.as_deref())?;
        let https = text(&connection, "httpsUrl");
        let mut variables = vec![
            ("PCMOCK_URL", text(&connection, "url")),
            ("PCMOCK_WORLD", text(&connection, "world")),
            ("AZURE_TENANT_ID", text(&connection, "tenantId")),
            ("AZURE_CLIENT_ID", text(&connection, "clientId")),
            ("AZURE_CLIENT_SECRET", text(&connection, "clientSecret")),
        ];
        if let Some(Certificates { ca, bundle }) = &files {
            variables.push(("NODE_EXTRA_CA_CERTS", ca.display().to_string()));
            for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
                variables.push((name, bundle.display().to_string()));
            }
        }
        let mut proxy = None;
        if self.proxy {
            let address = text(&connection, "proxyUrl");
            // curl and old programs read the small letters, .NET the big ones first.
            variables.extend(["HTTPS_PROXY", "https_proxy"].map(|name| (name, address.clone())));
            // Node's own fetch looks at the variables only when it is told to.
            variables.push(("NODE_USE_ENV_PROXY", "1".to_owned()));
            let authority = https.trim_start_matches("https://");
            let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "443"));
            proxy = Some(Proxy { host: host.to_owned(), port: port.to_owned() });
        } else {
            variables.push(("AZURE_AUTHORITY_HOST", https.clone()));
        }
        variables.extend(["NO_PROXY", "no_proxy"].map(|name| (name, NO_PROXY.to_owned())));
        let unwanted: &[&str] = if self.proxy {
            &["AZURE_AUTHORITY_HOST"]
        } else {
            &["HTTPS_PROXY", "https_proxy", "NODE_USE_ENV_PROXY"]
        };
        Ok(Facts { variables, unwanted, https, proxy, files, connection })
    }
}

impl Facts {
    fn members(&self) -> Map<String, Value> {
        self.variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
            .collect()
    }

    /// How a program in `language` gets a credential.
    fn arguments(&self) -> [String; 3] {
        ["tenantId", "clientId", "clientSecret"].map(|name| quoted(&text(&self.connection, name)))
    }
}

fn quoted(value: &str) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Form {
    fn write(self, facts: &Facts) -> String {
        let lines = |line: &dyn Fn(&str, &str) -> String| -> String {
            facts.variables.iter().map(|(name, value)| line(name, value)).collect()
        };
        match self {
            Self::Bash => {
                let away = facts.unwanted.join(" ");
                lines(&|name, value| format!("export {name}={}\n", in_shell(value)))
                    + &format!("unset {away}\n")
            }
            Self::Powershell => {
                let away = facts.unwanted.iter().map(|name| format!("$env:{name} = $null\n"));
                let away: String = away.collect();
                lines(&|name, value| format!("$env:{name} = '{}'\n", value.replace('\'', "''")))
                    + &away
            }
            Self::Dotenv => lines(&|name, value| format!("{name}={}\n", quoted(value))),
            Self::Dotnet => {
                let settings = serde_json::json!({ "environmentVariables": facts.members() });
                format!("{settings:#}\n")
            }
            Self::Java => Self::java(facts),
            Self::Node => Self::node(facts),
            Self::Python => Self::python(facts),
        }
    }

    fn java(facts: &Facts) -> String {
        let mut options = Vec::new();
        let mut lines = Self::Bash.write(facts);
        if let Some(files) = &facts.files {
            let store = files.java_store();
            lines += &java_store(files);
            options.push(format!("-Djavax.net.ssl.trustStore={}", store.display()));
            options.push("-Djavax.net.ssl.trustStorePassword=changeit".to_owned());
        }
        // Java reads none of the variables.
        if let Some(Proxy { host, port }) = &facts.proxy {
            options.push(format!("-Dhttps.proxyHost={host} -Dhttps.proxyPort={port}"));
            options.push(format!("-Dhttp.nonProxyHosts={}", NO_PROXY.replace(',', "|")));
        }
        lines + &format!("export JAVA_TOOL_OPTIONS={}\n", in_shell(&options.join(" ")))
    }

    fn node(facts: &Facts) -> String {
        let [tenant, client, secret] = facts.arguments();
        let file = facts.files.as_ref().map_or_else(String::new, |files| {
            format!(
                "// NODE_EXTRA_CA_CERTS is read at the start: NODE_EXTRA_CA_CERTS={} node app.mjs\n",
                files.ca.display()
            )
        });
        let import = "import { ClientSecretCredential } from \"@azure/identity\";\n";
        if facts.proxy.is_some() {
            return format!(
                "{file}{import}export const credential = new ClientSecretCredential(\n  {tenant}, {client}, {secret});\n"
            );
        }
        format!(
            "{file}{import}export const endpoint = {https};\nexport const credentialScopes = [\"https://management.azure.com/.default\"];\nexport const credential = new ClientSecretCredential(\n  {tenant}, {client}, {secret},\n  {{ authorityHost: endpoint, disableInstanceDiscovery: true }});\n",
            https = quoted(&facts.https),
        )
    }

    fn python(facts: &Facts) -> String {
        let [tenant, client, secret] = facts.arguments();
        let trust = facts.files.as_ref().map_or_else(String::new, |files| {
            let bundle = quoted(&files.bundle.display().to_string());
            format!(
                "os.environ[\"REQUESTS_CA_BUNDLE\"] = os.environ[\"SSL_CERT_FILE\"] = {bundle}\nos.environ.pop(\"CURL_CA_BUNDLE\", None)\n"
            )
        });
        let import = "from azure.identity import ClientSecretCredential\n";
        if facts.proxy.is_some() {
            let proxy = quoted(&text(&facts.connection, "proxyUrl"));
            return format!(
                "import os\n{trust}os.environ[\"HTTPS_PROXY\"] = os.environ[\"https_proxy\"] = {proxy}\n{import}credential = ClientSecretCredential({tenant}, {client}, {secret})\n"
            );
        }
        let https = quoted(&facts.https);
        format!(
            "import os\n{trust}{import}endpoint = {https}\ncredential_scopes = [\"https://management.azure.com/.default\"]\ncredential = ClientSecretCredential(\n    {tenant}, {client}, {secret},\n    authority=endpoint, disable_instance_discovery=True)\n"
        )
    }
}
