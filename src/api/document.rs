//! The `OpenAPI` documents, made from the operations. Examples of answers are not written by hand:
//! each operation's example request is sent to a fresh default world, and what it answers is the
//! example. So they are right, and they exist in the world that a reader runs.

mod examples;
mod schemas;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::azure;
use super::dispatch::api;
use super::identity::error::THROTTLED;
use super::operation::{Auth, FaultOf, Operation, Success, Surface};
use super::partner_center::fault;

/// The demo client of the default fixtures: id and secret.
pub const DEMO_CLIENT: (&str, &str) = ("31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret");
/// Tenant of the partner in the default fixtures.
pub const DEMO_TENANT: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// Tenant of the customer in the default fixtures that the examples of Azure play in.
pub const DEMO_CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
/// Scope that Swagger UI asks for to call Azure.
pub const AZURE_SCOPE: &str = "https://management.azure.com/.default";
/// Scope that Swagger UI asks for to call Partner Center.
pub const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default";

/// The surfaces that have a document.
pub const SURFACES: [Surface; 4] =
    [Surface::PartnerCenter, Surface::Azure, Surface::Identity, Surface::Control];

/// The document of a surface as JSON text; made on first use.
pub fn text(surface: Surface) -> &'static str {
    static TEXTS: OnceLock<BTreeMap<&'static str, String>> = OnceLock::new();
    let texts = TEXTS.get_or_init(|| {
        SURFACES
            .iter()
            .map(|surface| {
                let document = document(*surface);
                let text = serde_json::to_string_pretty(&document).unwrap_or_default();
                (surface.name(), text + "\n")
            })
            .collect()
    });
    texts.get(surface.name()).map_or("{}", String::as_str)
}

fn document(surface: Surface) -> Value {
    let operations: Vec<&Operation> =
        api().operations.iter().filter(|operation| operation.surface == surface).collect();
    let mut schemas = schemas::Schemas::new(surface);
    let mut examples = examples::Examples::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for operation in operations {
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
        let described = describe(operation, &mut schemas, &mut examples);
        let path = paths.entry(operation.document_path()).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = described;
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": title(surface),
            "description": description(surface),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "tags": tags.iter().map(|tag| json!({ "name": tag })).collect::<Vec<_>>(),
        "paths": paths,
        "components": { "schemas": schemas.finish() },
    });
    match surface {
        Surface::PartnerCenter => {
            document["components"]["securitySchemes"] =
                security_schemes(SCHEMES, DEMO_TENANT, SCOPE);
        }
        Surface::Azure => {
            let mut all = security_schemes(AZURE_SCHEMES, DEMO_CUSTOMER, AZURE_SCOPE);
            let graph = security_schemes(GRAPH_SCHEMES, DEMO_TENANT, azure::graph::SCOPE);
            if let (Value::Object(all), Value::Object(graph)) = (&mut all, graph) {
                all.extend(graph);
            }
            document["components"]["securitySchemes"] = all;
        }
        Surface::Identity | Surface::Control => {}
    }
    document
}

fn title(surface: Surface) -> &'static str {
    match surface {
        Surface::PartnerCenter => "Partner Center (mock)",
        Surface::Azure => "Azure Resource Manager (mock)",
        Surface::Identity => "Entra ID (mock)",
        Surface::Control => "partner-center-mock control",
    }
}

fn description(surface: Surface) -> &'static str {
    match surface {
        Surface::PartnerCenter => {
            "Microsoft Partner Center as partner-center-mock answers it. `x-auth` says which tokens an operation accepts, `x-fidelity` how sure it is that the real service does the same: recorded, documented, sample, inferred, choice. Press Authorize and sign in with the demo client or as a demo user."
        }
        Surface::Azure => {
            "Azure Resource Manager as partner-center-mock answers it: reservations, their use, access to them, subscriptions; and what its clients ask of Microsoft Graph, which takes tokens of its own. The tenant of the token decides what is seen: sign in to the customer's tenant, as Authorize does here. `x-fidelity` says how sure it is that the real service does the same: recorded, documented, sample, inferred, choice."
        }
        Surface::Identity => {
            "Entra ID as partner-center-mock answers it: tokens, discovery, sign-in. Demo client and users are those of the default fixtures; any other client is accepted unless the auth level is strict."
        }
        Surface::Control => {
            "What steers the mock: worlds, clock, reset. Requests concern the world `default` unless one is named in the path (`/w/{world}/…`) or in the header `X-Mock-World`."
        }
    }
}

// Names of the schemes. Swagger UI keeps a sign-in by the name of its scheme: a token for one service
// must not be sent to another.
const SCHEMES: [&str; 2] = ["app", "user"];
const AZURE_SCHEMES: [&str; 2] = ["azureApp", "azureUser"];
const GRAPH_SCHEMES: [&str; 2] = ["graphApp", "graphUser"];

