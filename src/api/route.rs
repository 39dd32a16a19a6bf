//! Finding the operation for a method and path: a trie over path segments. Casing, repeated and
//! trailing slashes are ignored, literals go before parameters, and the cost does not depend on how
//! many operations there are.

use std::borrow::Cow;

use actix_web::http::Method;

use super::operation::{Operation, Surface};
use super::request::decode_segment;

/// Longest path in segments; anything longer is unknown.
const MOST_SEGMENTS: usize = 40;

/// Path parameters by name.
pub type Parameters<'p> = Vec<(&'static str, Cow<'p, str>)>;

/// What a path led to.
#[derive(Debug)]
pub enum Found<'p> {
    /// An operation with its parameters.
    Operation(usize, Parameters<'p>),
    /// The path exists with other methods only.
    OtherMethods(Vec<Method>),
    /// No such path.
    Nothing,
}

#[derive(Debug, Default)]
struct Node {
    literals: Vec<(&'static str, usize)>,
    parameter: Option<usize>,
    /// A parameter of any number of segments.
    several: Option<usize>,
    operations: Vec<(Method, Surface, usize, Vec<&'static str>)>,
}

/// The trie over all operations.
#[derive(Debug)]
pub struct Router {
    nodes: Vec<Node>,
}

impl Router {
    /// A router over `operations`, which it names by their position.
    pub fn new(operations: &[Operation]) -> Self {
        let mut router = Self { nodes: vec![Node::default()] };
        for (index, operation) in operations.iter().enumerate() {
            router.insert(index, operation);
        }
        router
    }

    fn insert(&mut self, index: usize, operation: &Operation) {
        let mut at = 0;
        let mut names = Vec::new();
        for segment in operation.path.split('/').filter(|s| !s.is_empty()) {
            let parameter = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            let several = parameter.and_then(|name| name.strip_prefix('+'));
            let known = if several.is_some() {
                self.nodes[at].several
            } else if parameter.is_some() {
                self.nodes[at].parameter
            } else {
                let same = |(text, _): &&(&str, usize)| text.eq_ignore_ascii_case(segment);
                self.nodes[at].literals.iter().find(same).map(|(_, node)| *node)
            };
            let next = known.unwrap_or_else(|| {
                self.nodes.push(Node::default());
                let next = self.nodes.len() - 1;
                match parameter {
                    Some(_) if several.is_some() => self.nodes[at].several = Some(next),
                    Some(_) => self.nodes[at].parameter = Some(next),
                    None => self.nodes[at].literals.push((segment, next)),
                }
                next
            });
            names.extend(several.or(parameter));
            at = next;
        }
        let entry = (operation.method.clone(), operation.surface, index, names);
        self.nodes[at].operations.push(entry);
    }

    /// The operation for `method` and `path`, among those of `surface` when one is given.
    pub fn find<'p>(&self, method: &Method, path: &'p str, surface: Option<Surface>) -> Found<'p> {
        let mut segments = [""; MOST_SEGMENTS];
        let mut count = 0;
        for segment in path.split('/').filter(|s| !s.is_empty()) {
            if count == MOST_SEGMENTS {
                return Found::Nothing;
            }
            segments[count] = segment;
            count += 1;
        }
        let mut values = Vec::with_capacity(6);
        let mut others = Vec::new();
        match self.descend(0, &segments[..count], &mut values, method, surface, &mut others) {
            Some((index, names)) => {
                let values = values.into_iter().map(Value::decoded);
                Found::Operation(index, names.iter().copied().zip(values).collect())
            }
            None if others.is_empty() => Found::Nothing,
            None => Found::OtherMethods(others),
        }
    }

