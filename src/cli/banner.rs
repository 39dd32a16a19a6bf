//! What a person sees at the start: where it is, a token, a request that works.

use std::io::{IsTerminal, Write};
use std::path::Path;

use partner_center_mock::MockServer;

/// One line for scripts.
pub fn line(server: &MockServer) -> String {
    serde_json::json!({
        "url": server.base_url(),
        "httpsUrl": server.https_url(),
        "port": server.address().port(),
        "pid": std::process::id(),
    })
    .to_string()
}

/// The banner.
pub fn print(server: &MockServer, ca_file: Option<&Path>) {
    let mut out = std::io::stdout().lock();
    let (bold, plain) = if out.is_terminal() { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let base = server.base_url();
    let https = server.https_url();
    let ca = match ca_file {
        Some(file) => file.display().to_string(),
        None => format!("{base}/_mock/ca.pem"),
    };
    let token = server.token();
    // A closed standard output is no reason to stop serving.
    let _ = write!(
        out,
        "\
{bold}partner-center-mock {version}{plain}

  HTTP and HTTPS   {base}  {https}
  Swagger UI       {base}/swagger
  CA certificate   {ca}

{bold}A request that works{plain}

  TOKEN={token}
  curl -H \"Authorization: Bearer $TOKEN\" '{base}/v1/customers?size=3'

{bold}A token from the token endpoint{plain}

  curl -d 'grant_type=client_credentials&client_id={client}&client_secret={secret}&resource=https://api.partnercenter.microsoft.com' \\
    {base}/{tenant}/oauth2/token

{bold}Point an SDK here{plain}

  authority {https}   endpoint {https}   CA {ca}
  or leave its hosts as they are:  eval \"$(pcmock env --proxy)\"

",
        version = env!("CARGO_PKG_VERSION"),
        client = partner_center_mock::api::document::DEMO_CLIENT.0,
        secret = partner_center_mock::api::document::DEMO_CLIENT.1,
        tenant = partner_center_mock::api::document::DEMO_TENANT,
    );
    let _ = out.flush();
}
