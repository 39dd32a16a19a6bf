use super::*;
use crate::domain::customers::address::Address;
use crate::domain::customers::{BillingChange, update_billing_profile};
use crate::domain::settings::{Profile, Settings};
use crate::domain::state::State;
use crate::fixtures::{Start, default_state};

fn state(profile: Profile) -> State {
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let settings = Settings { profile, ..Settings::default() };
    let pace = crate::domain::clock::Pace::Frozen;
    default_state(&Start { wall: time, time, pace, settings, seed: None, customers: 0 }).unwrap()
}

fn begin(state: &State) -> Transaction {
    Transaction::begin(state, "2026-03-01T12:00:00Z".parse().unwrap())
}

fn address(country: &str) -> Address {
    let text = |text: &str| Some(text.to_owned());
    match country {
        "KZ" => Address {
            country: "KZ".into(),
            city: text("Almaty"),
            state: text("Almaty"),
            address_line1: "5 Abay Ave".into(),
            postal_code: text("050000"),
            phone_number: text("7272501234"),
            ..Address::default()
        },
        _ => Address {
            country: country.into(),
            city: text("Boise"),
            state: text("Idaho"),
            address_line1: "12 Orchard Rd".into(),
            postal_code: text("83702"),
            ..Address::default()
        },
    }
}

fn new(domain: &str) -> NewCustomer {
    NewCustomer {
        domain: domain.into(),
        billing: GivenProfile {
            email: "ap@juniperhall.example".into(),
            culture: "EN-us".into(),
            language: "En".into(),
            company_name: " Juniper Hall ".into(),
            address: Some(address("us")),
            ..GivenProfile::default()
        },
        ..NewCustomer::default()
    }
}

#[test]
fn a_new_customer_is_stored_in_canonical_form_and_its_domain_is_taken() {
    let state = state(Profile::Production);
    let mut tx = begin(&state);
    let created = create(&mut tx, new("JuniperHall.OnMicrosoft.com")).unwrap();
    let customer = tx.customer(created.id).unwrap();
    assert_eq!(customer.domain, "juniperhall.onmicrosoft.com");
    assert_eq!(customer.company_name, "Juniper Hall");
    assert_eq!(customer.billing.culture, "en-US");
    assert_eq!(customer.billing.language, "En");
    assert_eq!(customer.country(), "US");
    assert_eq!(customer.billing.address.state.as_deref(), Some("ID"));
    assert_ne!(customer.billing.id, customer.id.0);
    assert_eq!(customer.created, tx.now());
    assert_eq!(
        create(&mut tx, new("juniperhall.onmicrosoft.com")),
        Err(Error::DomainTaken("juniperhall.onmicrosoft.com".into()))
    );
}

#[test]
fn passwords_differ_and_have_every_kind_of_character() {
    let state = state(Profile::Production);
    let mut tx = begin(&state);
    let first = create(&mut tx, new("one.onmicrosoft.com")).unwrap().password;
    let second = create(&mut tx, new("two.onmicrosoft.com")).unwrap().password;
    assert_ne!(first, second);
    for password in [first, second] {
        assert_eq!(password.len(), 12, "{password}");
        assert!(password.chars().any(|c| c.is_ascii_uppercase()), "{password}");
        assert!(password.chars().any(|c| c.is_ascii_lowercase()), "{password}");
        assert!(password.chars().any(|c| c.is_ascii_digit()), "{password}");
        assert!(password.chars().any(|c| c.is_ascii_punctuation()), "{password}");
    }
}

