//! Further tokens of a request to Azure: a partner who asks for a customer sends the token of its own
//! tenant beside that of the customer's (contract: azure-identity.md §4, azure-support.md §6). They are
//! checked like the one in `Authorization` and change nothing else [choice].

use actix_web::http::header::HeaderName;

use super::request::Request;
use crate::identity::token::TokenFault;

static AUXILIARY: HeaderName = HeaderName::from_static("x-ms-authorization-auxiliary");

/// Most tokens that the header holds.
const MOST: usize = 3;

/// The further tokens, each as it would stand in `Authorization`.
pub fn tokens<'r>(request: &'r Request<'_>) -> Result<Vec<&'r [u8]>, TokenFault> {
    let mut found = Vec::new();
    for value in request.headers.get_all(&AUXILIARY) {
        found.extend(value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii));
    }
    if found.len() > MOST {
        return Err(TokenFault::TooMany { sent: found.len(), most: MOST });
    }
    Ok(found)
}
