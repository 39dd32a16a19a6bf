//! How plausible an acceptable address is, for `POST /v1/validations/address`
//! (partner-center-profiles-misc.md §2): a status, suggestions and a message.
//!
//! The real service asks a map. Here a few rules decide, always the same for the same address
//! [choice]: which status stands for which defect is ours, the statuses are documented.

use super::address::Address;
use super::country_rules::CountryRules;

/// Outcome of a verification. The names are documented, the rules that choose are [choice].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationStatus {
    /// Nothing wrong; goods can be sent there.
    VerifiedShippable,
    /// Nothing wrong, but a post box: nothing but letters can be sent there.
    Verified,
    /// Postal code and state contradict each other; see the suggestions, if any.
    InteractionRequired,
    /// A street without a house number.
    StreetPartial,
    /// A flat, suite, floor or the like is announced but not named.
    PremisesPartial,
    /// A house number without a street: many places fit.
    Multiple,
    /// Not an address at all, or not an acceptable one.
    None,
    /// No rule exists for the country.
    NotValidated,
}

/// What a verification says about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressVerification {
    /// The outcome.
    pub status: VerificationStatus,
    /// Corrected addresses; empty when there is nothing to correct or no way to know.
    pub suggested_addresses: Vec<Address>,
    /// What was found and how to fix it.
    pub message: String,
}

impl AddressVerification {
    fn of(status: VerificationStatus, message: impl Into<String>) -> Self {
        Self { status, suggested_addresses: Vec::new(), message: message.into() }
    }
}

/// Verifies an address by the rules of this module [choice]. An address that
/// [`Address::validate`] refuses has status [`VerificationStatus::None`]; callers that answer
/// such an address with 400 / 2007 validate first.
pub fn verify(address: &Address) -> AddressVerification {
    use VerificationStatus as Status;

    let rules = match (address.validate(), address.country_rules()) {
        (Ok(()), Some(rules)) => rules,
        (Err(fault), _) => return AddressVerification::of(Status::None, fault.to_string()),
        (Ok(()), None) => return AddressVerification::of(Status::None, "country is unknown"),
    };
    if rules.postal_code().is_none() && rules.supported_states().is_empty() {
        let message = format!("Addresses of {} are not verified", rules.name());
        return AddressVerification::of(Status::NotValidated, message);
    }
    if let Some(verification) = contradiction(address, rules) {
        return verification;
    }
    let line1 = address.address_line1.trim();
    if is_post_box(line1) {
        return AddressVerification::of(Status::Verified, "The address is a post box");
    }
    if let Some(verification) = gap(line1, address.address_line2.as_deref().unwrap_or_default()) {
        return verification;
    }
    AddressVerification::of(Status::VerifiedShippable, "The address is valid and shippable")
}

/// What is missing in the lines of the address, if anything.
fn gap(line1: &str, line2: &str) -> Option<AddressVerification> {
    use VerificationStatus as Status;

    let has_letter = line1.chars().any(char::is_alphabetic);
    let (status, message) = match (has_letter, has_number(line1) || has_number(line2)) {
        (false, false) => (Status::None, "addressLine1 names no place; give street and number"),
        (false, true) => (Status::Multiple, "addressLine1 has a number but no street; add it"),
        (true, false) => (Status::StreetPartial, "The house number is missing in addressLine1"),
        (true, true) if announces_premises(line1) || announces_premises(line2) => {
            (Status::PremisesPartial, "The number of the apartment, suite or floor is missing")
        }
        (true, true) => return None,
    };
    Some(AddressVerification::of(status, message))
}

/// Digits of any script; ideographic numerals count too, as in `中正路一段`.
fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() || "一二三四五六七八九十百".contains(c))
}

/// Whether the text ends in a word such as `Suite` with nothing after it.
fn announces_premises(text: &str) -> bool {
    const WORDS: [&str; 8] = ["apartment", "apt", "flat", "floor", "room", "ste", "suite", "unit"];
    let last = text.split(|c: char| !c.is_alphanumeric()).rfind(|word| !word.is_empty());
    let mut words = text.split_whitespace().rev();
    // `3rd Floor` and `12 Flat` name the premises before the word.
    let named_before = words.nth(1).is_some_and(|word| word.starts_with(|c: char| c.is_numeric()));
    !named_before && last.is_some_and(|word| WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

fn is_post_box(line1: &str) -> bool {
    ["pobox", "postfach", "postbox", "boîtepostale", "apartadopostal"]
        .iter()
        .any(|word| starts_with_letters(line1, word))
}

/// Whether the first letters of `text`, whatever stands between them, spell `word` and end there:
/// `P.O. Box 4` spells `pobox`, `PO Boxwood Lane` does not.
fn starts_with_letters(text: &str, word: &str) -> bool {
    let mut characters = text.chars();
    let spelt = word.chars().all(|letter| {
        let next = characters.by_ref().find(|c| c.is_alphabetic());
        next.is_some_and(|c| c.to_lowercase().eq([letter]))
    });
    spelt && !characters.next().is_some_and(char::is_alphabetic)
}

/// A postal code that lies in another state than the one given: US and CA only.
fn contradiction(address: &Address, rules: &CountryRules) -> Option<AddressVerification> {
    use VerificationStatus as Status;

    let states_of_code: fn(&str) -> Vec<&'static str> = match rules.iso2_code() {
        "US" => states_of_zip,
        "CA" => provinces_of_postal_code,
        _ => return None,
    };
    let state = rules.state(address.state.as_deref()?)?;
    let postal_code = address.postal_code.as_deref()?.trim();
    let fitting = states_of_code(postal_code);
    if fitting.contains(&state.code()) {
        return None;
    }
    let Some(first) = fitting.first() else {
        let message = format!("postalCode {postal_code} is not assigned to any state; correct it");
        return Some(AddressVerification::of(Status::InteractionRequired, message));
    };
    let message = format!(
        "postalCode {postal_code} is not in state {}; it is in {first}. \
         Correct one of them or take a suggested address",
        state.code()
    );
    let suggested_addresses = fitting
        .iter()
        .map(|code| Address { state: Some((*code).to_owned()), ..address.clone().canonical() })
        .collect();
    Some(AddressVerification { status: Status::InteractionRequired, suggested_addresses, message })
}

fn states_of_zip(zip: &str) -> Vec<&'static str> {
    let Some(prefix) = zip.get(..3).and_then(|digits| digits.parse::<u16>().ok()) else {
        return Vec::new();
    };
    US_ZIP_PREFIXES
        .iter()
        .filter(|(low, high, _)| (*low..=*high).contains(&prefix))
        .map(|(_, _, state)| *state)
        .collect()
}

