//! Support cases. What Azure calls a support ticket and Partner Center a service request is one case:
//! opened, talked about and closed on either surface (contract: azure-support.md,
//! partner-center-service-requests.md). Who answers is in [`agent`]; what a case can be about is in
//! [`catalogue`]; how its opener can be reached is in [`contact`].

pub mod agent;
mod case;
pub mod catalogue;
mod change;
pub mod contact;
mod fault;
mod lookup;
mod message;
mod name;
mod open;
mod operation;
mod service_request;
mod tables;
mod workspace;

pub use case::{
    Case, CaseId, CaseOwner, CaseStatus, Consent, Origin, QuotaChange, QuotaRequest, ServiceLevel,
    Severity, Tree,
};
pub use change::{
    CaseChange, assign_engineer, close, need_attention, reopen, update, update_ticket,
};
pub use contact::{ContactChange, ContactDetails, ContactMethod};
pub use fault::SupportFault;
pub use lookup::{
    find_called, find_case, find_message, find_request, find_ticket, is_retained,
    is_ticket_name_taken, messages_of, tickets_of,
};
pub use message::{
    Direction, Message, MessageKind, NewMessage, add_message, check_message, is_message_name_taken,
    post_outbound,
};
pub use name::{NameKind, check_name};
pub use open::{NewCase, check_case, open};
pub use operation::{
    SupportOperation, SupportOutcome, SupportWork, complete_operation, find_operation,
    forget_operation, request_message, request_ticket,
};
pub use service_request::{
    NewServiceRequest, Speaker, change_request, names, open_request, request, requests,
};
pub use tables::SupportTables;
pub use workspace::{
    FileWorkspace, NewFile, SupportFile, create_file, create_workspace, expire_workspace, files_of,
    find_file, find_workspace, receive_chunk,
};

pub(in crate::domain) use lookup::forget_customer;

#[cfg(test)]
mod tests;
