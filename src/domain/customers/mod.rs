//! Customers: what a valid address, domain, e-mail, culture and registration number is.
//!
//! No HTTP here and no error codes on the wire: faults are typed and mapped at the edge.

pub mod address;
pub mod address_verification;
pub mod country_rules;
pub mod culture;
pub mod domain_name;
pub mod excerpt;
pub mod registration_number;

mod customer;

pub use customer::{BillingProfile, Customer};
