use super::*;
use crate::domain::customers::domain_name::DomainName;
use crate::domain::customers::{add_verified_domain, is_taken};
use crate::domain::settings::{Profile, Settings};
use crate::fixtures::{Start, default_state};

/// Has everything: subscriptions, orders, carts, reservations.
const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
/// Has one suspended subscription.
const ATELIER: &str = "3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382";
/// Has one active subscription and nothing else.
const SUNDARAM: &str = "c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43";
/// Has bought nothing.
const COOLIBAH: &str = "7b9d2e4c-1a68-4f05-8d37-e6c0a5b3f918";

fn begin(profile: Profile) -> Transaction {
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let settings = Settings { profile, ..Settings::default() };
    let pace = crate::domain::clock::Pace::Frozen;
    let start = Start { wall: time, time, pace, settings, seed: None, customers: 0 };
    Transaction::begin(&default_state(&start).unwrap(), time)
}

fn id(text: &str) -> CustomerId {
    text.parse().unwrap()
}

#[test]
fn a_relationship_ends_only_when_nothing_is_active() {
    for (customer, refusal) in [
        (LARKSPUR, Some("reservation")),
        (SUNDARAM, Some("subscription")),
        (ATELIER, None),
        (COOLIBAH, None),
    ] {
        let mut tx = begin(Profile::Production);
        let domain = tx.customer(id(customer)).unwrap().domain.clone();
        match (remove_relationship(&mut tx, id(customer)), refusal) {
            (Ok(()), None) => {
                assert_eq!(
                    tx.customer(id(customer)).unwrap_err(),
                    Error::CustomerNotFound(customer.into())
                );
                assert!(is_taken(&tx, &DomainName::parse(&domain).unwrap()), "{domain}");
            }
            (Err(Error::CustomerStillActive(reason)), Some(refusal)) => {
                assert!(reason.starts_with(refusal), "{customer}: {reason}");
                assert!(tx.customer(id(customer)).is_ok());
            }
            other => panic!("{customer}: {other:?}"),
        }
    }
}

#[test]
fn an_order_that_waits_stands_in_the_way() {
    let mut tx = begin(Profile::Production);
    let order = tx.orders_of(id(ATELIER)).next().unwrap();
    let order = Order { status: OrderStatus::Pending, ..Order::clone(order) };
    tx.orders.put((id(ATELIER), order.id.clone()), order);
    let refusal = remove_relationship(&mut tx, id(ATELIER)).unwrap_err().to_string();
    assert!(refusal.contains("not fulfilled"), "{refusal}");
}

#[test]
fn customers_are_deleted_in_sandboxes_only() {
    let mut tx = begin(Profile::Production);
    assert_eq!(delete(&mut tx, id(COOLIBAH)), Err(Error::SandboxOnly("deleting a customer")));
    assert!(tx.customer(id(COOLIBAH)).is_ok());
}

