//! At auth level strict, roles decide what a caller sees and changes.

use partner_center_mock::Content;
use partner_center_mock::api::azure::graph;
use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::{Auth, Operation, Surface};
use partner_center_mock::identity::token::AuthLevel;
use serde_json::{Value, json};

use super::access::{
    HELPDESK, ORDER, READER, RESERVATIONS_READER, SALES, SUBSCRIPTION, assign, assignment, at,
    order, reservation, role_id,
};
use crate::identity::{CLIENT, PUBLIC_CLIENT, SECRET, accepted};
use crate::support::{Answer, LARKSPUR, Mock, NOBODY, arm, mock_with};

const ORDERS: &str = "/providers/Microsoft.Capacity/reservationOrders";
const CAPACITY: &str = "/providers/Microsoft.Capacity";
const NAME: &str = "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4";
const OTHER_NAME: &str = "8c1e47a2-d5b0-4f93-a6e8-20c9f7b3d461";
const ELEVATE: &str = "/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01";

pub fn strict() -> Mock {
    mock_with(|builder| builder.auth(AuthLevel::Strict))
}

/// The world as a user of the partner sees it who signed in to the customer's tenant.
pub fn signed_in(mock: &Mock, user: &str) -> Mock {
    let user = format!("{user}@fabricore.example");
    let token = accepted(
        mock,
        &format!("/{LARKSPUR}/oauth2/v2.0/token"),
        &[
            ("grant_type", "password"),
            ("client_id", PUBLIC_CLIENT),
            ("username", &user),
            ("password", "demo-password"),
            ("scope", "https://management.azure.com/.default"),
        ],
    );
    mock.with_token(token["access_token"].as_str().unwrap())
}

pub fn application(mock: &Mock) -> Mock {
    let token = accepted(
        mock,
        &format!("/{LARKSPUR}/oauth2/v2.0/token"),
        &[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", "https://management.azure.com/.default"),
        ],
    );
    mock.with_token(token["access_token"].as_str().unwrap())
}

