//! How Graph's lists are asked: `$filter`, `$top`, `$select`, and the page that comes of it. `$search`,
//! `$count`, `$expand` and `$orderby` are accepted and ignored [choice].

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::error::GraphFault;
use crate::api::azure::odata::{Filter, Value};
use crate::api::azure::paging;
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;

/// Items of a page when the client does not say, and the most it can ask for.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// A page of objects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GraphCollection)]
pub struct Page {
    /// What the list is of.
    #[serde(rename = "@odata.context")]
    context: String,
    /// The next page; absent on the last.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
    /// The objects, with the properties that were selected.
    #[schema(value_type = Vec<Object>)]
    value: Vec<Json>,
}

/// Declares what can be asked of a list.
pub fn listed(operation: Operation, filter: &'static str) -> Operation {
    operation
        .query("$filter", json!({ "type": "string" }), filter)
        .query(
            "$top",
            json!({ "type": "integer", "minimum": 1, "maximum": 999 }),
            "Items of a page.",
        )
        .query("$skiptoken", json!({ "type": "string" }), "From the link to the next page.")
        .query("$select", json!({ "type": "string" }), SELECT)
        .gives::<Page>(200, "The objects.")
        .faults(&[super::error::UNSUPPORTED_QUERY])
}

const SELECT: &str = "Names of properties, separated by commas: the others are left out.";

/// Declares what can be asked of a single object, and that it is the answer.
pub fn single<T: ToSchema>(operation: Operation, what: &'static str) -> Operation {
    operation.query("$select", json!({ "type": "string" }), SELECT).gives::<Selection<T>>(200, what)
}

/// An object of which a client may have asked for some properties only: none is sure to be there.
struct Selection<T>(PhantomData<T>);

impl<T: ToSchema> PartialSchema for Selection<T> {
    fn schema() -> RefOr<Schema> {
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required.clear();
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for Selection<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Selection", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// Answers with those objects that pass the filter of the call. Filters compare the properties named.
pub fn list<T: Serialize>(
    call: &Call<'_>,
    set: &str,
    properties: &[&str],
    all: impl Iterator<Item = T>,
) -> Result<Reply, GraphFault> {
    let filter = match call.query().get("$filter").filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(Filter::parse(&without_lambdas(text))?.resolve(properties, &[])?),
        None => None,
    };
    let passes = |item: &Json| {
        filter.as_ref().is_none_or(|filter| filter.matches(|name| property(&item[name])))
    };
    let selected = Selected::of(call)?;
    let found: Vec<Json> =
        all.map(|item| json!(item)).filter(passes).map(|item| selected.of_item(item)).collect();
    let size = paging::count(call, "$top")?.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&size) {
        let reason = format!("$top: must be from 1 to {LARGEST_PAGE}, not {size}");
        return Err(GraphFault::new(super::error::BAD_REQUEST, reason));
    }
    let (value, next_link) = paging::page(call, found, "$skiptoken", size)?;
    let context = context(call, set);
    Ok(Reply::ok(&Page { context, next_link, value }))
}

/// Answers with one object.
pub fn one<T: Serialize>(call: &Call<'_>, set: &str, item: &T) -> Result<Reply, GraphFault> {
    let mut body = Selected::of(call)?.of_item(json!(item));
    body["@odata.context"] = context(call, &format!("{set}/$entity")).into();
    Ok(Reply::ok(&body))
}

/// Where the description of an answer would be.
pub fn context(call: &Call<'_>, set: &str) -> String {
    call.url(&format!("/v1.0/$metadata#{set}"))
}

/// The value of a property; a list of names counts as its first [choice].
fn property(value: &Json) -> Option<Value> {
    match value {
        Json::String(text) => Some(text.as_str().into()),
        Json::Bool(flag) => Some((*flag).into()),
        Json::Array(all) => property(all.first()?),
        _ => None,
    }
}

/// The properties that a call selects: all, unless it names some. A property that Graph has and the
/// mock has not is left out of the answer [choice].
struct Selected<'a>(Vec<&'a str>);

