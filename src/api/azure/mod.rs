//! Azure Resource Manager: what is shared by the resource providers that the mock plays.

pub mod odata;
pub mod resource_id;
