//! How the opener of a ticket can be reached.

use serde_json::{Value, json};

use super::{below, larkspur, opened, ticket};

#[test]
fn a_contact_that_cannot_be_used_is_refused_by_its_name() {
    let azure = larkspur();
    for (field, value) in [
        ("firstName", json!("")),
        ("lastName", json!("  ")),
        ("preferredContactMethod", json!("pigeon")),
        ("primaryEmailAddress", json!("mei")),
        ("additionalEmailAddresses", json!(["mei@fabricore.example", "tao"])),
        ("phoneNumber", json!("call me")),
        ("preferredTimeZone", json!("Asia/Taipei")),
        ("country", json!("TW")),
        ("preferredSupportLanguage", json!("English")),
    ] {
        let mut body = ticket();
        body["properties"]["contactDetails"][field] = value;
        let path = below("supportTickets/machines");
        let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
        let place = format!("contactDetails.{field}");
        assert!(told.text.contains(&place), "{field}: {}", told.text);
    }
}

#[test]
fn what_is_required_of_a_contact_is_missed_by_its_name() {
    let azure = larkspur();
    for field in [
        "firstName",
        "lastName",
        "preferredContactMethod",
        "primaryEmailAddress",
        "preferredTimeZone",
        "country",
        "preferredSupportLanguage",
    ] {
        for without in [Some(Value::Null), None] {
            let mut body = ticket();
            let contact = body["properties"]["contactDetails"].as_object_mut().unwrap();
            match without {
                Some(null) => contact.insert(field.to_owned(), null),
                None => contact.remove(field),
            };
            let path = below("supportTickets/machines");
            let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
            let place = format!("properties.contactDetails.{field}: is required");
            assert!(told.text.contains(&place), "{field}: {}", told.text);
        }
    }
}

#[test]
fn who_wants_to_be_called_gives_a_number() {
    let azure = larkspur();
    let path = below("supportTickets/machines");
    let mut body = ticket();
    body["properties"]["contactDetails"]["preferredContactMethod"] = "phone".into();
    let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
    assert!(told.text.contains("contactDetails.phoneNumber: is required"), "{}", told.text);
    opened(&azure, "machines", &ticket());
    let by_phone = json!({ "contactDetails": { "preferredContactMethod": "phone" } });
    azure.azure_refused(400, "BadRequest", "PATCH", &path, &by_phone);
    let number = json!({ "contactDetails": {
        "preferredContactMethod": "phone", "phoneNumber": "+886 2 5550 0100",
    } });
    azure.expect(200, "PATCH", &path, &number);
    let zone = json!({ "contactDetails": { "preferredTimeZone": "Mars" } });
    let told = azure.azure_refused(400, "BadRequest", "PATCH", &path, &zone);
    assert!(told.text.contains("contactDetails.preferredTimeZone"), "{}", told.text);
}