impl<'a> Selected<'a> {
    fn of(call: &'a Call<'_>) -> Result<Self, GraphFault> {
        let wanted = call.query().get("$select").unwrap_or_default();
        let names: Vec<&str> =
            wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        match names.iter().find(|name| !is_property(name)) {
            None => Ok(Self(names)),
            Some(name) => {
                let name: String = name.chars().take(120).collect();
                let reason = format!(
                    "Parsing OData Select and Expand failed: '{name}' is not the name of a property."
                );
                Err(GraphFault::new(super::error::NOT_FOR_CALLER, reason))
            }
        }
    }

    fn of_item(&self, mut item: Json) -> Json {
        if let Json::Object(members) = &mut item
            && !self.0.is_empty()
            && !self.0.contains(&"*")
        {
            members.retain(|name, _| {
                name.starts_with('@') || self.0.iter().any(|one| one.eq_ignore_ascii_case(name))
            });
        }
        item
    }
}

/// Whether a text can name a property, of an object or of one of its properties.
fn is_property(name: &str) -> bool {
    name == "*"
        || name.split(['/', '.']).all(|part| {
            part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
}

/// A filter whose conditions on the members of lists, `names/any(n:n eq '…')`, are written as
/// conditions on the list, `names eq '…'`. Everything else stays as it is, quoted text included.
fn without_lambdas(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '/']) {
        let (before, from) = rest.split_at(at);
        made.push_str(before);
        let taken = if let Some(quoted) = from.strip_prefix('\'') {
            let end = quoted.find('\'').map_or(from.len(), |end| end + 2);
            made.push_str(&from[..end]);
            end
        } else if let Some((condition, length)) = lambda(from) {
            made.push(' ');
            made.push_str(condition);
            length
        } else {
            made.push('/');
            1
        };
        rest = &from[taken..];
    }
    made + rest
}

/// Reads `/any(n:n eq '…')`: what is said of `n`, and how long the whole is.
fn lambda(text: &str) -> Option<(&str, usize)> {
    let head = text.get(..5).filter(|head| head.eq_ignore_ascii_case("/any("))?;
    let inside = &text[head.len()..];
    let (name, rest) = inside.split_once(':')?;
    let name = name.trim();
    let said = rest.trim_start().strip_prefix(name)?;
    if name.is_empty() || !said.starts_with(char::is_whitespace) {
        return None;
    }
    let mut is_text = false;
    let (end, _) = said.char_indices().find(|(_, c)| {
        is_text ^= *c == '\'';
        *c == ')' && !is_text
    })?;
    let after = said.len() - end - 1;
    Some((said[..end].trim(), text.len() - after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_on_members_become_conditions_on_the_list() {
        for (sent, read) in [
            ("servicePrincipalNames/any(c:c eq 'a-b')", "servicePrincipalNames eq 'a-b'"),
            (
                "appId eq 'x' or servicePrincipalNames/any( c : c eq 'O''Hara (x)' ) and a/b eq 1",
                "appId eq 'x' or servicePrincipalNames eq 'O''Hara (x)' and a/b eq 1",
            ),
            ("displayName eq 'a/any(c:c eq 1)'", "displayName eq 'a/any(c:c eq 1)'"),
            ("a/any(c:d eq 'x')", "a/any(c:d eq 'x')"),
            ("a/any(c:c eq 'x'", "a/any(c:c eq 'x'"),
            ("a/any(", "a/any("),
            ("'", "'"),
        ] {
            assert_eq!(without_lambdas(sent), read);
        }
    }

    #[test]
    fn names_of_properties_are_told_from_other_text() {
        for name in
            ["id", "displayName", "*", "employeeOrgData/division", "microsoft.graph.user", "_x1"]
        {
            assert!(is_property(name), "{name}");
        }
        for name in ["", "<", "1d", "display name", "a//b", "é", "id)"] {
            assert!(!is_property(name), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gets_an_answer(text in "[a:/()' é]{0,40}", tail in "(/any\\(c:c.{0,20})?") {
            without_lambdas(&format!("{text}{tail}"));
        }
    }
}
