//! Entra ID: discovery, tokens, sign-in (contract: azure-identity.md §2, §3). What a token says is
//! decided in [`crate::identity`]; here are the endpoints and their grants.

pub mod authorize;
pub mod client;
pub mod device_code;
pub mod discovery;
pub mod error;
pub mod form;
pub mod grants;
pub mod keys;
pub mod ledger;
pub mod page;
pub mod scope;
pub mod tenant;
pub mod token;
pub mod user_realm;

use std::borrow::Cow;

use super::operation::Operation;
use super::request::Request;
use form::Form;

/// Every identity operation.
pub fn operations() -> Vec<Operation> {
    [
        discovery::operations(),
        token::operations(),
        device_code::operations(),
        authorize::operations(),
        keys::operations(),
        user_realm::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The client id of a token request: of its form, of its query for sign-in pages, or of HTTP Basic.
pub fn client_id_of<'r>(request: &'r Request<'_>) -> Option<Cow<'r, str>> {
    [&request.body[..], request.query.as_bytes()]
        .into_iter()
        .find_map(|text| Form::parse(text).get("client_id").map(|id| Cow::Owned(id.to_owned())))
        .or_else(|| client::basic(request).map(|(id, _)| Cow::Owned(id)))
}
