//! The description of the cloud: where its services are, for clients that learn of a cloud by one
//! address (contract: real-clients.md §5).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::azure::error::ArmFault;
use crate::api::azure::version;
use crate::api::call::Call;
use crate::api::hosts;
use crate::api::operation::{Auth, Fidelity, Operation};
use crate::api::reply::Reply;

/// Versions of the description.
const VERSIONS: &[&str] =
    &["2022-09-01", "2020-06-01", "2019-10-01", "2019-05-01", "2018-05-01", "2015-01-01"];
/// The first version that answers with one cloud and not with a list.
const ONE: &str = "2022-09-01";
/// The first version that answers with a list.
const LIST: &str = "2018-05-01";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        super::super::operation(Method::GET, "/metadata/endpoints", "describeCloud", describe)
            .versions(VERSIONS)
            .auth(Auth::None)
            .summary("Subscriptions and tenants", "Describe the cloud")
            .describe(
                "Sign-in, Azure Resource Manager and Graph are where the request was sent to, or at \
                 the names of the real cloud when the request was sent to one of those. One object \
                 from 2022-09-01, a list of one from 2018-05-01, a short object before.",
            )
            .source(Fidelity::Recorded, "real-clients.md#5-azure-cli")
            .gives::<CloudAnswer>(200, "The cloud."),
    ]
}

/// The description in the shape of a version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = CloudMetadata)]
enum CloudAnswer {
    /// From 2022-09-01.
    One(Box<Cloud>),
    /// From 2018-05-01.
    List(Vec<Cloud>),
    /// Before.
    Short(ShortCloud),
}

/// A cloud.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Cloud {
    /// Name.
    name: &'static str,
    /// Where people go.
    portal: String,
    /// How to sign in.
    authentication: Authentication,
    /// Azure Resource Manager.
    resource_manager: String,
    /// Audience of tokens for the old Graph.
    graph_audience: String,
    /// The old Graph.
    graph: String,
    /// Microsoft Graph.
    microsoft_graph_resource_id: String,
    /// Gallery.
    gallery: String,
    /// Audience of tokens for Batch.
    batch: String,
    /// Audience of tokens for the old management of SQL.
    sql_management: String,
    /// Where aliases of images are listed.
    vm_image_alias_doc: String,
    /// Audience of tokens for Data Lake.
    active_directory_data_lake: &'static str,
    /// Audience of tokens for Media Services.
    media: &'static str,
    /// Endings of host names.
    suffixes: Suffixes,
}

/// How to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    /// Where tokens are issued, without tenant.
    login_endpoint: String,
    /// Audiences of tokens for Azure Resource Manager.
    audiences: Vec<String>,
    /// The tenant for users of any.
    tenant: &'static str,
    /// Who issues tokens.
    identity_provider: &'static str,
}

/// Endings of host names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Suffixes {
    /// SQL servers.
    sql_server_hostname: &'static str,
    /// Storage.
    storage: &'static str,
    /// Key vaults.
    key_vault_dns: &'static str,
    /// Container registries.
    acr_login_server: &'static str,
}

/// A cloud in few words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShortCloud {
    /// Gallery.
    gallery_endpoint: String,
    /// The old Graph.
    graph_endpoint: String,
    /// Where people go.
    portal_endpoint: String,
    /// How to sign in.
    authentication: ShortAuthentication,
}

/// How to sign in, in few words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShortAuthentication {
    /// Where tokens are issued, without tenant.
    login_endpoint: String,
    /// Audiences of tokens for Azure Resource Manager.
    audiences: Vec<String>,
}

/// Where the services are that the mock plays.
struct Places {
    /// The cloud whose names they have, or would have.
    cloud: &'static hosts::Cloud,
    login: String,
    arm: String,
    graph: String,
    microsoft_graph: String,
}

impl Places {
    /// Under the address of the request, so that a client told of it never leaves the mock; under the
    /// real names for a client that believes to be there.
    fn of(call: &Call<'_>) -> Self {
        if let Some(cloud) = hosts::Cloud::of_host(call.request.origin.host()) {
            return Self {
                cloud,
                login: format!("https://{}", cloud.login),
                arm: format!("https://{}/", cloud.azure),
                graph: format!("https://{}/", cloud.graph),
                microsoft_graph: format!("https://{}/", cloud.microsoft_graph),
            };
        }
        let here = call.url("/");
        Self {
            cloud: &hosts::CLOUDS[0],
            login: call.url(""),
            arm: here.clone(),
            graph: here.clone(),
            microsoft_graph: here,
        }
    }

    /// Audiences of tokens for Azure Resource Manager; a client asks for the first one.
    fn audiences(&self) -> Vec<String> {
        vec![format!("{}/", self.cloud.azure_audience), format!("https://{}/", self.cloud.azure)]
    }
}

impl Cloud {
    fn at(places: Places) -> Self {
        Self {
            name: places.cloud.name,
            portal: places.arm.clone(),
            authentication: Authentication {
                audiences: places.audiences(),
                login_endpoint: places.login,
                tenant: "common",
                identity_provider: "AAD",
            },
            graph_audience: places.graph.clone(),
            graph: places.graph,
            microsoft_graph_resource_id: places.microsoft_graph,
            gallery: places.arm.clone(),
            batch: format!("https://batch.{}/", places.cloud.suffixes.core),
            sql_management: format!("{}:8443/", places.cloud.azure_audience),
            vm_image_alias_doc: format!("{}metadata/aliases.json", places.arm),
            active_directory_data_lake: "https://datalake.azure.net/",
            media: "https://rest.media.azure.net",
            suffixes: Suffixes {
                sql_server_hostname: places.cloud.suffixes.sql,
                storage: places.cloud.suffixes.core,
                key_vault_dns: places.cloud.suffixes.vault,
                acr_login_server: places.cloud.suffixes.registry,
            },
            resource_manager: places.arm,
        }
    }
}

impl ShortCloud {
    fn at(places: Places) -> Self {
        Self {
            authentication: ShortAuthentication {
                audiences: places.audiences(),
                login_endpoint: places.login,
            },
            gallery_endpoint: places.arm.clone(),
            graph_endpoint: places.graph,
            portal_endpoint: places.arm,
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of a handler")]
fn describe(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let places = Places::of(call);
    let answer = if version::is_from(call, ONE) {
        CloudAnswer::One(Box::new(Cloud::at(places)))
    } else if version::is_from(call, LIST) {
        CloudAnswer::List(vec![Cloud::at(places)])
    } else {
        CloudAnswer::Short(ShortCloud::at(places))
    };
    Ok(Reply::ok(&answer))
}
