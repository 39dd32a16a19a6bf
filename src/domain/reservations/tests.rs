//! What holds of the reservations of an order whatever is done with them, in whatever order.

mod money;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::error::Result;
use crate::domain::ids::{
    AzureSubscriptionId, CustomerId, ReservationId, ReservationOrderId, TenantId,
};
use crate::domain::settings::{Settings, Transition};
use crate::domain::state::State;
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;
use crate::fixtures::{Start, default_state};
use crate::world::run_due;

const CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
/// Of another customer.
const FOREIGN: &str = "e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54";

/// `SplitMix64`: the same numbers for the same seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.next()).unwrap_or_default();
        all[at % all.len()]
    }
}

fn start() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn base() -> State {
    let (time, settings) = (start(), Settings::default());
    let pace = crate::domain::clock::Pace::Frozen;
    default_state(&Start { wall: time, time, pace, settings, seed: None, customers: 0 }).unwrap()
}

/// The customer's reservations of one order, and how the story goes on.
struct Stage {
    state: State,
    now: DateTime<Utc>,
    customer: CustomerId,
    order: ReservationOrderId,
    numbers: Numbers,
    refused: u32,
    done: u32,
}

impl Stage {
    fn begin(base: &State, seed: u64) -> Self {
        let mut numbers = Numbers(seed);
        let customer: CustomerId = CUSTOMER.parse().unwrap();
        let wanted = NewReservation {
            resource_type: ReservedResourceType::VirtualMachines,
            sku: "Standard_D2s_v4".to_owned(),
            location: Some("eastus".to_owned()),
            billing_subscription: AZURE.parse().unwrap(),
            term: Term::P1Y,
            plan: numbers.of(&[BillingPlan::Upfront, BillingPlan::Monthly]),
            quantity: u32::try_from(2 + numbers.below(40)).unwrap(),
            display_name: Some("batch".to_owned()),
            scope: AppliedScope::Shared,
            renew: numbers.one_in(2),
            instance_flexibility: None,
            review: None,
        };
        let mut tx = Transaction::begin(base, start());
        let mut settings = Settings::clone(&tx.settings);
        let delay = numbers.of(&["PT0S", "PT1H", "P20D"]);
        settings.set_delay(Transition::ReservationChange, delay.parse().unwrap());
        settings.allow_change_directory = true;
        tx.settings = std::sync::Arc::new(settings);
        let quoted = quote(&mut tx, customer, wanted.clone()).unwrap();
        let directory = Some(TenantId::from(customer));
        assert!(purchase(&mut tx, directory, quoted.id, &wanted).unwrap());
        let state = tx.finish();
        let mut stage =
            Self { state, now: start(), customer, order: quoted.id, numbers, refused: 0, done: 0 };
        stage.advance(TimeDelta::zero());
        stage
    }

    fn order(&self) -> ReservationOrder {
        ReservationOrder::clone(find_order(&self.state, None, self.order).unwrap())
    }

    fn all(&self) -> Vec<Reservation> {
        let rows = self.state.reservations_of(self.customer, self.order);
        rows.map(|row| Reservation::clone(row)).collect()
    }

    fn advance(&mut self, by: TimeDelta) {
        self.now += by;
        run_due(&mut self.state, self.now, &mut Vec::new());
    }

    /// Tries a rule. What it refuses it must not have begun.
    fn attempt(&mut self, rule: impl FnOnce(&mut Transaction, &ReservationOrder) -> Result<()>) {
        let mut tx = Transaction::begin(&self.state, self.now);
        let order = self.order();
        if rule(&mut tx, &order).is_ok() {
            self.done += 1;
            self.state = tx.finish();
            return;
        }
        self.refused += 1;
        let (before, after) = (&self.state, &*tx);
        assert!(before.reservations.is_same(&after.reservations));
        assert!(before.reservation_orders.is_same(&after.reservation_orders));
        assert!(before.reservation_revisions.is_same(&after.reservation_revisions));
        let directories = &before.reservation_order_directories;
        assert!(directories.is_same(&after.reservation_order_directories));
        assert!(before.operations.is_same(&after.operations));
        assert!(before.orders.is_same(&after.orders));
        assert_eq!(format!("{:?}", before.timers), format!("{:?}", after.timers));
        assert_eq!(format!("{:?}", before.ids), format!("{:?}", after.ids));
    }

    fn any(&mut self) -> ReservationId {
        if self.numbers.one_in(30) {
            return ReservationId::FIRST;
        }
        let ids: Vec<ReservationId> = self.all().iter().map(|it| it.id).collect();
        // What is in force is meant more often.
        let standing: Vec<_> =
            self.all().iter().filter(|it| it.is_in_force()).map(|it| it.id).collect();
        if standing.is_empty() || self.numbers.one_in(5) {
            return self.numbers.of(&ids);
        }
        self.numbers.of(&standing)
    }

