//! A list of Azure: the items of a page and the link to the next
//! (contract: azure-reservations.md §3.2).

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Ref, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A page of items.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOf<T> {
    /// The items.
    pub value: Vec<T>,
    /// Where the next page is; null on the last.
    pub next_link: Option<String>,
}

// utoipa copies the argument of a generic type into the schema; a list refers to it instead.
impl<T: ToSchema> PartialSchema for ListOf<T> {
    fn schema() -> RefOr<Schema> {
        let item = Ref::from_schema_name(T::name());
        let link = SchemaType::from_iter([Type::String, Type::Null]);
        ObjectBuilder::new()
            .property("value", ArrayBuilder::new().items(item))
            .required("value")
            .property("nextLink", ObjectBuilder::new().schema_type(link))
            .into()
    }
}

impl<T: ToSchema> ToSchema for ListOf<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
