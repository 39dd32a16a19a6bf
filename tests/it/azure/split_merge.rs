//! One reservation into two and two into one.

use serde_json::{Value, json};

use super::{AZURE, bought};
use crate::support::{NOBODY, arm};

#[test]
fn a_split_answers_revisions_and_says_where_the_reservations_are() {
    let bought = bought(5);
    bought.patch(&json!({ "renew": true }));
    let body = json!({ "properties": { "quantities": [2, 3], "reservationId": bought.id_of(&bought.reservation) } });
    let answer = bought.azure.expect(200, "POST", &bought.of_order("split"), &body);
    let location = answer.header("location").unwrap();
    let expected = format!(
        "/reservationorders/{}/splitoperationresults/{}_",
        bought.order, bought.reservation
    );
    assert!(location.contains(&expected), "{location}");
    assert!(answer.header("retry-after").is_some());
    let revisions = answer.json();
    let quantities = |list: &Value| -> Vec<u64> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|it| it["properties"]["quantity"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(quantities(&revisions), [2, 3, 5]);
    for revision in revisions.as_array().unwrap() {
        assert!(revision["id"].as_str().unwrap().contains("/revisions/"));
    }

    let path = location.split_once(bought.mock.server.base_url().as_str()).unwrap().1;
    let result = bought.azure.get(path);
    assert_eq!(quantities(&result), [2, 3, 5]);
    for (index, made) in result.as_array().unwrap().iter().enumerate() {
        assert!(made["name"].as_str().unwrap().starts_with(&format!("{}/", bought.order)));
        let properties = &made["properties"];
        assert_eq!(properties["expiryDateTime"], "2027-03-01T12:00:00.0000000Z");
        if index < 2 {
            assert_eq!(properties["provisioningState"], "Succeeded");
            assert_eq!(properties["splitProperties"]["splitSource"], result[2]["id"]);
            assert_eq!(properties["renew"], false, "a split turns the renewal off");
            assert_eq!(properties["displayName"], "batch tier");
        } else {
            assert_eq!(properties["provisioningState"], "Cancelled");
            assert_eq!(properties["extendedStatusInfo"]["statusCode"], "Split");
            assert_eq!(properties["capabilities"], Value::Null);
            assert_eq!(properties["userFriendlyRenewState"], "NotApplicable");
            let both = json!([result[0]["id"], result[1]["id"]]);
            assert_eq!(properties["splitProperties"]["splitDestinations"], both);
        }
    }
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["reservations"].as_array().unwrap().len(), 3);
    assert_eq!(order["properties"]["originalQuantity"], 5);
    assert_eq!(order["properties"]["provisioningState"], "Succeeded");
}

#[test]
fn a_split_that_does_not_add_up_is_refused() {
    let bought = bought(5);
    let split = |quantities: Value, reservation: &str| json!({ "properties": { "quantities": quantities, "reservationId": reservation } });
    let path = bought.of_order("split");
    let id = bought.id_of(&bought.reservation);
    for quantities in [
        json!([2, 2]),
        json!([5, 0]),
        json!([6, -1]),
        json!([1, 2, 2]),
        json!([5]),
        json!([]),
        json!([i64::MAX, 1]),
    ] {
        bought.azure.azure_refused(400, "BadRequest", "POST", &path, &split(quantities, &id));
    }
    bought.azure.azure_refused(
        400,
        "BadRequest",
        "POST",
        &path,
        &json!({ "properties": { "quantities": [2, 3] } }),
    );
    let unknown = split(json!([2, 3]), &bought.id_of(NOBODY));
    bought.azure.azure_refused(404, "ReservationIdNotInReservationOrder", "POST", &path, &unknown);
    let elsewhere = split(json!([2, 3]), &id.replace(&bought.order, NOBODY));
    bought.azure.azure_refused(
        404,
        "ReservationIdNotInReservationOrder",
        "POST",
        &path,
        &elsewhere,
    );
    bought.azure.azure_refused(
        400,
        "InvalidReservationId",
        "POST",
        &path,
        &split(json!([2, 3]), "web"),
    );

    let one = super::bought(1);
    let single =
        json!({ "properties": { "quantities": [1, 0], "reservationId": one.reservation } });
    one.azure.azure_refused(400, "BadRequest", "POST", &one.of_order("split"), &single);
}

#[test]
fn what_was_split_is_merged_again() {
    let bought = bought(5);
    let [first, second] = bought.split(&bought.reservation, [2, 3]);
    let merge = |sources: &[&str]| {
        let ids: Vec<String> = sources.iter().map(|id| bought.id_of(id)).collect();
        json!({ "properties": { "sources": ids } })
    };
    let path = bought.of_order("merge");
    let answer = bought.azure.expect(200, "POST", &path, &merge(&[&first, &second]));
    assert!(
        answer.header("location").unwrap().contains(&format!("/mergeoperationresults/{first}_"))
    );
    let location = answer.header("location").unwrap();
    let result =
        bought.azure.get(location.split_once(bought.mock.server.base_url().as_str()).unwrap().1);
    assert_eq!(result[0]["properties"]["quantity"], 5);
    assert_eq!(result[0]["properties"]["provisioningState"], "Succeeded");
    let sources = json!([result[1]["id"], result[2]["id"]]);
    assert_eq!(result[0]["properties"]["mergeProperties"]["mergeSources"], sources);
    for source in [1, 2] {
        assert_eq!(result[source]["properties"]["extendedStatusInfo"]["statusCode"], "Merged");
        assert_eq!(
            result[source]["properties"]["mergeProperties"]["mergeDestination"],
            result[0]["id"]
        );
    }
    // What was merged cannot be merged again.
    bought.azure.azure_refused(
        400,
        "OperationCannotBePerformedInCurrentState",
        "POST",
        &path,
        &merge(&[&first, &second]),
    );
}

