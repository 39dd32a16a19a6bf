//! What all resources of Partner Center share on the wire: links, attributes, collections
//! (contract: partner-center-conventions.md §6).

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Ref, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::operation::SchemaOf;

/// A link: relative to `/v1`, so that clients put the base URL in front themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Link {
    /// Relative address.
    #[schema(example = "/customers")]
    pub uri: String,
    /// Method to use.
    #[schema(example = "GET")]
    pub method: &'static str,
    /// Headers to send along.
    pub headers: Vec<KeyValue>,
}

impl Link {
    /// A link to read from.
    pub fn get(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), method: "GET", headers: Vec::new() }
    }
}

/// A name with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyValue {
    /// Name.
    pub key: String,
    /// Value.
    pub value: String,
}

/// `links` of a resource that links to itself only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelfLink {
    /// The resource itself.
    #[serde(rename = "self")]
    pub self_link: Link,
}

impl SelfLink {
    /// Links of the resource at `uri`.
    pub fn to(uri: impl Into<String>) -> Self {
        Self { self_link: Link::get(uri) }
    }
}

/// `attributes` of a resource.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    /// Version of the resource, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Kind of resource.
    #[schema(example = "Customer")]
    pub object_type: &'static str,
}

impl Attributes {
    /// Attributes without version.
    pub fn of(object_type: &'static str) -> Self {
        Self { etag: None, object_type }
    }

    /// Attributes with version.
    pub fn versioned(object_type: &'static str, etag: String) -> Self {
        Self { etag: Some(etag), object_type }
    }
}

/// The etag of subscriptions and orders: base64 of id and version.
pub fn versioned_etag(id: &str, version: u64) -> String {
    STANDARD.encode(format!("{{\"id\":\"{id}\",\"version\":{version}}}"))
}

/// Links of a collection.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct CollectionLinks {
    /// This page.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_link: Option<Link>,
    /// The page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Link>,
    /// The page before this one; absent on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Link>,
}

/// A list of resources.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    /// Number of items in this answer.
    pub total_count: usize,
    /// The items.
    pub items: Vec<T>,
    /// Links to this and neighbouring pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<CollectionLinks>,
    /// Always of type `Collection`.
    pub attributes: Attributes,
}

impl<T> Collection<T> {
    /// A complete collection without links.
    pub fn of(items: Vec<T>) -> Self {
        let attributes = Attributes::of("Collection");
        Self { total_count: items.len(), items, links: None, attributes }
    }

    /// The same with a link to itself.
    #[must_use]
    pub fn at(mut self, uri: impl Into<String>) -> Self {
        let self_link = Some(Link::get(uri));
        self.links = Some(CollectionLinks { self_link, ..CollectionLinks::default() });
        self
    }
}

/// A page of a long list: its items as rendered JSON, joined without being rendered again.
#[derive(Debug)]
pub struct RenderedPage<'r> {
    /// The items.
    pub items: Vec<&'r [u8]>,
    /// Links of the page.
    pub links: CollectionLinks,
    /// Where the next page begins; absent on the last.
    pub continuation_token: Option<String>,
}

impl RenderedPage<'_> {
    /// The whole body.
    pub fn body(&self) -> Bytes {
        let size: usize = self.items.iter().map(|item| item.len() + 1).sum();
        let mut body = Vec::with_capacity(size + 512);
        body.extend_from_slice(b"{");
        if let Some(token) = &self.continuation_token {
            body.extend_from_slice(b"\"continuationToken\":");
            push_json(&mut body, token);
            body.push(b',');
        }
        body.extend_from_slice(b"\"totalCount\":");
        body.extend_from_slice(self.items.len().to_string().as_bytes());
        body.extend_from_slice(b",\"items\":[");
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(item);
        }
        body.extend_from_slice(b"],\"links\":");
        push_json(&mut body, &self.links);
        body.extend_from_slice(b",\"attributes\":{\"objectType\":\"Collection\"}}");
        Bytes::from(body)
    }
}

fn push_json<T: Serialize + ?Sized>(body: &mut Vec<u8>, value: &T) {
    // Writing text and links into memory cannot fail.
    let _ = serde_json::to_writer(body, value);
}

// utoipa copies the argument of a generic type into the schema; a collection refers to it instead.
impl<T: ToSchema> PartialSchema for Collection<T> {
    fn schema() -> RefOr<Schema> {
        let item: RefOr<Schema> = if SchemaOf::of::<T>().by_reference {
            RefOr::Ref(Ref::from_schema_name(T::name()))
        } else {
            T::schema()
        };
        ObjectBuilder::new()
            .property("continuationToken", ObjectBuilder::new().schema_type(Type::String))
            .property("totalCount", ObjectBuilder::new().schema_type(Type::Integer))
            .required("totalCount")
            .property("items", ArrayBuilder::new().items(item))
            .required("items")
            .property("links", Ref::from_schema_name("CollectionLinks"))
            .property("attributes", Ref::from_schema_name("Attributes"))
            .required("attributes")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Collection<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Collection", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for schema in
            [SchemaOf::of::<T>(), SchemaOf::of::<CollectionLinks>(), SchemaOf::of::<Attributes>()]
        {
            if schema.by_reference {
                schemas.push((schema.name.into_owned(), (schema.schema)()));
            }
            (schema.nested)(schemas);
        }
    }
}
