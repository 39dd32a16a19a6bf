//! How much of a reservation is used: one hourly series per reservation, and the daily, monthly and
//! per-resource figures and the 1, 7 and 30 day aggregates that follow from it
//! (contract: azure-reservation-utilization.md). Whole numbers inside, decimals of at most two places
//! outside; the same reservation gives the same figures on every machine. How the figures look on the wire is
//! told elsewhere.

mod aggregates;
mod details;
mod period;
mod reserved;
mod resources;
mod series;
mod standing;
mod summaries;
mod usage;

pub use aggregates::{Aggregates, GRAINS, Trend, aggregates};
pub use details::{Detail, details, details_of_day};
pub use period::{bounds, complete_days, days, months};
pub use reserved::{Origin, Reserved};
pub use standing::{aggregates_of, is_used, reserved};
pub use summaries::{Summary, daily, monthly, summary_of_day, summary_of_month};
pub use usage::{
    DailyHours, Elsewhere, InstanceHours, MOST_DAYS, MOST_INSTANCES, Percentage, Usage,
};

use super::error::{Error, Result};
use super::ids::ReservationId;
use super::state::State;
use super::transaction::Transaction;

/// Lays down how much of a reservation is used, for the whole of its time, past days included.
pub fn set(tx: &mut Transaction, reservation: ReservationId, usage: Usage) -> Result<()> {
    must_exist(tx, reservation)?;
    tx.utilization.put(reservation, usage);
    Ok(())
}

/// Gives a reservation its generated series back.
pub fn clear(tx: &mut Transaction, reservation: ReservationId) -> Result<()> {
    must_exist(tx, reservation)?;
    tx.utilization.remove(&reservation);
    Ok(())
}

/// What was laid down for a reservation, else that its series is generated.
pub fn usage_of(state: &State, reservation: ReservationId) -> Usage {
    state.utilization.get(&reservation).map_or(Usage::Generated, |row| Usage::clone(row))
}

/// Refuses the id of a reservation that no customer has.
pub fn must_exist(state: &State, reservation: ReservationId) -> Result<()> {
    if state.revisions_of(reservation).next().is_some() {
        return Ok(());
    }
    Err(Error::NotFound { what: "reservation", id: reservation.to_string() })
}

#[cfg(test)]
mod tests;
