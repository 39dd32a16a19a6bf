use super::VerificationStatus as Status;
use super::*;

fn address(country: &str, state: &str, line1: &str, line2: &str, postal_code: &str) -> Address {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address {
        country: country.to_owned(),
        city: Some("City".to_owned()),
        state: given(state),
        address_line1: line1.to_owned(),
        address_line2: given(line2),
        postal_code: given(postal_code),
        ..Address::default()
    }
}

#[test]
fn each_defect_has_its_status() {
    let cases = [
        ("US", "ID", "12 Orchard Rd", "", "83702", Status::VerifiedShippable),
        ("us", "idaho", "12 Orchard Rd", "", "83702-1234", Status::VerifiedShippable),
        ("US", "ID", "12 Orchard Rd", "Suite 4", "83702", Status::VerifiedShippable),
        ("US", "ID", "12 Orchard Rd, Floor 3", "", "83702", Status::VerifiedShippable),
        ("US", "ID", "12 Orchard Rd", "3rd Floor", "83702", Status::VerifiedShippable),
        ("US", "ID", "Orchard House", "12 Orchard Rd", "83702", Status::VerifiedShippable),
        ("US", "ID", "P.O. Box 44", "", "83702", Status::Verified),
        ("US", "ID", "PO Boxwood Lane 7", "", "83702", Status::VerifiedShippable),
        ("DE", "", "Postfach 12 34", "", "80807", Status::Verified),
        ("US", "ID", "Orchard Rd", "", "83702", Status::StreetPartial),
        ("DE", "", "Lindenweg", "", "80807", Status::StreetPartial),
        ("US", "ID", "12 Orchard Rd, Apt.", "", "83702", Status::PremisesPartial),
        ("US", "ID", "12 Orchard Rd", "Suite", "83702", Status::PremisesPartial),
        ("US", "ID", "12", "", "83702", Status::Multiple),
        ("US", "ID", "???", "", "83702", Status::None),
        ("US", "ID", "12 Orchard Rd", "", "837", Status::None),
        ("ZZ", "", "12 Orchard Rd", "", "", Status::None),
        ("KI", "", "12 Main Rd", "", "", Status::NotValidated),
        ("AE", "", "Tower", "", "", Status::NotValidated),
        ("US", "WA", "12 Orchard Rd", "", "83702", Status::InteractionRequired),
        ("US", "WA", "12 Orchard Rd", "", "00001", Status::InteractionRequired),
        ("CA", "BC", "81 Elgin St", "", "K1P 5K7", Status::InteractionRequired),
        ("CA", "ON", "81 Elgin St", "", "k1p5k7", Status::VerifiedShippable),
        ("TW", "", "中正路一段", "", "110", Status::VerifiedShippable),
        ("JP", "", "港南", "", "108-0075", Status::StreetPartial),
    ];
    for (country, state, line1, line2, postal_code, status) in cases {
        let found = verify(&address(country, state, line1, line2, postal_code));
        assert_eq!(found.status, status, "{country} {state} {line1} {line2}: {}", found.message);
        assert!(!found.message.is_empty());
    }
}

#[test]
fn a_contradiction_of_zip_and_state_comes_with_the_corrected_address() {
    let found = verify(&address("us", "WA", "12 Orchard Rd", "", "83702"));
    let corrected = address("US", "ID", "12 Orchard Rd", "", "83702");
    assert_eq!(found.suggested_addresses, std::slice::from_ref(&corrected));
    assert_eq!(
        found.message,
        "postalCode 83702 is not in state WA; it is in ID. \
         Correct one of them or take a suggested address"
    );
    assert_eq!(verify(&corrected).status, Status::VerifiedShippable, "the suggestion holds");

    let found = verify(&address("CA", "YT", "1 Ice Rd", "", "X0A 0H0"));
    let states: Vec<_> = found.suggested_addresses.iter().map(|a| a.state.as_deref()).collect();
    assert_eq!(states, [Some("NT"), Some("NU")]);
    let unassigned = verify(&address("US", "WA", "12 Orchard Rd", "", "00001"));
    assert!(unassigned.suggested_addresses.is_empty());
}

#[test]
fn zip_codes_lie_in_their_states() {
    let cases = [
        ("98052", "WA"),
        ("10001", "NY"),
        ("06390", "NY"),
        ("06103", "CT"),
        ("94105", "CA"),
        ("60601", "IL"),
        ("77002", "TX"),
        ("88510", "TX"),
        ("33101", "FL"),
        ("20500", "DC"),
        ("20101", "VA"),
        ("83001", "WY"),
        ("83414", "WY"),
        ("83702", "ID"),
        ("99501", "AK"),
        ("96813", "HI"),
        ("96799", "AS"),
        ("96910", "GU"),
        ("96950", "MP"),
        ("00918", "PR"),
        ("00802", "VI"),
        ("09012", "AE"),
        ("34001", "AA"),
        ("96201", "AP"),
        ("02108", "MA"),
        ("30301", "GA"),
        ("39901", "GA"),
        ("84101", "UT"),
        ("89101", "NV"),
        ("53202", "WI"),
    ];
    for (zip, state) in cases {
        assert!(states_of_zip(zip).contains(&state), "{zip} {state}");
    }
    for zip in ["00000", "21300", "", "9", "x9052", "９８052"] {
        assert!(states_of_zip(zip).is_empty(), "{zip}");
    }
}

#[test]
fn every_state_has_zip_codes_and_every_prefix_a_known_state() {
    let us = CountryRules::of("US").expect("rules of US");
    for state in us.supported_states() {
        let code = state.code();
        assert!(US_ZIP_PREFIXES.iter().any(|(_, _, prefixed)| *prefixed == code), "{code}");
    }
    for (low, high, code) in US_ZIP_PREFIXES {
        assert!(low <= high && *high <= 999, "{low} {high}");
        assert!(us.state(code).is_some(), "{code}");
    }
}