fn orders(mock: &Mock) -> Vec<String> {
    let list = mock.get(&arm(ORDERS));
    let rows = list["value"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn assignments(mock: &Mock, scope: &str) -> usize {
    mock.get(&at(scope, "roleAssignments"))["value"].as_array().unwrap().len()
}

fn forbidden(mock: &Mock, method: &str, path: &str, body: &Value) -> String {
    let answer = mock.azure_refused(403, "AuthorizationFailed", method, path, body);
    answer.json()["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn admin_agents_and_the_partners_application_do_everything_others_nothing() {
    let mock = strict();
    let (admin, app, helpdesk) =
        (signed_in(&mock, "admin"), application(&mock), signed_in(&mock, "helpdesk"));
    let all = orders(&admin);
    assert!(all.iter().any(|id| id == ORDER), "{all:?}");
    assert_eq!(orders(&app), all);
    assert_eq!(orders(&helpdesk), [""; 0]);

    let path = arm(&order());
    admin.get(&path);
    let told = forbidden(&helpdesk, "GET", &path, &Value::Null);
    let expected = format!(
        "The client '{PUBLIC_CLIENT}' with object id '{HELPDESK}' has no authorization to perform \
         action 'Microsoft.Capacity/reservationOrders/read' over scope '{}'",
        order()
    );
    assert!(told.starts_with(&expected), "{told}");

    // Lists refuse nobody, everything else does.
    let subscription = format!("/subscriptions/{SUBSCRIPTION}");
    for scope in [&order(), &subscription, CAPACITY, ""] {
        assert_eq!(assignments(&helpdesk, scope), 0, "{scope}");
        assert_eq!(helpdesk.get(&at(scope, "permissions"))["value"], json!([]), "{scope}");
        let path = assignment(scope, NAME);
        for (method, body) in
            [("PUT", assign(READER, HELPDESK)), ("DELETE", Value::Null), ("GET", Value::Null)]
        {
            forbidden(&helpdesk, method, &path, &body);
        }
        let role = at(scope, &format!("roleDefinitions/{NAME}"));
        for (method, body) in [("PUT", json!({})), ("DELETE", Value::Null), ("GET", Value::Null)] {
            forbidden(&helpdesk, method, &role, &body);
        }
    }
    assert_eq!(helpdesk.get(&at(&order(), "denyAssignments"))["value"], json!([]));
    let nowhere = at(&format!("{ORDERS}/{NAME}"), "roleAssignments");
    assert_eq!(helpdesk.get(&nowhere)["value"], json!([]), "and is told nothing");
    let built_in = helpdesk.get(&at("", &format!("roleDefinitions/{READER}")));
    assert_eq!(built_in["properties"]["roleName"], "Reader", "built-in roles are no secret");
    assert_eq!(assignments(&admin, &order()), 2, "the agents and, by the fixtures, finance");
    assert_eq!(assignments(&admin, &subscription), 1);
}

#[test]
fn a_reader_of_an_order_sees_that_order_until_the_role_is_taken_away() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let path = assignment(&order(), NAME);
    let made = admin.expect(201, "PUT", &path, &assign(RESERVATIONS_READER, HELPDESK)).json();
    assert_eq!(orders(&helpdesk), [ORDER]);
    helpdesk.get(&arm(&order()));
    let other = orders(&admin).into_iter().find(|id| id != ORDER).unwrap();
    forbidden(&helpdesk, "GET", &arm(&format!("{ORDERS}/{other}")), &Value::Null);

    // A reader sees who has access, and gives none.
    assert_eq!(assignments(&helpdesk, &order()), 3);
    assert_eq!(assignments(&helpdesk, &reservation()), 3, "inherited");
    assert_eq!(assignments(&helpdesk, CAPACITY), 3, "of all below, those that may be read");
    assert_eq!(helpdesk.get(&path), made);
    forbidden(&helpdesk, "PUT", &assignment(&order(), OTHER_NAME), &assign(READER, SALES));
    forbidden(&helpdesk, "DELETE", &path, &Value::Null);
    let permissions = helpdesk.get(&at(&reservation(), "permissions"));
    assert_eq!(
        permissions["value"][0]["actions"],
        json!(["Microsoft.Capacity/*/read", "Microsoft.Authorization/roleAssignments/read"])
    );

    admin.expect(200, "DELETE", &path, &Value::Null);
    assert_eq!(orders(&helpdesk), [""; 0]);
    forbidden(&helpdesk, "GET", &arm(&order()), &Value::Null);
}

#[test]
fn roles_are_inherited_downwards_and_never_from_a_subscription() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let sales = signed_in(&mock, "sales");
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let subscription = format!("/subscriptions/{SUBSCRIPTION}");
    admin.expect(201, "PUT", &assignment(&subscription, NAME), &assign(owner, HELPDESK));
    assert_eq!(orders(&helpdesk), [""; 0], "owners of a subscription own no reservations");
    forbidden(&helpdesk, "GET", &arm(&order()), &Value::Null);
    let subscriptions = "/subscriptions?api-version=2022-12-01";
    let count = |mock: &Mock| mock.get(subscriptions)["value"].as_array().unwrap().len();
    assert_eq!((count(&admin), count(&helpdesk), count(&sales)), (2, 1, 0));
    let group = format!("{subscription}/resourceGroups/web");
    helpdesk.expect(201, "PUT", &assignment(&group, OTHER_NAME), &assign(READER, SALES));

    // The root is above all: who may write there is made by elevating, and only administrators are.
    forbidden(&helpdesk, "POST", ELEVATE, &Value::Null);
    forbidden(&application(&mock), "POST", ELEVATE, &Value::Null);
    forbidden(
        &admin,
        "PUT",
        &assignment(CAPACITY, "11111111-2222-4333-8444-555555555555"),
        &assign(RESERVATIONS_READER, SALES),
    );
    admin.expect(200, "POST", ELEVATE, &Value::Null);
    let path = assignment(CAPACITY, "11111111-2222-4333-8444-555555555555");
    admin.expect(201, "PUT", &path, &assign(RESERVATIONS_READER, SALES));
    assert_eq!(orders(&sales), orders(&admin));
    sales.get(&arm(&order()));
}

#[test]
fn a_custom_role_allows_what_it_says() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let role = |actions: Value, not: Value| {
        json!({ "properties": {
            "roleName": "Delegate", "assignableScopes": [order()],
            "permissions": [{ "actions": actions, "notActions": not }],
        } })
    };
    let path = at(&order(), &format!("roleDefinitions/{NAME}"));
    let delegate = role(json!(["Microsoft.Authorization/roleAssignments/*"]), json!(["*/delete"]));
    admin.expect(201, "PUT", &path, &delegate);
    let wide = json!({ "properties": {
        "roleName": "Wide", "assignableScopes": [CAPACITY],
        "permissions": [{ "actions": ["*"] }],
    } });
    let other = at(&order(), &format!("roleDefinitions/{OTHER_NAME}"));
    forbidden(&admin, "PUT", &other, &wide);

    admin.expect(201, "PUT", &assignment(&order(), NAME), &assign(NAME, HELPDESK));
    forbidden(&helpdesk, "GET", &arm(&order()), &Value::Null);
    let given = assignment(&order(), OTHER_NAME);
    helpdesk.expect(201, "PUT", &given, &assign(RESERVATIONS_READER, SALES));
    forbidden(&helpdesk, "DELETE", &given, &Value::Null);
    assert_eq!(orders(&signed_in(&mock, "sales")), [ORDER]);

    // A role that changes changes what its holders may do.
    let reads = role(json!(["Microsoft.Capacity/*/read"]), json!([]));
    admin.expect(201, "PUT", &path, &reads);
    assert_eq!(orders(&helpdesk), [ORDER]);
    forbidden(&helpdesk, "GET", &given, &Value::Null);
    let of_scope = helpdesk.get(&at(&order(), "roleDefinitions?$filter=type eq 'CustomRole'"));
    assert_eq!(of_scope["value"], json!([]), "custom roles are for those who may read roles");
    let id = admin.get(&at(&order(), "roleDefinitions?$filter=roleName eq 'Delegate'"));
    assert_eq!(id["value"][0]["id"], role_id(NAME));
}