fn provinces_of_postal_code(postal_code: &str) -> Vec<&'static str> {
    let provinces: &[&str] = match postal_code.as_bytes().first().map(u8::to_ascii_uppercase) {
        Some(b'A') => &["NL"],
        Some(b'B') => &["NS"],
        Some(b'C') => &["PE"],
        Some(b'E') => &["NB"],
        Some(b'G' | b'H' | b'J') => &["QC"],
        Some(b'K' | b'L' | b'M' | b'N' | b'P') => &["ON"],
        Some(b'R') => &["MB"],
        Some(b'S') => &["SK"],
        Some(b'T') => &["AB"],
        Some(b'V') => &["BC"],
        Some(b'X') => &["NT", "NU"],
        Some(b'Y') => &["YT"],
        _ => &[],
    };
    provinces.to_vec()
}

/// First three digits of ZIP codes (from, to, both included) by state or territory.
#[rustfmt::skip]
const US_ZIP_PREFIXES: &[(u16, u16, &str)] = &[
    (5, 5, "NY"), (6, 7, "PR"), (8, 8, "VI"), (9, 9, "PR"),
    (10, 27, "MA"), (28, 29, "RI"), (30, 38, "NH"), (39, 49, "ME"), (50, 54, "VT"),
    (55, 55, "MA"), (56, 59, "VT"), (60, 69, "CT"), (63, 63, "NY"), (70, 89, "NJ"),
    (90, 99, "AE"), (100, 149, "NY"), (150, 196, "PA"), (197, 199, "DE"),
    (200, 200, "DC"), (201, 201, "VA"), (202, 205, "DC"), (206, 212, "MD"), (214, 219, "MD"),
    (220, 246, "VA"), (247, 268, "WV"), (270, 289, "NC"), (290, 299, "SC"),
    (300, 319, "GA"), (320, 339, "FL"), (340, 340, "AA"), (341, 342, "FL"), (344, 344, "FL"),
    (346, 347, "FL"), (349, 349, "FL"), (350, 352, "AL"), (354, 369, "AL"), (370, 385, "TN"),
    (386, 397, "MS"), (398, 399, "GA"), (400, 427, "KY"), (430, 459, "OH"), (460, 479, "IN"),
    (480, 499, "MI"), (500, 528, "IA"), (530, 532, "WI"), (534, 535, "WI"), (537, 549, "WI"),
    (550, 567, "MN"), (569, 569, "DC"), (570, 577, "SD"), (580, 588, "ND"), (590, 599, "MT"),
    (600, 620, "IL"), (622, 629, "IL"), (630, 631, "MO"), (633, 641, "MO"), (644, 658, "MO"),
    (660, 662, "KS"), (664, 679, "KS"), (680, 681, "NE"), (683, 693, "NE"),
    (700, 701, "LA"), (703, 708, "LA"), (710, 714, "LA"), (716, 729, "AR"),
    (730, 731, "OK"), (733, 733, "TX"), (734, 741, "OK"), (743, 749, "OK"), (750, 799, "TX"),
    (800, 816, "CO"), (820, 831, "WY"), (832, 838, "ID"), (834, 834, "WY"), (840, 847, "UT"),
    (850, 853, "AZ"), (855, 857, "AZ"), (859, 860, "AZ"), (863, 865, "AZ"),
    (870, 871, "NM"), (873, 884, "NM"), (885, 885, "TX"),
    (889, 891, "NV"), (893, 895, "NV"), (897, 898, "NV"), (900, 908, "CA"), (910, 928, "CA"),
    (930, 961, "CA"), (962, 966, "AP"), (967, 967, "HI"), (967, 967, "AS"), (968, 968, "HI"),
    (969, 969, "GU"), (969, 969, "MP"), (970, 979, "OR"), (980, 986, "WA"), (988, 994, "WA"),
    (995, 999, "AK"),
];

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
