//! Applications where they are registered: in the partner's tenant.

use actix_web::http::Method;

use super::bodies::ApplicationBody;
use super::directory::{Directory, Object};
use super::error::GraphFault;
use super::query::{list, listed, one, single};
use super::{TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;

/// Properties that filters compare.
const PROPERTIES: &[&str] = &["id", "displayName", "appId", "identifierUris", "signInAudience"];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        listed(
            operation(Method::GET, "/v1.0/applications", "listApplications", list_applications),
            "Conditions on id, displayName, appId and signInAudience, and `identifierUris/any(u:u eq '…')`.",
        )
        .summary(TAG, "List applications")
        .describe("Those registered in the tenant of the token: the partner's in the partner's."),
        single::<ApplicationBody>(operation(
            Method::GET,
            "/v1.0/applications/{application_id}",
            "getApplication",
            get_application,
        ), "The application.")
        .summary(TAG, "Get an application")
        .describe("By the object id of its registration.")
        .example("application_id", EXAMPLE),
    ]
}

/// Object id of the demo client's registration.
const EXAMPLE: &str = "a6fb3253-59bd-5dd4-9e3e-4330aaf873b9";

fn list_applications(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let all = directory.applications().iter();
    list(call, "applications", PROPERTIES, all.map(|it| ApplicationBody::of(&directory, it)))
}

fn get_application(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let sought = call.path_text("application_id");
    let directory = Directory::of(call)?;
    let found = directory.applications().iter().find(|client| {
        let id = directory.id_of(Object::Application(client)).to_string();
        id.eq_ignore_ascii_case(sought)
    });
    let client = found.ok_or_else(|| GraphFault::not_found(sought))?;
    one(call, "applications", &ApplicationBody::of(&directory, client))
}
