//! Partner Center.

mod agreements;
mod catalog;
mod conventions;
mod customer_lists;
mod customer_profiles;
mod customers;
mod domains;
mod profiles;
mod registrations;
mod subscriptions;
mod validations;
