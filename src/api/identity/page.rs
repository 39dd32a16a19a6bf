//! The few pages of sign-in: plain HTML without scripts, all values escaped.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use crate::api::reply::Reply;
use crate::domain::partner::Partner;

/// What stays as it is in a query value (RFC 3986 §2.3).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Most users offered on a page.
const MOST_USERS: usize = 200;

/// A value, percent-encoded for a query or fragment.
pub fn encode(value: &str) -> PercentEncode<'_> {
    utf8_percent_encode(value, VALUE)
}

/// The page that offers the partner's users; each leads on with `login_hint`.
pub fn choose_user(partner: &Partner, query: &str, unknown: Option<&str>) -> Reply {
    let rest: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or("");
            !part.is_empty() && !name.eq_ignore_ascii_case("login_hint")
        })
        .collect();
    let rest = rest.join("&");
    let mut body = format!("<h1>Sign in to {}</h1>", escape(&partner.name));
    if let Some(name) = unknown {
        let _ = write!(body, "<p>There is no user {}.</p>", escape(name));
    }
    body.push_str("<p>Choose who signs in. No password is asked for.</p><ul>");
    for user in partner.users.iter().take(MOST_USERS) {
        let link = format!("?{rest}&login_hint={}", encode(&user.user_principal_name));
        let _ = write!(
            body,
            "<li><a href=\"{}\">{} <small>{} {}</small></a></li>",
            escape(&link),
            escape(&user.name),
            escape(&user.user_principal_name),
            escape(&user.roles.join(", ")),
        );
    }
    body.push_str("</ul>");
    page("Sign in", &body)
}

/// The page that posts values to the client when its button is pressed.
pub fn post_back(redirect: &str, values: &[(&str, &str)]) -> Reply {
    let mut body =
        format!("<h1>Signed in</h1><form method=\"post\" action=\"{}\">", escape(redirect));
    for (name, value) in values {
        let _ = write!(
            body,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escape(name),
            escape(value)
        );
    }
    body.push_str("<button>Continue</button></form>");
    page("Signed in", &body)
}

/// The page after a sign-out that leads nowhere.
pub fn signed_out() -> Reply {
    page("Signed out", "<h1>Signed out</h1><p>You can close this page.</p>")
}

fn page(title: &str, body: &str) -> Reply {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px sans-serif;max-width:30rem;margin:4rem auto}}\
         li{{list-style:none;margin:.5rem 0}}ul{{padding:0}}\
         a,button{{display:block;padding:.75rem;border:1px solid #888;border-radius:4px;color:inherit;\
         text-decoration:none;background:none;font:inherit}}small{{display:block;color:#666}}</style>\
         </head><body>{body}</body></html>"
    );
    Reply::content(StatusCode::OK, "text/html; charset=utf-8", html)
        .with(CACHE_CONTROL, "no-store, no-cache")
        .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
