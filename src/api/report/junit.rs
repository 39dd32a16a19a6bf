//! The report as `JUnit` XML: each rule is a test, and findings that are worse than notes fail it.

use std::fmt::Write as _;

use super::Report;
use crate::api::critic::{RULES, Severity};

pub(super) fn render(report: &Report) -> String {
    let mut cases = String::new();
    let mut failures = 0;
    for rule in RULES {
        let found = report.found(rule.id);
        let lines: Vec<String> = found
            .iter()
            .map(|it| {
                let calls: Vec<String> = it.calls.iter().map(|call| format!("#{call}")).collect();
                format!("{}: {} (calls {})", it.operation, it.detail, calls.join(" "))
            })
            .collect();
        let name = escaped(&format!("{} {}", rule.id, rule.name));
        let _ =
            write!(cases, "    <testcase classname=\"pcmock.report\" name=\"{name}\" time=\"0\"");
        if found.is_empty() {
            cases.push_str("/>\n");
            continue;
        }
        let body = escaped(&format!("{}\n{}\n{}", lines.join("\n"), rule.why, rule.source));
        if rule.severity == Severity::Note {
            let _ = write!(cases, ">\n      <system-out>{body}</system-out>\n    </testcase>\n");
            continue;
        }
        failures += 1;
        let _ = write!(
            cases,
            ">\n      <failure type=\"{}\" message=\"{}\">{body}</failure>\n    </testcase>\n",
            rule.severity.name(),
            escaped(rule.title)
        );
    }
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", RULES.len());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pcmock\" {counts}>\n  <testsuite name=\"pcmock report: {}\" {counts} skipped=\"0\" time=\"0\">\n{cases}  </testsuite>\n</testsuites>\n",
        escaped(&report.world)
    )
}

/// A text in XML. Characters that XML cannot hold at all become replacement characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(
            escaped("<a b=\"&\">\u{0}\u{1b}\n"),
            "&lt;a b=&quot;&amp;&quot;&gt;\u{fffd}\u{fffd}\n"
        );
    }
}
