//! What time does to carts: those that expired leave no rows behind, and sales end.

use serde_json::Value;

use super::carts::{cart, errors, path_of, with_settings};
use crate::support::items::{cart_line, licence, order, reservation, reservation_line, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, PRAIRIE, mock};

#[test]
fn expired_carts_make_room_when_new_ones_come() {
    let mock = mock();
    let held = || mock.handle().world().published().carts.len();
    let before = held();
    let licences = [cart_line(&licence(), 1)];
    for _ in 0..40 {
        cart(&mock, LARKSPUR, &licences);
    }
    let canadian = reservation("CA", "Standard_D2s_v4", "canadaeast", "P1Y");
    let elsewhere = cart(&mock, PRAIRIE, &[cart_line(&canadian, 1)]);
    mock.advance("P6D");
    let alive = cart(&mock, LARKSPUR, &licences);
    assert_eq!(held(), before + 42, "nothing has expired so far");
    mock.advance("P2D");
    let new = cart(&mock, LARKSPUR, &licences);
    assert!(held() < before + 42, "a new cart takes some expired ones away");
    for _ in 0..3 {
        cart(&mock, LARKSPUR, &licences);
    }
    // What lives, and what other customers have, stays.
    mock.get(&path_of(&alive));
    mock.get(&path_of(&new));
    assert!(held() <= before + 6, "{} carts", held());
    mock.refused(404, 800_008, "GET", &path_of(&elsewhere), &Value::Null);
}

#[test]
fn sales_end_where_the_settings_say() {
    let item = reservation("US", "Standard_B1s", "eastus", "P1Y");
    let line = reservation_line(&item, LARKSPUR_AZURE);
    let orders = format!("/v1/customers/{LARKSPUR}/orders");
    let lenient = mock();
    let strict = with_settings(|settings| settings.enforce_last_sale = true);
    // The last day is the 30th of June 2026.
    for mock in [&lenient, &strict] {
        mock.advance("P121D");
        assert_eq!(errors(&cart(mock, LARKSPUR, std::slice::from_ref(&line))), [0]);
        mock.advance("P1D");
    }
    let others = reservation_line(&small_vm(), LARKSPUR_AZURE);
    let lines = [line.clone(), others];
    assert_eq!(errors(&cart(&lenient, LARKSPUR, &lines)), [0, 0]);
    assert_eq!(errors(&cart(&strict, LARKSPUR, &lines)), [10001, 0]);
    strict.refused(403, 800_020, "POST", &orders, &order(&[line]));
}
