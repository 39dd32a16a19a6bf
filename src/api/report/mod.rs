//! The report on a client's run: what was found, what was covered, how faithful what it leaned on is,
//! what it would have cost. Put together when somebody asks.

mod junit;
mod sarif;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::critic::{Finding, Severity, Usage};
use super::dispatch::api;
use super::document::faults_of;
use super::instruments::Instruments;
use super::operation::{Fidelity, Operation, Surface};
use super::wire::{Amount, Timestamp};
use crate::domain::spending::{Meter, Refundable, Sums, meter};
use crate::world::World;

/// The surfaces that a client under test calls.
const SURFACES: [Surface; 3] = [Surface::PartnerCenter, Surface::Azure, Surface::Identity];
/// Operations that the summary of fidelity names.
const MOST_WEAK: usize = 10;

/// The report on a run.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The world.
    #[schema(example = "default")]
    pub world: String,
    /// World time.
    pub now: Timestamp,
    /// Calls to the three APIs since the start or the last reset.
    pub calls: u64,
    /// How many of them matched no operation.
    pub unmatched: u64,
    /// How much was found.
    pub summary: Summary,
    /// What was found, the worst first.
    pub findings: Vec<ReportedFinding>,
    /// What of each API was called.
    pub coverage: Vec<SurfaceCoverage>,
    /// How sure it is that the real service does the same as the mock did.
    pub fidelity: FidelitySummary,
    /// What the run would have cost.
    pub money: Money,
}

/// How much was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportSummary)]
pub struct Summary {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

impl Summary {
    /// How many are at least so bad.
    pub fn at_least(self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.errors + self.warnings,
            Severity::Note => self.errors + self.warnings + self.notes,
        }
    }
}

/// What a client did against a rule, with one operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportedFinding {
    /// Id of the rule.
    #[schema(example = "PCM008")]
    pub rule: &'static str,
    /// Its name.
    #[schema(example = "page-two-ignored")]
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What the client did.
    pub title: &'static str,
    /// Why it matters and what to do instead.
    pub why: &'static str,
    /// Where that is written.
    pub source: &'static str,
    /// The operation.
    #[schema(example = "listCustomers")]
    pub operation: String,
    /// What happened, the first time.
    pub detail: String,
    /// How often it happened.
    pub count: u64,
    /// Numbers of calls that show it, the first ones; `/_mock/requests/{number}` has them while they
    /// are kept.
    pub calls: Vec<u64>,
}

impl From<Finding> for ReportedFinding {
    fn from(finding: Finding) -> Self {
        let Finding { rule, subject, detail, count, calls } = finding;
        Self {
            rule: rule.id,
            name: rule.name,
            severity: rule.severity,
            title: rule.title,
            why: rule.why,
            source: rule.source,
            operation: subject,
            detail,
            count,
            calls,
        }
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Share {
    /// How many.
    pub met: usize,
    /// Of how many.
    pub of: usize,
}

/// What of an API was called.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SurfaceCoverage {
    /// `partner-center`, `azure` or `identity`.
    #[schema(example = "partner-center")]
    pub surface: &'static str,
    /// Operations that were called.
    pub operations: Share,
    /// Documented statuses of the operations called that were met.
    pub statuses: Share,
    /// Documented error codes of the operations called that were met.
    pub codes: Share,
    /// Lists called whose second page was asked for.
    pub second_pages: Share,
    /// The operations called, by id.
    pub called: Vec<OperationUsage>,
}

/// How an operation was called.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationUsage {
    /// Its id.
    #[schema(example = "getCustomer")]
    pub operation: &'static str,
    /// How often.
    pub calls: u64,
    /// Statuses that were answered, with how often.
    pub statuses: BTreeMap<String, u64>,
    /// Error codes that were answered, with how often.
    pub codes: BTreeMap<String, u64>,
    /// How faithful it is.
    #[schema(example = "documented")]
    pub fidelity: &'static str,
}

/// What the run leaned on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FidelitySummary {
    /// Calls by how sure it is that the real service does the same: `recorded`, `documented`,
    /// `sample`, `inferred`, `choice`.
    pub calls: BTreeMap<&'static str, u64>,
    /// The operations called that are least sure, the weakest first; none that are documented.
    pub weakest: Vec<WeakOperation>,
}

/// An operation that is not sure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WeakOperation {
    /// Its id.
    pub operation: &'static str,
    /// How faithful it is.
    #[schema(example = "choice")]
    pub fidelity: &'static str,
    /// How often it was called.
    pub calls: u64,
    /// Where in the contract it is described.
    pub contract: &'static str,
}

/// What the run would have cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// The cap in US dollars, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_usd: Option<Amount>,
    /// All of it in US dollars, by the rates that refunds are reckoned with.
    pub usd: MoneySums,
    /// By currency.
    pub by_currency: BTreeMap<String, MoneySums>,
    /// What the run bought and could give back now.
    pub refundable: Vec<RefundableBody>,
}

/// Amounts of one currency.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct MoneySums {
    /// Charged.
    pub charged: Amount,
    /// Given back, before fees.
    pub credited: Amount,
    /// Fees withheld from what was given back.
    pub fees: Amount,
    /// What remains to be paid.
    pub net: Amount,
}

impl From<Sums> for MoneySums {
    fn from(sums: Sums) -> Self {
        Self {
            charged: Amount(sums.charged),
            credited: Amount(sums.credited),
            fees: Amount(sums.fees),
            net: Amount(sums.net()),
        }
    }
}

