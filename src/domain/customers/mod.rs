//! Customers: what a valid one is, how it comes to be, changes, and goes.
//!
//! No HTTP here and no error codes on the wire: faults are typed and mapped at the edge.

pub mod address;
pub mod address_verification;
pub mod country_rules;
pub mod culture;
pub mod domain_name;
pub mod excerpt;
pub mod registration_number;

mod change;
mod consent;
mod create;
mod customer;
mod domains;
mod list;
pub mod profile;
mod relationship;
mod services;

pub use change::{BillingChange, update_billing_profile};
pub use consent::{ApplicationConsent, Grant, consent, withdraw_consent};
pub use create::{Created, NewCustomer, SANDBOX_CUSTOMERS, create};
pub use customer::{BillingProfile, Customer};
pub use domains::{add_verified_domain, is_taken};
pub use list::{CustomerFilter, starts_with};
pub use relationship::{delete, remove_relationship, resellers_of};
pub use services::{Service, managed_services};
