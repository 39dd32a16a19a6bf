//! The report for people.

use std::fmt::Write as _;

use super::{Money, Report, Share, SurfaceCoverage};

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let summary = report.summary;
    writeln!(
        out,
        "World {}: {} calls, {} of them matched no operation",
        report.world, report.calls, report.unmatched
    )?;
    writeln!(
        out,
        "{} errors, {} warnings, {} notes",
        summary.errors, summary.warnings, summary.notes
    )?;
    for finding in &report.findings {
        writeln!(
            out,
            "\n{} {}: {} [{}]",
            finding.severity.name(),
            finding.rule,
            finding.title,
            finding.name
        )?;
        let calls: Vec<String> = finding.calls.iter().map(|call| format!("#{call}")).collect();
        writeln!(
            out,
            "  {}, {}: {}",
            finding.operation,
            times(finding.count),
            printable(&finding.detail)
        )?;
        writeln!(out, "  calls {}", calls.join(" "))?;
        writeln!(out, "  {} ({})", finding.why, finding.source)?;
    }
    writeln!(out, "\nCoverage")?;
    for surface in &report.coverage {
        coverage(surface, out)?;
    }
    writeln!(out, "\nFidelity of what was called")?;
    let levels: Vec<String> = ["recorded", "documented", "sample", "inferred", "choice"]
        .iter()
        .filter_map(|level| Some(format!("{} {level}", report.fidelity.calls.get(level)?)))
        .collect();
    writeln!(out, "  calls: {}", levels.join(", "))?;
    for weak in &report.fidelity.weakest {
        writeln!(
            out,
            "  {} is {} ({}, {})",
            weak.operation,
            weak.fidelity,
            times(weak.calls),
            weak.contract
        )?;
    }
    money(&report.money, out)
}

/// A text without what would steer a terminal: part of it comes from the client.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn coverage(surface: &SurfaceCoverage, out: &mut String) -> std::fmt::Result {
    let share = |Share { met, of }| format!("{met} of {of}");
    writeln!(
        out,
        "  {}: {} operations, {} of their statuses, {} of their error codes, {} second pages",
        surface.surface,
        share(surface.operations),
        share(surface.statuses),
        share(surface.codes),
        share(surface.second_pages)
    )
}

fn money(money: &Money, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\nMoney")?;
    let usd = &money.usd;
    writeln!(
        out,
        "  {} USD charged, {} USD credited, {} USD fees: {} USD net",
        usd.charged.0, usd.credited.0, usd.fees.0, usd.net.0
    )?;
    if let Some(cap) = money.cap_usd {
        writeln!(out, "  cap {} USD", cap.0)?;
    }
    for (currency, sums) in &money.by_currency {
        writeln!(out, "  {currency}: {} charged, {} net", sums.charged.0, sums.net.0)?;
    }
    for it in &money.refundable {
        let until = it.free_until.map(|until| format!(", no fee until {until}"));
        let refused = it.refused.as_ref().map(|reason| format!(", refused: {reason}"));
        writeln!(
            out,
            "  refundable: {} {} of reservation {}{}{}",
            it.refund.0,
            it.currency,
            it.reservation_id,
            until.unwrap_or_default(),
            refused.unwrap_or_default()
        )?;
    }
    Ok(())
}
