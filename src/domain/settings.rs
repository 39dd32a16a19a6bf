//! What a world does where the real service varies: profile, delays, lifetimes. Data only; the rules
//! that read a setting stand with their subject.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::delay::Delay;
use super::error::{Error, Result};

/// Which Partner Center the world is (contract: partner-center-conventions.md §11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A production account: no sandbox limits, no sandbox-only operations.
    Production,
    /// An integration sandbox with its limits.
    Sandbox,
}

impl Profile {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Production, Self::Sandbox].into_iter().find(|p| p.name().eq_ignore_ascii_case(name))
    }
}

/// What takes time in the real service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transition {
    /// From a placed reservation or software order to its fulfilment.
    OrderProvisioning,
    /// From a placed order to its appearance in lists (15 minutes in the real service).
    OrderListing,
    /// From a registration call to `Registered`.
    SubscriptionRegistration,
    /// From a change of quantity to provisioning success.
    SubscriptionProvisioning,
    /// From a change, split or merge of a reservation in Azure to its end. Zero answers at once, as
    /// the service was recorded to do; longer makes them long-running operations.
    ReservationChange,
    /// From an accepted return to the refund.
    Refund,
    /// From a call of calculateExchange to its result.
    ExchangeCalculation,
    /// From an accepted exchange to its end.
    Exchange,
    /// From the end of a month to its invoices.
    InvoiceIssue,
    /// From the creation of a support ticket or a message in Azure to its appearance.
    SupportTicket,
    /// From one step of the support agent to the next.
    SupportStep,
}

impl Transition {
    /// Every transition.
    pub const ALL: [Self; 11] = [
        Self::OrderProvisioning,
        Self::OrderListing,
        Self::SubscriptionRegistration,
        Self::SubscriptionProvisioning,
        Self::ReservationChange,
        Self::Refund,
        Self::ExchangeCalculation,
        Self::Exchange,
        Self::InvoiceIssue,
        Self::SupportTicket,
        Self::SupportStep,
    ];

    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderProvisioning => "order-provisioning",
            Self::OrderListing => "order-listing",
            Self::SubscriptionRegistration => "subscription-registration",
            Self::SubscriptionProvisioning => "subscription-provisioning",
            Self::ReservationChange => "reservation-change",
            Self::Refund => "refund",
            Self::ExchangeCalculation => "exchange-calculation",
            Self::Exchange => "exchange",
            Self::InvoiceIssue => "invoice-issue",
            Self::SupportTicket => "support-ticket",
            Self::SupportStep => "support-step",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name().eq_ignore_ascii_case(name))
    }
}

/// What a second checkout of a cart answers [choice: the sources disagree].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondCheckout {
    /// It is refused (800065).
    Refused,
    /// It answers what the first one answered.
    Repeated,
}

/// What the validation of an address answers
/// (contract: partner-center-profiles-misc.md §2: two eras of the service).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressAnswer {
    /// 200 with a status and suggestions.
    Verdict,
    /// 200 without a body, or 400 with code 2007: the service of 2021.
    Plain,
}

impl AddressAnswer {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Plain => "plain",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Verdict, Self::Plain].into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }
}

/// Which states an order shows while it is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PurchaseStates {
    /// Creating and `PendingCapacity`, as recorded.
    Short,
    /// All that the specification lists, spread over the time that the purchase takes.
    Long,
}

impl PurchaseStates {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Short, Self::Long].into_iter().find(|p| p.name().eq_ignore_ascii_case(name))
    }
}

/// Rules of refunds under one name (contract: reservation-business-rules.md §3.3). The default is
/// [`Self::Csp`], what partners were promised, although Azure charges no fee at present [choice].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundPolicy {
    /// The terms for Cloud Solution Providers: all of it within five days of the purchase while
    /// unused, prorated within five days when used, prorated less 12 % later.
    Csp,
    /// What Azure charges at present: prorated, no fee.
    Current,
}

impl RefundPolicy {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csp => "csp",
            Self::Current => "current",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Csp, Self::Current].into_iter().find(|p| p.name().eq_ignore_ascii_case(name))
    }
}

