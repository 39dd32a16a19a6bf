//! Groups of the partner's agents.

use actix_web::http::Method;

use super::bodies::{GroupBody, ObjectBody};
use super::directory::{Directory, Object};
use super::error::GraphFault;
use super::query::{list, listed, one, single};
use super::{TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;
use crate::domain::authorization::AgentGroup;

/// Properties that filters compare.
const PROPERTIES: &[&str] = &["id", "displayName", "mailNickname", "securityEnabled"];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get = |path, id, handler: super::Handler| operation(Method::GET, path, id, handler);
    vec![
        listed(
            get("/v1.0/groups", "listGroups", list_groups),
            "Conditions on id, displayName, mailNickname and securityEnabled.",
        )
        .summary(TAG, "List groups")
        .describe("Those of the partner's agents, in the partner's tenant; customers' tenants have none of their own."),
        single::<GroupBody>(get("/v1.0/groups/{group_id}", "getGroup", get_group), "The group.")
            .summary(TAG, "Get a group")
            .example("group_id", ADMIN_AGENTS),
        listed(
            get("/v1.0/groups/{group_id}/members", "listGroupMembers", list_members),
            "Conditions on id and displayName.",
        )
        .summary(TAG, "List the members of a group")
        .describe("Users and service principals that hold the role of the group.")
        .example("group_id", ADMIN_AGENTS),
    ]
}

/// The admin agents of the default fixtures' partner.
pub(super) const ADMIN_AGENTS: &str = "09993287-eb4f-5bb4-b1ec-84ef873c9d08";

fn list_groups(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let all = directory.groups().iter().map(|group| GroupBody::of(&directory, *group));
    list(call, "groups", PROPERTIES, all)
}

fn get_group(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let group = find(call, &directory)?;
    one(call, "groups", &GroupBody::of(&directory, group))
}

fn list_members(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let group = find(call, &directory)?;
    let members = directory.objects().filter(|object| match object {
        Object::User(user) => group.admits(&user.roles),
        Object::ServicePrincipal(client) => group.admits(&client.roles),
        _ => false,
    });
    let members = members.map(|object| ObjectBody::of(&directory, object));
    list(call, "directoryObjects", &["id", "displayName"], members)
}

fn find(call: &Call<'_>, directory: &Directory) -> Result<AgentGroup, GraphFault> {
    let sought = call.path_text("group_id");
    let found = directory.groups().iter().find(|group| {
        let id = directory.id_of(Object::Group(**group)).to_string();
        id.eq_ignore_ascii_case(sought)
    });
    found.copied().ok_or_else(|| GraphFault::not_found(sought))
}
