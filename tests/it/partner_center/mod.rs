//! Partner Center.

mod agreements;
mod carts;
mod catalog;
mod conventions;
mod customer_lists;
mod customer_profiles;
mod customers;
mod domains;
mod entitlements;
mod orders;
mod profiles;
mod registrations;
mod subscriptions;
mod validations;
