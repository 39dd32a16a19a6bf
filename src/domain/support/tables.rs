//! What a world remembers of support.

use std::sync::Arc;

use super::agent::AgentWork;
use super::{Case, CaseId, CaseOwner, FileWorkspace, Message, SupportFile, SupportOperation, Tree};
use crate::domain::ids::OperationId;
use crate::store::Table;

/// The tables of support.
#[derive(Debug, Clone, Default)]
pub struct SupportTables {
    /// Cases, the oldest first.
    pub cases: Table<CaseId, Case>,
    /// What was said about them, by number from 1.
    pub messages: Table<(CaseId, u32), Message>,
    /// Whose cases there are.
    pub owners: Table<(CaseOwner, CaseId), ()>,
    /// Where in Azure cases are.
    pub trees: Table<(Tree, CaseId), ()>,
    /// Which name is whose, lower-case; also names of tickets that are on their way.
    pub names: Table<(Tree, Arc<str>), CaseId>,
    /// Which number of Partner Center is whose.
    pub numbers: Table<Arc<str>, CaseId>,
    /// How far the agent is with cases.
    pub work: Table<CaseId, AgentWork>,
    /// Long-running operations.
    pub operations: Table<OperationId, SupportOperation>,
    /// File workspaces, by name in lower case.
    pub workspaces: Table<(Tree, Arc<str>), FileWorkspace>,
    /// Files in them, by both names in lower case.
    pub files: Table<(Tree, Arc<str>, Arc<str>), SupportFile>,
}
