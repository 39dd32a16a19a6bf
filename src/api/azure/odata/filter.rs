//! `$filter`: conditions with `and`, `or`, `not` and parentheses.

mod conditions;

use std::cmp::Ordering;

use super::value::folded;
use super::words::{Placed, Word, split};
use super::{DEEPEST, FilterError, MOST_CONDITIONS, Value, one_of, shown, spelling};

pub use conditions::Condition;

const OPTION: &str = "$filter";
/// The functions that compare a property's text and need no interpreter.
const TEXT_FUNCTIONS: [&str; 3] = ["contains", "startswith", "endswith"];

/// A filter as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    root: Expression,
}

/// A function within a filter, such as `assignedTo('…')`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// The name as the client wrote it, or as the list writes it after [`Filter::resolve`].
    pub name: String,
    /// What stands in the parentheses.
    pub arguments: Vec<Operand>,
    position: usize,
}

impl FunctionCall {
    /// The text of an argument that is a value.
    pub fn text(&self, index: usize) -> Option<&str> {
        match self.arguments.get(index)? {
            Operand::Value(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A property, its parts joined with `/`.
    Property(String),
    /// A value.
    Value(Value),
    /// `null`: the property is absent.
    Null,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Compare { position: usize, property: String, operator: Operator, wanted: Option<Value> },
    Call(FunctionCall),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    fn named(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }

    /// The operator that says the same with the sides exchanged.
    fn mirrored(self) -> Self {
        match self {
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            same => same,
        }
    }

    /// Absent equals only absent, and is neither greater nor less than anything.
    fn holds(self, actual: Option<&Value>, wanted: Option<&Value>) -> bool {
        let order = match (actual, wanted) {
            (Some(actual), Some(wanted)) => actual.compare(wanted),
            (None, None) => Some(Ordering::Equal),
            _ => None,
        };
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
        }
    }
}

impl Filter {
    /// Reads a filter. An error says where reading stopped and what could stand there.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let end = text.chars().count() + 1;
        let mut reader = Reader { words: split(OPTION, text)?, next: 0, end, conditions: 0 };
        let root = reader.any(0)?;
        match reader.peek() {
            None => Ok(Self { root }),
            Some(_) => Err(reader.expected("`and`, `or` or the end")),
        }
    }

    /// Replaces the names that the client wrote, in any casing, with the spelling of the list, and
    /// refuses those that the list does not know. `contains`, `startswith` and `endswith` are known
    /// everywhere [choice].
    pub fn resolve(mut self, properties: &[&str], functions: &[&str]) -> Result<Self, FilterError> {
        resolve(&mut self.root, properties, functions)?;
        Ok(self)
    }

    /// Whether a row passes, given its properties. Functions of the list count as true: who knows
    /// their meaning calls [`Filter::evaluate`], or reads them from [`Filter::calls`] before.
    pub fn matches(&self, property: impl Fn(&str) -> Option<Value>) -> bool {
        self.evaluate(property, |_| true)
    }

    /// Whether a row passes, given its properties and what the functions of the list say about it.
    pub fn evaluate(
        &self,
        property: impl Fn(&str) -> Option<Value>,
        function: impl Fn(&FunctionCall) -> bool,
    ) -> bool {
        holds(&self.root, &property, &function)
    }

    /// The functions in the filter but those that compare text, from left to right.
    pub fn calls(&self) -> Vec<&FunctionCall> {
        let mut found = Vec::new();
        collect_calls(&self.root, &mut found);
        found
    }

    /// The value that a property must equal for the filter to hold, when the filter demands one:
    /// what stands in `property eq 'value'` on the top level or in a chain of `and`.
    pub fn demanded(&self, name: &str) -> Option<&Value> {
        let parts = match &self.root {
            Expression::All(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        parts.iter().find_map(|part| match part {
            Expression::Compare { property, operator: Operator::Equal, wanted, .. }
                if property.eq_ignore_ascii_case(name) =>
            {
                wanted.as_ref()
            }
            _ => None,
        })
    }
}

fn resolve(
    expression: &mut Expression,
    properties: &[&str],
    functions: &[&str],
) -> Result<(), FilterError> {
    let rename = |name: &mut String, known: &[&str], what: &str, position: usize| {
        let Some(right) = spelling(known, name) else {
            return Err(FilterError {
                option: OPTION,
                position,
                found: shown(name),
                expected: one_of(what, known),
            });
        };
        right.clone_into(name);
        Ok(())
    };
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            parts.iter_mut().try_for_each(|part| resolve(part, properties, functions))
        }
        Expression::Not(inner) => resolve(inner, properties, functions),
        Expression::Compare { position, property, .. } => {
            rename(property, properties, "property", *position)
        }
        Expression::Call(call) => {
            if spelling(&TEXT_FUNCTIONS, &call.name).is_none() {
                rename(&mut call.name, functions, "function", call.position)?;
            }
            for argument in &mut call.arguments {
                if let Operand::Property(name) = argument {
                    rename(name, properties, "property", call.position)?;
                }
            }
            Ok(())
        }
    }
}

fn holds(
    expression: &Expression,
    property: &impl Fn(&str) -> Option<Value>,
    function: &impl Fn(&FunctionCall) -> bool,
) -> bool {
    match expression {
        Expression::All(parts) => parts.iter().all(|part| holds(part, property, function)),
        Expression::Any(parts) => parts.iter().any(|part| holds(part, property, function)),
        Expression::Not(inner) => !holds(inner, property, function),
        Expression::Compare { property: name, operator, wanted, .. } => {
            operator.holds(property(name).as_ref(), wanted.as_ref())
        }
        Expression::Call(call) if spelling(&TEXT_FUNCTIONS, &call.name).is_some() => {
            let text = |operand: &Operand| match operand {
                Operand::Property(name) => match property(name)? {
                    Value::Text(text) => Some(folded(&text).collect::<String>()),
                    _ => None,
                },
                Operand::Value(Value::Text(text)) => Some(folded(text).collect()),
                _ => None,
            };
            let [whole, part] = call.arguments.as_slice() else { return false };
            let (Some(whole), Some(part)) = (text(whole), text(part)) else { return false };
            match call.name.to_ascii_lowercase().as_str() {
                "contains" => whole.contains(&part),
                "startswith" => whole.starts_with(&part),
                _ => whole.ends_with(&part),
            }
        }
        Expression::Call(call) => function(call),
    }
}

fn collect_calls<'a>(expression: &'a Expression, found: &mut Vec<&'a FunctionCall>) {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            for part in parts {
                collect_calls(part, found);
            }
        }
        Expression::Not(inner) => collect_calls(inner, found),
        Expression::Call(call) if spelling(&TEXT_FUNCTIONS, &call.name).is_none() => {
            found.push(call);
        }
        Expression::Call(_) | Expression::Compare { .. } => {}
    }
}

