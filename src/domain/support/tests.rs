//! The life of a case by the rules alone.

use super::*;
use crate::domain::clock::Pace;
use crate::domain::error::Error;
use crate::domain::ids::{CustomerId, TenantId};
use crate::domain::settings::{Settings, SupportAgent, SupportPlan};
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::fixtures::{Start, default_state};
use chrono::TimeDelta;
use uuid::{Uuid, uuid};

const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const REFUNDS: Uuid = uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604");
const TECHNICAL: Uuid = uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a641");

fn begin(agent: SupportAgent) -> Transaction {
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let mut settings = Settings::default();
    settings.support.agent = agent;
    let start = Start { wall: time, time, pace: Pace::Frozen, settings, seed: None, customers: 0 };
    Transaction::begin(&default_state(&start).unwrap(), time)
}

/// The directory of a customer.
fn larkspur() -> Tree {
    Tree::Tenant(TenantId::from(LARKSPUR.parse::<CustomerId>().unwrap()))
}

fn about(tree: Tree, classification: Uuid) -> NewCase {
    let contact = ContactDetails {
        first_name: "Mei".into(),
        last_name: "Lin".into(),
        method: ContactMethod::Email,
        email: "mei@fabricore.example".into(),
        additional_emails: Vec::new(),
        phone: None,
        time_zone: "UTC".into(),
        country: "TWN".into(),
        language: "en-US".into(),
    };
    let texts = ("Machines".to_owned(), "They are gone.".to_owned());
    NewCase::new(tree, Origin::PartnerCenter, classification, texts, contact)
}

fn inbound(name: Option<&str>) -> NewMessage {
    NewMessage {
        name: name.map(str::to_owned),
        direction: Direction::Inbound,
        kind: MessageKind::Web,
        sender: "mei@fabricore.example".into(),
        access: crate::domain::authorization::Access::Unrestricted,
        sender_name: None,
        subject: "More".into(),
        body: "There is more.".into(),
    }
}

fn steps(tx: &Transaction) -> usize {
    tx.timers.iter().filter(|(_, timer)| matches!(timer, Timer::SupportStep(..))).count()
}

#[test]
fn a_case_has_a_number_on_each_surface_and_is_found_by_all() {
    let mut tx = begin(SupportAgent::Off);
    let partner = Tree::of_partner(tx.partner.id);
    let case = open(&mut tx, about(partner, REFUNDS)).unwrap();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    assert!(case.service_request_id.len() == 15 && digits(&case.service_request_id));
    assert!(case.service_request_id.starts_with('6'));
    assert!(case.ticket_id.len() == 16 && digits(&case.ticket_id));
    assert_eq!(case.name, case.ticket_id, "opened without a name");
    assert_eq!((case.owner, case.topic.id), (CaseOwner::Partner, "32870040"));
    assert_eq!(find_request(&tx, &case.service_request_id).unwrap().id, case.id);
    assert_eq!(find_ticket(&tx, partner, &case.name, tx.now()).unwrap().id, case.id);
    assert!(find_ticket(&tx, larkspur(), &case.name, tx.now()).is_err());
    assert_eq!(tx.cases_of(CaseOwner::Partner).count(), 1);
    let next = open(&mut tx, about(larkspur(), REFUNDS)).unwrap();
    assert!(next.id > case.id);
    assert_ne!(next.service_request_id, case.service_request_id);
}

#[test]
fn a_message_of_the_opener_answers_what_was_waited_for() {
    let mut tx = begin(SupportAgent::Off);
    let id = open(&mut tx, about(larkspur(), REFUNDS)).unwrap().id;
    need_attention(&mut tx, id).unwrap();
    post_outbound(&mut tx, id, "Question", "Which order?").unwrap();
    assert_eq!(find_case(&tx, id).unwrap().status, CaseStatus::AttentionNeeded);
    add_message(&mut tx, id, inbound(Some("answer"))).unwrap();
    assert_eq!(find_case(&tx, id).unwrap().status, CaseStatus::Open);
    let said: Vec<_> = messages_of(&tx, id).map(|message| message.direction).collect();
    assert_eq!(said, [Direction::Outbound, Direction::Inbound]);
    let taken = add_message(&mut tx, id, inbound(Some("Answer")));
    assert_eq!(taken.unwrap_err(), SupportFault::NameInUse("Answer".into()).into());
    add_message(&mut tx, id, inbound(None)).unwrap();
    add_message(&mut tx, id, inbound(None)).unwrap();
}

