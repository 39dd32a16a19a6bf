//! Operations that the service has and the mock does not: answered 501 instead of 404, so that nobody
//! looks for a wrong path (contract: partner-center-conventions.md §12.4). Those whose path would
//! otherwise be taken for another operation are declared where that one is.

use actix_web::http::Method;

/// Methods and path; `{}` stands for any segment, `({})` at its end for the keys of an entity.
#[rustfmt::skip]
const ROUTES: &[(&str, &str)] = &[
    ("GET POST PUT", "/webhooks/v1/registration"),
    ("GET", "/webhooks/v1/registration/events"),
    ("POST", "/webhooks/v1/registration/validationEvents"),
    ("GET", "/webhooks/v1/registration/validationEvents/{}"),
    ("GET", "/v1/agreements/{}"),
    ("GET", "/v1/agreements/{}/signatures"),
    ("GET", "/v1/agreements/{}/signatures/{}"),
    ("POST", "/v1/CreateBulkReAttestation"),
    ("GET", "/v1/partners/customeragreementrecords"),
    ("POST", "/v1/customers/{}/migrations/newcommerce"),
    ("GET", "/v1/customers/{}/migrations/newcommerce/events"),
    ("POST", "/v1/customers/{}/migrations/newcommerce/schedules"),
    ("GET PUT", "/v1/customers/{}/migrations/newcommerce/schedules/{}"),
    ("POST", "/v1/customers/{}/migrations/newcommerce/schedules/{}/cancel"),
    ("POST", "/v1/customers/{}/migrations/newcommerce/validate"),
    ("GET", "/v1/customers/{}/migrations/newcommerce/{}"),
    ("GET", "/v1/migrations/newcommerce"),
    ("GET", "/v1/migrations/newcommerce/schedules"),
    ("POST", "/v1/customers/{}/orders/{}/attachment"),
    ("GET", "/v1/customers/{}/orders/{}/attachment/{}"),
    ("GET PUT", "/v1/customers/{}/qualification"),
    ("GET POST", "/v1/customers/{}/qualifications"),
    ("GET", "/v1/customers/{}/validations"),
    ("POST", "/v1/productUpgrades"),
    ("POST", "/v1/productUpgrades/eligibility"),
    ("GET POST", "/v1/productUpgrades/{}/status"),
    ("GET", "/v1/customers/{}/subscriptions/{}/meterusagerecords"),
    ("GET", "/v1/customers/{}/subscriptions/{}/resourceusagerecords"),
    ("GET", "/v1/customers/{}/subscriptions/{}/usagerecords/daily"),
    ("GET", "/v1/customers/{}/subscriptions/{}/usagerecords/resources"),
    ("GET", "/v1/customers/{}/subscriptions/{}/usagesummary"),
    ("GET", "/v1/customers/{}/subscriptions/{}/utilizations/azure"),
    ("GET PATCH", "/v1/customers/{}/usagebudget"),
    ("GET", "/v1/customers/{}/usagesummary"),
    ("GET", "/v1/usagesummary"),
    ("GET", "/v1/customers/{}/directoryroles"),
    ("GET POST", "/v1/customers/{}/directoryroles/{}/usermembers"),
    ("DELETE", "/v1/customers/{}/directoryroles/{}/usermembers/{}"),
    ("GET", "/v1/customers/{}/subscribedskus"),
    ("GET PATCH POST", "/v1/customers/{}/users"),
    ("DELETE GET PATCH", "/v1/customers/{}/users/{}"),
    ("GET", "/v1/customers/{}/users/{}/directoryroles"),
    ("GET", "/v1/customers/{}/users/{}/licenses"),
    ("POST", "/v1/customers/{}/users/{}/licenseupdates"),
    ("PATCH", "/v1/customers/{}/users/{}/resetpassword"),
    ("GET", "/v1/roles"),
    ("GET", "/v1/roles/{}"),
    ("GET", "/v1/roles/{}/usermembers"),
    ("GET", "/v1/validations/checkdomainavailability/{}"),
    ("GET", "/partner/v1/analytics/indirectresellers"),
    ("GET", "/partner/v1/analytics/referrals"),
    ("GET", "/partner/v1/analytics/search"),
    ("GET", "/partner/v1/analytics/subscriptions"),
    ("GET", "/partner/v1/analytics/usage/azure"),
    ("GET", "/v1/analytics/commercial/deployment/license"),
    ("GET", "/v1/analytics/commercial/usage/license"),
    ("GET", "/v1/analytics/licenses/deployment"),
    ("GET", "/v1/analytics/licenses/usage"),
    ("GET", "/v1/customers/{}/analytics/licenses/deployment"),
    ("GET", "/v1/customers/{}/analytics/licenses/usage"),
    ("GET", "/v1/customers/{}/batchJobStatus/{}"),
    ("GET POST", "/v1/customers/{}/deviceBatches"),
    ("GET POST", "/v1/customers/{}/deviceBatches/{}/devices"),
    ("DELETE PATCH", "/v1/customers/{}/deviceBatches/{}/devices/{}"),
    ("PATCH", "/v1/customers/{}/DevicePolicyUpdates"),
    ("GET POST", "/v1/customers/{}/policies"),
    ("DELETE GET PUT", "/v1/customers/{}/policies/{}"),
    ("GET", "/v1/ratecards/azure"),
    ("GET", "/v1/ratecards/azure-shared"),
    ("GET PUT", "/v1/accountsettings/{}"),
    ("GET", "/v1/applicationmfaadoptionstatus"),
    ("GET", "/v1/enrolledprograms/{}"),
    ("GET", "/v1/nonMfaCompliantPartnerPrincipals"),
    ("GET", "/v1/partnerRequests"),
    ("GET POST PUT", "/v1/SelfServePolicy"),
    ("DELETE GET PUT", "/v1/SelfServePolicy/{}"),
    ("GET", "/v1/customers/{}/serviceincidents/office"),
    ("GET", "/v1/serviceincidents/office"),
    ("GET", "/v1/serviceincidents/office/count"),
    ("GET POST", "/v1/customers/{}/transfers"),
    ("DELETE GET PATCH", "/v1/customers/{}/transfers/{}"),
    ("POST", "/v1/customers/{}/transfers/{}/accept"),
    ("GET", "/v1/customers/{}/transferseligibility"),
    ("GET", "/v1.0/sales/offermatrix({})/$value"),
    ("GET", "/v1.0/sales/pricesheets({})/$value"),
    ("GET POST PUT", "/webhooks/v1/internalApp/registration"),
    ("GET", "/webhooks/v1/internalApp/registration/events"),
    ("POST", "/webhooks/v1/internalApp/registration/validationEvents"),
    ("GET", "/webhooks/v1/internalApp/registration/validationEvents/{}"),
];

