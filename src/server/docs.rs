//! Swagger UI and the documents it shows, from inside the binary.

use std::sync::{Arc, OnceLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use utoipa_swagger_ui::{Config, Url, oauth};

use crate::api::document;
use crate::api::operation::Surface;
use crate::api::reply::Reply;
use crate::api::request::Request;

/// The surfaces that have a document, with the name Swagger UI shows.
const DOCUMENTS: [(&str, Surface); 4] = [
    ("Partner Center", Surface::PartnerCenter),
    ("Azure Resource Manager", Surface::Azure),
    ("Identity", Surface::Identity),
    ("Control", Surface::Control),
];

/// The answer to a request for documentation, if it is one.
pub fn serve(request: &Request<'_>) -> Option<Reply> {
    let path = request.path;
    let is_front_door = path == "/" || path == "/docs" || path == "/swagger";
    if !is_front_door && !path.starts_with("/swagger/") && !path.starts_with("/openapi/") {
        return None;
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return None;
    }
    if is_front_door {
        return Some(Reply::empty(StatusCode::TEMPORARY_REDIRECT).with(LOCATION, "/swagger/"));
    }
    if let Some(name) = path.strip_prefix("/openapi/") {
        let name = name.strip_suffix(".json")?;
        let (_, surface) = DOCUMENTS.iter().find(|(_, surface)| surface.name() == name)?;
        let text = document::text(*surface);
        return Some(Reply::json_bytes(StatusCode::OK, Bytes::from_static(text.as_bytes())));
    }
    let file = path.strip_prefix("/swagger/")?;
    let file = utoipa_swagger_ui::serve(file, config()).ok().flatten()?;
    let mut reply = Reply::empty(StatusCode::OK);
    let mut bytes = file.bytes.into_owned();
    if path == "/swagger/swagger-initializer.js" {
        bytes.extend_from_slice(scopes_by_document().as_bytes());
    }
    reply.body = Bytes::from(bytes);
    reply.headers.push((CONTENT_TYPE, HeaderValue::from_str(&file.content_type).ok()?));
    if file.gzpipped {
        let name = actix_web::http::header::CONTENT_ENCODING;
        reply.headers.push((name, HeaderValue::from_static("gzip")));
    }
    reply.headers.push((CACHE_CONTROL, HeaderValue::from_static("no-cache")));
    Some(reply)
}

/// Swagger UI selects the scopes of one list whatever document is shown, and a token is for one
/// surface: the list follows the document.
fn scopes_by_document() -> String {
    let (id, secret) = document::DEMO_CLIENT;
    let (partner_center, azure) = (document::SCOPE, document::AZURE_SCOPE);
    format!(
        r#"
window.addEventListener("load", function() {{
  let shown;
  ui.getStore().subscribe(function() {{
    const url = ui.specSelectors.url();
    if (url === shown) return;
    shown = url;
    const scope = url.endsWith("/azure.json") ? "{azure}" : "{partner_center}";
    ui.initOAuth({{ clientId: "{id}", clientSecret: "{secret}", appName: "pcmock", scopes: [scope] }});
  }});
}});
"#
    )
}

fn config() -> Arc<Config<'static>> {
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    Arc::clone(CONFIG.get_or_init(|| {
        // Made once and kept as long as the process, like the configuration that holds them.
        let urls: Vec<Url<'static>> = DOCUMENTS
            .iter()
            .map(|(name, surface)| {
                Url::new(name, format!("/openapi/{}.json", surface.name()).leak())
            })
            .collect();
        let client = document::DEMO_CLIENT;
        let sign_in = oauth::Config::new()
            .client_id(client.0)
            .client_secret(client.1)
            .app_name("pcmock")
            .scopes(vec![document::SCOPE.to_owned()]);
        Arc::new(
            Config::with_oauth_config(urls, sign_in)
                .try_it_out_enabled(true)
                .persist_authorization(true)
                .display_request_duration(true)
                .doc_expansion("none")
                .filter(true),
        )
    }))
}