#[test]
fn a_closed_case_is_opened_before_it_is_talked_about() {
    let mut tx = begin(SupportAgent::Off);
    let id = open(&mut tx, about(larkspur(), REFUNDS)).unwrap().id;
    let closed = close(&mut tx, id).unwrap();
    assert_eq!((closed.status, closed.closed), (CaseStatus::Closed, Some(tx.now())));
    let refused = Error::from(SupportFault::Closed);
    assert_eq!(add_message(&mut tx, id, inbound(None)).unwrap_err(), refused);
    assert_eq!(post_outbound(&mut tx, id, "a", "b").unwrap_err(), refused);
    let open = reopen(&mut tx, id).unwrap();
    assert_eq!((open.status, open.closed), (CaseStatus::Open, None));
    add_message(&mut tx, id, inbound(None)).unwrap();
}

#[test]
fn the_agent_is_called_when_a_case_is_opened_answered_or_reopened() {
    let mut tx = begin(SupportAgent::Auto);
    let id = open(&mut tx, about(larkspur(), REFUNDS)).unwrap().id;
    assert_eq!(steps(&tx), 1);
    add_message(&mut tx, id, inbound(None)).unwrap();
    assert_eq!(steps(&tx), 2);
    close(&mut tx, id).unwrap();
    assert_eq!(steps(&tx), 2);
    reopen(&mut tx, id).unwrap();
    assert_eq!(steps(&tx), 3);
    reopen(&mut tx, id).unwrap();
    assert_eq!(steps(&tx), 3, "it was open");

    for agent in [SupportAgent::Manual, SupportAgent::Off] {
        let mut tx = begin(agent);
        open(&mut tx, about(larkspur(), REFUNDS)).unwrap();
        assert_eq!(steps(&tx), 0, "{agent:?}");
    }
}

#[test]
fn plans_decide_what_a_customer_is_helped_with_and_how_fast() {
    let with = |plan: SupportPlan| {
        let mut tx = begin(SupportAgent::Off);
        let mut settings = Settings::clone(&tx.settings);
        settings.support.plan = plan;
        tx.settings = settings.into();
        tx
    };
    for (plan, technical, highest) in [
        (SupportPlan::Basic, false, false),
        (SupportPlan::Advanced, true, false),
        (SupportPlan::Premier, true, true),
    ] {
        let mut tx = with(plan);
        open(&mut tx, about(larkspur(), REFUNDS)).unwrap();
        assert_eq!(open(&mut tx, about(larkspur(), TECHNICAL)).is_ok(), technical, "{plan:?}");
        let partner = Tree::of_partner(tx.partner.id);
        open(&mut tx, about(partner, TECHNICAL)).unwrap();
        let severity = Severity::HighestCriticalImpact;
        let urgent = NewCase { severity, ..about(partner, REFUNDS) };
        assert_eq!(open(&mut tx, urgent).is_ok(), highest, "{plan:?}");
        let critical = NewCase { severity: Severity::Critical, ..about(partner, REFUNDS) };
        let level = open(&mut tx, critical).unwrap().service_level;
        assert_eq!(level.expiration - level.start, TimeDelta::minutes(60));
    }
}

#[test]
fn a_request_that_fails_leaves_nothing_but_its_error() {
    let mut tx = begin(SupportAgent::Auto);
    let named = NewCase { name: Some("disk".into()), ..about(larkspur(), TECHNICAL) };
    let operation = request_ticket(&mut tx, named).unwrap();
    let outcome = tx.support.operations.get(&operation.id).unwrap().outcome.clone();
    assert_eq!(outcome, SupportOutcome::Failed(SupportFault::PlanNeeded.into()));
    assert!(tx.support.cases.is_empty() && tx.support.names.is_empty());
    assert!(tx.support.trees.is_empty() && tx.support.owners.is_empty());
    assert!(tx.support.numbers.is_empty());
    assert_eq!(steps(&tx), 0);
}

#[test]
fn a_customer_that_goes_takes_its_cases_and_the_work_on_them_along() {
    let mut tx = begin(SupportAgent::Auto);
    let customer: CustomerId = LARKSPUR.parse().unwrap();
    let id = open(&mut tx, about(larkspur(), REFUNDS)).unwrap().id;
    let partner = Tree::of_partner(tx.partner.id);
    let other = open(&mut tx, about(partner, REFUNDS)).unwrap().id;
    for case in [id, other] {
        agent::step(&mut tx, case).unwrap();
        assert!(tx.support.work.contains(&case), "the fixture no longer fits");
    }
    forget_customer(&mut tx, customer, &[larkspur()]);
    let left: Vec<CaseId> = tx.support.cases.iter().map(|(id, _)| *id).collect();
    assert_eq!(left, [other]);
    assert!(!tx.support.work.contains(&id) && tx.support.work.contains(&other));
    assert_eq!(messages_of(&tx, id).count(), 0);
}
