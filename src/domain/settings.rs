//! What a world does where the real service varies: profile, delays, lifetimes. Data only; the rules
//! that read a setting stand with their subject.

use chrono::TimeDelta;

use super::duration::IsoDuration;

/// Which Partner Center the world is (contract: partner-center-conventions.md §11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
}

impl Transition {
    /// Every transition.
    pub const ALL: [Self; 5] = [
        Self::OrderProvisioning,
        Self::OrderListing,
        Self::SubscriptionRegistration,
        Self::SubscriptionProvisioning,
        Self::ReservationChange,
    ];

    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderProvisioning => "order-provisioning",
            Self::OrderListing => "order-listing",
            Self::SubscriptionRegistration => "subscription-registration",
            Self::SubscriptionProvisioning => "subscription-provisioning",
            Self::ReservationChange => "reservation-change",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name().eq_ignore_ascii_case(name))
    }
}

/// What a second checkout of a cart answers [choice: the sources disagree].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondCheckout {
    /// It is refused (800065).
    Refused,
    /// It answers what the first one answered.
    Repeated,
}

/// What the validation of an address answers
/// (contract: partner-center-profiles-misc.md §2: two eras of the service).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// The settings of one world.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Production or sandbox.
    pub profile: Profile,
    /// How long each transition takes, by [`Transition`] order; zero means by the next call.
    pub delays: [IsoDuration; Transition::ALL.len()],
    /// How long a cart lives: 7 days, 15 minutes in documents of 2021 [choice].
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Production,
            delays: [IsoDuration::ZERO; Transition::ALL.len()],
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
        }
    }
}

impl Settings {
    /// How long a transition takes.
    pub fn delay(&self, transition: Transition) -> IsoDuration {
        self.delays[transition as usize]
    }

    /// Sets how long a transition takes.
    pub fn set_delay(&mut self, transition: Transition, delay: IsoDuration) {
        self.delays[transition as usize] = delay;
    }

    /// Whether sandbox limits and sandbox-only operations hold.
    pub fn is_sandbox(&self) -> bool {
        self.profile == Profile::Sandbox
    }
}
