//! Nothing is forgotten: every operation of the `OpenAPI` documents has a case or a reason why not, and
//! every route of the service in the families that the mock is about is answered.

use std::collections::{BTreeMap, BTreeSet};

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::document;

use super::{PAGES, operation_at};
use crate::support::mock;

const ABSENT: &str = "the mock has it not, and answers 501";
const UNDESCRIBED: &str = "the contract names the route and no shape";
const BROWSER: &str = "a page for browsers, or where it sends them";
const SERVED: &str = "no page of the contract describes it; a client asks for it";

const GRAPH: &str =
    "the contract names what az asks of Graph and no shape; az itself is run against it";

/// Operations without a case.
const WITHOUT_CASE: &[(&str, &[&str])] = &[
    (
        ABSENT,
        &[
            "listOrderAttachments",
            "listCustomerUsageRecords",
            "listSubscriptionUsageRecords",
            "listSubscriptionUpgrades",
            "upgradeSubscription",
            "listSubscriptionConversions",
            "convertSubscription",
            "listSubscriptionTransitions",
            "transitionSubscription",
            "listTransitionEligibilities",
            "getSubscriptionOverage",
            "updateSubscriptionOverage",
            "updateOrganizationProfile",
            "updateLegalBusinessProfile",
            "updatePartnerBillingProfile",
            "updateSupportProfile",
            "updateSupportProfileByDocumentedPath",
        ],
    ),
    (
        UNDESCRIBED,
        &[
            "listOffers",
            "getOffer",
            "listOfferAddOns",
            "listOfferCategories",
            "listCustomerOffers",
            "listCustomerOfferCategories",
            "getServiceCosts",
            "getServiceCostLineItems",
        ],
    ),
    (BROWSER, &["signOut", "signOutV1"]),
    (SERVED, &["listLocations", "listTenantProviders", "getTenantProvider", "listProviders"]),
    (
        GRAPH,
        &[
            "checkMemberGroups",
            "getApplication",
            "getDirectoryObjectsByIds",
            "getGroup",
            "getMe",
            "getMemberGroupsOfUser",
            "getServicePrincipal",
            "getUser",
            "listApplications",
            "listGroupMembers",
            "listGroups",
            "listOrganization",
            "listServicePrincipals",
            "listUsers",
        ],
    ),
    ("there is no promotion that it could show", &["getProductPromotion"]),
    ("there are no transcripts", &["getChatTranscript", "getChatTranscriptNoSubscription"]),
    ("there are no deny assignments", &["getDenyAssignment"]),
];

/// Families of routes that the mock is about. The others are known, so that they are told from typing
/// errors.
const FAMILIES: &[&str] = &[
    "agreements",
    "audit",
    "billing",
    "carts",
    "catalog",
    "customers",
    "entitlements",
    "orders",
    "profiles",
    "service-requests",
    "subscriptions",
    "validation",
];

#[test]
fn every_operation_has_a_case_or_a_reason() {
    let with_case: BTreeSet<&str> =
        PAGES.iter().flat_map(|page| page.cases).map(|case| case.operation).collect();
    let documented: BTreeSet<&str> = api()
        .operations
        .iter()
        .filter(|it| document::SURFACES.contains(&it.surface) && it.surface.name() != "control")
        .map(|it| it.id)
        .collect();
    let without: BTreeSet<&str> =
        WITHOUT_CASE.iter().flat_map(|(_, operations)| *operations).copied().collect();
    let forgotten: Vec<_> =
        documented.iter().filter(|it| !with_case.contains(*it) && !without.contains(*it)).collect();
    assert!(forgotten.is_empty(), "neither a case nor a reason: {forgotten:?}");
    let gone: Vec<_> = without.difference(&documented).collect();
    assert!(gone.is_empty(), "no operations any more: {gone:?}");
    let settled: Vec<_> = without.intersection(&with_case).collect();
    assert!(settled.is_empty(), "have a case by now: {settled:?}");
    println!("{} operations with a case, {} without", with_case.len(), without.len());
}

#[test]
fn every_route_of_the_service_is_answered() {
    let mock = mock();
    let mut wrong = Vec::new();
    let mut answered: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for row in include_str!("routes.tsv").lines() {
        let mut columns = row.split('\t');
        let mut column = || columns.next().unwrap();
        let (family, method, route) = (column(), column(), column());
        let path = filled(route);
        if operation_at(method, &path).is_some() {
            answered.entry(family).or_default()[0] += 1;
            continue;
        }
        let answer = mock.send(method, &path, &[], "");
        let names_it = answer.status == 501 && answer.text.contains(&named(method, route));
        if names_it {
            answered.entry(family).or_default()[1] += 1;
        } else {
            wrong.push(format!("{method} {route}: {} {:.150}", answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "neither an operation nor 501:\n{}", wrong.join("\n"));
    for family in FAMILIES {
        let [operations, _] = answered.get(family).copied().unwrap_or_default();
        assert!(operations > 0, "nothing of {family} is an operation");
    }
}

/// A route as a refusal names it.
fn named(method: &str, route: &str) -> String {
    let segments = route.split('/').map(|it| if it.starts_with('{') { "{id}" } else { it });
    format!("{method} {},", segments.collect::<Vec<_>>().join("/"))
}

/// A route with something in place of its parameters.
fn filled(route: &str) -> String {
    let segments = route.split('/').map(|segment| {
        if segment.starts_with('{') { "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10" } else { segment }
    });
    segments.collect::<Vec<_>>().join("/")
}
