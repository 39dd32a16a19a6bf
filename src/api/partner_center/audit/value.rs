//! The resources in audit records: JSON in a text, with keys in Pascal case and `null` for what is not
//! set (contract: partner-center-webhooks-audit.md, Record). It is made from the wire body of the
//! resource itself, and its schema says which members there are. Links are left out [choice].

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Deepest nesting of a schema that is looked at.
const DEEPEST: usize = 16;

/// Which members a body can have.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape {
    /// Members by name.
    Object(Vec<(String, Self)>),
    /// Items of one shape.
    List(Box<Self>),
    /// Written as it is: texts, numbers, and dictionaries, whose keys are data.
    Plain,
}

impl Shape {
    /// The shape of `T`, by its schema.
    pub fn of<T: ToSchema>() -> Self {
        let mut nested = Vec::new();
        T::schemas(&mut nested);
        let known: BTreeMap<String, Value> = nested
            .into_iter()
            .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
            .collect();
        let own = serde_json::to_value(T::schema()).unwrap_or_default();
        Self::read(&own, &known, 0)
    }

    fn read(schema: &Value, known: &BTreeMap<String, Value>, depth: usize) -> Self {
        if depth > DEEPEST {
            return Self::Plain;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            return known.get(name).map_or(Self::Plain, |it| Self::read(it, known, depth + 1));
        }
        if let Some(members) = schema["properties"].as_object() {
            let members = members.iter().filter(|(name, _)| *name != "links");
            return Self::Object(
                members
                    .map(|(name, it)| (name.clone(), Self::read(it, known, depth + 1)))
                    .collect(),
            );
        }
        if schema["items"].is_object() {
            return Self::List(Box::new(Self::read(&schema["items"], known, depth + 1)));
        }
        // What may be absent is one of null and something.
        let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
        let mut shapes = choices.into_iter().flatten().map(|it| Self::read(it, known, depth + 1));
        shapes.find(|shape| *shape != Self::Plain).unwrap_or(Self::Plain)
    }

    /// The text of a body of this shape.
    pub fn text(&self, body: &impl Serialize) -> String {
        self.write(serde_json::to_value(body).unwrap_or_default()).to_string()
    }

    fn write(&self, value: Value) -> Value {
        match (self, value) {
            (Self::Object(members), Value::Object(mut given)) => {
                let mut written = Map::with_capacity(members.len());
                for (name, shape) in members {
                    let value = given.shift_remove(name).unwrap_or_default();
                    written.insert(pascal(name), shape.write(value));
                }
                Value::Object(written)
            }
            (Self::List(shape), Value::Array(items)) => {
                Value::Array(items.into_iter().map(|item| shape.write(item)).collect())
            }
            (_, value) => value,
        }
    }
}

fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// An enum's word on the wire in Pascal case: `one_time` is `OneTime`.
pub fn pascal_word(word: &str) -> String {
    word.split('_').map(pascal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)]
    struct Outer {
        some_text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        no_number: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
        list: Vec<Inner>,
        dictionary: BTreeMap<String, String>,
        links: Inner,
    }

    #[derive(Clone, Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    struct Inner {
        #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
        own: Option<String>,
    }

    #[test]
    fn keys_are_pascal_what_is_not_set_is_null_and_data_is_left_alone() {
        let set = Inner { own: Some("x".to_owned()) };
        let unset = Inner { own: None };
        let outer = Outer {
            some_text: "one_time".to_owned(),
            no_number: None,
            inner: Some(unset.clone()),
            list: vec![set, unset.clone()],
            dictionary: BTreeMap::from([("subscriptionId".to_owned(), "y".to_owned())]),
            links: unset,
        };
        assert_eq!(
            Shape::of::<Outer>().text(&outer),
            r#"{"SomeText":"one_time","NoNumber":null,"Inner":{"Self":null},"List":[{"Self":"x"},{"Self":null}],"Dictionary":{"subscriptionId":"y"}}"#
        );
        assert_eq!(pascal_word("one_time"), "OneTime");
    }
}
