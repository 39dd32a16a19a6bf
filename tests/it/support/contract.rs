//! Every answer of every test is held against the `OpenAPI` document: the status must be documented,
//! and so must the media type and the form of the body.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::Validator;
use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::document;
use partner_center_mock::api::operation::Surface;
use partner_center_mock::api::route::{Found, Router};
use serde_json::Value;

use super::Answer;

struct Contract {
    router: Router,
    documents: HashMap<&'static str, Value>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| Contract {
        router: Router::new(&api().operations),
        documents: document::SURFACES
            .iter()
            .map(|s| (s.name(), serde_json::from_str(document::text(*s)).unwrap()))
            .collect(),
        validators: Mutex::default(),
    })
}

/// Insists that an answer is one that the document knows.
#[track_caller]
pub fn check(method: &str, path: &str, answer: &Answer) {
    let contract = contract();
    let path = path.split('?').next().unwrap();
    let path = path.strip_prefix("/w/").map_or(path, |rest| &rest[rest.find('/').unwrap_or(0)..]);
    let method: actix_web::http::Method = method.parse().unwrap();
    let Found::Operation(index, _) = contract.router.find(&method, path, None) else { return };
    let operation = &api().operations[index];
    let Some(document) = contract.documents.get(operation.surface.name()) else { return };
    let described = &document["paths"][operation.document_path()]
        [operation.method.as_str().to_ascii_lowercase()];
    let status = answer.status.to_string();
    let response = &described["responses"][&status];
    // A fault may answer with any status.
    if answer.header("x-mock-fault").is_some() && !response.is_object() {
        return;
    }
    assert!(
        response.is_object(),
        "{method} {path} ({}) answered {status}, which its document does not know: {}",
        operation.id,
        answer.text
    );
    if answer.text.is_empty() {
        return;
    }
    let sent = answer.header("content-type").unwrap_or("").split(';').next().unwrap();
    let Some(content) = response["content"].as_object() else {
        panic!(
            "{method} {path} answered {status} with a body that is not documented: {}",
            answer.text
        )
    };
    let Some(content) = content.get(sent) else {
        panic!("{method} {path} answered {status} with {sent}; documented: {:?}", content.keys())
    };
    if sent != "application/json" {
        return;
    }
    let key = format!("{} {status}", operation.id);
    let known = contract.validators.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let mut schema = content["schema"].clone();
        schema["components"] = document["components"].clone();
        let made = Arc::new(jsonschema::validator_for(&schema).unwrap());
        contract.validators.lock().unwrap().insert(key, Arc::clone(&made));
        made
    });
    let body = answer.json();
    let problems: Vec<String> =
        validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{method} {path} {status}: {problems:#?}\n{}", answer.text);
    if operation.surface == Surface::Azure && answer.status >= 400 {
        let code = &body["error"]["code"];
        let mut declared = document::faults_of(operation).into_iter();
        let known = declared.any(|fault| fault.status == answer.status && *code == *fault.code);
        assert!(
            known,
            "{method} {path} ({}) answered {status} {code}, which it does not declare",
            operation.id
        );
    }
    // Clients with non-nullable types break on a null.
    let is_partner_center = operation.surface == Surface::PartnerCenter;
    assert!(!(is_partner_center && holds_null(&body)), "{method} {path} {status}: {}", answer.text);
}

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(holds_null),
        // The values beside an audit record are texts or null, as the contract's sample has them.
        Value::Object(members) => {
            members.iter().any(|(name, value)| name != "customizedData" && holds_null(value))
        }
        _ => false,
    }
}
