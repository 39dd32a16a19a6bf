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
            let known = if parameter.is_some() {
                self.nodes[at].parameter
            } else {
                let same = |(text, _): &&(&str, usize)| text.eq_ignore_ascii_case(segment);
                self.nodes[at].literals.iter().find(same).map(|(_, node)| *node)
            };
            let next = known.unwrap_or_else(|| {
                self.nodes.push(Node::default());
                let next = self.nodes.len() - 1;
                match parameter {
                    Some(_) => self.nodes[at].parameter = Some(next),
                    None => self.nodes[at].literals.push((segment, next)),
                }
                next
            });
            names.extend(parameter);
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
                let parameters =
                    names.iter().copied().zip(values.into_iter().map(decode_segment)).collect();
                Found::Operation(index, parameters)
            }
            None if others.is_empty() => Found::Nothing,
            None => Found::OtherMethods(others),
        }
    }

    fn descend<'p>(
        &self,
        at: usize,
        rest: &[&'p str],
        values: &mut Vec<&'p str>,
        method: &Method,
        surface: Option<Surface>,
        others: &mut Vec<Method>,
    ) -> Option<(usize, &[&'static str])> {
        let node = &self.nodes[at];
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
        let next = node.parameter?;
        values.push(segment);
        let found = self.descend(next, rest, values, method, surface, others);
        if found.is_none() {
            values.pop();
        }
        found
    }
}
