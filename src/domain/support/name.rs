//! Names that clients give to tickets, messages and workspaces
//! (contract: azure-support.md §3.1, §5).

use super::SupportFault;
use crate::domain::ids::parse_guid;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A ticket.
    Ticket,
    /// A message of a ticket.
    Message,
    /// A file workspace.
    Workspace,
}

/// Longest name, in characters [choice].
const LONGEST: usize = 255;
/// What no name contains.
const FORBIDDEN: [char; 8] = ['<', '>', '%', '&', ':', '\\', '?', '/'];

/// Refuses a name that cannot be given.
pub fn check_name(kind: NameKind, name: &str) -> Result<(), SupportFault> {
    let refuse = |reason: &str| Err(SupportFault::invalid("name", reason));
    if name.trim().is_empty() {
        return refuse("is required; choose any, for example refund-4711");
    }
    if name.chars().count() > LONGEST {
        return refuse("must have at most 255 characters");
    }
    if name.chars().any(|c| c.is_control() || FORBIDDEN.contains(&c)) {
        return refuse("must contain none of < > % & : \\ ? / and no control characters");
    }
    match kind {
        NameKind::Ticket if name.bytes().all(|b| b.is_ascii_digit()) => {
            refuse("must not consist of digits alone; add a letter")
        }
        NameKind::Ticket if name.to_ascii_lowercase().starts_with("tmp-") => {
            refuse("must not begin with tmp-")
        }
        NameKind::Message if parse_guid(name).is_ok() => {
            refuse("must not be a plain GUID; put a letter before it")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_their_kind() {
        use NameKind::{Message, Ticket, Workspace};
        let long = "a".repeat(256);
        for (kind, name, good) in [
            (Ticket, "refund-4711", true),
            (Ticket, "Rückgabe 3", true),
            (Ticket, "4711", false),
            (Message, "4711", true),
            (Workspace, "4711", true),
            (Ticket, "tmp-1", false),
            (Ticket, "TMP-1", false),
            (Message, "tmp-1", true),
            (Message, "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10", false),
            (Ticket, "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10", true),
            (Ticket, "", false),
            (Ticket, "  ", false),
            (Ticket, "a/b", false),
            (Message, "a?b", false),
            (Workspace, "a\u{7}b", false),
            (Workspace, &long[..255], true),
            (Workspace, &long, false),
        ] {
            assert_eq!(check_name(kind, name).is_ok(), good, "{kind:?} {name}");
        }
    }
}
