//! The mock as a proxy: clients that know the real host names only reach it with one setting, and
//! nothing reaches the real service.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use partner_center_mock::domain::delay::Delay;
use partner_center_mock::domain::settings::Transition;
use partner_center_mock::server::hosts::Pattern;
use partner_center_mock::{MockServer, server};
use reqwest::Proxy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

const TENANT: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";

/// A client with a proxy and the mock's certificate, and no other setting.
fn client(mock: &MockServer, user: &str) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    let pem = mock.ca_pem().unwrap();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(server::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let proxy = format!("http://{user}{}", mock.address());
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .proxy(Proxy::all(proxy).unwrap())
        .build()
        .unwrap()
}

async fn json(client: &reqwest::Client, url: &str, token: &str) -> Value {
    let answer = client.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.json().await.unwrap()
}

/// A token of the demo application, asked for at a token endpoint.
async fn sign_in(client: &reqwest::Client, endpoint: &str, scope: &str) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id=31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846&client_secret=demo-secret&scope={scope}"
    );
    let kind = "application/x-www-form-urlencoded";
    let request = client.post(endpoint).header("content-type", kind).body(form);
    let told: Value = request.send().await.unwrap().json().await.unwrap();
    told["access_token"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}

/// Sends bytes, and more bytes once the first ones were answered, and gives all that comes back.
fn speak(address: SocketAddr, first: &str, then: Option<&str>) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(first.as_bytes()).unwrap();
    let mut heard = Vec::new();
    if let Some(then) = then {
        while !heard.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            assert_eq!(socket.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&heard));
            heard.push(byte[0]);
        }
        socket.write_all(then.as_bytes()).unwrap();
    }
    socket.read_to_end(&mut heard).unwrap();
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn a_client_with_nothing_but_a_proxy_signs_in_and_reads_on_the_real_hosts() {
    let mock = MockServer::start().await.unwrap();
    let client = client(&mock, "");
    let url = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    let token = sign_in(&client, &url, "https://management.core.windows.net//.default").await;
    let subscriptions = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    assert!(json(&client, subscriptions, &token).await["value"].is_array());

    let customers = "https://api.partnercenter.microsoft.com/v1/customers?size=2";
    let page = json(&client, customers, &mock.token()).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn links_stay_on_the_host_that_was_asked() {
    let mock = MockServer::builder().start().await.unwrap();
    let client = client(&mock, "");
    let token = mock.default_world().azure_token(LARKSPUR);
    let url = "https://management.azure.com/providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95?api-version=2022-11-01";
    let world = mock.default_world();
    world.set_delay(Transition::ReservationChange, Delay::Polls(2)).unwrap();
    let body = json!({ "properties": { "name": "renamed" } });
    let answer = client.patch(url).bearer_auth(&token).json(&body).send().await.unwrap();
    let status = answer.status();
    let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    let location = location.unwrap_or_else(|| panic!("{status} {text}"));
    assert!(location.starts_with("https://management.azure.com/providers/"), "{location}");
    assert!(client.get(location).bearer_auth(&token).send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn every_host_of_every_cloud_ends_here() {
    let mock = MockServer::start().await.unwrap();
    let client = client(&mock, "");
    for (host, login, audience) in [
        (
            "management.azure.com",
            "login.microsoftonline.com",
            "https://management.core.windows.net/",
        ),
        (
            "management.usgovcloudapi.net",
            "login.microsoftonline.us",
            "https://management.core.usgovcloudapi.net/",
        ),
        (
            "management.chinacloudapi.cn",
            "login.partner.microsoftonline.cn",
            "https://management.core.chinacloudapi.cn/",
        ),
        (
            "management.microsoftazure.de",
            "login.microsoftonline.de",
            "https://management.core.cloudapi.de/",
        ),
    ] {
        let url = format!("https://{host}/metadata/endpoints?api-version=2022-09-01");
        let cloud = json(&client, &url, "").await;
        assert_eq!(cloud["resourceManager"], format!("https://{host}/"));
        assert_eq!(cloud["authentication"]["loginEndpoint"], format!("https://{login}"));
        assert_eq!(cloud["authentication"]["audiences"][0], audience);

        let url = format!("https://{login}/{TENANT}/v2.0/.well-known/openid-configuration");
        let endpoints = json(&client, &url, "").await;
        let endpoint = endpoints["token_endpoint"].as_str().unwrap().to_owned();
        assert!(endpoint.starts_with(&format!("https://{login}/")), "{endpoint}");

        let token = sign_in(&client, &endpoint, &format!("{audience}/.default")).await;
        let url = format!("https://{host}/subscriptions?api-version=2022-12-01");
        assert!(json(&client, &url, &token).await["value"].is_array());
    }
    let url = "https://partner.partnercenterapi.microsoftonline.cn/v1/customers?size=1";
    assert_eq!(json(&client, url, &mock.token()).await["items"].as_array().unwrap().len(), 1);
}

#[test]
fn old_clients_open_tunnels_with_http_1_0_and_speak_either_protocol_inside() {
    let mock = MockServer::start_blocking().unwrap();
    let inside = "GET /metadata/endpoints?api-version=2022-09-01 HTTP/1.1\r\nhost: management.azure.com\r\nconnection: close\r\n\r\n";
    for version in ["HTTP/1.0", "HTTP/1.1"] {
        let open = format!("CONNECT management.azure.com:80 {version}\r\nHost: x\r\n\r\n");
        let heard = speak(mock.address(), &open, Some(inside));
        assert!(heard.starts_with(&format!("{version} 200 ")), "{heard}");
        assert!(heard.contains("HTTP/1.1 200 OK"), "{heard}");
        assert!(
            heard.contains("http://management.azure.com")
                || heard.contains("https://management.azure.com/")
        );
    }
    // A client may send what goes inside together with the request for the tunnel.
    let open = "CONNECT management.azure.com:80 HTTP/1.1\r\n\r\n";
    let heard = speak(mock.address(), &format!("{open}{inside}"), None);
    assert!(heard.contains("HTTP/1.1 200 OK"), "{heard}");
}

#[test]
fn other_hosts_are_refused_and_never_dialled() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let mock = MockServer::start_blocking().unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    for host in
        ["example.org:443".to_owned(), format!("127.0.0.1:{port}"), format!("localhost:{port}")]
    {
        let heard = speak(mock.address(), &format!("CONNECT {host} HTTP/1.1\r\n\r\n"), None);
        assert!(heard.starts_with("HTTP/1.1 403 "), "{heard}");
        assert!(heard.contains("--proxy-passthrough"), "{heard}");
        let name = host.split(':').next().unwrap();
        let way_out = if name == "example.org" { "--allow-host example.org" } else { "NO_PROXY=" };
        assert!(heard.contains(way_out), "{heard}");
    }
    // The real service's regional names are the real service, too.
    let heard =
        speak(mock.address(), "CONNECT westeurope.management.azure.com:443 HTTP/1.1\r\n\r\n", None);
    assert!(heard.starts_with("HTTP/1.1 403 "), "{heard}");
    assert!(elsewhere.accept().is_err(), "something was sent there");
}

#[test]
fn hosts_that_were_allowed_are_reached_untouched() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = elsewhere.local_addr().unwrap();
    let other = std::thread::spawn(move || {
        let (mut socket, _) = elsewhere.accept().unwrap();
        let mut said = [0; 4];
        socket.read_exact(&mut said).unwrap();
        socket.write_all(b"pong").unwrap();
        said
    });
    let mock = MockServer::builder()
        .proxy_passthrough(vec![Pattern::parse("127.0.0.1").unwrap()])
        .start_blocking()
        .unwrap();
    let heard = speak(mock.address(), &format!("CONNECT {address} HTTP/1.1\r\n\r\n"), Some("ping"));
    assert!(heard.ends_with("\r\n\r\npong"), "{heard}");
    assert_eq!(&other.join().unwrap(), b"ping");

    // Nobody listens there any more.
    let heard = speak(mock.address(), &format!("CONNECT {address} HTTP/1.1\r\n\r\n"), None);
    assert!(heard.starts_with("HTTP/1.1 502 "), "{heard}");
    // Even then the real service is never dialled.
    let all = MockServer::builder().proxy_passthrough(vec![Pattern::Any]).start_blocking().unwrap();
    let open = "CONNECT management.azure.com:80 HTTP/1.1\r\n\r\n";
    let inside = "GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(speak(all.address(), open, Some(inside)).contains("\"status\":\"ok\""));
}

