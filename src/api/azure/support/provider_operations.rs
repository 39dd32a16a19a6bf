//! What the provider can do, as access control names it (contract: azure-support.md §2).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::TAG;
use crate::api::azure::error::ArmFault;
use crate::api::azure::operation;
use crate::api::azure::version::SUPPORT;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::GET,
            "/providers/Microsoft.Support/operations",
            "listSupportOperations",
            list,
        )
        .versions(SUPPORT)
        .summary(TAG, "List what Microsoft.Support can do")
        .source(Fidelity::Documented, "azure-support.md#2-catalogue")
        .gives::<ActionList>(200, "The actions."),
    ]
}

/// What the provider can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationsListResult)]
struct ActionList {
    /// The actions.
    value: Vec<Action>,
}

/// Something that the provider can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportOperation)]
struct Action {
    /// The action, as roles name it.
    #[schema(example = "Microsoft.Support/supportTickets/read")]
    name: String,
    /// How the portal names it.
    display: ActionDisplay,
}

/// How the portal names something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportOperationDisplay)]
struct ActionDisplay {
    /// The provider.
    provider: &'static str,
    /// The resource.
    resource: &'static str,
    /// What is done.
    operation: &'static str,
    /// The same in a sentence.
    description: &'static str,
}

/// Action, resource, what is done.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("register/action", "Provider", "Register the Support Provider"),
    ("checkNameAvailability/action", "Support Tickets", "Check the Name of a Support Ticket"),
    ("services/read", "Services", "Read All Services"),
    ("services/problemClassifications/read", "Problem Classifications", "Read What Can Be Wrong"),
    ("supportTickets/read", "Support Tickets", "Read All Support Tickets"),
    ("supportTickets/write", "Support Tickets", "Open and Change Support Tickets"),
    (
        "supportTickets/checkNameAvailability/action",
        "Communications",
        "Check the Name of a Communication",
    ),
    ("supportTickets/communications/read", "Communications", "Read All Communications"),
    ("supportTickets/communications/write", "Communications", "Add Communications"),
    ("supportTickets/chatTranscripts/read", "Chat Transcripts", "Read All Chat Transcripts"),
    ("fileWorkspaces/read", "File Workspaces", "Read File Workspaces"),
    ("fileWorkspaces/write", "File Workspaces", "Create File Workspaces"),
    ("fileWorkspaces/files/read", "Files", "Read About Files"),
    ("fileWorkspaces/files/write", "Files", "Announce Files"),
    ("fileWorkspaces/files/upload/action", "Files", "Upload Files"),
];

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn list(_call: &Call<'_>) -> Result<Reply, ArmFault> {
    let action = |(name, resource, operation): &(&str, &'static str, &'static str)| Action {
        name: format!("Microsoft.Support/{name}"),
        display: ActionDisplay {
            provider: "Microsoft Support",
            resource,
            operation,
            description: operation,
        },
    };
    Ok(Reply::ok(&ActionList { value: ACTIONS.iter().map(action).collect() }))
}
