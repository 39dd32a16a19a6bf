//! The `filter` of lists: JSON in the query, in the forms that clients write it
//! (contract: partner-center-conventions.md §8). Which fields a list knows is the list's own affair.

use serde_json::{Map, Value};

use super::fault::{Fault, unknown_word};
use crate::api::call::{Call, InputFault};
use crate::api::json;

/// Most conditions in one filter [choice].
const MOST_CONDITIONS: usize = 50;
/// Most compound filters inside one another [choice].
const MOST_LEVELS: usize = 20;
/// Longest filter in bytes [choice].
const LONGEST: usize = 8192;

/// The operators in the order of their numbers.
const OPERATORS: [&str; 11] = [
    "equals",
    "not_equals",
    "greater_than",
    "greater_than_or_equals",
    "less_than",
    "less_than_or_equals",
    "substring",
    "and",
    "or",
    "starts_with",
    "not_starts_with",
];

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The same.
    Equals,
    /// Not the same.
    NotEquals,
    /// Greater.
    GreaterThan,
    /// Greater or the same.
    GreaterThanOrEquals,
    /// Less.
    LessThan,
    /// Less or the same.
    LessThanOrEquals,
    /// Contains.
    Substring,
    /// Begins with.
    StartsWith,
    /// Does not begin with.
    NotStartsWith,
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// A condition on one field.
    Simple(Condition),
    /// Both hold.
    Both(Box<Self>, Box<Self>),
    /// At least one holds.
    Either(Box<Self>, Box<Self>),
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field as sent.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what, as text.
    pub value: String,
}

impl Condition {
    /// Whether the condition is about `field`, in any casing, with or without `_`.
    pub fn is_about(&self, field: &str) -> bool {
        json::same_word(&self.field, field)
    }
}

impl Filter {
    /// The filter of a call, if it has one.
    pub fn of(call: &Call<'_>) -> Result<Option<Self>, Fault> {
        call.query().get("filter").map(Self::parse).transpose()
    }

    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(refuse(format!("is longer than {LONGEST} bytes")));
        }
        let value = json::parse_value(text.as_bytes()).map_err(|fault| match fault {
            json::JsonFault::Malformed(reason) => refuse(format!("is not JSON: {reason}")),
            other => InputFault::Body(other).into(),
        })?;
        let mut conditions = 0;
        read(&value, 0, &mut conditions)
    }

    /// Turns the filter into a list's own: `condition` each condition, `both` and `either` what
    /// joins them.
    pub fn translate<T>(
        &self,
        condition: &impl Fn(&Condition) -> Result<T, Fault>,
        both: &impl Fn(T, T) -> T,
        either: &impl Fn(T, T) -> T,
    ) -> Result<T, Fault> {
        let inner = |filter: &Self| filter.translate(condition, both, either);
        match self {
            Self::Simple(simple) => condition(simple),
            Self::Both(left, right) => Ok(both(inner(left)?, inner(right)?)),
            Self::Either(left, right) => Ok(either(inner(left)?, inner(right)?)),
        }
    }
}

/// A filter that cannot be used.
pub fn refuse(reason: impl AsRef<str>) -> Fault {
    Fault::invalid("filter", reason.as_ref())
}

fn read(value: &Value, level: usize, conditions: &mut usize) -> Result<Filter, Fault> {
    let Value::Object(members) = value else {
        return Err(refuse(
            r#"must be an object such as {"Field":"CompanyName","Value":"lark","Operator":"starts_with"}"#,
        ));
    };
    let operator = operator(members)?;
    if member(members, "LeftFilter").is_some() || member(members, "RightFilter").is_some() {
        if level >= MOST_LEVELS {
            return Err(refuse(format!("nests more than {MOST_LEVELS} filters")));
        }
        let mut side = |name| {
            let side = member(members, name)
                .ok_or_else(|| refuse(format!("has no {name} beside the other one; add it")))?;
            read(side, level + 1, conditions).map(Box::new)
        };
        let (left, right) = (side("LeftFilter")?, side("RightFilter")?);
        return match operator {
            "and" => Ok(Filter::Both(left, right)),
            "or" => Ok(Filter::Either(left, right)),
            other => Err(refuse(format!("joins two filters with `{other}`; use and or or"))),
        };
    }
    *conditions += 1;
    if *conditions > MOST_CONDITIONS {
        return Err(refuse(format!("has more than {MOST_CONDITIONS} conditions")));
    }
    let Some(Value::String(field)) = member(members, "Field") else {
        return Err(refuse("has no Field; name the field that is compared"));
    };
    let value = match member(members, "Value") {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => return Err(refuse("has no Value; give a text, a number or a date")),
    };
    let operator = match operator {
        "equals" => Operator::Equals,
        "not_equals" => Operator::NotEquals,
        "greater_than" => Operator::GreaterThan,
        "greater_than_or_equals" => Operator::GreaterThanOrEquals,
        "less_than" => Operator::LessThan,
        "less_than_or_equals" => Operator::LessThanOrEquals,
        "substring" => Operator::Substring,
        "starts_with" => Operator::StartsWith,
        "not_starts_with" => Operator::NotStartsWith,
        other => return Err(refuse(format!("`{other}` needs LeftFilter and RightFilter"))),
    };
    Ok(Filter::Simple(Condition { field: field.trim().to_owned(), operator, value }))
}

