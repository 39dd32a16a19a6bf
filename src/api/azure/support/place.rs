//! Where a call to Microsoft.Support is made, and whether the caller may.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::api::azure::caller::{Caller, WRONG_TENANT};
use crate::api::azure::error::ArmFault;
use crate::api::azure::subscription::subscription_of;
use crate::api::call::Call;
use crate::domain::authorization::Scope;
use crate::domain::ids::{CustomerId, TenantId};
use crate::domain::state::State;
use crate::domain::support::Tree;

/// Actions as roles name them.
pub(super) mod actions {
    pub const CHECK_NAME: &str = "Microsoft.Support/checkNameAvailability/action";
    pub const READ_TICKETS: &str = "Microsoft.Support/supportTickets/read";
    pub const WRITE_TICKETS: &str = "Microsoft.Support/supportTickets/write";
    pub const CHECK_MESSAGE_NAME: &str =
        "Microsoft.Support/supportTickets/checkNameAvailability/action";
    pub const READ_MESSAGES: &str = "Microsoft.Support/supportTickets/communications/read";
    pub const WRITE_MESSAGES: &str = "Microsoft.Support/supportTickets/communications/write";
    pub const READ_CHATS: &str = "Microsoft.Support/supportTickets/chatTranscripts/read";
    pub const READ_WORKSPACES: &str = "Microsoft.Support/fileWorkspaces/read";
    pub const WRITE_WORKSPACES: &str = "Microsoft.Support/fileWorkspaces/write";
    pub const READ_FILES: &str = "Microsoft.Support/fileWorkspaces/files/read";
    pub const WRITE_FILES: &str = "Microsoft.Support/fileWorkspaces/files/write";
    pub const UPLOAD: &str = "Microsoft.Support/fileWorkspaces/files/upload/action";
}

/// Where a call is made.
#[derive(Debug)]
pub(super) struct Place {
    /// The tree.
    pub tree: Tree,
    /// What ids of its resources begin with.
    pub root: String,
}

impl Place {
    /// The tree that the path names, in which the caller may do this. Without a token the directory as
    /// such is the partner's [choice].
    pub fn of(call: &Call<'_>, state: &State, action: &'static str) -> Result<Self, ArmFault> {
        let caller = Caller::of(call)?;
        if call.path_text("subscription_id").is_empty() {
            let tenant = directory(&caller, state)?;
            caller.access.check_member(state, tenant, action)?;
            return Ok(Self::in_tree(Tree::Tenant(tenant)));
        }
        let id = subscription_of(call, &caller, state)?.id;
        caller.check_at(state, action, &Scope::Subscription(id))?;
        Ok(Self::in_tree(Tree::Subscription(id)))
    }

    fn in_tree(tree: Tree) -> Self {
        let root = match tree {
            Tree::Tenant(_) => "/providers/Microsoft.Support".to_owned(),
            Tree::Subscription(id) => format!("/subscriptions/{id}/providers/Microsoft.Support"),
        };
        Self { tree, root }
    }
}

/// The directory of the caller: that of the partner or of one of its customers.
fn directory(caller: &Caller, state: &State) -> Result<TenantId, ArmFault> {
    let home = TenantId::from(state.partner.id);
    let tenant = caller.directory.unwrap_or(home);
    if tenant == home || state.customers.contains(&CustomerId(tenant.0)) {
        return Ok(tenant);
    }
    let message = format!(
        "the tenant {tenant} of the token is neither the partner's nor a customer's; sign in to one of those: /{{tenant}}/oauth2/v2.0/token"
    );
    Err(ArmFault::new(WRONG_TENANT, message))
}

/// A moment to the second, as Microsoft.Support writes it.
pub(super) fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