/// No scheme for a bare token beside them: Swagger UI puts the cursor into its field, below the fold,
/// and what can be had with one click is scrolled away.
fn security_schemes([app, user]: [&str; 2], tenant: &str, scope: &str) -> Value {
    let scopes = json!({ scope: "Everything the caller may do" });
    json!({
        app: {
            "type": "oauth2",
            "description": "App-only: the demo client signs in by itself.",
            "flows": { "clientCredentials": {
                "tokenUrl": format!("/{tenant}/oauth2/v2.0/token"),
                "scopes": scopes,
            } },
        },
        user: {
            "type": "oauth2",
            "description": "App+user: sign in as a demo user (admin@fabricore.example, demo-password).",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": format!("/{tenant}/oauth2/v2.0/authorize"),
                    "tokenUrl": format!("/{tenant}/oauth2/v2.0/token"),
                    "scopes": scopes,
                },
            },
        },
    })
}

fn describe(
    operation: &Operation,
    schemas: &mut schemas::Schemas,
    examples: &mut examples::Examples,
) -> Value {
    let mut description = operation.description.to_owned();
    if operation.throttled {
        description.push_str("\n\nThe real service throttles this operation.");
    }
    let mut described = json!({
        "tags": [operation.tag],
        "summary": operation.summary,
        "operationId": operation.id,
        "parameters": parameters(operation),
        "responses": responses(operation, schemas, examples),
        "x-auth": operation.auth.name(),
        "x-fidelity": operation.fidelity.name(),
    });
    if !description.trim().is_empty() {
        described["description"] = json!(description.trim());
    }
    if !operation.contract.is_empty() {
        described["x-contract"] = json!(operation.contract);
    }
    if let Some(body) = &operation.body {
        let schema = if body.content_type.ends_with("urlencoded") {
            schemas.refer_form(&body.schema, operation.example.body.as_ref())
        } else {
            schemas.refer(&body.schema)
        };
        let mut content = json!({ "schema": schema });
        if let Some(example) = &operation.example.body {
            content["example"] = example.clone();
        }
        // Generators of clients make nothing of `*/*`; what takes anything takes JSON too.
        let media = if body.content_type == "*/*" { "application/json" } else { body.content_type };
        described["requestBody"] = json!({
            "required": body.required,
            "content": { media: content },
        });
    }
    let ([app, user], scope) = match operation.surface {
        Surface::Azure if azure::graph::has(operation) => (GRAPH_SCHEMES, azure::graph::SCOPE),
        Surface::Azure => (AZURE_SCHEMES, AZURE_SCOPE),
        _ => (SCHEMES, SCOPE),
    };
    described["security"] = match operation.auth {
        Auth::None => json!([]),
        Auth::AppOrUser => json!([{ app: [scope] }, { user: [scope] }]),
        Auth::UserOnly => json!([{ user: [scope] }]),
    };
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let example_of = |list: &[(&'static str, String)], name: &str| {
        list.iter().find(|(known, _)| *known == name).map(|(_, value)| json!(value))
    };
    let mut all = Vec::new();
    for name in operation.path_parameters() {
        let mut parameter = json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": path_description(name),
            "schema": { "type": "string" },
        });
        if let Some(example) = example_of(&operation.example.path, name) {
            parameter["example"] = example;
        }
        all.push(parameter);
    }
    for parameter in &operation.parameters {
        let mut described = json!({
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.required,
            "description": parameter.description,
            "schema": parameter.schema,
        });
        if let Some(example) = example_of(&operation.example.query, parameter.name) {
            described["example"] = match (&parameter.schema["type"], example.as_str()) {
                (Value::String(kind), Some(text)) if kind == "boolean" => json!(text == "true"),
                (Value::String(kind), Some(text)) if kind == "integer" => {
                    json!(text.parse::<i64>().unwrap_or_default())
                }
                _ => example,
            };
        }
        all.push(described);
    }
    if let Some(version) = operation.versions.first() {
        all.push(json!({
            "name": "api-version",
            "in": "query",
            "required": true,
            "description": "Version of the API. Older and newer ones are accepted.",
            "schema": { "type": "string" },
            "example": version,
        }));
    }
    if operation.surface == Surface::PartnerCenter && operation.idempotent {
        all.push(json!({
            "name": "MS-RequestId",
            "in": "header",
            "required": false,
            "description": "Identifies the call: the same id with the same body is answered again, not carried out again.",
            "schema": { "type": "string" },
        }));
    }
    all
}

fn path_description(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words + "."
}

fn responses(
    operation: &Operation,
    schemas: &mut schemas::Schemas,
    examples: &mut examples::Examples,
) -> Value {
    let mut responses: BTreeMap<u16, Value> = BTreeMap::new();
    let sent = examples.answer(operation);
    for success in &operation.successes {
        let example = sent.as_ref().filter(|(status, _)| *status == success.status);
        // The example is in the first of the forms that an answer has.
        let example = example.filter(|_| !responses.contains_key(&success.status));
        let example = example.and_then(|(_, body)| body.clone());
        let body = success_body(success, schemas, example);
        match responses.get_mut(&success.status).map(|known| &mut known["content"]) {
            // The same answer in another form.
            Some(Value::Object(known)) => {
                known.extend(body["content"].as_object().cloned().unwrap_or_default());
            }
            _ => {
                responses.insert(success.status, body);
            }
        }
    }
    let mut faults: BTreeMap<u16, Vec<FaultOf>> = BTreeMap::new();
    for fault in faults_of(operation) {
        let known = faults.entry(fault.status).or_default();
        if !known.contains(&fault) {
            known.push(fault);
        }
    }
    for (status, faults) in faults {
        let described = fault_body(operation, status, &faults, schemas);
        responses.entry(status).or_insert(described);
    }
    let by_status = responses.into_iter().map(|(status, body)| (status.to_string(), body));
    Value::Object(by_status.collect())
}

