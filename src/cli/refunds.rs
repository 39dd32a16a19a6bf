//! Flags about refunds, exchanges and support requests.

use clap::Args;
use clap::builder::BoolishValueParser;
use partner_center_mock::domain::duration::IsoDuration;
use partner_center_mock::domain::settings::{
    AgentStep, RefundPolicy, RefundRules, Settings, SupportAgent, SupportPlan,
};
use rust_decimal::Decimal;

#[derive(Debug, Args)]
pub struct RefundFlags {
    /// Rules of refunds: `csp` (all of it within five days while unused, prorated within five days when
    /// used, prorated less 12 % later) or `current` (prorated, no fee).
    #[arg(long, env = "PCMOCK_REFUND_POLICY", default_value = "csp", value_parser = policy)]
    refund_policy: RefundPolicy,
    /// Early termination fee in percent of the refund, instead of the policy's.
    #[arg(long, env = "PCMOCK_REFUND_FEE", value_name = "PERCENT", value_parser = percent)]
    refund_fee: Option<Decimal>,
    /// How long after the purchase a return is free of the fee, instead of the policy's: P5D.
    #[arg(long, env = "PCMOCK_REFUND_FREE_PERIOD", value_name = "DURATION")]
    refund_free_period: Option<IsoDuration>,
    /// Most that a customer may cancel within the window, in US dollars.
    #[arg(long, env = "PCMOCK_REFUND_LIMIT", default_value = "50000", value_name = "USD", value_parser = amount)]
    refund_limit: Decimal,
    /// Days of that window.
    #[arg(long, env = "PCMOCK_REFUND_WINDOW_DAYS", default_value_t = 365, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=36500))]
    refund_window_days: i64,
    /// Units of a currency for one US dollar in the reckoning of the limit, for example EUR=0.92.
    #[arg(long = "exchange-rate", env = "PCMOCK_EXCHANGE_RATES", value_delimiter = ',', value_name = "CURRENCY=RATE", value_parser = rate)]
    exchange_rates: Vec<(String, Decimal)>,
    /// Minutes for which a calculated refund or exchange can be carried out.
    #[arg(long, env = "PCMOCK_SESSION_MINUTES", default_value_t = 15, value_name = "MINUTES", value_parser = clap::value_parser!(i64).range(1..=525_600))]
    session_minutes: i64,
    /// Refuse returns and exchanges by API: they need a support request.
    #[arg(long, env = "PCMOCK_SUPPORT_REQUEST_ONLY", value_parser = BoolishValueParser::new())]
    support_request_only: bool,
    /// Refuse exchanges of compute reservations.
    #[arg(long, env = "PCMOCK_NO_COMPUTE_EXCHANGE", value_parser = BoolishValueParser::new())]
    no_compute_exchange: bool,
    /// Who answers support requests about refunds and exchanges: `auto`, `manual` (the control routes)
    /// or `off`.
    #[arg(long, env = "PCMOCK_SUPPORT_AGENT", default_value = "auto", value_parser = agent)]
    support_agent: SupportAgent,
    /// What the support agent does besides deciding: of acknowledge, carry-out and close.
    #[arg(long, env = "PCMOCK_SUPPORT_STEPS", value_delimiter = ',', default_values = ["acknowledge", "carry-out", "close"], value_parser = step)]
    support_steps: Vec<AgentStep>,
    /// The partner's support plan: `basic`, `advanced` or `premier`.
    #[arg(long, env = "PCMOCK_SUPPORT_PLAN", default_value = "basic", value_parser = plan)]
    support_plan: SupportPlan,
    /// Ask for a support plan for tickets about billing too.
    #[arg(long, env = "PCMOCK_BILLING_NEEDS_PLAN", value_parser = BoolishValueParser::new())]
    billing_needs_plan: bool,
}

fn policy(text: &str) -> Result<RefundPolicy, String> {
    RefundPolicy::named(text).ok_or_else(|| "csp or current".to_owned())
}

fn agent(text: &str) -> Result<SupportAgent, String> {
    SupportAgent::named(text).ok_or_else(|| "auto, manual or off".to_owned())
}

fn step(text: &str) -> Result<AgentStep, String> {
    AgentStep::named(text).ok_or_else(|| "acknowledge, carry-out or close".to_owned())
}

fn plan(text: &str) -> Result<SupportPlan, String> {
    SupportPlan::named(text).ok_or_else(|| "basic, advanced or premier".to_owned())
}

fn amount(text: &str) -> Result<Decimal, String> {
    let amount: Decimal = text.parse().map_err(|_| "must be a number".to_owned())?;
    if amount < Decimal::ZERO || amount > Decimal::from(1_000_000_000_000_i64) {
        return Err("must be 0 to 1000000000000".to_owned());
    }
    Ok(amount)
}

fn percent(text: &str) -> Result<Decimal, String> {
    amount(text)
        .ok()
        .filter(|percent| *percent <= Decimal::ONE_HUNDRED)
        .ok_or_else(|| "must be 0 to 100".to_owned())
}

fn rate(text: &str) -> Result<(String, Decimal), String> {
    const FORM: &str = "write CURRENCY=RATE, for example EUR=0.92";
    let (currency, rate) = text.split_once('=').ok_or(FORM)?;
    let currency = currency.trim().to_ascii_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(FORM.to_owned());
    }
    let rate = amount(rate.trim())?;
    if !(Decimal::new(1, 6)..=Decimal::from(1_000_000_000)).contains(&rate) {
        return Err("a rate is 0.000001 to 1000000000".to_owned());
    }
    Ok((currency, rate))
}

impl RefundFlags {
    /// Puts what the flags say into the settings.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), String> {
        let mut rules = RefundRules::of(self.refund_policy);
        if let Some(percent) = self.refund_fee {
            rules.fee_percent = percent;
        }
        if let Some(period) = self.refund_free_period {
            let epoch = chrono::DateTime::UNIX_EPOCH;
            rules.free_period = period
                .after(epoch)
                .filter(|_| !period.is_negative())
                .map(|end| end - epoch)
                .ok_or("--refund-free-period must not be negative")?;
        }
        rules.limit_usd = self.refund_limit;
        rules.window_days = self.refund_window_days;
        rules.per_usd = self.exchange_rates.iter().cloned().collect();
        rules.session_minutes = self.session_minutes;
        rules.self_service = !self.support_request_only;
        rules.compute_exchange = !self.no_compute_exchange;
        settings.refunds = rules;
        settings.support.agent = self.support_agent;
        settings.support.steps.clone_from(&self.support_steps);
        settings.support.plan = self.support_plan;
        settings.support.billing_without_plan = !self.billing_needs_plan;
        Ok(())
    }
}