#[test]
fn a_deleted_customer_leaves_nothing_behind() {
    let mut tx = begin(Profile::Sandbox);
    let customer = id(LARKSPUR);
    add_verified_domain(&mut tx, customer, "name", "larkspur.example").unwrap();
    let refusal = delete(&mut tx, customer).unwrap_err().to_string();
    assert!(refusal.starts_with("reservation"), "{refusal}");

    let from = (customer, ReservationOrderId::FIRST, ReservationId::FIRST);
    let to = (customer, ReservationOrderId::LAST, ReservationId::LAST);
    for key in keys(tx.reservations.range(from..=to)) {
        let mut reservation =
            crate::domain::reservations::Reservation::clone(tx.reservations.get(&key).unwrap());
        reservation.state = ReservationState::Cancelled;
        tx.reservations.put(key, reservation);
    }
    let refusal = delete(&mut tx, customer).unwrap_err().to_string();
    assert!(refusal.starts_with("order"), "{refusal}");
    for key in keys(tx.orders.range((customer, OrderId::first())..=(customer, OrderId::last()))) {
        let mut order = Order::clone(tx.orders.get(&key).unwrap());
        order.status = OrderStatus::Cancelled;
        tx.orders.put(key, order);
    }

    let reservation = tx.reservations.range(from..=to).next().unwrap().0.2;
    let order = tx.reservation_orders_of(customer).next().unwrap().id;
    lay_down_what_azure_remembers(&mut tx, customer, order, reservation);
    let ids: Vec<String> = std::iter::once(customer.to_string())
        .chain(tx.reservation_orders_of(customer).map(|row| row.id.to_string()))
        .chain(tx.reservations.range(from..=to).map(|((_, _, id), _)| id.to_string()))
        .chain(tx.azure_subscriptions_of(customer).map(|azure| azure.id.to_string()))
        .collect();
    let before = everything(&tx);
    assert!(ids.iter().all(|id| before.contains(id)));

    let others = (tx.orders.len(), tx.subscriptions.len(), tx.agreements.len());
    let own = (
        tx.orders_of(customer).count(),
        tx.subscriptions_of(customer).count(),
        tx.agreements_of(customer).count(),
    );
    assert!(own.0 > 0 && own.1 > 0 && own.2 > 0, "the fixture no longer fits: {own:?}");
    delete(&mut tx, customer).unwrap();
    assert_eq!(
        (tx.orders.len(), tx.subscriptions.len(), tx.agreements.len()),
        (others.0 - own.0, others.1 - own.1, others.2 - own.2)
    );
    let after = everything(&tx);
    for id in ids {
        assert!(!after.contains(&id), "{id} is remembered");
    }
    assert_eq!(tx.orders_of(customer).count(), 0);
    assert_eq!(tx.reservation_orders_of(customer).count(), 0);
    assert_eq!(tx.reservations.range(from..=to).count(), 0);
    assert_eq!(tx.carts.range((customer, CartId::FIRST)..=(customer, CartId::LAST)).count(), 0);
    assert!(tx.timers.iter().all(|(_, timer)| timer.customer() != Some(customer)));
    for domain in ["larkspurfoods.onmicrosoft.com", "larkspur.example"] {
        assert!(!is_taken(&tx, &DomainName::parse(domain).unwrap()), "{domain}");
    }
}

/// A quote, an operation, a role of the customer's own, one on an order that was moved, and use.
fn lay_down_what_azure_remembers(
    tx: &mut Transaction,
    customer: CustomerId,
    order: ReservationOrderId,
    reservation: ReservationId,
) {
    use crate::domain::authorization::{RoleDefinition, Scope, grant_admin_agents};
    use crate::domain::ids::OperationId;
    use crate::domain::reservations::{
        AppliedScope, BillingPlan, Change, ExchangeRequest, ExchangeReturn, LongRunning,
        NewReservation, Outcome, Reservation, ReservationOrder, ReturnRequest, Step,
        calculate_exchange, calculate_refund, quote, return_reservation,
    };
    use crate::domain::utilization::Usage;

    let billed = tx.azure_subscriptions_of(customer).next().unwrap().id;
    let wanted = NewReservation {
        resource_type: crate::domain::catalogue::ReservedResourceType::VirtualMachines,
        sku: "Standard_D2s_v4".to_owned(),
        location: Some("eastus".to_owned()),
        billing_subscription: billed,
        term: crate::domain::term::Term::P1Y,
        plan: BillingPlan::Upfront,
        quantity: 1,
        display_name: None,
        scope: AppliedScope::Shared,
        renew: false,
        instance_flexibility: None,
        review: None,
    };
    quote(tx, customer, wanted.clone()).unwrap();
    let bought = tx
        .reservation_orders_of(customer)
        .find(|row| row.benefit_start.is_some() && row.original_quantity > 1)
        .map(|row| ReservationOrder::clone(row))
        .unwrap();
    let given = tx.reservations_of(customer, bought.id).next().unwrap().id;
    let key = (customer, bought.id, given);
    let ended = Reservation::clone(tx.reservations.get(&key).unwrap());
    tx.reservations.put(key, Reservation { state: ReservationState::Succeeded, ..ended });
    let session = calculate_refund(tx, &bought, given, 1).unwrap();
    let request =
        ReturnRequest { session: session.id, reservation: given, quantity: 1, reason: None };
    return_reservation(tx, &bought, request).unwrap();
    let standing = tx.reservations_of(customer, bought.id).find(|row| row.is_in_force());
    let item = ExchangeReturn { order: bought.id, reservation: standing.unwrap().id, quantity: 1 };
    let request =
        ExchangeRequest { returns: vec![item], purchases: vec![wanted], savings_plans: 0 };
    calculate_exchange(tx, None, &request, None).unwrap();
    let key = (customer, bought.id, item.reservation);
    let rest = Reservation::clone(tx.reservations.get(&key).unwrap());
    tx.reservations.put(key, Reservation { state: ReservationState::Cancelled, ..rest });
    let step = Step::Update(reservation, Change::default());
    let (id, outcome) = (OperationId(Uuid::from_u128(7)), Outcome::Running);
    tx.operations.put(id, LongRunning { id, customer, order, step, outcome });
    let role = RoleDefinition {
        id: Uuid::from_u128(8),
        role_name: "Reader of the customer".to_owned(),
        description: String::new(),
        is_built_in: false,
        permissions: Vec::new(),
        assignable_scopes: vec![Scope::Order(order)],
        created: tx.now(),
        updated: tx.now(),
        created_by: None,
        updated_by: None,
    };
    tx.role_definitions.put((TenantId::from(customer), role.id), role);
    tx.utilization.put(reservation, Usage::Generated);
    lay_down_what_support_remembers(tx, customer, billed);

    let elsewhere = TenantId::from(id_of_another());
    let moved = tx.reservation_orders_of(customer).last().unwrap();
    let moved = ReservationOrder { directory: elsewhere, ..ReservationOrder::clone(moved) };
    tx.reservation_order_directories.remove(&(TenantId::from(customer), moved.id));
    tx.reservation_order_directories.put((elsewhere, moved.id), customer);
    grant_admin_agents(tx, elsewhere, Scope::Order(moved.id));
    tx.reservation_orders.put((customer, moved.id), moved);
}

