use super::super::roles::{
    OWNER, READER, RESERVATIONS_ADMINISTRATOR, RESERVATIONS_READER, USER_ACCESS_ADMINISTRATOR,
};
use super::super::tests::{Stage, begin, of};
use super::super::{Principal, admin_agents_group};
use super::*;
use crate::domain::ids::{AzureSubscriptionId, ReservationId, ReservationOrderId};

const READ: &str = "Microsoft.Capacity/reservationorders/read";
const CHANGE: &str = "Microsoft.Capacity/reservationorders/reservations/write";
const NAME: &str = "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4";
const OTHER_NAME: &str = "8c1e47a2-d5b0-4f93-a6e8-20c9f7b3d461";

fn assign(
    tx: &mut Transaction,
    stage: &Stage,
    scope: &Scope,
    name: &str,
    new: NewAssignment,
) -> Result<bool> {
    create(tx, &Access::Unrestricted, stage.tenant, Some(stage.admin), scope, name, new)
        .map(|(_, is_new)| is_new)
}

fn fault(result: Result<bool>) -> AuthorizationFault {
    match result {
        Err(Error::Authorization(fault)) => fault,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn a_role_holds_where_it_is_assigned_and_below() {
    let (tx, stage) = begin();
    let order = Scope::Order(stage.order);
    let other = Scope::Order(stage.other_order);
    let reservation = Scope::Reservation(stage.order, stage.reservation);
    let subscription = Scope::Subscription(stage.subscription);
    // role, where assigned, action, where asked, whether it is allowed
    let cases = [
        (RESERVATIONS_READER, &order, READ, &order, true),
        (RESERVATIONS_READER, &order, READ, &reservation, true),
        (RESERVATIONS_READER, &order, READ, &other, false),
        (RESERVATIONS_READER, &order, CHANGE, &order, false),
        (RESERVATIONS_READER, &reservation, READ, &order, false),
        (RESERVATIONS_READER, &reservation, READ, &reservation, true),
        (RESERVATIONS_READER, &Scope::Capacity, READ, &other, true),
        (RESERVATIONS_ADMINISTRATOR, &Scope::Capacity, CHANGE, &reservation, true),
        (READER, &Scope::Root, READ, &reservation, true),
        (READER, &Scope::Root, CHANGE, &reservation, false),
        (OWNER, &subscription, READ, &order, false),
        (OWNER, &subscription, CHANGE, &reservation, false),
        (OWNER, &subscription, READ, &subscription, true),
        (OWNER, &order, READ, &subscription, false),
    ];
    for (role, at, action, asked, expected) in cases {
        let mut tx = Transaction::begin(&tx, tx.now());
        let helpdesk = of(&tx, &stage, stage.helpdesk);
        assert!(!helpdesk.may(&tx, stage.tenant, action, asked), "before, {asked}");
        assert!(!helpdesk.granted(&tx, stage.tenant, action).covers(asked), "before, {asked}");
        assign(&mut tx, &stage, at, NAME, NewAssignment::of(role, stage.helpdesk)).unwrap();
        let case = format!("{role} at {at}: {action} on {asked}");
        assert_eq!(helpdesk.may(&tx, stage.tenant, action, asked), expected, "{case}");
        let granted = helpdesk.granted(&tx, stage.tenant, action);
        assert_eq!(granted.covers(asked), expected, "{case}, at once");
        // What holds in one tenant holds in no other.
        let elsewhere = TenantId::from(tx.partner.id);
        assert!(!helpdesk.may(&tx, elsewhere, action, asked), "{case}, elsewhere");
    }
}

#[test]
fn refusals_name_client_object_action_and_scope() {
    let (tx, stage) = begin();
    let refused = of(&tx, &stage, stage.helpdesk)
        .check(&tx, stage.tenant, CHANGE, &Scope::Order(stage.order))
        .unwrap_err()
        .to_string();
    let expected = format!(
        "The client '31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846' with object id '{}' has no \
         authorization to perform action '{CHANGE}' over scope \
         '/providers/Microsoft.Capacity/reservationOrders/{}' or the scope is invalid.",
        stage.helpdesk, stage.order
    );
    assert!(refused.starts_with(&expected), "{refused}");
    assert!(Access::Unrestricted.check(&tx, stage.tenant, CHANGE, &Scope::Root).is_ok());
}

#[test]
fn assigning_answers_every_documented_fault() {
    let (mut tx, stage) = begin();
    let order = Scope::Order(stage.order);
    let reader = NewAssignment::of(RESERVATIONS_READER, stage.helpdesk);
    assert!(assign(&mut tx, &stage, &order, NAME, reader.clone()).unwrap());
    assert!(!assign(&mut tx, &stage, &order, NAME, reader.clone()).unwrap(), "identical");

    let name: Uuid = NAME.parse().unwrap();
    let exists = AuthorizationFault::RoleAssignmentExists(name);
    assert_eq!(fault(assign(&mut tx, &stage, &order, OTHER_NAME, reader.clone())), exists);
    let other_content = AuthorizationFault::RoleAssignmentUpdateNotPermitted(name);
    for (scope, new) in [
        (&order, NewAssignment::of(READER, stage.helpdesk)),
        (&order, NewAssignment::of(RESERVATIONS_READER, stage.admin)),
        (&order, NewAssignment { description: Some("x".into()), ..reader.clone() }),
        (&Scope::Capacity, reader.clone()),
    ] {
        assert_eq!(fault(assign(&mut tx, &stage, scope, NAME, new)), other_content);
    }

    let unknown = Uuid::from_u128(7);
    let cases = [
        (&order, "17", reader.clone(), "InvalidRoleAssignmentId"),
        (
            &order,
            OTHER_NAME,
            NewAssignment::of(unknown, stage.helpdesk),
            "RoleDefinitionDoesNotExist",
        ),
        (
            &Scope::Subscription(stage.subscription),
            OTHER_NAME,
            reader.clone(),
            "RoleDefinitionNotAssignable",
        ),
        (&Scope::Root, OTHER_NAME, reader.clone(), "RoleDefinitionNotAssignable"),
        (&order, OTHER_NAME, NewAssignment::of(OWNER, ObjectId(unknown)), "PrincipalNotFound"),
        (
            &order,
            OTHER_NAME,
            NewAssignment { principal_kind: Some(PrincipalKind::Group), ..reader.clone() },
            "UnmatchedPrincipalType",
        ),
        (
            &Scope::Subscription(AzureSubscriptionId(unknown)),
            OTHER_NAME,
            reader.clone(),
            "SubscriptionNotFound",
        ),
    ];
    for (scope, name, new, expected) in cases {
        let fault = format!("{:?}", fault(assign(&mut tx, &stage, scope, name, new)));
        assert!(fault.starts_with(expected), "{fault} instead of {expected}");
    }
    for nowhere in [
        Scope::Order(ReservationOrderId(unknown)),
        Scope::Reservation(stage.order, ReservationId(unknown)),
    ] {
        let refused = assign(&mut tx, &stage, &nowhere, OTHER_NAME, reader.clone());
        assert!(matches!(refused, Err(Error::Reservation(_))), "{nowhere}: {refused:?}");
    }
    let version = NewAssignment { condition_version: Some("3.0".into()), ..reader };
    let refused = assign(&mut tx, &stage, &order, OTHER_NAME, version).unwrap_err();
    assert!(refused.to_string().starts_with("properties.conditionVersion"), "{refused}");

    let vouched = NewAssignment {
        principal_kind: Some(PrincipalKind::User),
        ..NewAssignment::of(OWNER, ObjectId(unknown))
    };
    assert!(assign(&mut tx, &stage, &order, OTHER_NAME, vouched).unwrap(), "with principalType");
}

#[test]
fn who_may_not_assign_is_refused_before_anything_else() {
    let (mut tx, stage) = begin();
    let nowhere = Scope::Order(ReservationOrderId(Uuid::from_u128(7)));
    let helpdesk = of(&tx, &stage, stage.helpdesk);
    let new = NewAssignment::of(Uuid::from_u128(9), stage.helpdesk);
    let refused =
        create(&mut tx, &helpdesk, stage.tenant, None, &nowhere, "17", new).map(|(_, new)| new);
    assert!(matches!(fault(refused), AuthorizationFault::AuthorizationFailed { .. }));
    let refused = delete(&mut tx, &helpdesk, stage.tenant, &nowhere, "17").map(|_| true);
    assert!(matches!(fault(refused), AuthorizationFault::AuthorizationFailed { .. }));
    let refused = find(&tx, &helpdesk, stage.tenant, &nowhere, "17").map(|_| true);
    assert!(matches!(fault(refused), AuthorizationFault::AuthorizationFailed { .. }));
    let listed = list(&tx, &helpdesk, stage.tenant, &nowhere, |_| true);
    assert!(listed.unwrap().is_empty(), "lists refuse nobody");
}

#[test]
fn a_deleted_assignment_holds_no_more() {
    let (mut tx, stage) = begin();
    let order = Scope::Order(stage.order);
    let everything = Access::Unrestricted;
    assign(&mut tx, &stage, &order, NAME, NewAssignment::of(READER, stage.helpdesk)).unwrap();
    assert!(find(&tx, &everything, stage.tenant, &order, &NAME.to_uppercase()).is_ok());
    let at = |tx: &Transaction, scope: &Scope| {
        find(tx, &everything, stage.tenant, scope, NAME).map(|_| true)
    };
    assert!(matches!(
        fault(at(&tx, &Scope::Capacity)),
        AuthorizationFault::RoleAssignmentNotFound { .. }
    ));
    let elsewhere = Scope::Order(stage.other_order);
    assert!(delete(&mut tx, &everything, stage.tenant, &elsewhere, NAME).unwrap().is_none());
    assert!(delete(&mut tx, &everything, stage.tenant, &order, NAME).unwrap().is_some());
    assert!(delete(&mut tx, &everything, stage.tenant, &order, NAME).unwrap().is_none());
    assert!(!of(&tx, &stage, stage.helpdesk).may(&tx, stage.tenant, READ, &order));
    assert!(matches!(fault(at(&tx, &order)), AuthorizationFault::RoleAssignmentNotFound { .. }));
}

#[test]
fn a_list_shows_what_lies_at_above_and_below_and_may_be_read() {
    let (mut tx, stage) = begin();
    let order = Scope::Order(stage.order);
    let reservation = Scope::Reservation(stage.order, stage.reservation);
    for row in assignments_of(&tx, stage.tenant).cloned().collect::<Vec<_>>() {
        tx.role_assignments.remove(&(stage.tenant, row.name));
    }
    let (helpdesk, admin) = (stage.helpdesk, stage.admin);
    let agents = admin_agents_group(tx.partner.id);
    let made = [
        ("root", Scope::Root, READER, helpdesk),
        ("capacity", Scope::Capacity, RESERVATIONS_READER, admin),
        ("order", order.clone(), OWNER, agents),
        ("below", reservation.clone(), READER, helpdesk),
        ("aside", Scope::Order(stage.other_order), READER, helpdesk),
        ("subscription", Scope::Subscription(stage.subscription), OWNER, agents),
    ];
    for (index, (text, scope, role, principal)) in (1_u128..).zip(made) {
        let name = Uuid::from_u128(index).to_string();
        let new =
            NewAssignment { description: Some(text.into()), ..NewAssignment::of(role, principal) };
        assign(&mut tx, &stage, &scope, &name, new).unwrap();
    }
    let everything = Access::Unrestricted;
    let listed = |scope: &Scope, access: &Access, of: Option<ObjectId>| -> Vec<String> {
        let wanted =
            |row: &RoleAssignment| of.is_none_or(|id| row.is_of(&tx.partner, stage.tenant, id));
        let rows = list(&tx, access, stage.tenant, scope, wanted).unwrap();
        rows.iter().map(|row| row.description.clone().unwrap_or_default()).collect()
    };
    let all = ["root", "capacity", "order", "below", "aside", "subscription"];
    let cases: [(&Scope, Option<ObjectId>, &[&str]); 8] = [
        (&order, None, &["root", "capacity", "order", "below"]),
        (&reservation, None, &["root", "capacity", "order", "below"]),
        (&order, Some(admin), &["capacity", "order"]),
        (&order, Some(helpdesk), &["root", "below"]),
        (&order, Some(ObjectId(Uuid::nil())), &[]),
        (&Scope::Subscription(stage.subscription), None, &["root", "subscription"]),
        (&Scope::Capacity, None, &["root", "capacity", "order", "below", "aside"]),
        (&Scope::Root, None, &all),
    ];
    for (scope, of, expected) in cases {
        assert_eq!(listed(scope, &everything, of), expected, "{scope} {of:?}");
    }

    // The admin agent reads at the reservations and, by its group, at the subscription; the help desk
    // reads everywhere.
    let (agent, desk) = (of(&tx, &stage, admin), of(&tx, &stage, helpdesk));
    assert_eq!(listed(&Scope::Root, &desk, None), all);
    assert_eq!(listed(&Scope::Root, &agent, None), all[1..]);
    assert_eq!(listed(&order, &agent, None), all[..4], "those above hold here");
    let nobody = of(&tx, &stage, ObjectId(Uuid::nil()));
    assert_eq!(listed(&Scope::Root, &nobody, None), [""; 0]);
}

#[test]
fn admin_agents_own_what_the_partner_sells_and_elevation_shows_the_rest() {
    let (mut tx, stage) = begin();
    let subscription = Scope::Subscription(stage.subscription);
    let (admin, client) = (of(&tx, &stage, stage.admin), of(&tx, &stage, stage.client));
    for access in [&admin, &client] {
        assert!(access.may(
            &tx,
            stage.tenant,
            "Microsoft.Resources/subscriptions/read",
            &subscription
        ));
    }
    let helpdesk = of(&tx, &stage, stage.helpdesk);
    assert!(elevate(&mut tx, &helpdesk, stage.tenant, Some(stage.helpdesk)).is_err());
    assert!(elevate(&mut tx, &client, stage.tenant, Some(stage.client)).is_err(), "an application");
    let anywhere = Scope::Order(ReservationOrderId(Uuid::from_u128(3)));
    assert!(!admin.may(&tx, stage.tenant, READ, &anywhere));
    for _ in 0..2 {
        elevate(&mut tx, &admin, stage.tenant, Some(stage.admin)).unwrap();
    }
    assert!(admin.may(&tx, stage.tenant, READ, &anywhere));
    assert!(!admin.may(&tx, stage.tenant, CHANGE, &anywhere));
    let elevated = assignments_of(&tx, stage.tenant)
        .filter(|row| row.role == USER_ACCESS_ADMINISTRATOR && row.scope == Scope::Root)
        .count();
    assert_eq!(elevated, 1, "elevating twice assigns once");
}

#[test]
fn a_renewal_copies_and_a_change_of_directory_clears() {
    let (mut tx, stage) = begin();
    let (order, other) = (Scope::Order(stage.order), Scope::Order(stage.other_order));
    let reservation = Scope::Reservation(stage.order, stage.reservation);
    grant_admin_agents(&mut tx, stage.tenant, other.clone());
    for (name, scope, role) in
        [(NAME, &order, READER), (OTHER_NAME, &reservation, RESERVATIONS_READER)]
    {
        assign(&mut tx, &stage, scope, name, NewAssignment::of(role, stage.helpdesk)).unwrap();
    }
    grant_owner(&mut tx, stage.tenant, order.clone(), stage.admin, PrincipalKind::User);
    grant_owner(&mut tx, stage.tenant, order.clone(), stage.admin, PrincipalKind::User);
    let own = |tx: &Transaction, scope: &Scope| -> Vec<(Uuid, ObjectId)> {
        let mut found: Vec<_> = assignments_of(tx, stage.tenant)
            .filter(|row| row.scope == *scope && row.principal != admin_agents_group(tx.partner.id))
            .map(|row| (row.role, row.principal))
            .collect();
        found.sort();
        found
    };
    let both = [(OWNER, stage.admin), (READER, stage.helpdesk)];
    assert_eq!(own(&tx, &order), both);
    for _ in 0..2 {
        copy(&mut tx, (stage.tenant, stage.order), (stage.tenant, stage.other_order));
    }
    assert_eq!(own(&tx, &other), both);

    let elsewhere = TenantId::from(tx.partner.id);
    let caller = Some((stage.helpdesk, PrincipalKind::User));
    keep_only(&mut tx, (stage.tenant, elsewhere), stage.order, caller);
    assert_eq!(own(&tx, &order), []);
    assert_eq!(own(&tx, &reservation), []);
    assert_eq!(own(&tx, &other), both, "other orders keep theirs");
    let mut there: Vec<_> = assignments_of(&tx, elsewhere)
        .map(|row| (row.role, row.principal, row.scope.clone()))
        .collect();
    there.sort();
    let expected = [
        (RESERVATIONS_READER, stage.helpdesk, reservation),
        (OWNER, stage.helpdesk, order.clone()),
        (READER, stage.helpdesk, order),
    ];
    assert_eq!(there, expected);
}

#[test]
fn groups_come_from_roles_in_the_partners_directory() {
    let (tx, stage) = begin();
    let agents = admin_agents_group(tx.partner.id);
    let groups = |tenant, id| {
        Principal::new(&tx.partner, tenant, id, PrincipalKind::User, String::new()).groups
    };
    let home = TenantId::from(tx.partner.id);
    assert_eq!(groups(stage.tenant, stage.admin), [agents]);
    assert_eq!(groups(stage.tenant, stage.client), [agents], "the default of fixtures");
    assert_eq!(groups(home, stage.client), [], "another service principal in every tenant");
    assert_eq!(groups(home, tx.partner.clients[0].object_id), [agents]);
    let kind = |id| kind_of(&tx.partner, stage.tenant, id);
    let [helpdesk] = groups(stage.tenant, stage.helpdesk)[..] else { panic!("one group") };
    assert_ne!(helpdesk, agents);
    assert_eq!(kind(helpdesk), Some(PrincipalKind::ForeignGroup));
    assert_eq!(kind(agents), Some(PrincipalKind::ForeignGroup));
    assert_eq!(kind(stage.client), Some(PrincipalKind::ServicePrincipal));
    assert_eq!(kind(ObjectId(Uuid::from_u128(5))), None);
}
