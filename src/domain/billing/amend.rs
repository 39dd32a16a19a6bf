//! Corrections of invoices: they are invoices of their own that stand with the one they correct, and
//! their lines are entries of the ledger (contract: partner-center-billing.md, credit notes).

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::issue::{decimals, total};
use super::{DocumentType, Invoice, find};
use crate::domain::error::{Error, Result};
use crate::domain::ids::InvoiceId;
use crate::domain::ledger::{self, Cause, EntryKind, NewEntry};
use crate::domain::transaction::Transaction;

/// Most corrections of one invoice [choice].
const MOST_AMENDMENTS: usize = 100;
/// Most lines of one correction [choice].
const MOST_LINES: usize = 1000;
/// Longest reason, in characters [choice].
const LONGEST_REASON: usize = 500;
/// The most that a correction adds to a line [choice].
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// What is to change on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCorrection {
    /// Which line of the invoice, from 0.
    pub line: usize,
    /// What is added to it: below zero to take back.
    pub amount: Decimal,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// All that is left of the invoice is taken back; it becomes a void note.
    Void,
    /// Lines change.
    Lines(Vec<LineCorrection>),
}

/// Corrects an invoice and gives the id of the correction. A correction takes back no more of a line
/// than is left of it, and a voided invoice is not corrected again [choice].
pub fn amend(
    tx: &mut Transaction,
    name: &str,
    reason: Option<String>,
    correction: Correction,
) -> Result<InvoiceId> {
    let mut invoice = Invoice::clone(find(tx, name)?);
    if let Some(original) = &invoice.amends {
        let reason = format!("is a correction; correct {original} itself");
        return Err(Error::invalid("invoice", reason));
    }
    if invoice.document == DocumentType::VoidNote {
        return Err(Error::invalid("invoice", "is void; nothing of it is left to correct"));
    }
    if invoice.amendments.len() >= MOST_AMENDMENTS {
        let reason = format!("has {MOST_AMENDMENTS} corrections, which is the most");
        return Err(Error::invalid("invoice", reason));
    }
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        let fix = format!("must have at most {LONGEST_REASON} characters");
        return Err(Error::invalid("reason", fix));
    }
    let left = left_of(tx, &invoice);
    let changes: Vec<(u64, Decimal)> = match correction {
        Correction::Void => {
            invoice.document = DocumentType::VoidNote;
            let lines = invoice.entries.iter().filter_map(|number| {
                let left = left.get(number).copied()?;
                (!left.is_zero()).then_some((*number, -left))
            });
            lines.collect()
        }
        Correction::Lines(lines) => {
            judge(&invoice, &left, &lines, decimals(tx, &invoice.currency))?
        }
    };
    let mut entries = Vec::with_capacity(changes.len());
    let mut corrected = Vec::with_capacity(changes.len());
    for (number, amount) in changes {
        let Some(row) = tx.ledger.get(&number).cloned() else { continue };
        let kind = if amount.is_sign_negative() { EntryKind::Credit } else { EntryKind::Charge };
        let entry = NewEntry { kind, cause: Cause::Correction, amount, ..row.entry.clone() };
        entries.push(ledger::append(tx, entry, row.voucher.clone()));
        corrected.push(number);
    }
    let id = invoice.kind.draw(tx);
    let note = Invoice {
        id: id.clone(),
        issued: tx.now(),
        total: total(tx, &entries),
        entries: Arc::from(entries),
        corrected: Arc::from(corrected),
        document: DocumentType::AdjustmentNote,
        amends: Some(invoice.id.clone()),
        reason: reason.filter(|reason| !reason.trim().is_empty()),
        amendments: Vec::new(),
        payments: Vec::new(),
        receipts: Vec::new(),
        ..invoice.clone()
    };
    tx.invoices.put(id.clone(), note);
    invoice.amendments.push(id.clone());
    tx.invoices.put(invoice.id.clone(), invoice);
    Ok(id)
}

/// What is left of each line of an invoice after its corrections.
fn left_of(tx: &Transaction, invoice: &Invoice) -> BTreeMap<u64, Decimal> {
    let amount = |number: &u64| tx.ledger.get(number).map_or(Decimal::ZERO, |it| it.entry.amount);
    let mut left: BTreeMap<u64, Decimal> =
        invoice.entries.iter().map(|number| (*number, amount(number))).collect();
    for note in invoice.amendments.iter().filter_map(|id| tx.invoices.get(id)) {
        for (entry, corrected) in note.entries.iter().zip(note.corrected.iter()) {
            if let Some(left) = left.get_mut(corrected) {
                *left = left.saturating_add(amount(entry));
            }
        }
    }
    left
}

fn judge(
    invoice: &Invoice,
    left: &BTreeMap<u64, Decimal>,
    lines: &[LineCorrection],
    decimals: u32,
) -> Result<Vec<(u64, Decimal)>> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        let reason = format!("must hold 1 to {MOST_LINES} lines; send `void: true` to void all");
        return Err(Error::invalid("lines", reason));
    }
    let mut changes: Vec<(u64, Decimal)> = Vec::with_capacity(lines.len());
    for (index, wanted) in lines.iter().enumerate() {
        let refuse = |member: &str, reason: String| {
            Err(Error::invalid(format!("lines[{index}].{member}"), reason))
        };
        let Some(number) = invoice.entries.get(wanted.line).copied() else {
            let last = invoice.entries.len().saturating_sub(1);
            return refuse("line", format!("must be 0 to {last}"));
        };
        if changes.iter().any(|(known, _)| *known == number) {
            return refuse("line", "is named twice".to_owned());
        }
        let amount = wanted.amount.normalize();
        if amount.is_zero() || amount.scale() > decimals || amount.abs() > MOST {
            return refuse(
                "amount",
                format!("must not be 0, at most {MOST} and have at most {decimals} decimals"),
            );
        }
        let left = left.get(&number).copied().unwrap_or_default();
        let rest = left.saturating_add(amount);
        let takes_back = left.is_sign_negative() != amount.is_sign_negative();
        let turns_over = !rest.is_zero() && rest.is_sign_negative() != left.is_sign_negative();
        if left.is_zero() || (takes_back && turns_over) {
            return refuse("amount", format!("takes back more than {left}, all that is left"));
        }
        changes.push((number, amount));
    }
    changes.sort_unstable_by_key(|(number, _)| *number);
    Ok(changes)
}
