//! Writing audit records.

use chrono::{DateTime, TimeDelta};

use super::{IssuedInvoice, KEPT_DAYS, invoice_issued};
use crate::domain::clock::Pace;
use crate::domain::settings::Settings;
use crate::domain::transaction::Transaction;
use crate::fixtures::{Start, empty_state};

fn invoice() -> IssuedInvoice {
    IssuedInvoice {
        id: "G000000001".to_owned(),
        invoice_type: "OneTime",
        date: DateTime::UNIX_EPOCH,
        total_charges: rust_decimal::Decimal::TEN,
        currency: "USD".to_owned(),
    }
}

fn begin(time: &str) -> Transaction {
    let time = time.parse().unwrap();
    let settings = Settings::default();
    let start = Start { wall: time, time, pace: Pace::Frozen, settings, seed: None, customers: 0 };
    Transaction::begin(&empty_state(&start).unwrap(), time)
}

#[test]
fn records_of_one_moment_have_numbers_of_their_own() {
    let mut tx = begin("2021-05-11T10:04:02.2211800Z");
    for _ in 0..3 {
        invoice_issued(&mut tx, invoice());
    }
    let numbers: Vec<u64> = tx.audit_records.iter().map(|(number, _)| *number).collect();
    let first = 637_563_242_422_211_800;
    assert_eq!(numbers, [first, first + 1, first + 2]);
}

#[test]
fn what_nobody_sees_any_more_is_dropped_by_what_is_written() {
    let mut tx = begin("2021-05-11T10:00:00Z");
    for _ in 0..5 {
        invoice_issued(&mut tx, invoice());
    }
    let begin = tx.now();
    let state = tx.finish();
    let still = begin + TimeDelta::days(KEPT_DAYS);
    let mut tx = Transaction::begin(&state, still);
    invoice_issued(&mut tx, invoice());
    assert_eq!(tx.audit_records.len(), 6);
    let mut tx = Transaction::begin(&tx.finish(), still + TimeDelta::seconds(1));
    for _ in 0..4 {
        invoice_issued(&mut tx, invoice());
    }
    assert_eq!(tx.audit_records.len(), 5, "all but the newest five");
}
