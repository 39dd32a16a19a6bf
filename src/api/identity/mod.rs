//! Entra ID: discovery, tokens, sign-in.

use std::borrow::Cow;

use super::operation::Operation;
use super::request::{Query, Request};

/// Every identity operation.
pub fn operations() -> Vec<Operation> {
    Vec::new()
}

/// The client id of a token request: of its form, or of its query for sign-in pages.
pub fn client_id_of<'r>(request: &'r Request<'_>) -> Option<Cow<'r, str>> {
    let form = std::str::from_utf8(&request.body).ok()?;
    [form, request.query]
        .into_iter()
        .find_map(|text| Query::parse(text).get("client_id").map(|id| Cow::Owned(id.to_owned())))
}
