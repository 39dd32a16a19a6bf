//! Operations of Azure that clients of partners call and the mock does not have: answered 501 instead
//! of 404, so that nobody looks for a wrong path (contract: real-clients.md §6).

use actix_web::http::Method;

use crate::api::partner_center::absent::find;

/// Methods and path; `{}` stands for any segment.
#[rustfmt::skip]
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/providers/Microsoft.Billing/billingAccounts"),
    ("GET", "/providers/Microsoft.Billing/billingAccounts/{}"),
    ("GET", "/providers/Microsoft.Billing/billingAccounts/{}/customers"),
    ("GET", "/providers/Microsoft.Billing/billingAccounts/{}/customers/{}"),
    ("POST", "/providers/Microsoft.Billing/billingAccounts/{}/providers/Microsoft.CostManagement/query"),
    ("POST", "/providers/Microsoft.Billing/billingAccounts/{}/customers/{}/providers/Microsoft.CostManagement/query"),
];

/// What the service has there, if it has something.
pub fn operation_at(method: &Method, path: &str) -> Option<String> {
    find(ROUTES, method, path)
}
