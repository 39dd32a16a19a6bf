//! Microsoft Graph as far as clients of Azure Resource Manager need it: who is behind an object id, and
//! which object id is behind a name. The directory is the partner's; nothing in it can be changed here
//! (contract: real-clients.md §1 item 11 and §5).

mod applications;
mod bodies;
mod directory;
pub mod error;
mod groups;
mod objects;
mod organization;
mod query;
mod service_principals;
mod users;

use actix_web::http::Method;

use super::super::hosts::surface_of_host;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::request::Request;
use error::GraphFault;

/// Audiences of tokens for Graph, the old one's included (contract: azure-identity.md §3.1).
pub const AUDIENCES: &[&str] = &[
    "https://graph.microsoft.com",
    "https://graph.windows.net",
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0000-c000-000000000000",
];
/// Scope of tokens for Graph.
pub const SCOPE: &str = "https://graph.microsoft.com/.default";
/// What the path of every operation begins with.
const ROOT: &str = "/v1.0/";
/// Group of these operations in the document.
const TAG: &str = "Microsoft Graph";
/// Where it is described what clients ask for.
const CONTRACT: &str = "real-clients.md#5-azure-cli";

/// Every operation of Graph.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = objects::operations();
    all.extend(users::operations());
    all.extend(groups::operations());
    all.extend(service_principals::operations());
    all.extend(applications::operations());
    all.extend(organization::operations());
    all
}

/// What carries an operation out.
type Handler = fn(&Call<'_>) -> Result<Reply, GraphFault>;

/// Begins the declaration of an operation.
fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    Operation::new(Surface::Azure, method, path, id, handler).source(Fidelity::Documented, CONTRACT)
}

/// Whether an operation is one of Graph.
pub fn has(operation: &Operation) -> bool {
    operation.surface == Surface::Azure && operation.path.starts_with(ROOT)
}

/// Whether a request is meant for Graph, whatever its path leads to: by host, else by path.
pub fn is_meant_by(request: &Request<'_>) -> bool {
    let host = request.origin.host();
    match surface_of_host(host) {
        Some(Surface::Azure) => host.to_ascii_lowercase().contains("graph"),
        Some(_) => false,
        None => is_path(request.path),
    }
}

/// Whether a path is one of Graph, as far as no host says so.
pub fn is_path(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or_default();
    let is_version = first.eq_ignore_ascii_case("v1.0") || first.eq_ignore_ascii_case("beta");
    // Price sheets of Partner Center have a version of that name too.
    is_version && !segments.next().is_some_and(|next| next.eq_ignore_ascii_case("sales"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_graph_are_told_from_those_of_price_sheets() {
        for path in ["/v1.0/users", "//V1.0/me", "/beta/groups", "/v1.0"] {
            assert!(is_path(path), "{path}");
        }
        for path in ["/v1/customers", "/v1.0/sales/pricesheets", "/", "/subscriptions"] {
            assert!(!is_path(path), "{path}");
        }
    }
}
