//! How sure it is that the real service does the same: told on request, refused below a level.

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::{Fidelity, Surface};
use partner_center_mock::api::service::Options;
use serde_json::Value;

use crate::support::{LARKSPUR, Mock, arm, mock, mock_with};

fn at_least(level: Fidelity) -> Mock {
    let options = Options { min_fidelity: Some(level), ..Options::default() };
    mock_with(|server| server.options(options))
}

#[test]
fn headers_tell_who_asks() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}");
    let told = mock.send("GET", &path, &[("X-Mock-Fidelity", "true")], "");
    assert_eq!(told.header("x-fidelity"), Some("documented"));
    assert!(told.header("x-contract").unwrap().starts_with("partner-center-customers.md"));
    for wish in [&[][..], &[("X-Mock-Fidelity", "false")]] {
        let silent = mock.send("GET", &path, wish, "");
        assert!(silent.header("x-fidelity").is_none() && silent.header("x-contract").is_none());
    }
    let refused =
        mock.send("GET", &format!("{path}/orders/none"), &[("x-mock-fidelity", "True")], "");
    assert_eq!((refused.status, refused.header("x-fidelity").is_some()), (404, true));
}

/// The path of an operation with that fidelity, that takes no parameters.
fn example(surface: Surface, level: Fidelity) -> Option<(&'static str, &'static str)> {
    let found = api().operations.iter().find(|operation| {
        operation.surface == surface && operation.fidelity == level && !operation.path.contains('{')
    });
    found.map(|operation| (operation.method.as_str(), operation.path))
}

#[test]
fn what_is_not_sure_enough_is_refused_with_the_reason() {
    let strict = at_least(Fidelity::Documented);
    strict.get(&format!("/v1/customers/{LARKSPUR}"));
    let unsure = [Fidelity::Sample, Fidelity::Inferred, Fidelity::Choice];
    let mut refused = 0;
    for level in unsure {
        if let Some((method, path)) = example(Surface::PartnerCenter, level) {
            let told = strict.send(method, path, &[], "");
            assert_eq!(told.status, 501, "{method} {path}: {}", told.text);
            assert_eq!(told.code(), 0);
            let said = format!("is {}", level.name());
            assert!(
                told.text.contains(&said) && told.text.contains("--min-fidelity"),
                "{}",
                told.text
            );
            refused += 1;
        }
    }
    assert!(refused > 0, "no operation to try");
}

#[test]
fn operations_of_azure_are_refused_likewise() {
    let azure = at_least(Fidelity::Recorded).azure(LARKSPUR);
    azure.azure_refused(501, "NotImplemented", "GET", &arm("/subscriptions"), &Value::Null);
    azure.get("/_mock/health");
    // Whoever cannot sign in can try nothing.
    assert_eq!(azure.send("GET", "/common/discovery/keys", &[], "").status, 200);
}

#[test]
fn everything_is_served_unless_told_otherwise() {
    let easy = at_least(Fidelity::Choice);
    for level in Fidelity::ALL {
        assert_eq!(Fidelity::named(&level.name().to_uppercase()), Some(level));
        if let Some((method, path)) = example(Surface::PartnerCenter, level) {
            let answer = easy.send(method, path, &[], "");
            assert!(!answer.text.contains("--min-fidelity"), "{method} {path}");
        }
    }
    assert_eq!(Fidelity::named("sure"), None);
}
