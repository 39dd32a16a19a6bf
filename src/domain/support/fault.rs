//! What the rules of support refuse (contract: azure-support.md, partner-center-service-requests.md).

use serde::{Deserialize, Serialize};

use crate::domain::words::{self, Word};

/// Why something cannot be done with a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum SupportFault {
    /// Nothing of that kind has that name or number.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// The kind of thing, in the words of the contract.
        #[serde(deserialize_with = "words::read")]
        what: Word,
        /// What was asked for.
        name: String,
    },
    /// No long-running operation of that id was asked for there.
    #[error("there is no operation {0}")]
    OperationNotFound(String),
    /// Something of that kind has the name already.
    #[error("the name `{0}` is in use; choose another")]
    NameInUse(String),
    /// A value breaks a rule.
    #[error("{field}: {reason}")]
    Invalid {
        /// Path of the value.
        field: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// A closed case is neither talked about nor changed.
    #[error("the case is closed; set its status to open first")]
    Closed,
    /// An engineer works on it.
    #[error("severity: cannot be changed while an engineer works on the case")]
    EngineerAssigned,
    /// The partner's plan does not cover it.
    #[error(
        "the support plan type is CSP; tickets that are not about billing need a support plan of a higher tier: run the mock with the plan advanced or premier, or choose a classification of Billing"
    )]
    PlanNeeded,
    /// A case holds so many messages and no more.
    #[error("a case has at most {0} messages; open another one")]
    TooManyMessages(usize),
    /// There are so many things of a kind and no more.
    #[error("there are at most {limit} {what}")]
    TooMany {
        /// The limit.
        limit: usize,
        /// What is counted.
        #[serde(deserialize_with = "words::read")]
        what: Word,
    },
}

impl SupportFault {
    /// A value that cannot be used.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }

    /// Nothing of that name.
    pub fn not_found(what: &'static str, name: &str) -> Self {
        Self::NotFound { what, name: name.chars().take(60).collect() }
    }
}