#[test]
fn an_application_that_is_no_admin_agent_needs_a_role() {
    let mut story: Value =
        serde_json::from_str(include_str!("../../../fixtures/default.json")).unwrap();
    story["partner"]["clients"][0]["roles"] = json!([]);
    let file = std::env::temp_dir().join(format!("pcmock-roles-{}.json", std::process::id()));
    std::fs::write(&file, story.to_string()).unwrap();
    let content = Content::Path(file.clone());
    let mock = mock_with(|builder| builder.auth(AuthLevel::Strict).content(content));
    std::fs::remove_file(file).unwrap();
    let (admin, app) = (signed_in(&mock, "admin"), application(&mock));
    assert_eq!(orders(&app), [""; 0]);
    // Its service principal in the customer's tenant is another than at home.
    let home = "e7b1c9d2-4f3a-4d68-9e05-2a8c6b1f7d43";
    let path = assignment(&order(), NAME);
    admin.azure_refused(400, "PrincipalNotFound", "PUT", &path, &assign(READER, home));
    let told = forbidden(&app, "GET", &arm(&order()), &Value::Null);
    let object = told.split('\'').nth(3).unwrap();
    let made = admin.expect(201, "PUT", &path, &assign(READER, object));
    assert_eq!(made.json()["properties"]["principalType"], "ServicePrincipal");
    assert_eq!(orders(&app), [ORDER]);
}

/// What anybody in the tenant may ask, and why.
const OPEN: &[(&str, &str)] = &[
    ("listRoleDefinitions", "built-in roles are the same everywhere"),
    ("getRoleDefinition", "built-in roles are the same everywhere"),
    ("listCapacityOperations", "what a provider can do is the same everywhere"),
    ("listTenants", "the tenant of the token is no secret to who signed in to it"),
    ("listTenantProviders", "providers are the same everywhere"),
    ("getTenantProvider", "providers are the same everywhere"),
    ("getAppliedReservationList", "names only orders that may be read, and so none"),
    ("getReservationRecommendationDetails", "there is nothing to be told"),
    ("exchange", "the example's session was never calculated, and so has no orders to ask about"),
    ("listSupportServices", "what tickets can be about is the same everywhere"),
    ("getSupportService", "what tickets can be about is the same everywhere"),
    ("listProblemClassifications", "what tickets can be about is the same everywhere"),
    ("getProblemClassification", "what tickets can be about is the same everywhere"),
    ("listSupportOperations", "what a provider can do is the same everywhere"),
    ("getOperationResult", "the example asks for an operation that nobody has begun"),
];

