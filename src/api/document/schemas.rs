//! The schemas of a document: each type once, referred to by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::azure::error::ErrorBody as ArmErrorBody;
use crate::api::azure::graph;
use crate::api::control::ControlError;
use crate::api::identity::error::ErrorBody as OAuthErrorBody;
use crate::api::operation::{Operation, SchemaOf, Surface};
use crate::api::partner_center::fault::ErrorBody;
use crate::api::refusal::RateLimitBody;

/// Collects the schemas that a document refers to.
#[derive(Debug)]
pub struct Schemas {
    surface: Surface,
    known: BTreeMap<String, Value>,
    error: SchemaOf,
}

impl Schemas {
    /// None yet; errors are those of the surface.
    pub fn new(surface: Surface) -> Self {
        let error = match surface {
            Surface::PartnerCenter => SchemaOf::of::<ErrorBody<'static>>(),
            Surface::Identity => SchemaOf::of::<OAuthErrorBody>(),
            Surface::Azure => SchemaOf::of::<ArmErrorBody>(),
            Surface::Control => SchemaOf::of::<ControlError>(),
        };
        Self { surface, known: BTreeMap::new(), error }
    }

    /// A reference to the schema, which is noted along with those it refers to.
    pub fn refer(&mut self, schema: &SchemaOf) -> Value {
        let mut nested = Vec::new();
        (schema.nested)(&mut nested);
        for (name, schema) in nested {
            self.note(name, serde_json::to_value(schema).unwrap_or_default());
        }
        let own = serde_json::to_value((schema.schema)()).unwrap_or_default();
        if !schema.by_reference {
            return own;
        }
        self.note(schema.name.to_string(), own);
        json!({ "$ref": format!("#/components/schemas/{}", schema.name) })
    }

    /// A reference to the schema of a form. A form knows no null, and takes its examples field by
    /// field: Swagger UI sends `string` for a field that has none, and nothing for an empty one.
    pub fn refer_form(&mut self, schema: &SchemaOf, example: Option<&Value>) -> Value {
        let reference = self.refer(schema);
        let known = self.known.get_mut(&*schema.name);
        if let Some(Value::Object(fields)) = known.and_then(|known| known.get_mut("properties")) {
            for (name, field) in fields {
                let types = field.get("type").and_then(Value::as_array);
                let kind = types.and_then(|all| all.iter().find(|kind| *kind != "null")).cloned();
                if let Some(kind) = kind {
                    field["type"] = kind;
                }
                let value = example.and_then(|example| example.get(name));
                field["example"] = value.cloned().unwrap_or_else(|| json!(""));
            }
        }
        reference
    }

    /// A reference to the error body of an operation for a status.
    pub fn error(&mut self, operation: &Operation, status: u16) -> Value {
        match (self.surface, status) {
            (Surface::Azure, _) if graph::has(operation) => {
                self.refer(&SchemaOf::of::<graph::error::ErrorBody>())
            }
            (Surface::PartnerCenter, 429) => self.refer(&SchemaOf::of::<RateLimitBody>()),
            _ => self.refer(&self.error.clone()),
        }
    }

    fn note(&mut self, name: String, mut schema: Value) {
        name_types(&mut schema);
        let known = self.known.entry(name.clone()).or_insert_with(|| schema.clone());
        debug_assert!(*known == schema, "two schemas are called {name}");
    }

    /// All schemas by name.
    pub fn finish(self) -> Value {
        Value::Object(self.known.into_iter().collect())
    }
}

/// Gives members that may hold any JSON the types that there are: a schema without any says the same,
/// and is not read by every tool.
fn name_types(schema: &mut Value) {
    const SAYS_WHAT: [&str; 6] = ["type", "$ref", "oneOf", "anyOf", "allOf", "enum"];
    match schema {
        Value::Array(items) => items.iter_mut().for_each(name_types),
        Value::Object(members) => {
            for (name, value) in members {
                if let Value::Object(properties) = value
                    && name == "properties"
                {
                    for property in properties.values_mut().filter_map(Value::as_object_mut) {
                        if !SAYS_WHAT.iter().any(|word| property.contains_key(*word)) {
                            let all = ["object", "array", "string", "number", "boolean", "null"];
                            property.insert("type".to_owned(), json!(all));
                        }
                    }
                }
                name_types(value);
            }
        }
        _ => {}
    }
}
