//! Whether a domain name is taken (contract: partner-center-profiles-misc.md §2).

use actix_web::http::{Method, StatusCode};

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT};
use crate::api::reply::Reply;
use crate::domain::customers::domain_name::DomainName;
use crate::domain::customers::is_taken;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::HEAD,
            "/v1/domains/{domain}",
            "checkDomainExists",
            check,
        )
        .summary("Domains", "Find out whether a domain name is taken")
        .describe(
            "Taken are the domains of customers, whether they are the partner's or were, the \
             partner's own domain, and some reserved names.",
        )
        .source(Fidelity::Documented, "partner-center-profiles-misc.md#head-v1domainsdomain-both")
        .gives_nothing(200, "The domain is taken.")
        .gives_nothing(404, "The domain is free.")
        .faults(&[INVALID_INPUT])
        .example("domain", "larkspurfoods.onmicrosoft.com"),
    ]
}

fn check(call: &Call<'_>) -> Result<Reply, Fault> {
    let domain = DomainName::parse(call.path_text("domain"))
        .map_err(|fault| Fault::invalid("domain", &fault.to_string()))?;
    let taken = is_taken(&call.view().state, &domain);
    Ok(Reply::empty(if taken { StatusCode::OK } else { StatusCode::NOT_FOUND }))
}
