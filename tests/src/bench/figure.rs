//! One line of the result.

use std::fmt;

/// A figure and what it may be.
#[derive(Clone, Debug)]
pub struct Figure {
    what: String,
    found: String,
    budget: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Holds,
    Missed,
    /// Shown beside others, without a budget of its own.
    Told,
    LeftOut,
}

impl Figure {
    /// A figure that may be at most `budget`, both written with `unit`.
    pub(super) fn at_most(what: &str, found: f64, budget: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            found: amount(found, unit),
            budget: format!("at most {}", amount(budget, unit)),
            verdict: if found <= budget {
                Verdict::Holds
            } else {
                Verdict::Missed
            },
        }
    }

    /// A figure that must be at least `budget`.
    pub(super) fn at_least(what: &str, found: f64, budget: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            found: amount(found, unit),
            budget: format!("at least {}", amount(budget, unit)),
            verdict: if found >= budget {
                Verdict::Holds
            } else {
                Verdict::Missed
            },
        }
    }

    /// A figure that explains another.
    pub(super) fn told(what: &str, found: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            found: amount(found, unit),
            budget: String::new(),
            verdict: Verdict::Told,
        }
    }

    /// What was not measured, and why.
    pub(super) fn left_out(what: &str, why: &str) -> Self {
        Self {
            what: what.to_owned(),
            found: "not measured".to_owned(),
            budget: why.to_owned(),
            verdict: Verdict::LeftOut,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Holds => "holds",
            Verdict::Missed => "MISSED",
            Verdict::Told | Verdict::LeftOut => "",
        };
        let line = format!(
            "{:<58} {:>14}   {:<22} {word}",
            self.what, self.found, self.budget
        );
        formatter.write_str(line.trim_end())
    }
}

/// Says in words how it ended.
pub fn summary(figures: &[Figure]) -> String {
    let count = |verdict| figures.iter().filter(|figure| figure.verdict == verdict).count();
    let missed = figures.iter().filter(|figure| figure.verdict == Verdict::Missed);
    let missed: Vec<_> = missed
        .map(|figure| {
            format!(
                "{} is {}, {} was promised",
                figure.what, figure.found, figure.budget
            )
        })
        .collect();
    let held = match count(Verdict::Holds) {
        1 => "1 budget holds".to_owned(),
        n => format!("{n} budgets hold"),
    };
    let left_out = match count(Verdict::LeftOut) {
        0 => String::new(),
        n => format!(", {n} not measured"),
    };
    match missed.len() {
        0 => format!("{held}, none is missed{left_out}"),
        n => format!("{held}, {n} missed{left_out}:\n  {}", missed.join("\n  ")),
    }
}

/// Ratios and round trips need their decimals, bytes do not.
fn amount(value: f64, unit: &str) -> String {
    match unit {
        "×" | "%" => format!("{value:.2} {unit}"),
        _ if value.abs() < 100.0 && value.fract() != 0.0 => format!("{value:.1} {unit}"),
        _ => format!("{} {unit}", grouped(value)),
    }
}

/// Thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_is_missed() {
        let figures = [
            Figure::at_most("bytes", 1_234_567.0, 2_000_000.0, "B"),
            Figure::at_least("receipts", 0.65, 0.7, "×"),
            Figure::told("checks", 20_000.0, "/s"),
            Figure::left_out("app", "give --app DIR"),
        ];
        assert_eq!(
            summary(&figures),
            "1 budget holds, 1 missed, 1 not measured:\n  receipts is 0.65 ×, at least 0.70 × was promised"
        );
        assert!(figures[0].to_string().contains("1 234 567 B"), "{}", figures[0]);
        assert!(figures[0].to_string().ends_with("holds"));
        assert!(figures[1].to_string().ends_with("MISSED"));
        assert_eq!(summary(&figures[..1]), "1 budget holds, none is missed");
    }
}
