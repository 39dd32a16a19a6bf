//! What every test uses: one server for all, a world for each, and a client that says the expected
//! status in the call and shows the whole exchange when it is another.

mod contract;
pub mod items;
pub mod socket;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::{Auth, Operation};
use partner_center_mock::domain::settings::Profile;
use partner_center_mock::{Builder, MockServer};
use serde_json::Value;

/// The customer of the default fixtures that has everything.
pub const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
/// Its registered Microsoft Azure subscription.
pub const LARKSPUR_AZURE: &str = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";
/// Its registered Azure plan.
pub const LARKSPUR_PLAN: &str = "8d1f4b7a-2c63-4e95-b0a8-5f7c9e3d1a46";
/// Its licence subscription.
pub const LARKSPUR_LICENCE: &str = "c3a9e5d1-7b24-4f68-9d0e-1a6b8c2f4e57";
/// A customer of another partner.
pub const FOREIGN: &str = "d9b0c1e2-3f45-4678-9a0b-c1d2e3f4a5b6";
/// A customer that does not exist.
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000001";

/// A customer in Canada whose reservations have all ended, with a registered Azure subscription.
pub const PRAIRIE: &str = "d4a7f1c6-0e59-4b83-9c2d-8b6e4f0a2c71";
/// Its registered Microsoft Azure subscription.
pub const PRAIRIE_AZURE: &str = "59c0e3a8-6d47-4f12-8b95-7e1d3f5a9c04";
/// A customer in India without an agreement.
pub const SUNDARAM: &str = "c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43";
/// Its Azure subscription, which is not registered.
pub const SUNDARAM_AZURE: &str = "3fb8d2c6-9a05-4e71-8c4d-6e0b1a7f5d92";
/// A customer in Australia that has bought nothing yet.
pub const COOLIBAH: &str = "7b9d2e4c-1a68-4f05-8d37-e6c0a5b3f918";

/// World time at the start of every test.
pub const START: &str = "2026-03-01T12:00:00Z";

fn frozen() -> Builder {
    MockServer::builder().starting_at(START.parse().unwrap()).frozen()
}

fn shared(
    slot: &'static OnceLock<MockServer>,
    builder: impl FnOnce() -> Builder,
) -> &'static MockServer {
    slot.get_or_init(|| builder().workers(2).start_blocking().unwrap())
}

/// A world of its own on the shared server: default fixtures, production, frozen clock.
pub fn mock() -> Mock {
    static SERVER: OnceLock<MockServer> = OnceLock::new();
    Mock::on(shared(&SERVER, frozen))
}

/// A world of its own on the shared sandbox server.
pub fn sandbox() -> Mock {
    static SERVER: OnceLock<MockServer> = OnceLock::new();
    Mock::on(shared(&SERVER, || frozen().profile(Profile::Sandbox)))
}

/// A world of its own on a server of its own.
pub fn mock_with(configure: impl FnOnce(Builder) -> Builder) -> Mock {
    let server = configure(frozen()).start_blocking().unwrap();
    Mock::on(Box::leak(Box::new(server)))
}

