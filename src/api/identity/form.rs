//! Form bodies of the token service, read leniently: unknown fields are ignored, names go in any
//! casing, empty values count as absent (contract: azure-identity.md §3.3).

use std::borrow::Cow;

use actix_web::http::header::CONTENT_TYPE;

use super::error::Fault;
use crate::api::request::{Request, decode};

/// Most fields that are read.
const MOST_FIELDS: usize = 100;
/// Media type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A form.
#[derive(Debug, Default)]
pub struct Form<'r> {
    fields: Vec<(Cow<'r, str>, Cow<'r, str>)>,
}

impl<'r> Form<'r> {
    /// Reads fields; bytes that are not text stand for nothing.
    pub fn parse(body: &'r [u8]) -> Self {
        let text = std::str::from_utf8(body).unwrap_or("");
        let fields = text
            .split('&')
            .filter(|part| !part.is_empty())
            .take(MOST_FIELDS)
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (decode(name), decode(value))
            })
            .collect();
        Self { fields }
    }

    /// The form of a request; refused when the body says it is something else.
    pub fn of(request: &'r Request<'_>) -> Result<Self, Fault> {
        let sent = request.header(CONTENT_TYPE.as_str()).unwrap_or(FORM);
        let media = sent.split(';').next().unwrap_or("").trim();
        if !media.is_empty() && !media.eq_ignore_ascii_case(FORM) {
            let what = format!("grant_type' in a body of type '{FORM}', not '{media}");
            return Err(Fault::missing(&what));
        }
        Ok(Self::parse(&request.body))
    }

    /// The last value of a field that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .rev()
            .find(|(other, value)| other.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| &**value)
    }

    /// The fields as members of an object; of equal names the last counts.
    pub fn into_value(self) -> serde_json::Value {
        let text = |value: Cow<'_, str>| serde_json::Value::String(value.into_owned());
        self.fields.into_iter().map(|(name, value)| (name.into_owned(), text(value))).collect()
    }

    /// The value of a field that must be there.
    pub fn require(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).ok_or_else(|| Fault::missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_clients_send_them() {
        let form =
            Form::parse(b"client_id=a&Scope=x%2F%2F.default+openid&empty=&a=b?c=d&client_id=");
        assert_eq!(form.get("client_id"), Some("a"));
        assert_eq!(form.get("scope"), Some("x//.default openid"));
        assert_eq!(form.get("empty"), None);
        assert_eq!(form.get("a"), Some("b?c=d"));
        assert!(form.require("nothing").is_err());
        assert!(Form::parse(&[0xff, b'=', b'a']).get("a").is_none());
    }
}