fn success_body(
    success: &Success,
    schemas: &mut schemas::Schemas,
    example: Option<Value>,
) -> Value {
    let mut described = json!({ "description": success.description });
    if let Some(schema) = &success.schema {
        let mut content = json!({ "schema": schemas.refer(schema) });
        if let Some(example) = example {
            content["example"] = example;
        }
        described["content"] = json!({ success.content_type: content });
    }
    if !success.headers.is_empty() {
        let headers = success.headers.iter().map(|(name, text)| {
            let header = json!({ "description": text, "schema": { "type": "string" } });
            ((*name).to_owned(), header)
        });
        described["headers"] = Value::Object(headers.collect());
    }
    described
}

/// Errors of one status. Those that any operation has are named, not shown: a hundred times the same
/// examples would make up most of the document.
fn fault_body(
    operation: &Operation,
    status: u16,
    faults: &[FaultOf],
    schemas: &mut schemas::Schemas,
) -> Value {
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("`{}` {}", fault.code, fault.text)).collect();
    let mut content = json!({ "schema": schemas.error(operation, status) });
    let own = faults.iter().filter(|fault| operation.faults.contains(fault));
    if operation.surface == Surface::PartnerCenter && own.clone().next().is_some() {
        let examples = own.map(|fault| {
            let code = fault.code.parse::<u32>().unwrap_or_default();
            let value = json!({
                "code": code,
                "description": fault.text,
                "data": [],
                "source": "PartnerFD",
            });
            (fault.code.to_string(), json!({ "summary": fault.text, "value": value }))
        });
        content["examples"] = Value::Object(examples.collect());
    }
    let mut described = json!({
        "description": lines.join("\n\n"),
        "content": { "application/json": content },
    });
    if status == 429 {
        described["headers"] = json!({ "Retry-After": {
            "description": "Seconds to wait.",
            "schema": { "type": "integer" },
        } });
    }
    described
}

/// Every error that an operation can answer with: its own and those that any has.
pub fn faults_of(operation: &Operation) -> Vec<FaultOf> {
    operation.faults.iter().cloned().chain(common_faults(operation)).collect()
}

/// Errors that any operation of a surface answers with.
fn common_faults(operation: &Operation) -> Vec<FaultOf> {
    let plain = |status, code: &'static str, text| FaultOf { status, code: code.into(), text };
    let takes_json =
        operation.body.as_ref().is_some_and(|body| body.content_type == "application/json");
    match operation.surface {
        Surface::PartnerCenter => {
            let mut all: Vec<FaultOf> = vec![
                fault::INVALID_INPUT.into(),
                fault::ACCESS_DENIED.into(),
                fault::TOKEN_MISSING.into(),
                fault::WRONG_AUDIENCE.into(),
                fault::NOT_FOUND.into(),
                plain(405, "800002", "The method is not possible here"),
                plain(406, "800002", "The answer is JSON, which the client does not accept"),
                plain(413, "800002", "The body is too large"),
                plain(429, "429", "Rate limit is exceeded"),
                fault::UNEXPECTED.into(),
                fault::NOT_DEFINED.into(),
            ];
            if operation.auth == Auth::UserOnly {
                all.push(fault::APP_ONLY.into());
            }
            if takes_json {
                all.push(plain(415, "800002", "The body is not JSON"));
            }
            all
        }
        Surface::Azure if azure::graph::has(operation) => azure::graph::error::common(takes_json),
        Surface::Azure => azure::error::common(operation, takes_json),
        Surface::Identity => vec![
            plain(400, "invalid_request", "The request cannot be carried out as it is"),
            plain(401, "invalid_client", "The client cannot be authenticated"),
            plain(404, "invalid_request", "There is nothing at this path"),
            plain(405, "invalid_request", "The method is not possible here"),
            plain(413, "invalid_request", "The body is too large"),
            THROTTLED.into(),
            plain(500, "server_error", "The mock failed"),
        ],
        Surface::Control => {
            let mut all = vec![
                plain(400, "BadRequest", "A value cannot be used"),
                plain(403, "Forbidden", "A page from elsewhere must not call the control routes"),
                plain(404, "NotFound", "It does not exist"),
                plain(405, "MethodNotAllowed", "The method is not possible here"),
                plain(409, "WorldExists", "It exists already"),
                plain(413, "PayloadTooLarge", "The body is too large"),
                plain(500, "InternalServerError", "The mock failed"),
            ];
            if takes_json {
                all.push(plain(415, "UnsupportedMediaType", "The body is not JSON"));
            }
            all
        }
    }
}
