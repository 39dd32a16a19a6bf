//! What the tests of access control play on: the default world, and a customer with two reservation
//! orders and an Azure subscription in it.

use crate::domain::clock::Pace;
use crate::domain::ids::{
    AzureSubscriptionId, ObjectId, ReservationId, ReservationOrderId, TenantId,
};
use crate::domain::settings::Settings;
use crate::domain::transaction::Transaction;
use crate::fixtures::{Start, default_state};

use super::{Access, Principal, PrincipalKind};

pub struct Stage {
    pub tenant: TenantId,
    pub order: ReservationOrderId,
    pub reservation: ReservationId,
    pub other_order: ReservationOrderId,
    pub subscription: AzureSubscriptionId,
    pub admin: ObjectId,
    pub helpdesk: ObjectId,
    pub client: ObjectId,
}

pub fn begin() -> (Transaction, Stage) {
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let settings = Settings::default();
    let pace = Pace::Frozen;
    let state =
        default_state(&Start { wall: time, time, pace, settings, seed: None, customers: 0 })
            .unwrap();
    let user = |name: &str| {
        let found = state.partner.users.iter().find(|it| it.user_principal_name.starts_with(name));
        found.unwrap().object_id
    };
    let stage = state
        .customers
        .iter()
        .find_map(|(&customer, _)| {
            let mut orders = state.reservation_orders_of(customer).map(|row| row.id);
            let (order, other_order) = (orders.next()?, orders.next()?);
            let reservation = state.reservations_of(customer, order).next()?.id;
            let subscription =
                state.subscriptions_of(customer).find_map(|row| row.azure_subscription)?;
            Some(Stage {
                tenant: customer.into(),
                order,
                reservation,
                other_order,
                subscription,
                admin: user("admin@"),
                helpdesk: user("helpdesk@"),
                client: state.partner.service_principal(&state.partner.clients[0], customer.into()),
            })
        })
        .expect("a customer with two reservation orders and an Azure subscription");
    (Transaction::begin(&state, time), stage)
}

/// The access of a user or application in that customer's tenant.
pub fn of(tx: &Transaction, stage: &Stage, id: ObjectId) -> Access {
    let application = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846".to_owned();
    Access::Of(Principal::new(&tx.partner, stage.tenant, id, PrincipalKind::User, application))
}