/// What a refund gives back and how much may be returned
/// (contract: reservation-business-rules.md §3, §14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundRules {
    /// From the purchase on, how long a return is free of the fee; its last moment still is.
    #[serde(with = "super::duration::exact")]
    pub free_period: TimeDelta,
    /// Whether an unused reservation is refunded in full within that period, not prorated.
    pub full_while_unused: bool,
    /// Early termination fee after that period, in percent of the prorated refund.
    pub fee_percent: Decimal,
    /// Most that a customer may cancel within the window, in US dollars; reaching it is allowed.
    pub limit_usd: Decimal,
    /// Days of the rolling window.
    pub window_days: i64,
    /// Units of a currency for one US dollar, instead of the catalogue's.
    pub per_usd: BTreeMap<String, Decimal>,
    /// Whether returns and exchanges can be called; else only the support agent carries them out.
    pub self_service: bool,
    /// Minutes for which a calculated refund or exchange can be carried out.
    pub session_minutes: i64,
    /// Whether compute reservations can be exchanged.
    pub compute_exchange: bool,
}

impl RefundRules {
    /// The rules that a policy stands for.
    pub fn of(policy: RefundPolicy) -> Self {
        let (free_days, full_while_unused, fee_percent) = match policy {
            RefundPolicy::Csp => (5, true, Decimal::from(12)),
            RefundPolicy::Current => (0, false, Decimal::ZERO),
        };
        Self {
            free_period: TimeDelta::days(free_days),
            full_while_unused,
            fee_percent,
            limit_usd: Decimal::from(50_000),
            window_days: 365,
            per_usd: BTreeMap::new(),
            self_service: true,
            session_minutes: 15,
            compute_exchange: true,
        }
    }
}

/// Who answers support requests about refunds and exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupportAgent {
    /// The mock, by the rules.
    Auto,
    /// A test, through the control routes.
    Manual,
    /// Nobody.
    Off,
}

impl SupportAgent {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Manual => "manual",
            Self::Off => "off",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Auto, Self::Manual, Self::Off]
            .into_iter()
            .find(|a| a.name().eq_ignore_ascii_case(name))
    }
}

/// The support plan of the partner (contract: azure-support.md §1, §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupportPlan {
    /// None bought.
    Basic,
    /// Advanced Support for Partners or a plan of its rank.
    Advanced,
    /// Premier or Unified: opens the highest severity.
    Premier,
}

impl SupportPlan {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Advanced => "advanced",
            Self::Premier => "premier",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Basic, Self::Advanced, Self::Premier]
            .into_iter()
            .find(|p| p.name().eq_ignore_ascii_case(name))
    }
}

/// What the support agent does with a case, in this order; deciding is always done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentStep {
    /// Takes the case over and says so.
    Acknowledge,
    /// Carries out what is allowed. Left out, approved cases wait for the control routes.
    CarryOut,
    /// Closes the case. Left out, the opener does.
    Close,
}

impl AgentStep {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Acknowledge, Self::CarryOut, Self::Close];

    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::CarryOut => "carry-out",
            Self::Close => "close",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name().eq_ignore_ascii_case(name))
    }
}

/// How support requests are dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupportRules {
    /// Who answers.
    pub agent: SupportAgent,
    /// What the agent does, besides deciding.
    pub steps: Vec<AgentStep>,
    /// The partner's plan.
    pub plan: SupportPlan,
    /// Whether tickets about billing need no plan [choice]; all others do where a partner asks for a
    /// customer.
    pub billing_without_plan: bool,
}

/// The settings of one world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Production or sandbox.
    pub profile: Profile,
    /// How long each transition takes, by [`Transition`] order.
    #[serde(with = "delays")]
    pub delays: [Delay; Transition::ALL.len()],
    /// How long a cart lives: 7 days, 15 minutes in documents of 2021 [choice].
    #[serde(with = "super::duration::exact")]
    pub cart_lifetime: TimeDelta,
    /// What a second checkout does.
    pub second_checkout: SecondCheckout,
    /// Whether App+User operations refuse app-only tokens (900329).
    pub refuse_app_only: bool,
    /// Whether indirect purchases need the partner's attestation (900206).
    pub require_partner_attestation: bool,
    /// What the validation of an address answers.
    pub address_answer: AddressAnswer,
    /// Whether nothing is sold after the end-of-sale date of the catalogue [choice: off, so that the
    /// sandbox machines stay]. Availabilities stay purchasable in lists, which know no date.
    pub enforce_last_sale: bool,
    /// Whether entitlements are kept for users, as documents of 2021 say (900329).
    pub entitlements_need_user: bool,
    /// Whether a change of a reservation that changes nothing is refused
    /// (contract: reservation-business-rules.md §14 [choice]).
    pub refuse_empty_change: bool,
    /// Whether reservation orders may move to another directory, which customers of a partner may not
    /// (contract: reservation-business-rules.md §10 [choice]).
    pub allow_change_directory: bool,
    /// How many states of a purchase in Azure are played
    /// (contract: reservation-business-rules.md §7, §14).
    pub purchase_states: PurchaseStates,
    /// Days before its end from which a reservation is shown as expiring [choice].
    pub expiring_days: i64,
    /// Refunds and exchanges.
    pub refunds: RefundRules,
    /// Support requests.
    pub support: SupportRules,
    /// Most that purchases may charge in one run, in US dollars; a purchase that would take the run
    /// over it is refused. Something of the mock's, against tests that buy without end.
    pub spending_cap_usd: Option<Decimal>,
    /// The last entry of the ledger that does not count as the run's: what the fixtures tell.
    pub spending_since: u64,
    /// When the run began, in world time; orders placed before are not the run's.
    pub run_began: Option<DateTime<Utc>>,
}