#[test]
fn only_two_alike_of_one_order_are_merged() {
    let bought = bought(5);
    let [first, second] = bought.split(&bought.reservation, [2, 3]);
    let path = bought.of_order("merge");
    let merge = |sources: &[String]| json!({ "properties": { "sources": sources } });
    for sources in [
        vec![],
        vec![first.clone()],
        vec![first.clone(), first.clone()],
        vec![first.clone(), second.clone(), first.clone()],
    ] {
        bought.azure.azure_refused(400, "BadRequest", "POST", &path, &merge(&sources));
    }
    let other_order = "/providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
    let foreign = merge(&[first.clone(), other_order.to_owned()]);
    bought.azure.azure_refused(404, "ReservationIdNotInReservationOrder", "POST", &path, &foreign);

    let scoped =
        json!({ "properties": { "appliedScopeType": "Single", "appliedScopes": [AZURE] } });
    bought.azure.expect(200, "PATCH", &bought.path_of(&first), &scoped);
    bought.azure.azure_refused(
        400,
        "BadRequest",
        "POST",
        &path,
        &merge(&[first.clone(), second.clone()]),
    );
    bought.azure.expect(200, "PATCH", &bought.path_of(&second), &scoped);
    bought.azure.expect(200, "POST", &path, &merge(&[first, second]));
}

#[test]
fn a_result_is_found_by_a_revision_that_the_source_has_had() {
    let bought = bought(2);
    bought.split(&bought.reservation, [1, 1]);
    let at = |number: &str| {
        bought.of_order(&format!("splitoperationresults/{}_{number}", bought.reservation))
    };
    bought.azure.expect(200, "GET", &at("4"), &Value::Null);
    for number in ["0", "5", "99", "-1"] {
        bought.azure.azure_refused(404, "OperationNotFound", "GET", &at(number), &Value::Null);
    }
}

#[test]
fn results_of_nothing_are_not_found() {
    let bought = bought(2);
    for name in [
        "nothing",
        "nothing_1",
        &format!("{}_x", bought.reservation),
        &format!("{}_2", bought.reservation),
    ] {
        let path = bought.of_order(&format!("splitoperationresults/{name}"));
        bought.azure.azure_refused(404, "OperationNotFound", "GET", &path, &Value::Null);
    }
    let path = arm(&format!("/providers/Microsoft.Capacity/operationResults/{NOBODY}"));
    bought.azure.azure_refused(404, "OperationNotFound", "GET", &path, &Value::Null);
}

#[test]
fn a_result_is_that_of_its_own_kind() {
    let bought = bought(5);
    let [first, second] = bought.split(&bought.reservation, [2, 3]);
    let merge = json!({ "properties": { "sources": [first, second] } });
    bought.azure.expect(200, "POST", &bought.of_order("merge"), &merge);
    for (kind, source, found) in [
        ("split", &bought.reservation, true),
        ("merge", &bought.reservation, false),
        ("split", &first, false),
        ("merge", &first, true),
        ("merge", &second, true),
    ] {
        let path = bought.of_order(&format!("{kind}operationresults/{source}_4"));
        if found {
            assert_eq!(bought.azure.get(&path).as_array().unwrap().len(), 3, "{kind} {source}");
        } else {
            bought.azure.azure_refused(404, "OperationNotFound", "GET", &path, &Value::Null);
        }
    }
}

#[test]
fn parts_of_parts_are_merged_across() {
    let bought = bought(10);
    let [first, second] = bought.split(&bought.reservation, [4, 6]);
    let [third, fourth] = bought.split(&first, [1, 3]);
    let merge = json!({ "properties": { "sources": [fourth, second] } });
    let made = bought.azure.post(200, &bought.of_order("merge"), &merge);
    assert_eq!(made[0]["properties"]["quantity"], 9);
    let merged = made[0]["id"].as_str().unwrap().split('/').nth(6).unwrap().to_owned();
    let [fifth, _] = bought.split(&merged, [8, 1]);
    let split = bought.azure.get(&bought.path_of(&merged));
    assert_eq!(split["properties"]["extendedStatusInfo"]["statusCode"], "Split");
    assert_eq!(split["properties"]["mergeProperties"]["mergeSources"].as_array().unwrap().len(), 2);
    for (id, quantity) in [(&third, 1), (&fifth, 8)] {
        assert_eq!(bought.azure.get(&bought.path_of(id))["properties"]["quantity"], quantity);
    }
    assert_eq!(bought.artifact().unwrap().0, 10);
}
