//! The texts that can be agreed to.

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::kinds_asked_for;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::domain::agreements::{AgreementKind, Template};
use crate::domain::customers::country_rules::CountryRules;
use crate::domain::customers::culture::canonical_culture;
use crate::domain::error::Error;
use crate::domain::ids::NotAGuid;

const CONTRACT: &str = "partner-center-profiles-misc.md#3-agreements-appuser-only";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/agreements",
            "listAgreementTemplates",
            list,
        )
        .summary("Agreements", "List the agreements that customers can accept")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .query(
            "agreementType",
            json!({ "type": "string" }),
            "MicrosoftCloudAgreement (when left out), MicrosoftCustomerAgreement, or `*` for all.",
        )
        .gives::<Collection<AgreementTemplate>>(200, "The agreements with their templates.")
        .faults(&[UNKNOWN_ENUM])
        .example_query("agreementType", "MicrosoftCustomerAgreement"),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/agreementtemplates/{template_id}/document",
            "getAgreementDocument",
            document,
        )
        .summary("Agreements", "Get the addresses of an agreement's text")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .query("language", json!({ "type": "string", "default": "en-US" }), "Language of the text.")
        .query("country", json!({ "type": "string", "default": "US" }), "Country it holds in.")
        .gives::<AgreementDocument>(200, "The addresses.")
        .faults(&[NOT_FOUND, INVALID_INPUT])
        .example(
            "template_id",
            AgreementKind::MicrosoftCustomerAgreement.template().id.to_string(),
        ),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let kinds = kinds_asked_for(call, &[AgreementKind::MicrosoftCloudAgreement])?;
    let items = kinds.into_iter().map(|kind| AgreementTemplate::from(kind.template())).collect();
    Ok(Reply::ok(&Collection::of(items)))
}

fn document(call: &Call<'_>) -> Result<Reply, Fault> {
    let id: uuid::Uuid = call
        .path_text("template_id")
        .parse()
        .map_err(|_| Fault::invalid("template_id", &NotAGuid.to_string()))?;
    let template = Template::find(id)
        .ok_or_else(|| Error::NotFound { what: "agreement template", id: id.to_string() })?;
    let language = canonical_culture(call.query().get("language").unwrap_or("en-US"))
        .map_err(|fault| Fault::invalid("language", &fault.to_string()))?;
    let country = call.query().get("country").unwrap_or("US");
    let country = CountryRules::of(country.trim())
        .ok_or_else(|| Fault::invalid("country", "must be a two-letter code such as US"))?
        .iso2_code();
    let page = format!("{}/{language}/{country}", link(template.kind));
    Ok(Reply::ok(&AgreementDocument {
        display_uri: page.clone(),
        download_uri: format!("{page}.pdf"),
        language,
        country,
    }))
}

/// Where the text of an agreement stands; nothing is served there.
pub(super) fn link(kind: AgreementKind) -> String {
    format!("https://agreements.example/{}", kind.name().to_lowercase())
}

/// An agreement that customers can accept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementTemplate {
    /// Id of the template; goes into a confirmation.
    pub template_id: String,
    /// Kind.
    #[schema(example = "MicrosoftCustomerAgreement")]
    pub agreement_type: &'static str,
    /// Address of the text.
    pub agreement_link: String,
    /// The greater, the newer.
    pub version_rank: u32,
}

impl From<Template> for AgreementTemplate {
    fn from(template: Template) -> Self {
        Self {
            template_id: template.id.to_string(),
            agreement_type: template.kind.name(),
            agreement_link: link(template.kind),
            version_rank: template.version_rank,
        }
    }
}

/// Where the text of an agreement stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementDocument {
    /// To read.
    pub display_uri: String,
    /// To keep.
    pub download_uri: String,
    /// Language of the text.
    #[schema(example = "en-US")]
    pub language: String,
    /// Country it holds in.
    #[schema(example = "US")]
    pub country: &'static str,
}
