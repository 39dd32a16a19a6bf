//! Azure Resource Manager: the reservations that a partner bought, as the portal and the Azure SDKs
//! see them. One folder per resource provider; what they share stands here
//! (contract: azure-reservations.md, azure-authorization.md, azure-reservation-utilization.md).

pub mod absent;
mod authorization;
mod billing;
pub mod caller;
mod capacity;
mod consumption;
pub mod error;
pub mod graph;
pub mod headers;
mod list;
mod long_running;
pub mod odata;
pub mod paging;
pub mod resource_id;
mod resources;
mod subscription;
mod support;
pub mod version;

use actix_web::http::Method;

use super::call::Call;
use super::operation::{Operation, Surface};
use super::reply::Reply;
use error::ArmFault;

/// Every operation of Azure Resource Manager.
pub fn operations() -> Vec<Operation> {
    let mut operations = capacity::operations();
    operations.extend(consumption::operations());
    operations.extend(billing::operations());
    operations.extend(authorization::operations());
    operations.extend(resources::operations());
    operations.extend(support::operations());
    operations.extend(graph::operations());
    operations
}

/// Resource providers that are known, also those of which nothing is there.
const NAMESPACES: &[&str] = &[
    "Microsoft.Authorization",
    "Microsoft.Billing",
    "Microsoft.BillingBenefits",
    "Microsoft.Capacity",
    "Microsoft.Consumption",
    "Microsoft.Resources",
    "Microsoft.Support",
];

/// The code of a path that is no operation: whether the provider is unknown or its type.
pub fn unknown_code(path: &str) -> &'static str {
    let lower = path.to_ascii_lowercase();
    let namespace = lower
        .rsplit_once("/providers/")
        .map(|(_, rest)| rest.split('/').next().unwrap_or_default().to_owned());
    match namespace {
        Some(name) if !NAMESPACES.iter().any(|known| known.eq_ignore_ascii_case(&name)) => {
            "InvalidResourceNamespace"
        }
        _ => "InvalidResourceType",
    }
}

/// What carries an operation out.
type Handler = fn(&Call<'_>) -> Result<Reply, ArmFault>;

/// Begins the declaration of an operation.
fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    Operation::new(Surface::Azure, method, path, id, handler)
}