    fn descend<'p>(
        &self,
        at: usize,
        rest: &[&'p str],
        values: &mut Vec<Value<'p>>,
        method: &Method,
        surface: Option<Surface>,
        others: &mut Vec<Method>,
    ) -> Option<(usize, &[&'static str])> {
        let node = &self.nodes[at];
        let all = rest;
        let Some((segment, rest)) = rest.split_first() else {
            let wanted = if *method == Method::HEAD { &Method::GET } else { method };
            let mut fallback = None;
            for (known, of, index, names) in &node.operations {
                if surface.is_some_and(|s| s != *of) {
                    continue;
                }
                if known == method {
                    return Some((*index, names));
                }
                if known == wanted {
                    fallback = Some((*index, names.as_slice()));
                }
                others.push(known.clone());
            }
            return fallback;
        };
        let same = |(text, _): &&(&str, usize)| text.eq_ignore_ascii_case(segment);
        if let Some((_, next)) = node.literals.iter().find(same)
            && let Some(found) = self.descend(*next, rest, values, method, surface, others)
        {
            return Some(found);
        }
        if let Some(next) = node.parameter {
            values.push(Value::One(segment));
            let found = self.descend(next, rest, values, method, surface, others);
            if found.is_some() {
                return found;
            }
            values.pop();
        }
        let next = node.several?;
        (0..=all.len()).find_map(|taken| {
            values.push(Value::Several(all[..taken].to_vec()));
            let found = self.descend(next, &all[taken..], values, method, surface, others);
            if found.is_none() {
                values.pop();
            }
            found
        })
    }
}

/// What stands at a parameter's place.
enum Value<'p> {
    One(&'p str),
    Several(Vec<&'p str>),
}

impl<'p> Value<'p> {
    fn decoded(self) -> Cow<'p, str> {
        match self {
            Self::One(segment) => decode_segment(segment),
            Self::Several(segments) => {
                let decoded: Vec<_> = segments.into_iter().map(decode_segment).collect();
                let joined = decoded.join("/");
                Cow::Owned(joined.trim_matches('/').to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::call::Call;
    use crate::api::control::ControlFault;
    use crate::api::reply::Reply;

    fn nothing(_: &Call<'_>) -> Result<Reply, ControlFault> {
        Err(ControlFault::not_found("nothing"))
    }

    fn found(path: &str) -> Option<(usize, Vec<(&'static str, String)>)> {
        let operation = |path, id| Operation::new(Surface::Azure, Method::GET, path, id, nothing);
        let operations = [
            operation("/providers/Capacity/orders/{order}", "a"),
            operation("/{+scope}/providers/Authorization/roles/{role}", "b"),
        ];
        match Router::new(&operations).find(&Method::GET, path, None) {
            Found::Operation(index, parameters) => {
                let owned =
                    |(name, value): (&'static str, Cow<'_, str>)| (name, value.into_owned());
                Some((index, parameters.into_iter().map(owned).collect()))
            }
            _ => None,
        }
    }

    #[test]
    fn a_scope_takes_any_number_of_segments() {
        let role =
            |scope: &str| Some((1, vec![("scope", scope.to_owned()), ("role", "r".to_owned())]));
        for (path, scope) in [
            ("/providers/Authorization/roles/r", ""),
            ("//providers/authorization/roles/r/", ""),
            ("/subscriptions/s/providers/Authorization/roles/r", "subscriptions/s"),
            (
                "/providers/Capacity/orders/o/providers/Authorization/roles/r",
                "providers/Capacity/orders/o",
            ),
            (
                "/providers%2FCapacity%2Forders%2Fo/providers/Authorization/roles/r",
                "providers/Capacity/orders/o",
            ),
            ("/%2Fsubscriptions%2Fs/providers/Authorization/roles/r", "subscriptions/s"),
        ] {
            assert_eq!(found(path), role(scope), "{path}");
        }
        let order = Some((0, vec![("order", "o".to_owned())]));
        assert_eq!(found("/providers/Capacity/orders/o"), order);
        assert_eq!(found("/a/b/c/providers/Authorization/rules/r"), None);
    }
}