/// What a return of a reservation of the run would give now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundableReservation)]
pub struct RefundableBody {
    /// Who has it.
    pub customer_id: String,
    /// Its reservation order.
    pub reservation_order_id: String,
    /// The reservation.
    pub reservation_id: String,
    /// Currency of the amounts.
    pub currency: String,
    /// What would be given back, less the fee.
    pub refund: Amount,
    /// The same in US dollars.
    pub refund_usd: Amount,
    /// The early termination fee.
    pub fee: Amount,
    /// Until when no fee is due; absent once that is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_until: Option<Timestamp>,
    /// When the reservation ends, and with it what can be refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why a return would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl From<Refundable> for RefundableBody {
    fn from(it: Refundable) -> Self {
        Self {
            customer_id: it.customer.to_string(),
            reservation_order_id: it.order.to_string(),
            reservation_id: it.reservation.to_string(),
            currency: it.currency,
            refund: Amount(it.refund),
            refund_usd: Amount(it.refund_usd),
            fee: Amount(it.fee),
            free_until: it.free_until.map(Timestamp),
            until: it.until.map(Timestamp),
            refused: it.refused,
        }
    }
}

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// As it is.
    Json,
    /// `JUnit` XML: a test for each rule.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Junit, Self::Sarif];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// Media type of a report in this form.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Junit => "application/xml; charset=utf-8",
            Self::Sarif => "application/sarif+json; charset=utf-8",
        }
    }
}

impl Report {
    /// The report on the run of a world.
    pub fn of(world: &Arc<World>) -> Self {
        let critic = &world.attachment::<Instruments>().critic;
        let (usage, findings) = (critic.usage(), critic.findings());
        let (calls, unmatched) = critic.calls();
        let view = world.view();
        let count = |severity| findings.iter().filter(|it| it.rule.severity == severity).count();
        Self {
            world: world.name().to_owned(),
            now: Timestamp(view.now),
            calls,
            unmatched,
            summary: Summary {
                errors: count(Severity::Error),
                warnings: count(Severity::Warning),
                notes: count(Severity::Note),
            },
            findings: findings.into_iter().map(Into::into).collect(),
            coverage: SURFACES.map(|surface| coverage(surface, &usage)).into(),
            fidelity: fidelity(&usage),
            money: money(meter(&view.state, view.now), view.state.settings.spending_cap_usd),
        }
    }

    /// The report in a form.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => serde_json::to_string_pretty(self).unwrap_or_default() + "\n",
            Format::Junit => junit::render(self),
            Format::Sarif => sarif::render(self),
        }
    }

    /// The findings of a rule.
    pub fn found(&self, rule: &str) -> Vec<&ReportedFinding> {
        self.findings.iter().filter(|it| it.rule == rule || it.name == rule).collect()
    }
}

fn coverage(surface: Surface, usage: &BTreeMap<&'static str, Usage>) -> SurfaceCoverage {
    let used: Vec<&Usage> = usage.values().filter(|it| it.operation.surface == surface).collect();
    let of_surface = |operation: &&Operation| operation.surface == surface;
    let (mut statuses, mut codes) = (Share::default(), Share::default());
    let mut second_pages = Share::default();
    for usage in &used {
        let declared = faults_of(usage.operation);
        let mut known: Vec<u16> = usage.operation.successes.iter().map(|it| it.status).collect();
        known.extend(declared.iter().map(|fault| fault.status));
        known.sort_unstable();
        known.dedup();
        statuses.of += known.len();
        statuses.met += usage.statuses.iter().filter(|(it, _)| known.contains(it)).count();
        let mut names: Vec<&str> = declared.iter().map(|fault| &*fault.code).collect();
        names.sort_unstable();
        names.dedup();
        codes.of += names.len();
        codes.met += usage.codes.iter().filter(|(it, _)| names.contains(&&**it)).count();
        if usage.operation.is_paged() {
            second_pages.of += 1;
            second_pages.met += usize::from(usage.turned_pages);
        }
    }
    let operations =
        Share { met: used.len(), of: api().operations.iter().filter(of_surface).count() };
    let called = used.into_iter().map(OperationUsage::of).collect();
    SurfaceCoverage { surface: surface.name(), operations, statuses, codes, second_pages, called }
}

impl OperationUsage {
    fn of(usage: &Usage) -> Self {
        Self {
            operation: usage.operation.id,
            calls: usage.calls,
            statuses: usage.statuses.iter().map(|(it, count)| (it.to_string(), *count)).collect(),
            codes: usage.codes.iter().map(|(it, count)| (it.to_string(), *count)).collect(),
            fidelity: usage.operation.fidelity.name(),
        }
    }
}

fn fidelity(usage: &BTreeMap<&'static str, Usage>) -> FidelitySummary {
    let mut calls: BTreeMap<&'static str, u64> =
        Fidelity::ALL.into_iter().map(|level| (level.name(), 0)).collect();
    for usage in usage.values() {
        *calls.entry(usage.operation.fidelity.name()).or_default() += usage.calls;
    }
    let mut weak: Vec<&Usage> =
        usage.values().filter(|it| it.operation.fidelity > Fidelity::Documented).collect();
    weak.sort_by_key(|it| std::cmp::Reverse((it.operation.fidelity, it.calls)));
    let weakest = weak
        .into_iter()
        .take(MOST_WEAK)
        .map(|it| WeakOperation {
            operation: it.operation.id,
            fidelity: it.operation.fidelity.name(),
            calls: it.calls,
            contract: it.operation.contract,
        })
        .collect();
    FidelitySummary { calls, weakest }
}

fn money(meter: Meter, cap: Option<rust_decimal::Decimal>) -> Money {
    Money {
        cap_usd: cap.map(Amount),
        usd: meter.usd.into(),
        by_currency: meter.by_currency.into_iter().map(|(it, sums)| (it, sums.into())).collect(),
        refundable: meter.refundable.into_iter().map(Into::into).collect(),
    }
}
