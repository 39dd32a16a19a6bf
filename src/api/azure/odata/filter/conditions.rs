//! A filter as a plain list of conditions, for lists that know no more than that.

use super::{Expression, Filter, Operator, Value};

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'f> {
    /// The property.
    pub property: &'f str,
    /// `eq`, `gt` and the like.
    pub operator: &'static str,
    /// What it is compared with; none for `null`.
    pub wanted: Option<&'f Value>,
}

impl Operator {
    fn name(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

impl Filter {
    /// The comparisons of a filter that holds nothing but comparisons joined by `and`; `None` for any
    /// other.
    pub fn conditions(&self) -> Option<Vec<Condition<'_>>> {
        let mut found = Vec::new();
        collect(&self.root, &mut found).then_some(found)
    }
}

fn collect<'f>(expression: &'f Expression, found: &mut Vec<Condition<'f>>) -> bool {
    match expression {
        Expression::All(parts) => parts.iter().all(|part| collect(part, found)),
        Expression::Compare { property, operator, wanted, .. } => {
            let (operator, wanted) = (operator.name(), wanted.as_ref());
            found.push(Condition { property, operator, wanted });
            true
        }
        Expression::Any(_) | Expression::Not(_) | Expression::Call(_) => false,
    }
}
