//! A consent in the list.

use crate::permission;
use crate::text_languages::name;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::{ConsentView, NewConsent, Party, Use};
use texts::Locale;

/// What somebody allowed, how, when, to whom, until when, and what she took back.
#[component]
pub fn ConsentItem(
    /// The consent.
    consent: ConsentView,
    /// Whether the story may be changed.
    is_editable: Signal<bool>,
    /// Whether a withdrawal is under way: another one waits for it.
    busy: Signal<bool>,
    /// Called to take it back.
    on_withdraw: Callback<ConsentView>,
) -> impl IntoView {
    let texts = use_texts();
    let left = permission::left(&consent);
    let name_id = format!("toestemming-{}", consent.id);
    let whom = whom(texts, &consent.consent);
    let recorded_at = |at, by: &Option<String>| {
        let moment = clock::moment(texts, at);
        match by {
            Some(name) => texts.consent_recorded_by(&moment, name),
            None => texts.consent_recorded(&moment),
        }
    };
    let recorded = recorded_at(consent.at, &consent.by);
    let NewConsent {
        language,
        text_version,
        ..
    } = &consent.consent;
    let asked_in = (language != texts.tag()).then(|| {
        let name = texts.within_sentence(&name(texts, language));
        texts.consent_in_language(&name, &text_version.to_string())
    });
    let until = consent.consent.until.map(|until| {
        let day = clock::day(texts, until);
        if until < clock::now_ms() {
            texts.consent_was_valid_until(&day)
        } else {
            texts.consent_valid_until(&day)
        }
    });
    let withdrawals = consent.withdrawals.iter().map(|withdrawal| {
        let recorded = recorded_at(withdrawal.at, &withdrawal.by);
        (withdrawal.uses.clone(), Some(recorded))
    });
    // What another consent of hers was about, and what no longer can be read, took this one along.
    let named: Vec<_> = consent
        .withdrawals
        .iter()
        .flat_map(|withdrawal| &withdrawal.uses)
        .collect();
    let unnamed = consent.withdrawn.iter().filter(|used| !named.contains(used));
    let unnamed: Vec<_> = unnamed.copied().collect();
    let unnamed = (!unnamed.is_empty()).then_some((unnamed, None));
    let withdrawals = withdrawals.chain(unnamed).map(|(uses, recorded)| {
        view! {
            <p>{taken_back(texts, &uses)}</p>
            {recorded.map(|recorded| view! { <p class="soft">{recorded}</p> })}
        }
    });
    let withdrawals = withdrawals.collect_view();
    let chips = left
        .iter()
        .map(|used| view! { <li class="chip">{words::use_of(texts, *used)}</li> });
    let chips = chips.collect_view();
    let can_withdraw = !left.is_empty();
    let given = words::given(texts, consent.consent.given);
    let button = {
        let described_by = name_id.clone();
        move || {
            let consent = consent.clone();
            let described_by = described_by.clone();
            (can_withdraw && is_editable.get()).then(move || {
                view! {
                    <BusyButton
                        busy=busy
                        class="button--quiet"
                        described_by=described_by
                        on_press=Callback::new(move |()| on_withdraw.run(consent.clone()))
                    >
                        {texts.consent_withdraw()}
                    </BusyButton>
                }
            })
        }
    };
    view! {
        <li class="consent">
            <p class="consent__whom" id=name_id>
                <strong>{whom}</strong>
                " · "
                {given}
            </p>
            {can_withdraw.then(|| view! { <ul class="chips">{chips}</ul> })}
            <p class="soft">{recorded}</p>
            {asked_in.map(|asked_in| view! { <p class="soft">{asked_in}</p> })}
            {until.map(|until| view! { <p class="soft">{until}</p> })}
            {withdrawals}
            {button}
        </li>
    }
}

/// Who gave it, and as whom.
pub fn whom(texts: Locale, consent: &NewConsent) -> String {
    let party = match consent.party {
        Party::Teller => texts.consent_teller(),
        Party::Pictured => texts.consent_pictured(),
        Party::Guardian => texts.consent_guardian(),
    };
    match (consent.party, consent.whom.as_str()) {
        (_, "") => party.to_owned(),
        (Party::Teller, whom) => whom.to_owned(),
        (Party::Pictured | Party::Guardian, whom) => texts.consent_as(whom, party),
    }
}

/// What is not allowed any more.
pub fn taken_back(texts: Locale, uses: &[Use]) -> String {
    let uses: Vec<_> = uses.iter().map(|used| words::use_of(texts, *used)).collect();
    texts.consent_taken_back(&uses.join(", "))
}