/// The example of an operation as a request.
fn example(operation: &Operation) -> (String, String, String) {
    let mut path = operation.path.replace("{+", "{");
    for name in operation.path_parameters() {
        let given = operation.example.path.iter().find(|(known, _)| *known == name);
        path = path.replace(&format!("{{{name}}}"), given.map_or(NOBODY, |(_, value)| value));
    }
    let version = operation.versions.first().map(|version| ("api-version", (*version).to_owned()));
    let query = operation.example.query.iter().cloned().chain(version);
    let query = serde_urlencoded::to_string(query.collect::<Vec<_>>()).unwrap();
    let body = operation.example.body.as_ref().map(ToString::to_string).unwrap_or_default();
    (operation.method.to_string(), format!("{path}?{query}"), body)
}

/// Whether an answer is a list that shows nothing.
fn shows_nothing(answer: &Answer) -> bool {
    let body = answer.json();
    let items = if body.is_array() { &body } else { &body["value"] };
    items.as_array().is_some_and(Vec::is_empty)
}

#[test]
fn every_operation_refuses_or_shows_nothing_to_who_has_no_role() {
    let mock = strict();
    let helpdesk = signed_in(&mock, "helpdesk");
    let before = mock.handle().world().published();
    let mut open = Vec::new();
    // The directory is open to everybody in it.
    let arm = |it: &&Operation| it.surface == Surface::Azure && !graph::has(it);
    let operations = api().operations.iter().filter(arm);
    for operation in operations.filter(|it| it.auth != Auth::None) {
        let (method, path, body) = example(operation);
        let answer = helpdesk.send(&method, &path, &[], &body);
        let is_closed = answer.status == 403 || answer.status == 200 && shows_nothing(&answer);
        if !is_closed {
            open.push(format!("{} {}: {}", operation.id, answer.status, answer.text));
        }
    }
    open.retain(|text| !OPEN.iter().any(|(id, _)| text.starts_with(&format!("{id} "))));
    assert!(open.is_empty(), "these ask for no role: {open:#?}");
    let after = mock.handle().world().published();
    assert!(std::sync::Arc::ptr_eq(&before, &after), "and nothing has changed");
}

#[test]
fn a_reader_of_an_order_reads_its_reservations_and_changes_nothing() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let body = assign(RESERVATIONS_READER, HELPDESK);
    admin.expect(201, "PUT", &assignment(&order(), NAME), &body);
    let all = "/providers/Microsoft.Capacity/reservations";
    let listed = helpdesk.get(&arm(all));
    let ids: Vec<&str> =
        listed["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let of_order = format!("/{ORDER}/reservations/");
    assert!(!ids.is_empty() && ids.iter().all(|id| id.contains(&of_order)), "{ids:?}");
    assert!(admin.get(&arm(all))["value"].as_array().unwrap().len() > ids.len());
    assert_eq!(helpdesk.get(&arm(&format!("{}/reservations", order())))["value"], listed["value"]);
    helpdesk.get(&arm(&reservation()));
    helpdesk.get(&arm(&format!("{}/revisions", reservation())));

    for (method, path, body) in [
        ("PATCH", reservation(), json!({ "properties": { "name": "mine" } })),
        ("POST", format!("{}/archive", reservation()), Value::Null),
        ("POST", format!("{}/unarchive", reservation()), Value::Null),
        (
            "POST",
            format!("{}/split", order()),
            json!({ "properties": {
            "quantities": [1, 1], "reservationId": reservation(),
        } }),
        ),
        (
            "POST",
            format!("{}/merge", order()),
            json!({ "properties": {
            "sources": [reservation(), reservation()],
        } }),
        ),
        (
            "POST",
            format!("{}/changeDirectory", order()),
            json!({ "destinationTenantId": LARKSPUR }),
        ),
    ] {
        forbidden(&helpdesk, method, &arm(&path), &body);
    }
}

