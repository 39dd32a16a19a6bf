use proptest::prelude::*;

use super::*;

/// An address of `country` with everything else from the arguments; blanks are left out.
fn address(country: &str, city: &str, state: &str, line1: &str, postal_code: &str) -> Address {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address {
        country: country.to_owned(),
        city: given(city),
        state: given(state),
        address_line1: line1.to_owned(),
        postal_code: given(postal_code),
        ..Address::default()
    }
}

fn boise() -> Address {
    Address {
        first_name: Some("Mara".to_owned()),
        last_name: Some("Quist".to_owned()),
        phone_number: Some("2085550142".to_owned()),
        ..address("US", "Boise", "ID", "12 Orchard Rd", "83702")
    }
}

#[test]
fn addresses_of_many_countries_are_accepted() {
    let cases = [
        ("US", "Boise", "ID", "12 Orchard Rd", "83702"),
        ("us", "Boise", "id", "12 Orchard Rd", "83702-1234"),
        ("US", "Boise", "Idaho", "12 Orchard Rd", " 83702 "),
        ("US", "Hagåtña", "GU", "4 Marine Corps Dr", "96910"),
        ("CA", "Ottawa", "ON", "81 Elgin St", "K1P 5K7"),
        ("CA", "Montréal", "Québec", "5 rue Sainte", "h3b2y5"),
        ("CN", "Beijing", "BJ", "1 Jianguo Rd", "100022"),
        ("CN", "北京", "北京", "建国路1号", "100022"),
        ("MX", "Monterrey", "NL", "Av. Juárez 12", "64000"),
        ("MX", "Monterrey", "nuevo león", "Av. Juárez 12", "64000"),
        ("GB", "Reading", "", "4 Mill Lane", "RG6 1WG"),
        ("GB", "London", "Greater London", "9 Fleet Row", "ec1a1bb"),
        ("DE", "München", "", "Lindenweg 3", "80807"),
        ("FR", "Lyon", "Rhône", "8 rue des Tanneurs", "69001"),
        ("TW", "Taipei", "", "中正路一段12號", "110"),
        ("TW", "Taipei", "", "中正路一段12號", "11065"),
        ("TW", "Taipei", "", "中正路一段12號", ""),
        ("JP", "Tokyo", "", "1-2-3 Konan", "108-0075"),
        ("JP", "Tokyo", "東京都", "1-2-3 Konan", "1080075"),
        ("KR", "Seoul", "", "12 Jong-ro", "03142"),
        ("IN", "Bengaluru", "KA", "7 MG Road", "560071"),
        ("IN", "Bengaluru", "Karnataka", "7 MG Road", "560 071"),
        ("AU", "Sydney", "NSW", "1 Harbour St", "2000"),
        ("AU", "Sydney", "somewhere", "1 Harbour St", "2000"),
        ("BR", "São Paulo", "SP", "Rua das Flores 10", "04543-907"),
        ("BR", "São Paulo", "SP", "Rua das Flores 10", "04543907"),
        ("NL", "Delft", "", "Kade 5", "2611 AB"),
        ("IE", "Dublin", "", "6 Quay St", ""),
        ("IE", "Dublin", "", "6 Quay St", "D18 P521"),
        ("PL", "Kraków", "", "ul. Lipowa 4", "30-702"),
        ("PT", "Porto", "", "Rua Nova 2", "4000-001"),
        ("SE", "Lund", "", "Storgatan 1", "222 22"),
        ("SG", "", "", "10 Keppel Rd", "089055"),
        ("HK", "Kowloon", "", "88 Nathan Rd", ""),
        ("AE", "Dubai", "", "Tower 3", ""),
        ("HU", "Budapest", "", "Fő utca 1", "1011"),
        ("KZ", "Almaty", "", "Abay 10", "050010"),
        ("KZ", "Almaty", "", "Abay 10", "A15E3B4"),
        ("AM", "Yerevan", "", "Abovyan 3", "0010"),
        ("RU", "Moscow", "", "Tverskaya 3", "125009"),
        ("UA", "Kyiv", "", "Khreshchatyk 5", "01001"),
        ("NZ", "Wellington", "", "3 Willis St", "6011"),
        ("ZA", "Cape Town", "", "2 Long St", "8001"),
        ("KI", "Tarawa", "", "Main Rd", "whatever"),
    ];
    for (country, city, state, line1, postal_code) in cases {
        let result = address(country, city, state, line1, postal_code).validate();
        assert_eq!(result, Ok(()), "{country} {city} {state} {line1} {postal_code}");
    }
}

