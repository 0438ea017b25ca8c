//! The charts: rate and latency over time, as SVG.

use std::fmt::Write as _;

use super::Point;
use crate::measure::float;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const PANEL: f64 = 200.0;
const TOP: f64 = 40.0;
const GAP: f64 = 60.0;
const HEIGHT: f64 = TOP + 2.0 * PANEL + GAP + 50.0;
/// Points of a line at most: more cannot be told apart.
const POINTS_MAX: usize = 480;

const GREY: &str = "#c8ccd4";
const BLUE: &str = "#1f5fbf";
const ORANGE: &str = "#d9730d";
const INK: &str = "#333";

/// Draws both charts; `within_s` is the time that was planned.
pub(super) fn draw(points: &[Point], within_s: f64) -> String {
    let points = thinned(points);
    let step = match points.as_slice() {
        [first, second, ..] => second.at_s - first.at_s,
        _ => 1.0,
    };
    let end_s = points
        .last()
        .map_or(0.0, |point| point.at_s + step)
        .max(within_s);
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = write_charts(&mut svg, &points, step, end_s, within_s);
    svg
}

/// At most so many points: several of a long run become one.
fn thinned(points: &[Point]) -> Vec<Point> {
    let size = points.len().div_ceil(POINTS_MAX).max(1);
    let merged = |chunk: &[Point]| {
        let count = float(chunk.len() as u64);
        let mean = |of: fn(&Point) -> f64| chunk.iter().map(of).sum::<f64>() / count;
        let most = |of: fn(&Point) -> f64| chunk.iter().map(of).fold(0.0, f64::max);
        Point {
            at_s: chunk[0].at_s,
            due_per_s: mean(|p| p.due_per_s),
            answered_per_s: mean(|p| p.answered_per_s),
            p50_ms: most(|p| p.p50_ms),
            p99_ms: most(|p| p.p99_ms),
        }
    };
    points.chunks(size).map(merged).collect()
}

fn write_charts(
    svg: &mut String,
    points: &[Point],
    step: f64,
    end_s: f64,
    within_s: f64,
) -> std::fmt::Result {
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="{INK}">"#
    )?;
    writeln!(
        svg,
        r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"##
    )?;
    let x = |at_s: f64| LEFT + at_s / end_s.max(f64::EPSILON) * (WIDTH - LEFT - RIGHT);
    write_rates(svg, points, step, end_s, x)?;
    write_latencies(svg, points, step, x)?;
    time_axis(svg, &x, end_s, within_s)?;
    writeln!(svg, "</svg>")
}