/// A case, something said about it, an operation on its way, and a file.
fn lay_down_what_support_remembers(
    tx: &mut Transaction,
    customer: CustomerId,
    azure: crate::domain::ids::AzureSubscriptionId,
) {
    use crate::domain::support::{
        ContactDetails, ContactMethod, NewCase, NewFile, Origin, Tree, create_file,
        create_workspace, open, post_outbound, request_ticket,
    };
    for tree in [Tree::Tenant(customer.into()), Tree::Subscription(azure)] {
        let contact = ContactDetails {
            first_name: "Mara".into(),
            last_name: "Quist".into(),
            method: ContactMethod::Email,
            email: "mara@fabricore.example".into(),
            additional_emails: Vec::new(),
            phone: None,
            time_zone: "UTC".into(),
            country: "USA".into(),
            language: "en-US".into(),
        };
        let texts = ("Refund".to_owned(), format!("of customer {customer}"));
        let refund = uuid::uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604");
        let new = NewCase::new(tree, Origin::Azure, refund, texts, contact);
        let case = open(tx, new.clone()).unwrap();
        post_outbound(tx, case.id, "Answer", format!("to {customer}")).unwrap();
        request_ticket(tx, NewCase { name: Some("another".into()), ..new }).unwrap();
        create_workspace(tx, tree, "logs").unwrap();
        let name = "a.csv".to_owned();
        let file = NewFile { name, chunk_size: 1, file_size: 1, chunks: 1 };
        create_file(tx, tree, "logs", &file).unwrap();
    }
}

fn id_of_another() -> CustomerId {
    id(COOLIBAH)
}

/// Every table as text. A new table does not compile until it is named here.
fn everything(state: &State) -> String {
    let State {
        clock: _,
        ids: _,
        timers,
        settings: _,
        partner: _,
        catalogue: _,
        customers,
        foreign_customers,
        domains,
        application_consents,
        agreements,
        carts,
        orders,
        subscriptions,
        azure_subscriptions,
        reservation_orders,
        reservations,
        role_assignments,
        role_definitions,
        reservation_order_customers,
        reservation_order_directories,
        reservation_revisions,
        quotes,
        operations,
        utilization,
        refund_sessions,
        refunds,
        exchanges,
        exchange_calculations,
        // What was charged stays charged when a customer goes.
        ledger: _,
        // What was done stays done.
        audit_records: _,
        support,
        unbilled: _,
        open_months: _,
        invoices: _,
        invoice_dates: _,
        subscription_charges,
    } = state;
    let first = (timers, customers, foreign_customers, domains, application_consents, agreements);
    let second = (carts, orders, subscriptions, azure_subscriptions, reservation_orders);
    let third = (reservations, role_assignments, role_definitions, reservation_order_customers);
    let fourth =
        (reservation_order_directories, reservation_revisions, quotes, operations, utilization);
    let fifth = (refund_sessions, refunds, exchanges, exchange_calculations, subscription_charges);
    format!("{first:?}{second:?}{third:?}{fourth:?}{fifth:?}{support:?}")
}
