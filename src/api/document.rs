//! The OpenAPI documents, made from the operations. Examples are not written by hand: each
//! operation's example request is sent to a fresh default world, and what it answers is the example.

use super::operation::Surface;

/// The demo client of the default fixtures: id and secret.
pub const DEMO_CLIENT: (&str, &str) = ("31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret");
/// Tenant of the partner in the default fixtures.
pub const DEMO_TENANT: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// Scope that Swagger UI asks for.
pub const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default";

/// The document of a surface as JSON text.
pub fn text(_surface: Surface) -> &'static str {
    "{}"
}

/// The surfaces that have a document.
pub const SURFACES: [Surface; 3] = [Surface::PartnerCenter, Surface::Identity, Surface::Control];