#[test]
fn a_role_on_a_single_reservation_is_one_on_it_alone() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
    let body = assign(contributor, HELPDESK);
    admin.expect(201, "PUT", &assignment(&reservation(), NAME), &body);
    assert_eq!(orders(&helpdesk), [""; 0]);
    forbidden(&helpdesk, "GET", &arm(&order()), &Value::Null);
    let rename = json!({ "properties": { "name": "renamed by a contributor" } });
    let changed = helpdesk.expect(200, "PATCH", &arm(&reservation()), &rename).json();
    assert_eq!(changed["properties"]["displayName"], "renamed by a contributor");
    let split = json!({ "properties": { "quantities": [1, 1], "reservationId": reservation() } });
    forbidden(&helpdesk, "POST", &arm(&format!("{}/split", order())), &split);
    // Contributors change reservations and not who has access to them.
    let give = assign(READER, SALES);
    forbidden(&helpdesk, "PUT", &assignment(&reservation(), OTHER_NAME), &give);
}

#[test]
fn a_renewed_order_keeps_its_roles() {
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let body = assign(RESERVATIONS_READER, HELPDESK);
    admin.expect(201, "PUT", &assignment(&order(), NAME), &body);
    let renew = json!({ "properties": { "renew": true } });
    admin.expect(200, "PATCH", &arm(&reservation()), &renew);
    mock.advance("P1Y");
    let seen = orders(&helpdesk);
    assert_eq!(seen.len(), 2, "the order and the one that follows: {seen:?}");
    let next = seen.iter().find(|id| *id != ORDER).unwrap();
    assert_eq!(assignments(&helpdesk, &format!("{ORDERS}/{next}")), 3, "all were copied");
}

#[test]
fn a_ticket_gives_back_nothing_that_its_opener_could_not() {
    use super::AZURE;
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let support_request_contributor = "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e";
    let subscription = format!("/subscriptions/{AZURE}");
    let body = assign(support_request_contributor, HELPDESK);
    admin.expect(201, "PUT", &assignment(&subscription, NAME), &body);
    let refund = json!({ "properties": { "reservationToReturn": {
        "reservationId": reservation(), "quantity": 1,
    } } });
    forbidden(&helpdesk, "POST", &arm(&format!("{}/calculateRefund", order())), &refund);

    let billing = "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc";
    let ticket = json!({ "properties": {
        "title": "Refund",
        "description": format!("Please refund {}", reservation()),
        "serviceId": billing,
        "problemClassificationId":
            format!("{billing}/problemClassifications/8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604"),
        "severity": "minimal",
        "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei", "lastName": "Lin", "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@fabricore.example",
            "preferredTimeZone": "Taipei Standard Time", "country": "TWN",
            "preferredSupportLanguage": "en-US",
        },
    } });
    let path = |name: &str, rest: &str| {
        format!(
            "{subscription}/providers/Microsoft.Support/supportTickets/{name}{rest}?api-version=2024-04-01"
        )
    };
    let state = || admin.get(&arm(&reservation()))["properties"]["provisioningState"].clone();
    helpdesk.expect(202, "PUT", &path("theirs", ""), &ticket);
    let said = helpdesk.get(&path("theirs", "/communications")).to_string();
    assert!(said.contains("cannot be carried out") && said.contains("authorization"), "{said}");
    assert_eq!(state(), "Succeeded");

    // Nor does a word in somebody else's ticket help.
    let mut vague = ticket.clone();
    vague["properties"]["description"] = "Please refund what I name later".into();
    admin.expect(202, "PUT", &path("ours", ""), &vague);
    let word = json!({ "properties": {
        "subject": "ids", "body": reservation(), "sender": "helpdesk@fabricore.example",
    } });
    helpdesk.expect(202, "PUT", &path("ours", "/communications/word"), &word);
    assert_eq!(state(), "Succeeded");
    admin.expect(202, "PUT", &path("good", ""), &ticket);
    assert_eq!(state(), "Cancelled", "an owner's ticket is carried out");
}
