//! What the teller allows, as the screen tells it. The core decides again when something is published.

use shared::fold::fold;
use shared::view::{ConsentView, Given, NewConsent, Party, Use};
use std::slice;
use texts::Locale;

/// All uses, in the order of the form.
pub const USES: [Use; 7] = [
    Use::Network,
    Use::Website,
    Use::Photo,
    Use::Name,
    Use::Voice,
    Use::Print,
    Use::Press,
];

/// Ways to give a consent, in the order of the form.
pub const WAYS: [Given; 4] = [Given::Read, Given::ReadAloud, Given::Spoken, Given::Paper];

/// Version of the sentences that are read to the teller; counted on with every change of them in any language. A
/// consent tells it with the language that they were read in.
pub const TEXT_VERSION: u32 = 1;

/// Whether the teller allows a use, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// She does, so given.
    Yes(Given),
    /// Nothing was recorded for this: whether she was asked is not known.
    Never,
    /// She did, until this moment, which has passed.
    Expired(u64),
    /// She took it back.
    Withdrawn,
    /// She does, and is a minor for whom no guardian does.
    NoGuardian,
}

/// Whether the teller, by her name if it is known, allows a use at `now`; for a minor a guardian does so too.
pub fn allowed(consents: &[ConsentView], wanted: Use, teller: &str, is_minor: bool, now: u64) -> Allowed {
    let own = given(consents, wanted, now, |consent| {
        consent.party == Party::Teller && is_about_teller(&consent.whom, teller)
    });
    let guardian = || {
        given(consents, wanted, now, |consent| {
            consent.party == Party::Guardian && is_about_teller(&consent.whom, teller)
        })
    };
    let lacks_guardian = is_minor && !matches!(guardian(), Allowed::Yes(_));
    if matches!(own, Allowed::Yes(_)) && lacks_guardian {
        Allowed::NoGuardian
    } else {
        own
    }
}

/// What the consents say of which `counts` holds.
fn given(consents: &[ConsentView], wanted: Use, now: u64, counts: impl Fn(&NewConsent) -> bool) -> Allowed {
    let mut reason = Allowed::Never;
    let mut withdrawn = false;
    for row in consents {
        let consent = &row.consent;
        if !consent.uses.contains(&wanted) || !counts(consent) {
            continue;
        }
        if row.withdrawn.contains(&wanted) {
            withdrawn = true;
            continue;
        }
        match consent.until.filter(|until| *until < now) {
            None => return Allowed::Yes(consent.given),
            Some(until) => reason = Allowed::Expired(until),
        }
    }
    if withdrawn { Allowed::Withdrawn } else { reason }
}

/// The language in which the teller was asked for a use that she allows.
pub fn language<'a>(consents: &'a [ConsentView], wanted: Use, teller: &str, now: u64) -> Option<&'a str> {
    let holds = |row: &&ConsentView| {
        let said = given(slice::from_ref(*row), wanted, now, |consent| {
            consent.party == Party::Teller && is_about_teller(&consent.whom, teller)
        });
        matches!(said, Allowed::Yes(_))
    };
    let holding = consents.iter().find(holds);
    holding.map(|row| row.consent.language.as_str())
}

/// Whether what was written as the last day of a consent is none: half of it is missing, it is no day, or it has passed.
/// Nothing written means no end; `end` is the last moment of the day, if it is one.
pub fn is_no_last_day(written: &str, is_half_written: bool, end: Option<u64>, now: u64) -> bool {
    let is_unreadable = end.is_none() && !written.is_empty();
    let is_past = end.is_some_and(|end| end < now);
    is_half_written || is_unreadable || is_past
}

/// Uses of a consent that were not taken back.
pub fn left(row: &ConsentView) -> Vec<Use> {
    let mut uses = row.consent.uses.clone();
    uses.retain(|used| !row.withdrawn.contains(used));
    uses
}

/// "Voor wie" as it is recorded: empty means the teller, however and in whichever language she was called in the form.
pub fn whom(typed: &str, teller: &str) -> String {
    let folded = fold(typed);
    let mut names = Locale::ALL.into_iter().map(|texts| fold(texts.consent_teller()));
    let is_named =
        names.any(|name| name == folded || name.split_once(' ').is_some_and(|(_, name)| name == folded));
    let is_teller = is_named || is_about_teller(typed, teller);
    if is_teller {
        String::new()
    } else {
        typed.trim().to_owned()
    }
}

