//! Partner Center.

mod agreements;
mod conventions;
mod customers;
mod domains;
mod profiles;
mod validations;