#[test]
fn faulty_addresses_are_refused_at_the_field_that_is_wrong() {
    use AddressField as F;
    let long = "x".repeat(201);
    let cases = [
        ("", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        (" ", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        ("U", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        ("USA", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        ("ZZ", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        ("KP", "Pyongyang", "", "1 Road", "", F::Country),
        ("ÜS", "Boise", "ID", "12 Orchard Rd", "83702", F::Country),
        ("US", "", "ID", "12 Orchard Rd", "83702", F::City),
        ("US", "  ", "ID", "12 Orchard Rd", "83702", F::City),
        ("US", "Boise", "", "12 Orchard Rd", "83702", F::State),
        ("US", "Boise", "ZZ", "12 Orchard Rd", "83702", F::State),
        ("US", "Boise", "Ontario", "12 Orchard Rd", "83702", F::State),
        ("US", "Boise", "ID", "", "83702", F::AddressLine1),
        ("US", "Boise", "ID", "   ", "83702", F::AddressLine1),
        ("US", "Boise", "ID", &long, "83702", F::AddressLine1),
        ("US", "Boise", "ID", "12 Orch\nard Rd", "83702", F::AddressLine1),
        ("US", "Boise", "ID", "12 Orchard Rd", "", F::PostalCode),
        ("US", "Boise", "ID", "12 Orchard Rd", "98", F::PostalCode),
        ("US", "Boise", "ID", "12 Orchard Rd", "8370２", F::PostalCode),
        ("US", "Boise", "ID", "12 Orchard Rd", "83702 1234", F::PostalCode),
        ("CA", "Ottawa", "", "81 Elgin St", "K1P 5K7", F::State),
        ("CA", "Ottawa", "WA", "81 Elgin St", "K1P 5K7", F::State),
        ("CA", "Ottawa", "ON", "81 Elgin St", "98052", F::PostalCode),
        ("CN", "Beijing", "ZZ", "1 Jianguo Rd", "100022", F::State),
        ("CN", "Beijing", "BJ", "1 Jianguo Rd", "10002", F::PostalCode),
        ("MX", "Monterrey", "Texas", "Av. Juárez 12", "64000", F::State),
        ("MX", "Monterrey", "NL", "Av. Juárez 12", "6400", F::PostalCode),
        ("GB", "Reading", "", "4 Mill Lane", "12345", F::PostalCode),
        ("GB", "Reading", "", "4 Mill Lane", "", F::PostalCode),
        ("DE", "München", "", "Lindenweg 3", "8080", F::PostalCode),
        ("DE", "", "", "Lindenweg 3", "80807", F::City),
        ("FR", "Lyon", "", "", "69001", F::AddressLine1),
        ("FR", "Lyon", "", "8 rue", "F-69001", F::PostalCode),
        ("TW", "Taipei", "", "中正路一段12號", "1106", F::PostalCode),
        ("JP", "Tokyo", "", "1-2-3 Konan", "108 0075", F::PostalCode),
        ("KR", "Seoul", "", "12 Jong-ro", "110-140", F::PostalCode),
        ("IN", "Bengaluru", "", "7 MG Road", "560071", F::State),
        ("IN", "Bengaluru", "KA", "7 MG Road", "060071", F::PostalCode),
        ("AU", "Sydney", "", "1 Harbour St", "2000", F::State),
        ("BR", "São Paulo", "SP", "Rua das Flores 10", "4543-907", F::PostalCode),
        ("NL", "Delft", "", "Kade 5", "0611 AB", F::PostalCode),
        ("PT", "Porto", "", "Rua Nova 2", "4000", F::PostalCode),
        ("HU", "Budapest", "", "Fő utca 1", "", F::PostalCode),
        ("RU", "Moscow", "", "Tverskaya 3", "12500", F::PostalCode),
        ("KI", "Tarawa", "", "Main Rd", "123456789012345678901", F::PostalCode),
        ("KI", "", "", "Main Rd", "", F::City),
    ];
    for (country, city, state, line1, postal_code, field) in cases {
        let result = address(country, city, state, line1, postal_code).validate();
        let found = result.as_ref().map_err(AddressFault::field);
        assert_eq!(found, Err(field), "{country} {city} {state} {postal_code}: {result:?}");
    }
}

type Change = fn(&mut Address, String);

#[test]
fn lengths_are_counted_in_characters_and_blank_is_absent() {
    let with = |change: fn(&mut Address, String), text: String| {
        let mut address = boise();
        change(&mut address, text);
        address.validate().map_err(|fault| fault.field())
    };
    let fields: [(AddressField, Change); 8] = [
        (AddressField::Region, |a, text| a.region = Some(text)),
        (AddressField::City, |a, text| a.city = Some(text)),
        (AddressField::AddressLine1, |a, text| a.address_line1 = text),
        (AddressField::AddressLine2, |a, text| a.address_line2 = Some(text)),
        (AddressField::FirstName, |a, text| a.first_name = Some(text)),
        (AddressField::LastName, |a, text| a.last_name = Some(text)),
        (AddressField::MiddleName, |a, text| a.middle_name = Some(text)),
        (AddressField::State, |a, text| {
            (a.country, a.state, a.postal_code) = ("DE".into(), Some(text), Some("80807".into()));
        }),
    ];
    for (field, change) in fields {
        assert_eq!(with(change, "ü".repeat(field.limit())), Ok(()), "{field}");
        assert_eq!(with(change, "ü".repeat(field.limit() + 1)), Err(field), "{field}");
        assert_eq!(with(change, "a\u{7f}".to_owned()), Err(field), "{field}");
    }
    for (field, change) in fields {
        let required = matches!(field, AddressField::City | AddressField::AddressLine1);
        let expected = if required { Err(field) } else { Ok(()) };
        assert_eq!(with(change, String::new()), expected, "{field}");
    }
}

#[test]
fn phone_numbers_need_a_digit_and_only_the_characters_of_one() {
    let with = |phone: &str| Address { phone_number: Some(phone.to_owned()), ..boise() };
    for phone in ["", "2085550142", "+1 (208) 555-0142", "208.555.0142 ext. 7", "555-0142"] {
        assert_eq!(with(phone).validate(), Ok(()), "{phone}");
    }
    let too_long = "1".repeat(PHONE_NUMBER_LIMIT + 1);
    for phone in ["call me", "+", "208 555 0142 or mail", "<2085550142>", "1\t2", &too_long] {
        let fault = with(phone).validate().expect_err(phone);
        assert_eq!(fault.field(), AddressField::PhoneNumber, "{phone}");
    }
}

#[test]
fn messages_say_what_is_wrong_and_give_a_valid_example() {
    let message = |address: Address| address.validate().expect_err("a fault").to_string();
    let us = |state: &str, postal_code: &str| address("US", "Boise", state, "1 A St", postal_code);
    assert_eq!(
        message(us("ID", "98")),
        "postalCode `98` does not match the format of US; for example 98052"
    );
    assert_eq!(message(us("ZZ", "98052")), "state `ZZ` is not a state of US; for example WA");
    assert_eq!(message(us("", "98052")), "state is missing; give one, for example WA");
    assert_eq!(
        message(address("CN", "Beijing", "", "1 Road", "100022")),
        "state is missing; give one, for example AH"
    );
    assert_eq!(
        message(address("USA", "", "", "", "")),
        "country `USA` is not a two-letter ISO 3166 code; for example US"
    );
    let text = message(address("US", "Boise", "ID", &"x".repeat(5000), "83702"));
    assert!(text.contains("has 5000 characters; at most 200 are allowed"), "{text}");
    assert!(text.len() < 160, "{text}");
    assert_eq!(
        message(address("US", "Boise", "ID", "a\u{0}b", "83702")),
        "addressLine1 `a\u{fffd}b` has a control character at position 2; remove it"
    );
}

#[test]
fn the_example_in_a_postal_code_fault_is_itself_accepted() {
    for rules in CountryRules::all() {
        let state = rules.supported_states().first().map_or("", |state| state.code());
        let sample = rules.postal_code().map_or("", |pattern| pattern.sample());
        let valid = address(rules.iso2_code(), "City", state, "1 Street", sample);
        assert_eq!(valid.validate(), Ok(()), "{}", rules.iso2_code());
        let invalid = Address { postal_code: Some("!".to_owned()), ..valid };
        match invalid.validate() {
            Err(AddressFault::PostalCodeFormat { example, .. }) => assert_eq!(example, sample),
            other => assert!(other.is_ok() && rules.postal_code().is_none(), "{other:?}"),
        }
    }
}

#[test]
fn canonical_addresses_have_country_and_state_codes() {
    let canonical = address("us", "Boise", " idaho", "12 Orchard Rd", "83702").canonical();
    assert_eq!((canonical.country.as_str(), canonical.state.as_deref()), ("US", Some("ID")));
    let canonical = address("de", "München", "Bayern", "Lindenweg 3", "80807").canonical();
    assert_eq!((canonical.country.as_str(), canonical.state.as_deref()), ("DE", Some("Bayern")));
    let unknown = address("zz", "", "", "", "");
    assert_eq!(unknown.clone().canonical(), unknown);
}

fn any_address() -> impl Strategy<Value = Address> {
    let text = || prop_oneof![any::<String>(), "[0-9A-Za-z -]{0,12}", Just("x".repeat(300))];
    let option = || proptest::option::of(text());
    let country = prop_oneof!["[A-Za-z]{2}", "US|CA|CN|MX|GB|JP", any::<String>()];
    let place = (country, option(), option(), option(), text(), option(), option());
    let person = (option(), option(), option(), option());
    (place, person).prop_map(|(place, person)| {
        let (country, region, city, state, address_line1, address_line2, postal_code) = place;
        let (first_name, last_name, middle_name, phone_number) = person;
        Address {
            country,
            region,
            city,
            state,
            address_line1,
            address_line2,
            postal_code,
            first_name,
            last_name,
            middle_name,
            phone_number,
        }
    })
}

proptest! {
    #[test]
    fn any_address_gets_a_short_answer(address in any_address()) {
        match address.validate() {
            Ok(()) => prop_assert_eq!(address.clone().canonical().validate(), Ok(())),
            Err(fault) => {
                prop_assert!(fault.to_string().chars().count() < 240);
                prop_assert!(!fault.to_string().chars().any(char::is_control));
            }
        }
        let _ = super::super::address_verification::verify(&address);
    }
}
