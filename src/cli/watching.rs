//! Flags about what is remembered of a client, and what it is kept from.

use clap::Args;
use partner_center_mock::api::operation::Fidelity;
use rust_decimal::Decimal;

#[derive(Debug, Args)]
pub struct WatchFlags {
    /// How many requests each world remembers; 0 for none.
    #[arg(long, env = "PCMOCK_JOURNAL", default_value_t = 1000, value_name = "N")]
    pub journal: usize,
    /// Bytes of each body that are remembered.
    #[arg(long, env = "PCMOCK_JOURNAL_BODY", default_value_t = 16384, value_name = "BYTES")]
    pub journal_body: usize,
    /// Refuse operations of which it is less sure that the real service does the same: recorded,
    /// documented, sample, inferred or choice.
    #[arg(long, env = "PCMOCK_MIN_FIDELITY", value_name = "LEVEL", value_parser = fidelity)]
    pub min_fidelity: Option<Fidelity>,
    /// Refuse purchases that would take what a run charges over this many US dollars.
    #[arg(long, env = "PCMOCK_SPENDING_CAP", value_name = "USD", value_parser = amount)]
    pub spending_cap: Option<Decimal>,
}

fn fidelity(text: &str) -> Result<Fidelity, String> {
    Fidelity::named(text)
        .ok_or_else(|| "recorded, documented, sample, inferred or choice".to_owned())
}

fn amount(text: &str) -> Result<Decimal, String> {
    let amount: Decimal = text.parse().map_err(|_| "must be a number".to_owned())?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err("must not be negative".to_owned());
    }
    Ok(amount)
}
