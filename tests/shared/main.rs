//! Two hundred tests on one server, a world each, all at once: what a test suite of somebody else looks
//! like. CI runs it twenty times over.

#![allow(clippy::unwrap_used)] // what tests call may fail the test

use std::sync::OnceLock;

use partner_center_mock::{MockServer, NewWorld, WorldHandle};
use reqwest::Method;
use serde_json::{Value, json};

const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const LARKSPUR_AZURE: &str = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";

/// The one server of the whole suite.
fn server() -> &'static MockServer {
    static SERVER: OnceLock<MockServer> = OnceLock::new();
    SERVER.get_or_init(|| MockServer::builder().workers(2).start_blocking().unwrap())
}

/// A client in a world of its own.
struct Client {
    world: WorldHandle<'static>,
    token: String,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Client {
    fn of(world: WorldHandle<'static>) -> Self {
        let tls = rustls::ClientConfig::builder_with_provider(
            partner_center_mock::server::tls::provider(),
        )
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
        let http =
            reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { token: world.token(), world, http, runtime }
    }

    /// Sends a request; none where the connection broke.
    fn send(
        &self,
        method: Method,
        path: &str,
        id: Option<&str>,
        body: &Value,
    ) -> Option<(u16, Value)> {
        let url = format!("{}{path}", self.world.base_url());
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(id) = id {
            request = request.header("MS-RequestId", id);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.ok()?;
            let status = answer.status().as_u16();
            let text = answer.text().await.ok()?;
            Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
        })
    }

    #[track_caller]
    fn expect(&self, status: u16, method: Method, path: &str, body: &Value) -> Value {
        let (answered, body) = self.send(method, path, None, body).unwrap();
        assert_eq!(answered, status, "{path}: {body}");
        body
    }

    fn orders(&self) -> usize {
        let list = self.expect(200, Method::GET, &orders(), &Value::Null);
        list["items"].as_array().unwrap().len()
    }
}

fn orders() -> String {
    format!("/v1/customers/{LARKSPUR}/orders")
}

fn order(quantity: usize) -> Value {
    json!({ "billingCycle": "one_time", "lineItems": [{
        "lineItemNumber": 0, "offerId": "DZH318Z0BSV1:0001:DZH318ULYNRY", "quantity": quantity,
        "billingCycle": "one_time", "termDuration": "P1Y", "friendlyName": "B1s east",
        "provisioningContext": {
            "subscriptionId": LARKSPUR_AZURE, "scope": "shared", "duration": "1Year",
        },
    }] })
}

/// One test: something that would go wrong if another test were seen.
fn test(number: usize) {
    let name = format!("shared-{number}");
    let new = NewWorld::default().frozen_at("2026-03-01T12:00:00Z".parse().unwrap());
    let client = Client::of(server().create_world(&name, new).unwrap());
    let before = client.orders();
    let place = |quantity| client.expect(201, Method::POST, &orders(), &order(quantity));
    match number % 8 {
        0 => {
            for placed in 1..=3 {
                assert_eq!(place(placed)["lineItems"][0]["quantity"], placed);
                assert_eq!(client.orders(), before + placed);
            }
        }
        1 => {
            let days = number + 1;
            client.expect(
                200,
                Method::POST,
                "/_mock/clock/advance",
                &json!({ "by": format!("P{days}D") }),
            );
            let wanted = "2026-03-01T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
                + chrono::TimeDelta::days(i64::try_from(days).unwrap());
            assert_eq!(client.world.now(), wanted);
        }
        2 => {
            let fault = json!({
                "match": { "operation": "createOrder" }, "first": 2, "status": 503,
            });
            client.expect(201, Method::POST, "/_mock/faults", &fault);
            for _ in 0..2 {
                client.expect(503, Method::POST, &orders(), &order(1));
            }
            place(1);
            assert_eq!(client.orders(), before + 1);
        }
        3 => {
            let id = format!("00000000-1111-4222-8333-{number:012}");
            let same = [0, 1, 2].map(|_| {
                let sent = client.send(Method::POST, &orders(), Some(&id), &order(1));
                sent.unwrap().1["id"].as_str().unwrap().to_owned()
            });
            assert!(same.iter().all(|order| *order == same[0]));
            assert_eq!(client.orders(), before + 1);
        }
        4 => {
            place(1);
            client.expect(200, Method::POST, "/_mock/reset?to=empty", &Value::Null);
            client.expect(404, Method::GET, &orders(), &Value::Null);
            client.expect(200, Method::POST, "/_mock/reset", &Value::Null);
            assert_eq!(client.orders(), before);
        }
        5 => {
            client.expect(
                200,
                Method::PATCH,
                "/_mock/delays",
                &json!({ "order-provisioning": "2polls" }),
            );
            let path = format!("{}/{}", orders(), place(1)["id"].as_str().unwrap());
            let states = [0, 1, 2]
                .map(|_| client.expect(200, Method::GET, &path, &Value::Null)["status"].clone());
            assert_eq!(states, ["pending", "pending", "completed"]);
        }
        6 => {
            place(1);
            let fork = Client::of(client.world.fork(&format!("{name}-fork")).unwrap());
            place(2);
            assert_eq!((client.orders(), fork.orders()), (before + 2, before + 1));
        }
        _ => {
            let fault = json!({
                "match": { "operation": "createOrder" }, "first": 1, "lose": "answer",
            });
            client.expect(201, Method::POST, "/_mock/faults", &fault);
            let id = format!("00000000-5555-4222-8333-{number:012}");
            assert!(client.send(Method::POST, &orders(), Some(&id), &order(1)).is_none());
            assert_eq!(client.orders(), before + 1, "committed");
            let (status, _) = client.send(Method::POST, &orders(), Some(&id), &order(1)).unwrap();
            assert_eq!((status, client.orders()), (201, before + 1));
        }
    }
    server().delete_world(&name).unwrap();
}

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            test(stringify!($name)[1..].parse().unwrap());
        }
    )*};
}

tests! {
    t000 t001 t002 t003 t004 t005 t006 t007 t008 t009 t010 t011 t012 t013 t014 t015
    t016 t017 t018 t019 t020 t021 t022 t023 t024 t025 t026 t027 t028 t029 t030 t031
    t032 t033 t034 t035 t036 t037 t038 t039 t040 t041 t042 t043 t044 t045 t046 t047
    t048 t049 t050 t051 t052 t053 t054 t055 t056 t057 t058 t059 t060 t061 t062 t063
    t064 t065 t066 t067 t068 t069 t070 t071 t072 t073 t074 t075 t076 t077 t078 t079
    t080 t081 t082 t083 t084 t085 t086 t087 t088 t089 t090 t091 t092 t093 t094 t095
    t096 t097 t098 t099 t100 t101 t102 t103 t104 t105 t106 t107 t108 t109 t110 t111
    t112 t113 t114 t115 t116 t117 t118 t119 t120 t121 t122 t123 t124 t125 t126 t127
    t128 t129 t130 t131 t132 t133 t134 t135 t136 t137 t138 t139 t140 t141 t142 t143
    t144 t145 t146 t147 t148 t149 t150 t151 t152 t153 t154 t155 t156 t157 t158 t159
    t160 t161 t162 t163 t164 t165 t166 t167 t168 t169 t170 t171 t172 t173 t174 t175
    t176 t177 t178 t179 t180 t181 t182 t183 t184 t185 t186 t187 t188 t189 t190 t191
    t192 t193 t194 t195 t196 t197 t198 t199
}
