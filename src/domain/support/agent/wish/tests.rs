use super::*;

#[test]
fn quantities_are_found_in_sentences_and_in_forms() {
    for (text, expected) in [
        ("Please return quantity 2.", Some(2)),
        (r#"{"quantity":3,"reservationId":"x"}"#, Some(3)),
        ("Quantity: 4", Some(4)),
        ("the quantity is 5", Some(5)),
        ("Refund 2 of 5 instances", Some(2)),
        ("return 7 units", Some(7)),
        ("one of the best", None),
        ("no number at all", None),
        ("12 % are charged", None),
        ("quantity -1", Some(1)),
        ("quantity 99999999999999999999", None),
    ] {
        assert_eq!(quantity(&words(text)), expected, "{text}");
    }
}

#[test]
fn the_word_that_comes_first_tells_a_refund_from_an_exchange() {
    for (text, expected) in [
        ("Refund a reservation", Some(false)),
        ("Please cancel it", Some(false)),
        ("We return two of them", Some(false)),
        ("Exchange for a bigger size", Some(true)),
        ("swap it", Some(true)),
        ("Exchanges and refunds: please refund", Some(false)),
        ("Exchange and refund\nwe want to exchange", Some(true)),
        ("Exchange and be happy", Some(true)),
        ("Exchange/refund of a reservation: we return it", Some(false)),
        ("Exchange or refund", None),
        ("Help", None),
        ("", None),
    ] {
        assert_eq!(wants_exchange(text), expected, "{text}");
    }
}

#[test]
fn guids_are_found_wherever_they_stand() {
    let id = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
    for text in [
        format!("Order {id}."),
        format!("/providers/Microsoft.Capacity/reservationOrders/{id}/reservations/x"),
        format!(r#"{{"reservationOrderId":"{}"}}"#, id.to_uppercase()),
        format!("({id})"),
    ] {
        let found: Vec<String> = guids(&text).map(|id| id.to_string()).collect();
        assert_eq!(found, [id], "{text}");
    }
    assert_eq!(guids(&format!("{id}{id} 3e8d5a71")).count(), 0);
}