fn is_about_teller(whom: &str, teller: &str) -> bool {
    let whom = fold(whom);
    whom.is_empty() || (whom == fold(teller))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(whom: &str, uses: &[Use], until: Option<u64>, withdrawn: &[Use]) -> ConsentView {
        ConsentView {
            id: "1".into(),
            consent: NewConsent {
                party: Party::Teller,
                whom: whom.into(),
                uses: uses.to_vec(),
                given: Given::ReadAloud,
                text_version: TEXT_VERSION,
                language: "nl".into(),
                until,
            },
            at: 5,
            by: None,
            withdrawn: withdrawn.to_vec(),
            withdrawals: Vec::new(),
        }
    }

    #[test]
    fn no_consent_no_use_and_the_reason_is_told() {
        let website = |rows: &[ConsentView]| allowed(rows, Use::Website, "Rosa Peeters", false, 10);
        assert_eq!(website(&[]), Allowed::Never);
        assert_eq!(website(&[row("", &[Use::Name], None, &[])]), Allowed::Never);
        assert_eq!(website(&[row("Jef", &[Use::Website], None, &[])]), Allowed::Never);
        let held = row("rosa  peeters", &[Use::Website], Some(10), &[]);
        assert_eq!(
            website(std::slice::from_ref(&held)),
            Allowed::Yes(Given::ReadAloud)
        );
        let past = row("", &[Use::Website], Some(9), &[]);
        assert_eq!(website(std::slice::from_ref(&past)), Allowed::Expired(9));
        let taken = row("", &[Use::Website], None, &[Use::Website]);
        assert_eq!(website(&[taken.clone(), past]), Allowed::Withdrawn);
        assert_eq!(website(&[taken, held]), Allowed::Yes(Given::ReadAloud));
    }

    #[test]
    fn for_a_minor_a_guardian_allows_it_too() {
        let website = |rows: &[ConsentView]| allowed(rows, Use::Website, "Lotte", true, 10);
        let own = row("", &[Use::Website], None, &[]);
        let mut guardian = row("lotte", &[Use::Website], None, &[]);
        guardian.consent.party = Party::Guardian;
        assert_eq!(website(std::slice::from_ref(&own)), Allowed::NoGuardian);
        assert_eq!(website(std::slice::from_ref(&guardian)), Allowed::Never);
        assert_eq!(
            website(&[own.clone(), guardian.clone()]),
            Allowed::Yes(Given::ReadAloud)
        );
        guardian.consent.whom = "Sam".into();
        assert_eq!(website(&[own, guardian]), Allowed::NoGuardian);
    }

    #[test]
    fn the_language_is_that_of_the_consent_that_holds() {
        let of = |rows: &[ConsentView]| language(rows, Use::Website, "Rosa", 10).map(str::to_owned);
        let taken = row("", &[Use::Website], None, &[Use::Website]);
        let past = row("", &[Use::Website], Some(9), &[]);
        let mut held = row("rosa", &[Use::Website], None, &[]);
        held.consent.language = "ar".into();
        assert_eq!(of(&[taken.clone(), past.clone()]), None);
        assert_eq!(of(&[taken, past, held]), Some("ar".into()));
    }

    #[test]
    fn the_teller_by_whatever_name_is_the_teller() {
        for typed in [
            "",
            " ",
            "Verteller",
            "de verteller",
            "La personne qui raconte",
            "the storyteller",
            "storyteller",
            "ROSA PEETERS",
        ] {
            assert_eq!(whom(typed, "Rosa Peeters"), "", "{typed}");
        }
        assert_eq!(whom(" Jef ", "Rosa Peeters"), "Jef");
        assert_eq!(whom("Rosa", ""), "Rosa");
    }

    /// A browser gives no value for a day without its year: without a word it would hold for ever.
    #[test]
    fn a_last_day_is_a_day_to_come_or_nothing_at_all() {
        for (written, is_half_written, end, is_wrong) in [
            ("", false, None, false),
            ("", true, None, true),
            ("2026-13", false, None, true),
            ("2026-11-24", false, Some(9), true),
            ("2026-11-24", false, Some(10), false),
            ("2026-11-24", true, Some(10), true),
        ] {
            let found = is_no_last_day(written, is_half_written, end, 10);
            assert_eq!(found, is_wrong, "{written} {is_half_written} {end:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_consent() {
        let row = row("", &[Use::Network, Use::Website], None, &[Use::Website]);
        assert_eq!(left(&row), [Use::Network]);
    }
}
