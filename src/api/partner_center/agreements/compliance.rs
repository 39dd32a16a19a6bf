//! Whether a partner signed the Microsoft Partner Agreement.

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::fault::Fault;
use crate::api::reply::Reply;
use crate::domain::ids::{CustomerId, PartnerId};
use crate::domain::partner::{AgreementStanding, agreement_by_mpn, agreement_by_tenant};

const fn fault(number: u32, text: &'static str) -> Code {
    Code { text, ..code(number, 400) }
}

/// Neither parameter was sent. The number has another meaning elsewhere.
const NO_PARAMETER: Code = fault(2001, "Either mpnId or tenantId is required");
const NOT_A_GUID: Code = fault(2000, "Tenant Id must be a GUID.");
const NOT_A_NUMBER: Code = fault(2000, "MPN Id must be a number");
const BOTH: Code = fault(2000, "Only one of mpnId and tenantId can be given");
const UNKNOWN_MPN: Code = fault(2200, "The MPN Id is not valid or was not migrated");
const OTHER_REGION: Code = fault(2201, "The MPN Id belongs to another region");
const NOT_SIGNED: Code = fault(2203, "The partner has not signed the Microsoft Partner Agreement");
const NO_CSP_ACCOUNT: Code = fault(2204, "The organization has no CSP account");
const UNKNOWN_TENANT: Code = fault(2205, "The tenant was not found");
const TENANT_NOT_SIGNED: Code =
    fault(2206, "The tenant has not signed the Microsoft Partner Agreement");

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/compliance/csp/agreementstatus",
            "getPartnerAgreementStatus",
            status,
        )
        .summary("Agreements", "Find out whether a partner signed the Microsoft Partner Agreement")
        .describe(
            "For the partner itself and its indirect resellers, by MPN id or tenant. A reseller \
             whose relationship is not active counts as one that has not signed; a reseller of \
             another region is refused by MPN id.",
        )
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, "partner-center-profiles-misc.md#3-agreements-appuser-only")
        .query("mpnId", json!({ "type": "string" }), "MPN id; either this or tenantId.")
        .query("tenantId", json!({ "type": "string" }), "Tenant id; either this or mpnId.")
        .gives::<PartnerAgreementStatus>(200, "The agreement is signed.")
        .faults(&[
            NOT_A_GUID,
            NO_PARAMETER,
            UNKNOWN_MPN,
            OTHER_REGION,
            NOT_SIGNED,
            NO_CSP_ACCOUNT,
            UNKNOWN_TENANT,
            TENANT_NOT_SIGNED,
        ])
        .example_query("mpnId", "6120453"),
    ]
}

fn status(call: &Call<'_>) -> Result<Reply, Fault> {
    let query = call.query();
    match (query.get("mpnId"), query.get("tenantId")) {
        (None, None) => Err(Fault { source: "ComplianceController", ..Fault::new(NO_PARAMETER) }),
        (Some(_), Some(_)) => Err(refusal(BOTH)),
        (Some(mpn_id), None) => by_mpn(call, mpn_id.trim()),
        (None, Some(tenant)) => by_tenant(call, tenant.trim()),
    }
}

fn by_mpn(call: &Call<'_>, mpn_id: &str) -> Result<Reply, Fault> {
    if mpn_id.is_empty() || !mpn_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refusal(NOT_A_NUMBER));
    }
    match agreement_by_mpn(&call.view().state.partner, mpn_id) {
        AgreementStanding::Signed => Ok(signed()),
        AgreementStanding::NotSigned => Err(documented(NOT_SIGNED)),
        AgreementStanding::OtherRegion => Err(documented(OTHER_REGION)),
        AgreementStanding::Unknown => Err(documented(UNKNOWN_MPN)),
    }
}

fn by_tenant(call: &Call<'_>, tenant: &str) -> Result<Reply, Fault> {
    let id: PartnerId = tenant.parse().map_err(|_| refusal(NOT_A_GUID))?;
    let view = call.view();
    match agreement_by_tenant(&view.state.partner, id) {
        AgreementStanding::Signed | AgreementStanding::OtherRegion => Ok(signed()),
        AgreementStanding::NotSigned => Err(documented(TENANT_NOT_SIGNED)),
        AgreementStanding::Unknown if view.state.customers.contains(&CustomerId(id.0)) => {
            Err(documented(NO_CSP_ACCOUNT))
        }
        AgreementStanding::Unknown => Err(Fault::new(UNKNOWN_TENANT)),
    }
}

fn signed() -> Reply {
    Reply::ok(&PartnerAgreementStatus { is_agreement_signed: true })
}

/// A refusal of the parameters themselves.
fn refusal(code: Code) -> Fault {
    Fault { source: "PartnerApiServiceControllers", ..Fault::new(code) }
}

/// A refusal whose `data` names a page.
fn documented(code: Code) -> Fault {
    let mut fault = Fault::new(code);
    fault.detail.push("https://agreements.example/microsoftpartneragreement".to_owned());
    fault
}

/// Whether a partner signed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerAgreementStatus {
    /// Always true: a partner that has not signed is answered with an error.
    pub is_agreement_signed: bool,
}
