//! The embedded catalogue as a whole.

mod contents;
mod ids;
mod sources;

use super::*;

const PLAN: ReservationScope = ReservationScope::AzurePlan;
const CLASSIC: ReservationScope = ReservationScope::MicrosoftAzure;