/// The delays by the names of their transitions; what is not named takes no time.
mod delays {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Delay, Transition};

    type Delays = [Delay; Transition::ALL.len()];

    pub fn serialize<S: Serializer>(delays: &Delays, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(Transition::ALL.iter().map(|it| (it, &delays[*it as usize])))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Delays, D::Error> {
        let mut delays = [Delay::NONE; Transition::ALL.len()];
        for (transition, delay) in BTreeMap::<Transition, Delay>::deserialize(from)? {
            delays[transition as usize] = delay;
        }
        Ok(delays)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Production,
            delays: [Delay::NONE; Transition::ALL.len()],
            cart_lifetime: TimeDelta::days(7),
            second_checkout: SecondCheckout::Refused,
            refuse_app_only: true,
            require_partner_attestation: false,
            address_answer: AddressAnswer::Verdict,
            enforce_last_sale: false,
            entitlements_need_user: false,
            refuse_empty_change: true,
            allow_change_directory: false,
            purchase_states: PurchaseStates::Short,
            expiring_days: 30,
            refunds: RefundRules::of(RefundPolicy::Csp),
            support: SupportRules {
                agent: SupportAgent::Auto,
                steps: AgentStep::ALL.to_vec(),
                plan: SupportPlan::Basic,
                billing_without_plan: true,
            },
            spending_cap_usd: None,
            spending_since: 0,
            run_began: None,
        }
    }
}

impl Settings {
    /// How long a transition takes.
    pub fn delay(&self, transition: Transition) -> Delay {
        self.delays[transition as usize]
    }

    /// Sets how long a transition takes.
    pub fn set_delay(&mut self, transition: Transition, delay: Delay) {
        self.delays[transition as usize] = delay;
    }

    /// Whether every setting is one that the rules can live with. Says which is not.
    pub fn check(&self) -> Result<()> {
        let RefundRules { free_period, fee_percent, limit_usd, window_days, per_usd, .. } =
            &self.refunds;
        let most = Decimal::from(1_000_000_000_000_i64);
        let rates = Decimal::new(1, 6)..=Decimal::from(1_000_000_000);
        for (holds, setting, reason) in [
            (self.cart_lifetime > TimeDelta::zero(), "cartLifetime", "must be positive"),
            ((0..=3650).contains(&self.expiring_days), "expiringDays", "must be 0 to 3650"),
            (*free_period >= TimeDelta::zero(), "refunds.freePeriod", "must not be negative"),
            (
                (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(fee_percent),
                "refunds.feePercent",
                "must be 0 to 100",
            ),
            (
                (Decimal::ZERO..=most).contains(limit_usd),
                "refunds.limitUsd",
                "must be 0 to 1000000000000",
            ),
            ((1..=36_500).contains(window_days), "refunds.windowDays", "must be 1 to 36500"),
            (
                (1..=525_600).contains(&self.refunds.session_minutes),
                "refunds.sessionMinutes",
                "must be 1 to 525600",
            ),
            (
                per_usd.values().all(|rate| rates.contains(rate)),
                "refunds.perUsd",
                "a rate is 0.000001 to 1000000000",
            ),
        ] {
            if !holds {
                return Err(Error::invalid(setting, reason));
            }
        }
        Ok(())
    }

    /// Whether sandbox limits and sandbox-only operations hold.
    pub fn is_sandbox(&self) -> bool {
        self.profile == Profile::Sandbox
    }
}
