//! Each documented error of each operation can be armed and comes out as documented.

use std::collections::BTreeSet;

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use partner_center_mock::Fault;
use partner_center_mock::api::azure::graph;
use partner_center_mock::api::dispatch::{answer, api};
use partner_center_mock::api::document::faults_of;
use partner_center_mock::api::operation::{Auth, Operation, Surface};
use partner_center_mock::api::reply::Reply;
use partner_center_mock::api::request::{Origin, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::support::{LARKSPUR, Mock, mock};

/// The example of an operation as a request to a world, without a socket.
fn send_example(mock: &Mock, operation: &Operation, tokens: [&str; 3]) -> Reply {
    let example = &operation.example;
    let mut path = format!("/w/{}{}", mock.world, operation.path);
    for name in operation.path_parameters() {
        let given = example.path.iter().find(|(known, _)| *known == name);
        let value = given.map_or(LARKSPUR, |(_, value)| value.as_str());
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
        path = path.replace(&format!("{{{name}}}"), &value);
        path = path.replace(&format!("{{+{name}}}"), &value);
    }
    let version = operation.versions.first().map(|version| format!("api-version={version}"));
    let pairs = example
        .query
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let query: Vec<String> = version.into_iter().chain(pairs).collect();
    let mut headers = HeaderMap::new();
    if operation.auth != Auth::None {
        let token = match operation.surface {
            Surface::Azure if graph::has(operation) => tokens[2],
            Surface::Azure => tokens[1],
            _ => tokens[0],
        };
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    }
    let (media, body) = match (&operation.body, &example.body) {
        (Some(body), Some(value)) if body.content_type.ends_with("urlencoded") => {
            (body.content_type, serde_urlencoded::to_string(value).unwrap())
        }
        (_, Some(value)) => ("application/json", value.to_string()),
        _ => ("application/json", String::new()),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    let origin = Origin {
        scheme: "http",
        authority: mock.server.address().to_string(),
        prefix: String::new(),
    };
    let mut request = Request {
        method: operation.method.clone(),
        path: &path,
        query: &query.join("&"),
        headers: &headers,
        body: body.into(),
        origin,
        proxy_user: None,
    };
    answer(mock.server.service(), &mut request).reply
}

/// What an answer says is its code, as the operation documents it.
fn told(surface: Surface, reply: &Reply) -> Vec<String> {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match surface {
        Surface::PartnerCenter => vec![text(&body["code"]), text(&body["statusCode"])],
        Surface::Azure => vec![text(&body["error"]["code"])],
        _ => {
            let numbers = body["error_codes"].as_array().unwrap().iter();
            let mut all: Vec<String> = numbers.map(|number| format!("AADSTS{number}")).collect();
            all.push(text(&body["error"]));
            all
        }
    }
}

#[test]
fn every_documented_error_of_every_operation_can_be_armed() {
    let mock = mock();
    let handle = mock.handle();
    let tokens = [handle.token(), handle.azure_token(LARKSPUR), handle.graph_token(LARKSPUR)];
    let mut armed = 0;
    for operation in api().operations.iter().filter(|it| it.surface != Surface::Control) {
        let pairs: BTreeSet<(u16, String)> =
            faults_of(operation).into_iter().map(|it| (it.status, it.code.into_owned())).collect();
        for (status, code) in pairs {
            let fault = Fault::on(operation.id).error(&code).status(status);
            let name = handle.fault(fault).unwrap_or_else(|e| panic!("{} {e}", operation.id));
            let reply = send_example(&mock, operation, [&tokens[0], &tokens[1], &tokens[2]]);
            let at = format!("{} {status} {code}: {reply:?}", operation.id);
            assert_eq!(reply.status.as_u16(), status, "{at}");
            let told = told(operation.surface, &reply);
            assert!(told.iter().any(|it| it.eq_ignore_ascii_case(&code)), "{at}: {told:?}");
            let header = reply.headers.iter().find(|(known, _)| known == "x-mock-fault");
            assert_eq!(header.unwrap().1, *name, "{at}");
            let text = String::from_utf8_lossy(&reply.body);
            assert!(!text.contains("{0}") && !text.contains("{1}"), "{at}");
            let waits = reply.headers.iter().any(|(known, _)| known == "retry-after");
            assert_eq!(waits, status == 429, "{at}");
            handle.clear_faults();
            armed += 1;
        }
    }
    assert!(armed > 2000, "{armed}");
}

#[test]
fn the_list_of_errors_holds_what_every_operation_documents() {
    let list = mock().get("/_mock/errors");
    let mut told = BTreeSet::new();
    for surface in ["partner_center", "azure", "identity"] {
        for entry in list[surface].as_array().unwrap() {
            let code = entry["code"].as_str().map(str::to_owned);
            let code = code.unwrap_or_else(|| entry["code"].to_string());
            for operation in entry["operations"].as_array().unwrap() {
                told.insert((
                    operation.as_str().unwrap().to_owned(),
                    entry["status"].as_u64().unwrap(),
                    code.clone(),
                ));
            }
        }
    }
    let operations = api().operations.iter().filter(|it| it.surface != Surface::Control);
    let documented: BTreeSet<_> = operations
        .flat_map(|it| {
            let faults = faults_of(it).into_iter();
            faults.map(|f| (it.id.to_owned(), u64::from(f.status), f.code.into_owned()))
        })
        .collect();
    let missing: Vec<_> = documented.difference(&told).take(5).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(told, documented);
}

#[test]
fn the_list_of_errors_is_of_one_operation_on_demand() {
    let mock = mock();
    let list = mock.get("/_mock/errors?operation=createorder");
    assert_eq!(list["azure"].as_array().unwrap().len(), 0);
    let codes: Vec<u64> = list["partner_center"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert_eq!(entry["operations"], serde_json::json!(["createOrder"]));
            entry["code"].as_u64().unwrap()
        })
        .collect();
    assert!(codes.contains(&800_030) && codes.contains(&429), "{codes:?}");
    mock.expect(404, "GET", "/_mock/errors?operation=nothing", &Value::Null);
}
