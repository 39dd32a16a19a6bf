//! What needs the token of a user by what is asked for or by a setting, where the operation as such
//! takes both kinds (contract: partner-center-conventions.md §2).

use super::fault::{APP_ONLY, Fault};
use crate::api::call::Call;
use crate::identity::token::AuthLevel;

/// Refuses an app-only token for `what`.
pub fn need_user(call: &Call<'_>, what: &str) -> Result<(), Fault> {
    let checked = call.service.options.auth != AuthLevel::Off
        && call.world.published().settings.refuse_app_only;
    if checked && call.caller.is_app_only() {
        return Err(Fault::new(APP_ONLY).because(format!("{what} needs the token of a user")));
    }
    Ok(())
}
