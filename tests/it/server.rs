//! One port for HTTP and TLS, and the hosts it answers for.

use partner_center_mock::{Content, MockServer, server};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::support::mock_with;

/// A client that trusts the server's authority and is led to it by every host name.
fn client(mock: &MockServer, host: &str) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    let pem = mock.ca_pem().unwrap();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(server::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .resolve(host, mock.address())
        .no_proxy()
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_real_host_names_lead_to_their_own_surface() {
    let mock = MockServer::start().await.unwrap();
    let port = mock.address().port();
    let host = "api.partnercenter.microsoft.com";
    let url = format!("https://{host}:{port}/v1/customers?size=1");
    let request = client(&mock, host).get(url).bearer_auth(mock.token());
    let customers = request.send().await.unwrap();
    assert_eq!(customers.status(), 200);

    let host = "login.microsoftonline.com";
    let url = format!("https://{host}:{port}/common/v2.0/.well-known/openid-configuration");
    let found: serde_json::Value =
        client(&mock, host).get(url).send().await.unwrap().json().await.unwrap();
    let endpoint = found["token_endpoint"].as_str().unwrap();
    assert!(endpoint.starts_with(&format!("https://{host}:{port}/")), "{endpoint}");

    // Partner Center does not live on the sign-in host.
    let url = format!("https://{host}:{port}/v1/customers?size=1");
    let lost = client(&mock, host).get(url).bearer_auth(mock.token()).send().await.unwrap();
    assert_eq!(lost.status(), 404);
    assert!(lost.text().await.unwrap().contains("error_description"));
}

#[tokio::test]
async fn a_host_that_somebody_else_may_own_is_not_answered() {
    let mock = MockServer::start().await.unwrap();
    let client = crate::support::client();
    let send = |host: &'static str| {
        client.get(format!("{}/_mock/health", mock.base_url())).header("host", host).send()
    };
    assert_eq!(send("rebound.example.com").await.unwrap().status(), 421);
    assert_eq!(send("login.mock.test").await.unwrap().status(), 200);
    // What a proxy would say counts for links, not for who is answered.
    let claimed = client
        .get(format!("{}/_mock/health", mock.base_url()))
        .header("host", "rebound.example.com")
        .header("x-forwarded-host", "localhost")
        .send();
    assert_eq!(claimed.await.unwrap().status(), 421);
}

#[tokio::test]
async fn a_foreign_page_cannot_steer_the_mock_and_a_local_one_can_read() {
    let mock = MockServer::start().await.unwrap();
    let client = crate::support::client();
    let reset = format!("{}/_mock/reset", mock.base_url());
    let foreign =
        client.post(&reset).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let through_a_world = format!("{}/w/default/_mock/reset", mock.base_url());
    let foreign = client
        .post(&through_a_world)
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let own = client.post(&reset).header("origin", mock.base_url()).send().await.unwrap();
    assert_eq!(own.status(), 200);
    let customers = format!("{}/v1/customers?size=1", mock.base_url());
    let local = client
        .get(&customers)
        .bearer_auth(mock.token())
        .header("origin", "http://localhost:3000")
        .send()
        .await
        .unwrap();
    assert_eq!(local.headers()["access-control-allow-origin"], "http://localhost:3000");
}

#[tokio::test]
async fn swagger_ui_and_the_documents_come_from_the_binary() {
    let mock = MockServer::start().await.unwrap();
    let client = crate::support::client();
    let get = |path: &str| client.get(format!("{}{path}", mock.base_url())).send();
    let page = get("/swagger/").await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("swagger-ui"));
    let start = get("/swagger/swagger-initializer.js").await.unwrap().text().await.unwrap();
    for document in ["partner-center", "azure", "identity", "control"] {
        assert!(start.contains(&format!("/openapi/{document}.json")), "{document}");
        let found = get(&format!("/openapi/{document}.json")).await.unwrap();
        assert_eq!(found.status(), 200, "{document}");
    }
    assert_eq!(get("/openapi/other.json").await.unwrap().status(), 404);
}

#[test]
fn a_dropped_server_frees_its_port() {
    // A freed port may be somebody else's a moment later, but not every time.
    let is_free = || {
        let mock = MockServer::start_blocking().unwrap();
        let address = mock.address();
        drop(mock);
        std::net::TcpListener::bind(address).is_ok()
    };
    assert!((0..5).any(|_| is_free()));
}

#[test]
fn the_fixture_of_the_documentation_starts() {
    let text = include_str!("../../fixtures/README.md");
    let json = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let file = std::env::temp_dir().join(format!("pcmock-{}.json", std::process::id()));
    std::fs::write(&file, json).unwrap();
    let mock = mock_with(|builder| builder.content(Content::Path(file.clone())));
    std::fs::remove_file(&file).unwrap();
    let customer = mock.get("/v1/customers")["items"][0]["id"].as_str().unwrap().to_owned();
    let entitlements = mock.get(&format!("/v1/customers/{customer}/entitlements"));
    assert_eq!(entitlements["items"][0]["quantity"], 2, "{entitlements:#}");
}

#[test]
fn a_flag_is_set_by_the_usual_words_of_the_environment() {
    let start = |freeze: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pcmock"))
            .args(["--port", "0", "--ephemeral", "--fixtures", "/nowhere/at/all.json"])
            .env("PCMOCK_FREEZE", freeze)
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    for word in ["1", "true", "yes", "0"] {
        assert!(start(word).contains("fixtures refused"), "{word}: {}", start(word));
    }
    assert!(start("sometimes").contains("--freeze"));
}