/// What the service has there, as `GET /v1/roles/{id}`, if it has something. Case and repeated slashes
/// do not count.
pub fn operation_at(method: &Method, path: &str) -> Option<String> {
    find(ROUTES, method, path)
}

/// The same among these methods and paths.
pub(in crate::api) fn find(routes: &[(&str, &str)], method: &Method, path: &str) -> Option<String> {
    fn segments(path: &str) -> impl Iterator<Item = &str> {
        path.split('/').filter(|segment| !segment.is_empty())
    }
    let fits = |known: &str, sent: &str| match known.strip_suffix("({})") {
        Some(entity) => sent
            .split_once('(')
            .is_some_and(|(name, keys)| name.eq_ignore_ascii_case(entity) && keys.ends_with(')')),
        None => known == "{}" || known.eq_ignore_ascii_case(sent),
    };
    let (_, route) = routes.iter().find(|(methods, route)| {
        methods.split(' ').any(|known| known == method.as_str())
            && segments(route).count() == segments(path).take(20).count()
            && segments(route).zip(segments(path)).all(|(known, sent)| fits(known, sent))
    })?;
    Some(format!("{method} {}", route.replace("({})", "({keys})").replace("{}", "{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_known_in_any_casing_by_their_methods() {
        for (method, path, known) in [
            ("GET", "/v1/usagesummary", "GET /v1/usagesummary"),
            ("GET", "/V1//UsageSummary/", "GET /v1/usagesummary"),
            ("DELETE", "/v1/usagesummary", ""),
            ("GET", "/v1/roles/D030001KZ8", "GET /v1/roles/{id}"),
            ("GET", "/v1/roles/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v", ""),
            ("GET", "/v1/customerz", ""),
            (
                "GET",
                "/v1.0/sales/PriceSheets(Market='US',PricesheetView='software')/$value",
                "GET /v1.0/sales/pricesheets({keys})/$value",
            ),
            ("GET", "/v1.0/sales/pricesheets/$value", ""),
            ("GET", "", ""),
        ] {
            let method: Method = method.parse().unwrap();
            assert_eq!(operation_at(&method, path).unwrap_or_default(), known, "{method} {path}");
        }
    }
}
