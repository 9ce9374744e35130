//! "Voorlezen": consent texts, as somebody of the network read them or in the voice of the device.

use crate::reading_aloud::{self, Next, Plan, Reading};
use crate::text_languages::Asked;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::show::Show;
use crate::ui::consent_texts::{Readings, use_readings};
use crate::ui::memo::memo;
use crate::ui::sound::Sound;
use crate::ui::speech::Speech;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::Use;
use web_sys::VisibilityState;

/// One button for all that is asked: it reads the ticked texts, or every one while none is ticked, and while it reads
/// it stops. There is none where nobody read them and no voice of this device speaks the language.
#[component]
pub fn ReadAloud(
    /// Uses that are ticked.
    ticked: RwSignal<Vec<Use>>,
    /// The use whose text is read now.
    now: RwSignal<Option<Use>>,
    /// What is asked, and in which language.
    asked: Signal<Asked>,
    /// Called when all of it was heard.
    on_heard: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let n_changes = RwSignal::new(0_u32);
    let reader = Reader {
        speech: StoredValue::new_local(Speech::find(move || {
            n_changes.try_update(|n| *n = n.wrapping_add(1));
        })),
        sound: StoredValue::new_local(Sound::find()),
        readings: use_readings(asked),
        reading: StoredValue::new(Reading::default()),
        outcome: RwSignal::new(None),
        now,
        asked,
        on_heard,
    };
    let plan = memo(move || {
        n_changes.track();
        reader.readings.track();
        ticked.with(|ticked| asked.with(|asked| reader.plan(ticked, asked)))
    });
    let is_able = memo(move || plan.with(|plan| !plan.read.is_empty()));
    // Another text is on the screen.
    let language = memo(move || asked.with(|asked| asked.language.clone()));
    Effect::new(move || {
        language.track();
        reader.stop();
        reader.outcome.set(None);
    });
    let leaving = window_event_listener_untyped("pagehide", move |_| reader.stop());
    let hiding = window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Hidden {
            reader.stop();
        }
    });
    on_cleanup(move || {
        leaving.remove();
        hiding.remove();
        reader.stop();
    });
    let is_reading = memo(move || now.with(Option::is_some));
    let press = move |_| {
        if is_reading.get_untracked() {
            reader.stop();
        } else {
            reader.begin(plan.get_untracked());
        }
    };
    let said = move || match reader.outcome.get() {
        Some(Outcome::Partly) => Some(texts.consent_aloud_partly()),
        Some(Outcome::Failed) => Some(texts.consent_aloud_failed()),
        None => None,
    };
    view! {
        <div class="aloud">
            // What is being read can be stopped, whatever is ticked meanwhile.
            <Show when=move || is_able.get() || is_reading.get()>
                <button type="button" class="button button--quiet" on:click=press>
                    <Drawn icon=Signal::derive(move || {
                        if is_reading.get() { Icon::Stop } else { Icon::Voice }
                    }) />
                    {move || if is_reading.get() { texts.consent_aloud_stop() } else { texts.consent_aloud() }}
                </button>
            </Show>
            <p role="status">{said}</p>
        </div>
    }
}

/// How it ended, where somebody has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Partly,
    Failed,
}

/// Reads text after text.
#[derive(Clone, Copy)]
struct Reader {
    speech: StoredValue<Option<Speech>, LocalStorage>,
    sound: StoredValue<Option<Sound>, LocalStorage>,
    readings: Readings,
    reading: StoredValue<Reading>,
    outcome: RwSignal<Option<Outcome>>,
    now: RwSignal<Option<Use>>,
    asked: Signal<Asked>,
    on_heard: Callback<()>,
}

impl Reader {
    fn plan(self, ticked: &[Use], asked: &Asked) -> Plan {
        let speaks = self.speech.with_value(|speech| {
            let speech = speech.as_ref();
            speech.is_some_and(|speech| speech.speaks(&asked.language))
        });
        let has_reading = |used| {
            self.readings
                .with_untracked(|readings| readings.contains_key(&used))
        };
        let has_text = |used| asked.text(used).is_some();
        reading_aloud::plan(ticked, has_text, |used| speaks || has_reading(used))
    }

    fn begin(self, plan: Plan) {
        self.outcome.set(None);
        let (reading, next) = Reading::begin(plan);
        self.reading.set_value(reading);
        self.take(next);
    }

    fn go_on(self, was_heard: bool) {
        let next = self.reading.try_update_value(|reading| reading.go_on(was_heard));
        // None: the form is gone.
        if let Some(next) = next {
            self.take(next);
        }
    }

    fn take(self, next: Next) {
        match next {
            Next::Read(used) => {
                self.now.set(Some(used));
                if !self.say(used) {
                    self.go_on(false);
                }
            }
            Next::Whole => {
                self.stop();
                self.on_heard.run(());
            }
            Next::Partly => {
                self.stop();
                self.outcome.set(Some(Outcome::Partly));
            }
            Next::Failed => {
                self.stop();
                self.outcome.set(Some(Outcome::Failed));
            }
        }
    }

    /// Lets a text sound; returns whether something does.
    fn say(self, used: Use) -> bool {
        let on_end = move |was_heard| self.go_on(was_heard);
        let address = self
            .readings
            .with_untracked(|readings| readings.get(&used).cloned());
        if let Some(address) = address {
            return self.sound.with_value(|sound| {
                let sound = sound.as_ref();
                sound.is_some_and(|sound| {
                    sound.play(&address, on_end);
                    true
                })
            });
        }
        let (text, language) = self
            .asked
            .with_untracked(|asked| (asked.text(used).map(str::to_owned), asked.language.clone()));
        self.speech.with_value(|speech| match (speech, text) {
            (Some(speech), Some(text)) => speech.say(&text, &language, on_end),
            (Some(_) | None, _) => false,
        })
    }

    fn stop(self) {
        self.speech
            .try_with_value(|speech| speech.as_ref().map(Speech::stop));
        self.sound.try_with_value(|sound| sound.as_ref().map(Sound::stop));
        self.now.try_set(None);
    }
}
