//! Users: the partner's, and the one who asks.

use actix_web::http::Method;

use super::bodies::UserBody;
use super::directory::Directory;
use super::error::{GraphFault, NOT_FOR_CALLER};
use super::query::{list, listed, one, single};
use super::{Handler, TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;

/// Properties that filters compare.
const PROPERTIES: &[&str] =
    &["id", "displayName", "givenName", "surname", "userPrincipalName", "mail"];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get = |path, id, handler: Handler| {
        single::<UserBody>(operation(Method::GET, path, id, handler), "The user.")
    };
    vec![
        listed(
            operation(Method::GET, "/v1.0/users", "listUsers", list_users),
            "Conditions on id, displayName, givenName, surname, userPrincipalName and mail: eq and the like, `startswith(displayName,'…')`.",
        )
        .summary(TAG, "List users")
        .describe("The partner's users, in every tenant [choice].")
        .example_query("$filter", "startswith(displayName,'Ines')"),
        get("/v1.0/users/{user_id}", "getUser", get_user)
            .summary(TAG, "Get a user")
            .describe("By object id or by user principal name.")
            .example("user_id", "admin@fabricore.example"),
        get("/v1.0/me", "getMe", get_me)
            .summary(TAG, "Get the user who asks")
            .describe("Refused for a token that speaks for an application."),
    ]
}

fn list_users(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    list(call, "users", PROPERTIES, directory.partner.users.iter().map(UserBody::of))
}

fn get_user(call: &Call<'_>) -> Result<Reply, GraphFault> {
    find(call, call.path_text("user_id"))
}

fn get_me(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let claims = call.caller.claims().filter(|claims| claims.delegated).ok_or_else(|| {
        let text = "/me request is only valid with delegated authentication flow.";
        GraphFault::new(NOT_FOR_CALLER, text)
    })?;
    find(call, &claims.object)
}

fn find(call: &Call<'_>, sought: &str) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let found = directory.partner.users.iter().find(|user| {
        user.user_principal_name.eq_ignore_ascii_case(sought)
            || user.object_id.to_string().eq_ignore_ascii_case(sought)
    });
    let user = found.ok_or_else(|| GraphFault::not_found(sought))?;
    one(call, "users", &UserBody::of(user))
}