    fn step(&mut self) {
        match self.numbers.below(20) {
            0..=4 => {
                let (id, wanted) = (self.any(), self.change());
                self.attempt(|tx, order| change(tx, order, id, wanted).map(drop));
            }
            5..=8 => {
                let id = self.any();
                let held = self.all().iter().find(|it| it.id == id).map_or(2, |it| it.quantity);
                let first = i64::try_from(self.numbers.below(u64::from(held) + 1)).unwrap();
                let off = i64::from(self.numbers.one_in(10));
                let parts = [first, i64::from(held) - first + off];
                self.attempt(|tx, order| split(tx, order, id, &parts).map(drop));
            }
            9..=12 => {
                let sources = [self.any(), self.any()];
                self.attempt(|tx, order| merge(tx, order, &sources).map(drop));
            }
            13..=14 => {
                let (id, archived) = (self.any(), self.numbers.one_in(2));
                self.attempt(|tx, order| set_archived(tx, order, id, archived));
            }
            15 => {
                let to = self.numbers.of(&[CUSTOMER, "d4a7f1c6-0e59-4b83-9c2d-8b6e4f0a2c71"]);
                let to = TenantId(to.parse::<CustomerId>().unwrap().0);
                self.attempt(|tx, order| change_directory(tx, order, to).map(drop));
            }
            16 if self.numbers.one_in(15) => {
                self.attempt(|tx, order| {
                    cancel_purchase(tx, order.id);
                    Ok(())
                });
            }
            _ => {
                let hours = self.numbers.of(&[1, 2, 24, 24 * 19, 24 * 31]);
                self.advance(TimeDelta::hours(hours));
            }
        }
    }

    fn change(&mut self) -> Change {
        let azure = |text: &str| text.parse::<AzureSubscriptionId>().unwrap();
        let group = AppliedScope::ManagementGroup(
            TenantId(CUSTOMER.parse::<CustomerId>().unwrap().0),
            "retail".to_owned(),
        );
        let scopes = [
            AppliedScope::Shared,
            AppliedScope::Single(azure(AZURE)),
            AppliedScope::ResourceGroup(azure(AZURE), "shop".to_owned()),
            AppliedScope::Single(azure(FOREIGN)),
            group,
        ];
        let at = self.numbers.of(&[0, 1, 2, 3, 4]);
        let name = self.numbers.of(&["one", "two", ""]).to_owned();
        let (on, renew) = (self.numbers.one_in(2), self.numbers.one_in(2));
        Change {
            name: self.numbers.one_in(3).then_some(name),
            scope: self.numbers.one_in(2).then(|| scopes[at].clone()),
            instance_flexibility: self.numbers.one_in(4).then_some(on),
            renew: self.numbers.one_in(3).then_some(renew),
            renewal: None,
            review: None,
        }
    }

    /// What must hold at any moment.
    fn check(&self) {
        let (order, all) = (self.order(), self.all());
        let in_force: u32 = all.iter().filter(|it| it.is_in_force()).map(|it| it.quantity).sum();
        let expected = match order.state {
            ReservationState::Succeeded => order.original_quantity,
            _ => 0,
        };
        assert_eq!(in_force, expected, "quantity in force of an order that is {:?}", order.state);
        if order.expiry.is_some_and(|end| end <= self.now) {
            assert_ne!(order.state, ReservationState::Succeeded);
        }
        for it in &all {
            self.check_state(it);
            Self::check_lineage(it, &all);
            self.check_revisions(it);
        }
    }

    /// One state at a time.
    fn check_state(&self, it: &Reservation) {
        assert_eq!(it.cancelled.is_some(), it.state == ReservationState::Cancelled);
        assert!(!it.changing || it.is_in_force());
        let running = self.state.operations.iter().filter(|(_, operation)| {
            operation.outcome == Outcome::Running
                && match &operation.step {
                    Step::Return { .. } => false,
                    Step::Update(id, _) | Step::Split(id, _) => *id == it.id,
                    Step::Merge(sources) => sources.contains(&it.id),
                }
        });
        let running = running.count();
        assert!(running <= 1, "{running} changes at once");
        assert!(running == 1 || !it.changing, "nothing will end the change of {}", it.id);
        let over = !matches!(it.state, ReservationState::Creating | ReservationState::Succeeded);
        assert!(over || !it.archived);
        assert!(it.renewal.is_none() || it.renew);
        assert!(it.instance_flexibility != Some(false) || it.scope.subscription().is_some());
        if let Some((order, id)) = it.lineage.renewed_by {
            assert_eq!(it.state, ReservationState::Expired);
            let next = find_order(&self.state, None, order).unwrap();
            assert_eq!(next.directory, self.order().directory);
            assert_eq!(next.original_quantity, it.quantity);
            assert_eq!(next.benefit_start, it.expiry);
            let next = find_reservation(&self.state, next, id).unwrap();
            assert_eq!(next.lineage.renews, Some((it.order, it.id)));
        }
    }

