//! Service principals: the partner's applications in a tenant.

use actix_web::http::Method;

use super::bodies::ServicePrincipalBody;
use super::directory::Directory;
use super::error::GraphFault;
use super::query::{list, listed, one, single};
use super::{TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;

/// Properties that filters compare.
const PROPERTIES: &[&str] = &[
    "id",
    "displayName",
    "appDisplayName",
    "appId",
    "appOwnerOrganizationId",
    "accountEnabled",
    "servicePrincipalNames",
    "servicePrincipalType",
];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        listed(
            operation(
                Method::GET,
                "/v1.0/servicePrincipals",
                "listServicePrincipals",
                list_service_principals,
            ),
            "Conditions on id, displayName, appDisplayName, appId, accountEnabled and the like, and `servicePrincipalNames/any(c:c eq '…')`.",
        )
        .summary(TAG, "List service principals")
        .describe("One for each of the partner's applications, with an object id of its own in every tenant.")
        .example_query(
            "$filter",
            "servicePrincipalNames/any(c:c eq '31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846')",
        ),
        single::<ServicePrincipalBody>(operation(
            Method::GET,
            "/v1.0/servicePrincipals/{service_principal_id}",
            "getServicePrincipal",
            get_service_principal,
        ), "The service principal.")
        .summary(TAG, "Get a service principal")
        .example("service_principal_id", EXAMPLE),
    ]
}

/// Object id of the demo client in the partner's tenant.
const EXAMPLE: &str = "e7b1c9d2-4f3a-4d68-9e05-2a8c6b1f7d43";

fn list_service_principals(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let all = directory.partner.clients.iter();
    let all = all.map(|client| ServicePrincipalBody::of(&directory, client));
    list(call, "servicePrincipals", PROPERTIES, all)
}

fn get_service_principal(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let sought = call.path_text("service_principal_id");
    let directory = Directory::of(call)?;
    let found = directory.partner.clients.iter().find(|client| {
        directory.service_principal(client).to_string().eq_ignore_ascii_case(sought)
    });
    let client = found.ok_or_else(|| GraphFault::not_found(sought))?;
    one(call, "servicePrincipals", &ServicePrincipalBody::of(&directory, client))
}
