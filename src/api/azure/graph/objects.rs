//! What is behind object ids, and which groups it is in.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::bodies::{ObjectBody, type_of};
use super::directory::{Directory, Object};
use super::error::{BAD_REQUEST, GraphFault};
use super::query::context;
use super::{TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;
use crate::domain::authorization::groups_of;
use crate::domain::ids::{ObjectId, parse_guid};

/// Most ids of a request.
const MOST: usize = 1000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::POST,
            "/v1.0/directoryObjects/getByIds",
            "getDirectoryObjectsByIds",
            get_by_ids,
        )
        .summary(TAG, "Get objects by their ids")
        .describe("Ids that are unknown, or of another type than those wanted, are left out.")
        .takes::<Wanted>()
        .gives::<Found>(200, "The objects.")
        .example_body(json!({
            "ids": [ADMIN],
            "types": ["user", "group", "servicePrincipal", "directoryObjectPartnerReference"],
        })),
        operation(
            Method::POST,
            "/v1.0/directoryObjects/{object_id}/checkMemberGroups",
            "checkMemberGroups",
            check_member_groups,
        )
        .summary(TAG, "Tell which of some groups an object is a member of")
        .takes::<GroupIds>()
        .gives::<Ids>(200, "Ids of groups.")
        .example("object_id", ADMIN)
        .example_body(json!({ "groupIds": [super::groups::ADMIN_AGENTS] })),
        operation(
            Method::POST,
            "/v1.0/users/{object_id}/getMemberGroups",
            "getMemberGroupsOfUser",
            get_member_groups,
        )
        .summary(TAG, "Tell which groups a user is a member of")
        .takes::<Kinds>()
        .gives::<Ids>(200, "Ids of groups.")
        .example("object_id", ADMIN)
        .example_body(json!({ "securityEnabledOnly": true })),
    ]
}

/// The administrator of the default fixtures.
const ADMIN: &str = "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14";

/// Which objects are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphGetByIdsRequest)]
struct Wanted {
    /// Object ids, at most 1000.
    ids: Option<Vec<String>>,
    /// Types, such as `user`; of any type when there are none.
    types: Option<Vec<String>>,
}

/// Objects of several types.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GraphDirectoryObjectCollection)]
struct Found {
    /// What the list is of.
    #[serde(rename = "@odata.context")]
    context: String,
    /// The objects.
    value: Vec<ObjectBody>,
}

fn get_by_ids(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let wanted: Wanted = call.body()?;
    let ids = ids("ids", &wanted.ids.unwrap_or_default())?;
    let types = wanted.types.unwrap_or_default();
    let is_wanted = |kind: &str| {
        types.is_empty()
            || types.iter().any(|it| {
                it.eq_ignore_ascii_case(kind) || it.eq_ignore_ascii_case("directoryObject")
            })
    };
    let directory = Directory::of(call)?;
    let value = directory
        .objects()
        .filter(|object| is_wanted(type_of(*object)) && ids.contains(&directory.id_of(*object)))
        .map(|object| ObjectBody::of(&directory, object))
        .collect();
    Ok(Reply::ok(&Found { context: context(call, "directoryObjects"), value }))
}

/// Groups that are asked about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphCheckMemberGroupsRequest)]
struct GroupIds {
    /// Object ids, at most 1000.
    group_ids: Option<Vec<String>>,
}

/// Which groups are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphGetMemberGroupsRequest)]
struct Kinds {
    /// Whether security groups only; all groups here are.
    #[serde(rename = "securityEnabledOnly")]
    _security_enabled_only: Option<bool>,
}

/// Object ids.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GraphStringCollection)]
struct Ids {
    /// What the list is of.
    #[serde(rename = "@odata.context")]
    context: String,
    /// The ids.
    value: Vec<String>,
}

fn check_member_groups(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let wanted: GroupIds = call.body()?;
    let wanted = ids("groupIds", &wanted.group_ids.unwrap_or_default())?;
    let mut found = groups_of_object(call)?;
    found.retain(|id| wanted.contains(id));
    Ok(told(call, &found))
}

fn get_member_groups(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let _: Kinds = call.body()?;
    Ok(told(call, &groups_of_object(call)?))
}

fn told(call: &Call<'_>, ids: &[ObjectId]) -> Reply {
    let value = ids.iter().map(ToString::to_string).collect();
    Reply::ok(&Ids { context: context(call, "Collection(Edm.String)"), value })
}

/// Groups of the object in the path: of its own directory, so that in a customer's tenant there are none.
fn groups_of_object(call: &Call<'_>) -> Result<Vec<ObjectId>, GraphFault> {
    let sought = call.path_text("object_id");
    let directory = Directory::of(call)?;
    let is_sought = |object: &Object<'_>| {
        let by_name = match object {
            Object::User(user) => user.user_principal_name.eq_ignore_ascii_case(sought),
            _ => false,
        };
        by_name || directory.id_of(*object).to_string().eq_ignore_ascii_case(sought)
    };
    let object =
        directory.objects().find(is_sought).ok_or_else(|| GraphFault::not_found(sought))?;
    let id = directory.id_of(object);
    let mut groups = groups_of(&directory.partner, directory.tenant, id);
    groups.retain(|_| directory.is_partners());
    Ok(groups)
}

fn ids(name: &str, sent: &[String]) -> Result<Vec<ObjectId>, GraphFault> {
    let refuse = |reason: String| GraphFault::new(BAD_REQUEST, reason);
    if sent.is_empty() || sent.len() > MOST {
        return Err(refuse(format!("{name}: must be 1 to {MOST} object ids, not {}", sent.len())));
    }
    let read = |id: &String| {
        parse_guid(id).map(ObjectId).map_err(|_| {
            let shown: String = id.chars().take(60).collect();
            refuse(format!("Invalid GUID:{shown}"))
        })
    };
    sent.iter().map(read).collect()
}
