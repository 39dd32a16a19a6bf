//! `pcmock env`: the settings that point a client at a server, in the form that a shell or a platform
//! reads.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Method;
use serde_json::{Map, Value};

use super::remote::{Remote, text};

/// `pcmock env`.
#[derive(Debug, Args)]
pub struct Env {
    #[command(flatten)]
    remote: Remote,
    /// For whom.
    #[arg(long = "for", value_enum, default_value_t = Form::Bash)]
    form: Form,
    /// Where to put the certificate of the server's authority.
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
    https: String,
    ca: String,
    connection: Value,
}

impl Env {
    /// Prints the settings.
    pub fn run(&self) -> Result<(), String> {
        let facts = self.facts()?;
        if self.remote.json {
            let members: Map<String, Value> = facts
                .variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
                .collect();
            println!("{}", Value::Object(members));
            return Ok(());
        }
        print!("{}", self.form.write(&facts));
        Ok(())
    }

    fn facts(&self) -> Result<Facts, String> {
        let connection = self.remote.ask_json(Method::GET, "/_mock/connection", None)?;
        let ca = self.certificate()?;
        let https = text(&connection, "httpsUrl");
        let mut variables = vec![
            ("PCMOCK_URL", text(&connection, "url")),
            ("PCMOCK_WORLD", text(&connection, "world")),
            ("AZURE_AUTHORITY_HOST", https.clone()),
            ("AZURE_TENANT_ID", text(&connection, "tenantId")),
            ("AZURE_CLIENT_ID", text(&connection, "clientId")),
            ("AZURE_CLIENT_SECRET", text(&connection, "clientSecret")),
        ];
        if !ca.is_empty() {
            for name in
                ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"]
            {
                variables.push((name, ca.clone()));
            }
        }
        variables.push(("NO_PROXY", "127.0.0.1,localhost".to_owned()));
        Ok(Facts { variables, https, ca, connection })
    }

    /// Writes the certificate where clients find it; nothing where the server has none of its own.
    fn certificate(&self) -> Result<String, String> {
        let Ok(pem) = self.remote.ask(Method::GET, "/_mock/ca.pem", None) else {
            return Ok(String::new());
        };
        let port = self
            .remote
            .base()
            .rsplit(':')
            .next()
            .unwrap_or("")
            .replace(|c: char| !c.is_ascii_alphanumeric(), "");
        let file = self
            .ca
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("pcmock-ca-{port}.pem")));
        std::fs::write(&file, pem).map_err(|error| format!("{}: {error}", file.display()))?;
        let file = std::path::absolute(&file).unwrap_or(file);
        Ok(file.display().to_string())
    }
}

impl Form {
    fn write(self, facts: &Facts) -> String {
        let Facts { variables, https, ca, connection } = facts;
        let lines = |line: &dyn Fn(&str, &str) -> String| -> String {
            variables.iter().map(|(name, value)| line(name, value)).collect()
        };
        let quoted = |value: &str| serde_json::to_string(value).unwrap_or_default();
        match self {
            Self::Bash => {
                lines(&|name, value| format!("export {name}='{}'\n", value.replace('\'', "'\\''")))
            }
            Self::Powershell => {
                lines(&|name, value| format!("$env:{name} = '{}'\n", value.replace('\'', "''")))
            }
            Self::Dotenv => lines(&|name, value| format!("{name}={}\n", quoted(value))),
            Self::Dotnet => {
                let members: Map<String, Value> = variables
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
                    .collect();
                let settings = serde_json::json!({ "environmentVariables": members });
                format!("{settings:#}\n")
            }
            Self::Java => {
                let store = format!("{}.p12", ca.trim_end_matches(".pem"));
                let exports = Self::Bash.write(facts);
                format!(
                    "{exports}rm -f '{store}'\nkeytool -importcert -noprompt -alias pcmock -file '{ca}' -keystore '{store}' -storetype PKCS12 -storepass changeit\nexport JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword=changeit'\n"
                )
            }
            Self::Node => format!(
                "// NODE_EXTRA_CA_CERTS is read at the start: NODE_EXTRA_CA_CERTS={ca} node app.mjs\nimport {{ ClientSecretCredential }} from \"@azure/identity\";\nexport const endpoint = {https};\nexport const credential = new ClientSecretCredential(\n  {tenant}, {client}, {secret},\n  {{ authorityHost: endpoint, disableInstanceDiscovery: true }});\n",
                https = quoted(https),
                tenant = quoted(&text(connection, "tenantId")),
                client = quoted(&text(connection, "clientId")),
                secret = quoted(&text(connection, "clientSecret")),
            ),
            Self::Python => format!(
                "import os\nos.environ[\"REQUESTS_CA_BUNDLE\"] = os.environ[\"SSL_CERT_FILE\"] = {ca}\nfrom azure.identity import ClientSecretCredential\nendpoint = {https}\ncredential = ClientSecretCredential(\n    {tenant}, {client}, {secret},\n    authority=endpoint, disable_instance_discovery=True)\n",
                ca = quoted(ca),
                https = quoted(https),
                tenant = quoted(&text(connection, "tenantId")),
                client = quoted(&text(connection, "clientId")),
                secret = quoted(&text(connection, "clientSecret")),
            ),
        }
    }
}