#[test]
fn clients_that_have_the_proxy_do_the_encrypting_send_whole_urls_in_the_clear() {
    let mock = MockServer::start_blocking().unwrap();
    let ask = |line: &str, host: &str| {
        let text = format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        speak(mock.address(), &text, None)
    };
    let heard = ask(
        "GET https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        "x.example",
    );
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    // The URL counts, the header does not; and links are for TLS, as the client believes.
    assert!(
        heard.contains("\"https://login.microsoftonline.com/common/oauth2/v2.0/token\""),
        "{heard}"
    );

    let heard = ask("GET http://example.org/index.html", "example.org");
    assert!(heard.starts_with("HTTP/1.1 403"), "{heard}");
    assert!(heard.contains("not a host that the mock stands in for"), "{heard}");

    // Who was pointed here may write whole URLs all the same (RFC 9112 §3.2.2).
    let own = format!("GET http://127.0.0.1:{}/_mock/health", mock.address().port());
    assert!(ask(&own, "127.0.0.1").starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn the_user_name_for_the_proxy_chooses_the_world() {
    let mock = MockServer::start().await.unwrap();
    let blue = client(&mock, "blue:any@");
    let url = format!("https://api.partnercenter.microsoft.com/v1/customers/{LARKSPUR}");
    let deleted = blue.get(&url).bearer_auth(mock.token()).send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    assert_eq!(mock.world("blue").unwrap().requests().len(), 1);
    assert_eq!(mock.default_world().requests().len(), 0);

    // Tokens asked for there belong there, whoever sends them on.
    let token_url = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    let token =
        sign_in(&blue, &token_url, "https://api.partnercenter.microsoft.com/.default").await;
    assert_eq!(client(&mock, "").get(&url).bearer_auth(token).send().await.unwrap().status(), 200);
    assert_eq!(mock.default_world().requests().len(), 0);

    let wrong = client(&mock, "no%20world:x@").get(&url).bearer_auth(mock.token()).send().await;
    assert_eq!(wrong.unwrap().status(), 400);
}

#[test]
fn what_is_no_request_for_a_tunnel_is_told_so() {
    let mock = MockServer::start_blocking().unwrap();
    for line in
        ["CONNECT / HTTP/1.1", "CONNECT a.example:0 HTTP/1.1", "CONNECT a.example:443 HTTP/3"]
    {
        let heard = speak(mock.address(), &format!("{line}\r\n\r\n"), None);
        assert!(heard.starts_with("HTTP/1.1 400 "), "{line}: {heard}");
        assert!(heard.contains("CONNECT host:port"), "{heard}");
    }
    let long = format!("CONNECT a.example:443 HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(40_000));
    let heard = speak(mock.address(), &long[..20_000], None);
    assert!(heard.starts_with("HTTP/1.1 431 "), "{heard}");
    // A tunnel is asked for at the beginning of a connection, not in the middle.
    let twice = "GET /_mock/health HTTP/1.1\r\nhost: localhost\r\n\r\nCONNECT management.azure.com:443 HTTP/1.1\r\nhost: management.azure.com:443\r\nconnection: close\r\n\r\n";
    let heard = speak(mock.address(), twice, None);
    assert!(heard.contains("HTTP/1.1 400 "), "{heard}");
    assert!(heard.contains("at the beginning of a connection"), "{heard}");
    // Another protocol is not spoken, and not waited for.
    let upgrade = "GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    assert!(speak(mock.address(), upgrade, None).starts_with("HTTP/1.1 200 "));
    // Other words that begin alike are ordinary methods.
    let heard = speak(
        mock.address(),
        "COPY /v1/customers HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        None,
    );
    assert!(heard.starts_with("HTTP/1.1 405 "), "{heard}");
}

#[test]
fn a_second_port_answers_as_the_first_one_does() {
    let mock = MockServer::builder().https_port(0).start_blocking().unwrap();
    let second = SocketAddr::new(mock.address().ip(), mock.https_port().unwrap());
    assert_ne!(second, mock.address());
    let ask = "GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    for address in [mock.address(), second] {
        assert!(speak(address, ask, None).contains("\"status\":\"ok\""));
    }
}
