//! Partner Center.

mod agreements;
mod audit;
mod carts;
mod carts_over_time;
mod catalog;
mod checkout;
mod conventions;
mod customer_lists;
mod customer_profiles;
mod customers;
mod domains;
mod entitlements;
mod order_changes;
mod orders;
mod profiles;
mod registrations;
mod service_requests;
mod subscriptions;
mod validations;
