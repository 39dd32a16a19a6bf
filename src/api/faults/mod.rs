//! Faults in the service's own dialect: armed by rules or by values in a request, striking before an
//! operation is carried out, after it, or on the way back.

use super::call::Call;
use super::delivery::Delivery;
use super::journal::Trace;
use super::reply::Reply;

/// The faults of a world.
#[derive(Debug, Default)]
pub struct Faults {}

/// A fault that strikes one call.
#[derive(Debug)]
pub struct Strike {}

impl Faults {
    /// The fault that strikes this call, if one does.
    pub fn strike(&self, _call: &Call<'_>, _trace: &mut Trace) -> Option<Strike> {
        None
    }
}

impl Strike {
    /// What becomes of the call.
    pub fn apply(self, carry_out: impl FnOnce() -> Reply) -> (Reply, Delivery) {
        (carry_out(), Delivery::default())
    }
}