struct Reader {
    words: Vec<Placed>,
    next: usize,
    end: usize,
    conditions: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.next).map(|placed| &placed.word)
    }

    fn position(&self) -> usize {
        self.words.get(self.next).map_or(self.end, |placed| placed.position)
    }

    fn expected(&self, what: impl Into<String>) -> FilterError {
        FilterError {
            option: OPTION,
            position: self.position(),
            found: self.peek().map_or_else(|| "the end".to_owned(), Word::shown),
            expected: what.into(),
        }
    }

    /// Takes the next word when it is this name, in any casing.
    fn takes(&mut self, name: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Word::Bare(word)) if word.eq_ignore_ascii_case(name));
        self.next += usize::from(found);
        found
    }

    fn takes_word(&mut self, wanted: &Word) -> bool {
        let found = self.peek() == Some(wanted);
        self.next += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expression::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("and") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expression::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Expression, FilterError> {
        if depth > DEEPEST {
            return Err(self.expected(format!("at most {DEEPEST} levels of `not` and parentheses")));
        }
        if self.takes("not") {
            return Ok(Expression::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes_word(&Word::Open) {
            let inner = self.any(depth + 1)?;
            if !self.takes_word(&Word::Close) {
                return Err(self.expected("`and`, `or` or a closing parenthesis"));
            }
            return Ok(inner);
        }
        self.condition()
    }

    fn condition(&mut self) -> Result<Expression, FilterError> {
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return Err(self.expected(format!("at most {MOST_CONDITIONS} conditions")));
        }
        let position = self.position();
        let left = self.operand(
            "a condition such as properties/archived eq false, a function, `not` or a parenthesis",
        )?;
        if let Operand::Property(name) = &left
            && self.takes_word(&Word::Open)
        {
            let arguments = self.arguments()?;
            return Ok(Expression::Call(FunctionCall { name: name.clone(), arguments, position }));
        }
        let Some(operator) = self.operator() else {
            if let Operand::Property(property) = left
                && self.ends_a_condition()
            {
                let wanted = Some(Value::Bool(true));
                let operator = Operator::Equal;
                return Ok(Expression::Compare { position, property, operator, wanted });
            }
            return Err(self.expected("one of the operators eq, ne, gt, ge, lt, le"));
        };
        let place = self.next;
        let right = self.operand("a value; text stands in single quotes")?;
        let (property, operator, wanted) = match (left, right) {
            (Operand::Property(property), Operand::Value(value)) => {
                (property, operator, Some(value))
            }
            (Operand::Property(property), Operand::Null) => (property, operator, None),
            (Operand::Value(value), Operand::Property(property)) => {
                (property, operator.mirrored(), Some(value))
            }
            (Operand::Null, Operand::Property(property)) => (property, operator.mirrored(), None),
            (Operand::Property(_), Operand::Property(_)) => {
                self.next = place;
                return Err(self.expected("a value; text stands in single quotes"));
            }
            _ => {
                self.next = place;
                return Err(self.expected("the name of a property, to be compared with the value"));
            }
        };
        Ok(Expression::Compare { position, property, operator, wanted })
    }

    fn ends_a_condition(&self) -> bool {
        match self.peek() {
            None | Some(Word::Close) => true,
            Some(Word::Bare(word)) => {
                word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
            }
            _ => false,
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        let Some(Word::Bare(word)) = self.peek() else { return None };
        let operator = Operator::named(word)?;
        self.next += 1;
        Some(operator)
    }

    fn arguments(&mut self) -> Result<Vec<Operand>, FilterError> {
        let mut arguments = Vec::new();
        if self.takes_word(&Word::Close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.operand("an argument or a closing parenthesis")?);
            if self.takes_word(&Word::Close) {
                return Ok(arguments);
            }
            if !self.takes_word(&Word::Comma) {
                return Err(self.expected("a comma or a closing parenthesis"));
            }
        }
    }

    fn operand(&mut self, expected: &str) -> Result<Operand, FilterError> {
        let operand = match self.peek() {
            Some(Word::Quoted { kind, text }) if kind.is_empty() => {
                Operand::Value(Value::Text(text.clone()))
            }
            Some(Word::Quoted { kind, text }) => match Value::typed(kind, text) {
                Some(value) => Operand::Value(value),
                None => {
                    return Err(self.expected(
                        "text in single quotes, datetime'2026-01-31T00:00:00Z' or guid'…'",
                    ));
                }
            },
            Some(Word::Bare(word)) if word.eq_ignore_ascii_case("null") => Operand::Null,
            Some(Word::Bare(word)) => match Value::bare(word) {
                Some(value) => Operand::Value(value),
                None if is_property(word) => Operand::Property(word.clone()),
                None => return Err(self.expected(expected)),
            },
            _ => return Err(self.expected(expected)),
        };
        self.next += 1;
        Ok(operand)
    }
}

/// Whether a word can be the path of a property: names joined with `/`.
pub(super) fn is_property(word: &str) -> bool {
    const RESERVED: [&str; 9] = ["and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le"];
    spelling(&RESERVED, word).is_none()
        && word.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        })
}