/// The operator by its name or number.
fn operator(members: &Map<String, Value>) -> Result<&'static str, Fault> {
    let given = match member(members, "Operator") {
        Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(refuse("has no Operator; for example starts_with")),
    };
    let words: &'static [&'static str] = &OPERATORS;
    json::find_word(words, &given)
        .ok_or_else(|| unknown_word("filter.Operator", &given, &OPERATORS.join(", ")))
}

/// A member by its name in any casing; the last of several, and none when it is null.
fn member<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members
        .iter()
        .rev()
        .find(|(key, _)| json::same_word(key, name))
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple(field: &str, operator: Operator, value: &str) -> Filter {
        Filter::Simple(Condition { field: field.into(), operator, value: value.into() })
    }

    #[test]
    fn filters_are_read_in_every_form_that_clients_write() {
        let name = simple("CompanyName", Operator::StartsWith, "lark");
        for text in [
            r#"{"Field":"CompanyName","Value":"lark","Operator":"starts_with"}"#,
            r#"{"field":"CompanyName","value":"lark","operator":"startswith","fieldType":"x"}"#,
            r#"{"FIELD":"CompanyName","Value":"lark","Operator":"StartsWith","LeftFilter":null}"#,
            r#"{"Field":"CompanyName","Value":"lark","Operator":9}"#,
            r#"{"Field":"CompanyName","Value":"lark","Operator":"9"}"#,
        ] {
            assert_eq!(Filter::parse(text).unwrap(), name, "{text}");
        }
        let date = Filter::parse(
            r#"{"Operator":"and",
                "LeftFilter":{"Field":"InvoiceDate","Value":"2021-01-01","Operator":3},
                "rightFilter":{"Field":"Amount","Value":5,"Operator":"less_than"}}"#,
        );
        let left = simple("InvoiceDate", Operator::GreaterThanOrEquals, "2021-01-01");
        let right = simple("Amount", Operator::LessThan, "5");
        assert_eq!(date.unwrap(), Filter::Both(Box::new(left), Box::new(right)));
    }

    #[test]
    fn what_is_no_filter_is_refused_with_the_reason() {
        let nested = |levels: usize| {
            let leaf = r#"{"Field":"a","Value":"b","Operator":0}"#;
            (0..levels).fold(leaf.to_owned(), |inner, _| {
                format!(r#"{{"LeftFilter":{inner},"RightFilter":{leaf},"Operator":"or"}}"#)
            })
        };
        for (text, number, reason) in [
            ("starts_with".to_owned(), 800_002, "is not JSON"),
            ("[]".to_owned(), 800_002, "must be an object"),
            (r#"{"Field":"a","Value":"b"}"#.to_owned(), 800_002, "has no Operator"),
            (r#"{"Field":"a","Value":"b","Operator":"like"}"#.to_owned(), 900_126, "starts_with"),
            (r#"{"Field":"a","Value":"b","Operator":"and"}"#.to_owned(), 800_002, "LeftFilter"),
            (r#"{"Value":"b","Operator":0}"#.to_owned(), 800_002, "has no Field"),
            (r#"{"Field":"a","Value":[],"Operator":0}"#.to_owned(), 800_002, "has no Value"),
            (nested(21), 800_002, "nests more"),
        ] {
            let fault = Filter::parse(&text).unwrap_err();
            assert_eq!(fault.code.number, number, "{text}");
            assert!(fault.description.contains(reason), "{text}: {}", fault.description);
        }
        assert!(Filter::parse(&nested(20)).is_ok());
    }
}
