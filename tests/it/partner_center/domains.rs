//! Domain names: taken or free.

use serde_json::Value;

use crate::support::mock;

#[test]
fn domains_of_customers_and_reserved_ones_are_taken() {
    let mock = mock();
    for (status, domain) in [
        (200, "larkspurfoods.onmicrosoft.com"),
        (200, "LarkspurFoods.OnMicrosoft.com"),
        (200, "fabricore.onmicrosoft.com"),
        (200, "microsoft.onmicrosoft.com"),
        (404, "nobodyhasthis.onmicrosoft.com"),
        (404, "nobody.example"),
        (400, "not%20a%20domain"),
        (400, "larkspurfoods"),
    ] {
        let answer = mock.expect(status, "HEAD", &format!("/v1/domains/{domain}"), &Value::Null);
        assert_eq!(answer.text, "", "{domain}");
        assert!(answer.header("ms-requestid").is_some());
    }
    mock.app_only().expect(200, "HEAD", "/v1/domains/larkspurfoods.onmicrosoft.com", &Value::Null);
}
