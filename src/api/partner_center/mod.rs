//! Partner Center: conventions first, then one file per resource.

pub mod absent;
pub mod agreements;
pub mod audit;
pub mod billing;
pub mod carts;
pub mod catalog;
pub mod codes;
pub mod correlation;
pub mod customers;
pub mod domains;
pub mod entitlements;
pub mod etag;
pub mod examples;
pub mod fault;
pub mod filter;
pub mod lines;
pub mod need_user;
pub mod orders;
pub mod pages;
pub mod paging;
pub mod profiles;
pub mod resource;
pub mod service_requests;
pub mod subscriptions;
pub mod validations;

use super::operation::Operation;

/// Every operation of Partner Center.
pub fn operations() -> Vec<Operation> {
    let mut operations = customers::operations();
    operations.extend(catalog::operations());
    operations.extend(carts::operations());
    operations.extend(orders::operations());
    operations.extend(subscriptions::operations());
    operations.extend(entitlements::operations());
    operations.extend(billing::operations());
    operations.extend(domains::operations());
    operations.extend(validations::operations());
    operations.extend(agreements::operations());
    operations.extend(profiles::operations());
    operations.extend(audit::operations());
    operations.extend(service_requests::operations());
    operations
}
