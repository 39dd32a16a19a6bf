use super::*;
use crate::domain::authorization::tests::{Stage, begin, of};
use crate::domain::error::Error;

#[test]
fn patterns_fit_in_any_casing_and_a_star_spans_slashes() {
    let cases = [
        ("*", "Microsoft.Capacity/reservationOrders/read", true),
        ("*/read", "Microsoft.Capacity/reservationOrders/read", true),
        ("*/read", "Microsoft.Capacity/reservationOrders/write", false),
        ("Microsoft.Capacity/*/read", "microsoft.capacity/reservationorders/READ", true),
        ("Microsoft.Capacity/*/read", "Microsoft.Capacity/a/b/c/read", true),
        ("Microsoft.Capacity/*/read", "Microsoft.Capacity/read", false),
        ("Microsoft.Capacity/*/read", "Microsoft.CapacityX/a/read", false),
        ("Microsoft.Authorization/*", "Microsoft.Authorization/roleAssignments/write", true),
        ("A.B/c/read", "A.B/c/read", true),
        ("A.B/c/read", "A.B/c/reader", false),
        ("A.B/c/read", "XA.B/c/read", false),
        ("*/re*d", "A.B/read/reread", true),
        ("a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ("**", "x", true),
        ("", "x", false),
    ];
    for (pattern, action, expected) in cases {
        assert_eq!(matches(pattern, action), expected, "{pattern} on {action}");
    }
}

#[test]
fn the_built_in_roles_allow_what_the_table_says() {
    let read = "Microsoft.Capacity/reservationorders/reservations/read";
    let write = "Microsoft.Capacity/reservationorders/reservations/write";
    let split = "Microsoft.Capacity/reservationorders/action";
    let assign = "Microsoft.Authorization/roleAssignments/write";
    let assigned = "Microsoft.Authorization/roleAssignments/read";
    let elevate = "Microsoft.Authorization/elevateAccess/action";
    let ticket = "Microsoft.Support/supportTickets/write";
    let cases: [(Uuid, &[&str], &[&str]); 12] = [
        (OWNER, &[read, write, split, assign, assigned, ticket], &[]),
        (CONTRIBUTOR, &[read, write, split, assigned, ticket], &[assign, elevate]),
        (READER, &[read, assigned], &[write, split, assign, ticket]),
        (USER_ACCESS_ADMINISTRATOR, &[read, assign, elevate, ticket], &[write, split]),
        (RBAC_ADMINISTRATOR, &[read, assign, ticket], &[write, elevate]),
        (RESERVATION_PURCHASER, &[assigned, ticket], &[read, write, assign]),
        (RESERVATIONS_ADMINISTRATOR, &[read, write, split, assign, assigned], &[ticket, elevate]),
        (RESERVATIONS_READER, &[read, assigned], &[write, split, assign, READ]),
        (RESERVATIONS_CONTRIBUTOR, &[read, write, split, assigned], &[assign]),
        (SUPPORT_REQUEST_CONTRIBUTOR, &[ticket, assigned], &[read]),
        (COST_MANAGEMENT_READER, &["Microsoft.Consumption/x/read"], &[read, assigned]),
        (BILLING_READER, &["Microsoft.Billing/x/read", assigned], &[read]),
    ];
    assert_eq!(built_in().len(), cases.len());
    for (id, allowed, refused) in cases {
        let role = built_in().iter().find(|role| role.id == id).unwrap();
        for action in allowed {
            assert!(role.allows(action), "{} should allow {action}", role.role_name);
        }
        for action in refused {
            assert!(!role.allows(action), "{} should not allow {action}", role.role_name);
        }
    }
}

#[test]
fn ids_of_roles_are_read_below_any_scope() {
    let id = OWNER;
    for text in [
        format!("/providers/Microsoft.Authorization/roleDefinitions/{id}"),
        format!("providers/microsoft.authorization/roledefinitions/{id}/"),
        format!("/subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions/{id}"),
    ] {
        assert_eq!(role_id(&text), Some(id), "{text}");
    }
    for text in ["", "/", "Owner", &id.to_string(), "/providers/A/roleDefinitions/x"] {
        assert_eq!(role_id(text), None, "{text}");
    }
}

fn new(stage: &Stage, name: &str) -> NewRole {
    NewRole {
        role_name: name.to_owned(),
        assignable_scopes: vec![Scope::Order(stage.order)],
        permissions: vec![Permission {
            actions: vec!["Microsoft.Capacity/*".to_owned()],
            not_actions: vec!["Microsoft.Capacity/*/write".to_owned()],
            ..Permission::default()
        }],
        ..NewRole::default()
    }
}

const ID: &str = "d1c37a90-4be5-4f28-97d6-0e8b5a24c6f1";

fn put_it(
    tx: &mut crate::domain::transaction::Transaction,
    stage: &Stage,
    new: NewRole,
) -> Result<RoleDefinition> {
    put(tx, &Access::Unrestricted, stage.tenant, None, &Scope::Order(stage.order), ID, new)
}

#[test]
fn a_custom_role_is_made_changed_listed_and_deleted() {
    let (mut tx, stage) = begin();
    let made = put_it(&mut tx, &stage, new(&stage, "Rescoper")).unwrap();
    assert!(made.allows("Microsoft.Capacity/reservationOrders/read"));
    assert!(!made.allows("Microsoft.Capacity/reservationOrders/write"));
    let changed = put_it(&mut tx, &stage, new(&stage, "Rescoper 2")).unwrap();
    assert_eq!(changed.created, made.created);

    let everything = Access::Unrestricted;
    let listed = |tx: &State, scope: &Scope, and_below: bool| -> Vec<String> {
        let roles = list(tx, &everything, stage.tenant, scope, and_below);
        roles.iter().map(|role| role.role_name.clone()).collect()
    };
    let has = |names: &[String], name: &str| names.iter().any(|it| it == name);
    let custom = "Rescoper 2";
    let subscription = Scope::Subscription(stage.subscription);
    for (scope, and_below, own, of_reservations) in [
        (&Scope::Order(stage.order), false, true, true),
        (&Scope::Order(stage.other_order), false, false, true),
        (&Scope::Capacity, false, false, true),
        (&Scope::Capacity, true, true, true),
        (&Scope::Root, false, true, true),
        (&subscription, true, false, false),
    ] {
        let names = listed(&tx, scope, and_below);
        assert_eq!(has(&names, custom), own, "{scope} {and_below}");
        assert_eq!(has(&names, "Reservations Reader"), of_reservations, "{scope} {and_below}");
        assert!(has(&names, "Owner"), "{scope} {and_below}");
    }
    let nobody = of(&tx, &stage, stage.helpdesk);
    let seen = list(&tx, &nobody, stage.tenant, &Scope::Root, false);
    assert_eq!(seen.len(), built_in().len(), "built-in roles are no secret");

    let scope = Scope::Order(stage.order);
    let gone = remove(&mut tx, &everything, stage.tenant, &scope, ID).unwrap();
    assert_eq!(gone.unwrap().role_name, "Rescoper 2");
    assert_eq!(remove(&mut tx, &everything, stage.tenant, &scope, ID).unwrap(), None);
}

#[test]
fn what_a_custom_role_may_not_be_is_refused() {
    let (mut tx, stage) = begin();
    let good = new(&stage, "Rescoper");
    let action = |text: &str| {
        let mut new = good.clone();
        new.permissions[0].not_actions = vec![text.to_owned()];
        new
    };
    let cases = [
        (NewRole { role_name: " ".into(), ..good.clone() }, "properties.roleName"),
        (NewRole { assignable_scopes: vec![], ..good.clone() }, "properties.assignableScopes"),
        (
            NewRole { assignable_scopes: vec![Scope::Root], ..good.clone() },
            "properties.assignableScopes",
        ),
        (NewRole { permissions: vec![], ..good.clone() }, "properties.permissions"),
        (
            NewRole { permissions: vec![Permission::default()], ..good.clone() },
            "properties.permissions",
        ),
        (action("read"), "properties.permissions[0].notActions[0]"),
        (action("Microsoft.Capacity/"), "properties.permissions[0].notActions[0]"),
        (action("Microsoft.Capacity/a b"), "properties.permissions[0].notActions[0]"),
        (action(""), "properties.permissions[0].notActions[0]"),
    ];
    for (new, field) in cases {
        let refused = put_it(&mut tx, &stage, new.clone()).unwrap_err();
        assert!(refused.to_string().starts_with(field), "{refused} for {new:?}");
    }
    put_it(&mut tx, &stage, good.clone()).unwrap();

    let scope = Scope::Order(stage.order);
    let mut refuse = |id: &str, name: &str| {
        let new = NewRole { role_name: name.to_owned(), ..good.clone() };
        put(&mut tx, &Access::Unrestricted, stage.tenant, None, &scope, id, new).unwrap_err()
    };
    let other = "0b6c1d2e-3f4a-4b5c-8d7e-9f0a1b2c3d4e";
    assert!(matches!(
        refuse(other, "RESCOPER"),
        Error::Authorization(AuthorizationFault::RoleDefinitionWithSameNameExists(_))
    ));
    assert!(matches!(
        refuse(other, "owner"),
        Error::Authorization(AuthorizationFault::RoleDefinitionWithSameNameExists(_))
    ));
    assert!(matches!(
        refuse("17", "X"),
        Error::Authorization(AuthorizationFault::InvalidRoleDefinitionId(_))
    ));
    assert!(matches!(
        refuse(&OWNER.to_string(), "X"),
        Error::Authorization(AuthorizationFault::RoleDefinitionBuiltIn(_))
    ));
}
