//! Partner Center.

mod agreements;
mod conventions;
mod customer_lists;
mod customer_profiles;
mod customers;
mod domains;
mod profiles;
mod validations;
