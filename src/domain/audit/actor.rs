//! Who acts in a transaction.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who acts, and within which call. Nothing is known of the system, which acts by timers and fixtures.
///
/// Its texts are shared with the token they come from: to name the actor of a transaction allocates
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Actor {
    /// The user, when one acts.
    pub user_principal_name: Option<Arc<str>>,
    /// The application, alone or for the user.
    pub application_id: Option<Arc<str>>,
    /// What groups the calls of a client.
    pub correlation_id: Option<Uuid>,
}