/// A client of one world.
pub struct Mock {
    pub server: &'static MockServer,
    pub world: String,
    client: reqwest::Client,
    token: String,
    runtime: tokio::runtime::Runtime,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.text))
    }

    /// The error code of the body.
    pub fn code(&self) -> u64 {
        self.json()["code"].as_u64().unwrap_or_else(|| panic!("no code in {}", self.text))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

impl Mock {
    fn on(server: &'static MockServer) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let world = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let token = server.world(&world).unwrap().token();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { server, world, client: client(), token, runtime }
    }

    /// The same world with an app-only token.
    pub fn app_only(&self) -> Self {
        let token = self.server.world(&self.world).unwrap().app_token();
        self.with_token(&token)
    }

    /// The same world with this token.
    pub fn with_token(&self, token: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self {
            server: self.server,
            world: self.world.clone(),
            client: client(),
            token: token.to_owned(),
            runtime,
        }
    }

    /// The same world seen through Azure in the tenant of a customer, as the partner's administrator.
    pub fn azure(&self, tenant: &str) -> Self {
        let token = self.server.world(&self.world).unwrap().azure_token(tenant);
        self.with_token(&token)
    }

    /// A client of the world of that name, for a thread of its own.
    pub fn of(server: &'static MockServer, world: &str, token: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (world, token) = (world.to_owned(), token.to_owned());
        Self { server, world, client: client(), token, runtime }
    }

    /// The world, for looking behind the wire.
    pub fn handle(&self) -> partner_center_mock::WorldHandle<'static> {
        self.server.world(&self.world).unwrap()
    }

    /// Moves world time on.
    pub fn advance(&self, by: &str) {
        self.handle().advance(by).unwrap();
    }

    /// Sends a request; the path begins with `/`, headers are pairs, no body when empty.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    /// The same with a body that need not be text.
    #[track_caller]
    pub fn send_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let url = format!("{}{path}", self.server.base_url());
        let mut request =
            self.client.request(method.parse().unwrap(), &url).header("x-mock-world", &self.world);
        if !self.token.is_empty()
            && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if !body.is_empty() {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body.to_vec());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                text: response.text().await.unwrap(),
            }
        });
        contract::check(method, path, &answer);
        answer
    }

    /// Sends a request and insists on the status.
    #[track_caller]
    pub fn expect(&self, status: u16, method: &str, path: &str, body: &Value) -> Answer {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, path, &[], &text);
        assert_eq!(
            answer.status, status,
            "{method} {path} {text}\nanswered {}: {}",
            answer.status, answer.text
        );
        answer
    }

    /// GET that must succeed; gives the body.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null).json()
    }

    /// POST that must be answered with this status; gives the body.
    #[track_caller]
    pub fn post(&self, status: u16, path: &str, body: &Value) -> Value {
        let answer = self.expect(status, "POST", path, body);
        if answer.text.is_empty() { Value::Null } else { answer.json() }
    }

    /// Sends a request, insists on the status, and on a world that is none the worse for it.
    #[track_caller]
    fn unchanged(&self, status: u16, method: &str, path: &str, body: &Value) -> Answer {
        let before = self.handle().world().published();
        let answer = self.expect(status, method, path, body);
        let after = self.handle().world().published();
        assert!(
            std::sync::Arc::ptr_eq(&before, &after),
            "{method} {path} was refused and changed the world all the same"
        );
        answer
    }

    /// A request that must be refused with this status and code, and must change nothing.
    #[track_caller]
    pub fn refused(
        &self,
        status: u16,
        code: u64,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let answer = self.unchanged(status, method, path, body);
        assert_eq!(answer.code(), code, "{method} {path} {body}\nanswered {}", answer.text);
        assert_declared(method, path, status, code);
        answer
    }
}

impl Mock {
    /// A request to Azure that must be refused with this status and code, and must change nothing.
    #[track_caller]
    pub fn azure_refused(
        &self,
        status: u16,
        code: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let answer = self.unchanged(status, method, path, body);
        let told = answer.json();
        assert_eq!(told["error"]["code"], code, "{method} {path} {body}\nanswered {}", answer.text);
        assert!(told["error"]["message"].as_str().is_some_and(|text| text.len() > 10));
        answer
    }
}

/// A path of Azure with the version that the Azure SDKs send.
pub fn arm(path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}api-version=2022-11-01")
}

/// A client for plain HTTP, with an explicit TLS provider as the library itself uses it.
pub fn client() -> reqwest::Client {
    let provider = partner_center_mock::server::tls::provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// Every error that an operation answers stands in its document.
#[track_caller]
fn assert_declared(method: &str, path: &str, status: u16, code: u64) {
    let bare = path.split('?').next().unwrap();
    let sent: Vec<&str> = bare.split('/').filter(|segment| !segment.is_empty()).collect();
    let fits = |operation: &&Operation| {
        let known: Vec<&str> = operation.path.split('/').filter(|s| !s.is_empty()).collect();
        operation.method.as_str() == method
            && known.len() == sent.len()
            && known.iter().zip(&sent).all(|(a, b)| a.starts_with('{') || a.eq_ignore_ascii_case(b))
    };
    // Refusals before any operation and those that all operations share.
    let shared = [(400, 800_002), (404, 1000)];
    if status == 401 {
        return;
    }
    let mut candidates = api().operations.iter().filter(fits).peekable();
    if candidates.peek().is_none() || shared.contains(&(status, code)) {
        return;
    }
    let declared = candidates.any(|operation| {
        let code = code.to_string();
        operation.auth == Auth::UserOnly && code == "900329"
            || operation.faults.iter().any(|fault| fault.status == status && fault.code == code)
    });
    assert!(declared, "{method} {path} answered {status}/{code}, which it does not declare");
}