/// The upper chart: requests that were due, and those that were answered.
fn write_rates(
    svg: &mut String,
    points: &[Point],
    step: f64,
    end_s: f64,
    x: impl Fn(f64) -> f64,
) -> std::fmt::Result {
    let most = points
        .iter()
        .map(|p| p.due_per_s.max(p.answered_per_s))
        .fold(1.0, f64::max);
    let top = round_up(most);
    let rate_y = |rate: f64| TOP + PANEL * (1.0 - rate / top);
    title(
        svg,
        TOP,
        &[(GREY, "requests due a second"), (BLUE, "answered a second")],
    )?;
    for part in 0..=4u8 {
        let rate = top * f64::from(part) / 4.0;
        grid(svg, rate_y(rate), &thousands(rate))?;
    }
    let mut area = format!("M{:.1},{:.1}", x(0.0), rate_y(0.0));
    for point in points {
        let y = rate_y(point.due_per_s);
        write!(
            area,
            "L{:.1},{y:.1}L{:.1},{y:.1}",
            x(point.at_s),
            x(point.at_s + step)
        )?;
    }
    write!(area, "L{:.1},{:.1}Z", x(end_s), rate_y(0.0))?;
    writeln!(svg, r#"<path d="{area}" fill="{GREY}"/>"#)?;
    let answered = points
        .iter()
        .map(|p| (x(p.at_s + step / 2.0), rate_y(p.answered_per_s)));
    line(svg, answered, BLUE)
}

/// The lower chart: latencies, on a logarithmic scale.
fn write_latencies(
    svg: &mut String,
    points: &[Point],
    step: f64,
    x: impl Fn(f64) -> f64,
) -> std::fmt::Result {
    let base = TOP + PANEL + GAP;
    let slowest = points.iter().map(|p| p.p99_ms).fold(10.0, f64::max);
    // Powers of ten, from 0.1 ms on.
    let decades = slowest.log10().ceil() + 1.0;
    let latency_y = |ms: f64| {
        let height = (ms.max(0.1).log10() + 1.0) / decades;
        base + PANEL * (1.0 - height)
    };
    let lines = [
        (BLUE, "p50, ms"),
        (ORANGE, "p99, ms, of the requests due then"),
    ];
    title(svg, base, &lines)?;
    let mut ms = 0.1;
    while ms <= slowest * 10.0 && latency_y(ms) >= base - 0.1 {
        grid(svg, latency_y(ms), &thousands(ms))?;
        ms *= 10.0;
    }
    let middle = |point: &Point| x(point.at_s + step / 2.0);
    let with_requests = || points.iter().filter(|p| p.due_per_s > 0.0);
    line(
        svg,
        with_requests().map(|p| (middle(p), latency_y(p.p99_ms))),
        ORANGE,
    )?;
    line(
        svg,
        with_requests().map(|p| (middle(p), latency_y(p.p50_ms))),
        BLUE,
    )
}

fn title(svg: &mut String, panel: f64, entries: &[(&str, &str)]) -> std::fmt::Result {
    let mut at = LEFT;
    for (color, text) in entries {
        let y = panel - 12.0;
        let box_y = y - 9.0;
        let text_x = at + 16.0;
        writeln!(
            svg,
            r#"<rect x="{at}" y="{box_y}" width="11" height="11" fill="{color}"/><text x="{text_x}" y="{y}">{text}</text>"#
        )?;
        at += 220.0;
    }
    Ok(())
}

fn grid(svg: &mut String, y: f64, label: &str) -> std::fmt::Result {
    let end = WIDTH - RIGHT;
    let label_x = LEFT - 8.0;
    let label_y = y + 4.0;
    writeln!(
        svg,
        r##"<path d="M{LEFT},{y:.1}H{end}" stroke="#ddd"/><text x="{label_x}" y="{label_y:.1}" text-anchor="end">{label}</text>"##
    )
}

fn line(
    svg: &mut String,
    points: impl Iterator<Item = (f64, f64)>,
    color: &str,
) -> std::fmt::Result {
    let points: Vec<String> = points.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let points = points.join(" ");
    writeln!(
        svg,
        r#"<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>"#
    )
}

fn time_axis(
    svg: &mut String,
    x: &impl Fn(f64) -> f64,
    end_s: f64,
    within_s: f64,
) -> std::fmt::Result {
    let bottom = TOP + 2.0 * PANEL + GAP;
    let step = round_up(end_s / 10.0);
    for number in 0..=10u8 {
        let at_s = step * f64::from(number);
        if at_s <= end_s {
            let at = x(at_s);
            let y = bottom + 18.0;
            let label = thousands(at_s);
            writeln!(
                svg,
                r#"<text x="{at:.1}" y="{y}" text-anchor="middle">{label}</text>"#
            )?;
        }
    }
    let middle = WIDTH.midpoint(LEFT);
    let y = bottom + 38.0;
    writeln!(
        svg,
        r#"<text x="{middle}" y="{y}" text-anchor="middle">seconds</text>"#
    )?;
    // Where the plan ends: what is to the right of it is backlog.
    let planned = x(within_s);
    writeln!(
        svg,
        r#"<path d="M{planned:.1},{TOP}V{bottom}" stroke="{INK}" stroke-dasharray="4 4"/>"#
    )
}

/// The next number of the form 1, 2 or 5 times a power of ten.
fn round_up(number: f64) -> f64 {
    let power = 10f64.powf(number.max(1e-6).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|step| step * power >= number);
    step.unwrap_or(10.0) * power
}

/// A number for an axis, short.
fn thousands(number: f64) -> String {
    if number >= 1_000.0 {
        format!("{}k", number / 1_000.0)
    } else {
        // Without the traces of adding tenths.
        format!("{}", (number * 1_000.0).round() / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        for (number, rounded) in [
            (1.0, 1.0),
            (1.1, 2.0),
            (3.0, 5.0),
            (7.0, 10.0),
            (0.03, 0.05),
        ] {
            assert!((round_up(number) - rounded).abs() < 1e-9, "{number}");
        }
        assert_eq!(thousands(25_000.0), "25k");
        assert_eq!(thousands(0.1), "0.1");
    }

    #[test]
    fn nothing_measured_is_a_chart_too() {
        let chart = draw(&[], 0.0);
        assert!(!chart.contains("NaN") && !chart.contains("inf"));
    }
}