    /// Whatever it became knows where it came from, and holds as much.
    fn check_lineage(it: &Reservation, all: &[Reservation]) {
        let of = |id: &ReservationId| all.iter().find(|other| other.id == *id).unwrap();
        let parts: Vec<&Reservation> = it.lineage.split_into.iter().map(of).collect();
        let became = usize::from(!parts.is_empty()) + usize::from(it.lineage.merged_into.is_some());
        assert!(became <= 1);
        assert!(became == 0 || it.state == ReservationState::Cancelled);
        if !parts.is_empty() {
            assert_eq!(parts.len(), 2);
            assert_eq!(parts.iter().map(|part| part.quantity).sum::<u32>(), it.quantity);
            assert!(parts.iter().all(|part| part.lineage.split_from == Some(it.id)));
            assert!(parts.iter().all(|part| part.expiry == it.expiry));
        }
        if let Some(made) = it.lineage.merged_into {
            assert!(of(&made).lineage.merged_from.contains(&it.id));
        }
        let sources: Vec<&Reservation> = it.lineage.merged_from.iter().map(of).collect();
        if !sources.is_empty() {
            assert_eq!(sources.len(), 2);
            assert_eq!(sources.iter().map(|one| one.quantity).sum::<u32>(), it.quantity);
            assert!(sources.iter().all(|one| one.lineage.merged_into == Some(it.id)));
        }
    }

    /// No revision is missing, the last one is what it is, and no state comes back.
    fn check_revisions(&self, it: &Reservation) {
        let rank = |state: ReservationState| match state {
            ReservationState::Creating => 0,
            ReservationState::Succeeded => 1,
            ReservationState::Cancelled | ReservationState::Expired => 2,
        };
        let revisions: Vec<_> = self.state.revisions_of(it.id).collect();
        assert_eq!(revisions.len(), usize::try_from(it.etag).unwrap());
        for (etag, revision) in (1..).zip(&revisions) {
            assert_eq!((revision.etag, revision.id), (etag, it.id));
        }
        for two in revisions.windows(2) {
            assert!(rank(two[0].state) <= rank(two[1].state));
            assert!(two[0].updated <= two[1].updated);
            let ended = rank(two[0].state) == 2;
            assert!(!ended || two[0].state == two[1].state, "an end is final");
        }
        assert_eq!(Reservation::clone(revisions[revisions.len() - 1]), *it);
    }
}

#[test]
fn whatever_is_done_the_quantity_stays_and_every_change_is_a_revision() {
    let base = base();
    let (mut done, mut refused, mut ends) = (0, 0, Vec::new());
    for seed in 0..60 {
        let mut stage = Stage::begin(&base, seed);
        stage.check();
        for _ in 0..60 {
            stage.step();
            stage.check();
        }
        stage.advance(TimeDelta::days(400));
        stage.check();
        assert!(stage.all().iter().all(|it| !it.is_in_force()), "seed {seed}");
        done += stage.done;
        refused += stage.refused;
        ends.push(stage.order().state);
    }
    // The stories are worth something: much was done, much was refused, and both ends occur.
    assert!(done > 500 && refused > 500, "{done} done, {refused} refused");
    for end in [ReservationState::Cancelled, ReservationState::Expired] {
        assert!(ends.contains(&end), "{end:?}");
    }
}

#[test]
fn a_change_makes_two_revisions_and_archiving_one() {
    let base = base();
    let mut stage = Stage::begin(&base, 3);
    let mut settings = Settings::clone(&stage.state.settings);
    settings.set_delay(Transition::ReservationChange, "PT0S".parse().unwrap());
    stage.state.settings = std::sync::Arc::new(settings);
    let etags = |stage: &Stage| stage.all().iter().map(|it| it.etag).collect::<Vec<_>>();
    assert_eq!(etags(&stage), [2]);
    let source = stage.all()[0].clone();
    let wanted = Change { name: Some("renamed".to_owned()), ..Change::default() };
    stage.attempt(|tx, order| change(tx, order, source.id, wanted).map(drop));
    assert_eq!(etags(&stage), [4]);
    let parts = [1, i64::from(source.quantity) - 1];
    stage.attempt(|tx, order| split(tx, order, source.id, &parts).map(drop));
    for it in stage.all() {
        assert_eq!(it.etag, if it.id == source.id { 6 } else { 2 });
    }
    for (archived, etag) in [(true, 7), (true, 7), (false, 8)] {
        stage.attempt(|tx, order| set_archived(tx, order, source.id, archived));
        assert_eq!(stage.all().iter().find(|it| it.id == source.id).unwrap().etag, etag);
    }
    assert_eq!(stage.refused, 0);
}

#[test]
fn a_thousand_revisions_are_kept() {
    let base = base();
    let mut stage = Stage::begin(&base, 3);
    let mut settings = Settings::clone(&stage.state.settings);
    settings.set_delay(Transition::ReservationChange, "PT0S".parse().unwrap());
    stage.state.settings = std::sync::Arc::new(settings);
    let id = stage.all()[0].id;
    for number in 0..600 {
        let wanted = Change { name: Some(format!("name {number}")), ..Change::default() };
        stage.attempt(|tx, order| change(tx, order, id, wanted).map(drop));
    }
    let etags: Vec<u32> = stage.state.revisions_of(id).map(|row| row.etag).collect();
    assert_eq!(stage.all()[0].etag, 1202);
    assert_eq!(etags, (203..=1202).collect::<Vec<_>>());
}