#[test]
fn every_defect_has_its_refusal() {
    type Spoil = fn(&mut NewCustomer);
    let state = state(Profile::Production);
    let cases: [(&str, Spoil); 17] = [
        ("companyProfile.domain: is required", |n| n.domain = " ".into()),
        ("companyProfile.domain: domain `a.example`", |n| n.domain = "a.example".into()),
        ("billingProfile.email: is required", |n| n.billing.email.clear()),
        ("billingProfile.email: email `x`", |n| n.billing.email = "x".into()),
        ("billingProfile.culture: is required", |n| n.billing.culture.clear()),
        ("billingProfile.culture: culture `english`", |n| n.billing.culture = "english".into()),
        ("billingProfile.language: is required", |n| n.billing.language.clear()),
        ("billingProfile.companyName: is required", |n| n.billing.company_name.clear()),
        ("billingProfile.companyName: has more", |n| n.billing.company_name = "x".repeat(257)),
        ("billingProfile.firstName: has a control", |n| n.billing.first_name = Some("\n".into())),
        ("billingProfile.defaultAddress: is required", |n| n.billing.address = None),
        ("billingProfile.defaultAddress.postalCode: postalCode `1`", |n| {
            n.billing.address.as_mut().unwrap().postal_code = Some("1".into());
        }),
        ("organizationRegistrationNumber is not supported in US", |n| {
            n.registration_number = Some("123456".into());
        }),
        ("organizationRegistrationNumber is required in KZ", |n| {
            n.billing.address = Some(address("KZ"));
        }),
        ("organizationRegistrationNumber should be of the format", |n| {
            n.billing.address = Some(address("KZ"));
            n.registration_number = Some("x".into());
        }),
        ("phoneNumber is required in KZ", |n| {
            let kz = Address { phone_number: None, ..address("KZ") };
            n.registration_number = kz
                .country_rules()
                .map(|rules| rules.organization_registration_number_sample().to_owned());
            n.billing.address = Some(kz);
        }),
        ("is not an active indirect reseller", |n| {
            n.associated_partner = "f1a5d3c8-7e62-4b90-a3d7-0c9b8e4f2d16".parse().ok();
        }),
    ];
    for (reason, spoil) in cases {
        let mut customer = new("juniperhall.onmicrosoft.com");
        spoil(&mut customer);
        let refusal = create(&mut begin(&state), customer).unwrap_err().to_string();
        assert!(refusal.contains(reason), "{reason}: {refusal}");
    }
}

#[test]
fn a_customer_of_a_reseller_is_associated_with_it() {
    let state = state(Profile::Production);
    let mut tx = begin(&state);
    let mut customer = new("juniperhall.onmicrosoft.com");
    customer.associated_partner = "8d3fa6b2-5c71-4e09-9d48-b6a2f0c3e715".parse().ok();
    let created = create(&mut tx, customer.clone()).unwrap();
    assert_eq!(tx.customer(created.id).unwrap().associated_partner, customer.associated_partner);
}

#[test]
fn a_sandbox_holds_75_customers_and_production_any_number() {
    for (profile, limit) in [(Profile::Sandbox, Some(75)), (Profile::Production, None)] {
        let state = state(profile);
        let mut tx = begin(&state);
        let mut refused = None;
        for number in 0..80 {
            let name = format!("fill{number}.onmicrosoft.com");
            if let Err(error) = create(&mut tx, new(&name)) {
                assert_eq!(error, Error::SandboxLimit { limit: 75, what: "customers" });
                refused = Some(tx.customers.len());
                break;
            }
        }
        assert_eq!(refused, limit, "{profile:?}");
    }
}

#[test]
fn a_billing_profile_changes_its_etag_and_keeps_id_and_country() {
    let state = state(Profile::Production);
    let mut tx = begin(&state);
    let id = create(&mut tx, new("juniperhall.onmicrosoft.com")).unwrap().id;
    let before = tx.customer(id).unwrap().billing.clone();
    let mut change = BillingChange { id: None, profile: new("").billing };
    change.profile.company_name = "Juniper Hall Books".into();
    update_billing_profile(&mut tx, id, change.clone()).unwrap();
    let customer = tx.customer(id).unwrap();
    assert_eq!(customer.billing.id, before.id);
    assert_ne!(customer.billing.etag(), before.etag());
    assert_eq!(customer.billing.company_name, "Juniper Hall Books");
    assert_eq!(customer.company_name, "Juniper Hall");

    change.id = Some(id.0);
    let other_id = update_billing_profile(&mut tx, id, change.clone()).unwrap_err();
    assert!(other_id.to_string().starts_with("id: must be"), "{other_id}");
    change.id = None;
    let moved = change.profile.address.as_mut().unwrap();
    moved.country = "PR".into();
    moved.postal_code = Some("00918".into());
    let refusal = update_billing_profile(&mut tx, id, change).unwrap_err().to_string();
    assert!(refusal.starts_with("defaultAddress.country: must stay US"), "{refusal}");
}
