//! Agreements: their texts, what customers agreed to, what partners signed
//! (contract: partner-center-profiles-misc.md §3).

mod compliance;
mod customer;
mod templates;

use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::partner_center::fault::{Fault, unknown_word};
use crate::domain::agreements::AgreementKind;
pub use customer::AgreementBody;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    [templates::operations(), customer::operations(), compliance::operations()]
        .into_iter()
        .flatten()
        .collect()
}

/// The kinds that a list is asked for: `*` is all of them, nothing the default.
fn kinds_asked_for(
    call: &Call<'_>,
    default: &[AgreementKind],
) -> Result<Vec<AgreementKind>, Fault> {
    match call.query().get("agreementType") {
        None => Ok(default.to_vec()),
        Some("*") => Ok(AgreementKind::ALL.to_vec()),
        Some(name) => kind_named("agreementType", name).map(|kind| vec![kind]),
    }
}

fn kind_named(field: &str, name: &str) -> Result<AgreementKind, Fault> {
    AgreementKind::named(name).ok_or_else(|| {
        unknown_word(field, name, &AgreementKind::ALL.map(AgreementKind::name).join(", "))
    })
}
