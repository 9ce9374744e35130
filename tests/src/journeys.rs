//! The journeys: what people do with Aanzet, from the first page on.

mod aloud;
mod app;
mod asking;
mod bad_input;
mod by_keyboard;
mod field;
mod founding;
mod harness;
mod joining;
mod length;
mod markup;
mod media;
mod publishing;
mod publishing_media;
mod recording;
mod refusing;
mod rescue;
mod secrets;
mod steps;
mod store;
mod syncing;
mod tabs;
mod together;
mod trash;
mod updates;
mod writing;

use crate::browser::Engine;
use crate::stage::Stage;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// A journey that is under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

/// A journey and the engines that it is made in.
pub struct Journey {
    /// As `cargo xtask test NAME` calls it.
    pub name: &'static str,
    /// In each of these.
    pub engines: &'static [Engine],
    /// Makes it.
    pub run: for<'a> fn(&'a Stage) -> Running<'a>,
}

impl fmt::Debug for Journey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Journey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// `journey!(module::function, engines)`
macro_rules! journey {
    ($module:ident :: $name:ident, $engines:expr) => {
        Journey {
            name: stringify!($name),
            engines: $engines,
            run: |stage| Box::pin($module::$name(stage)),
        }
    };
}

/// Every journey, the quick ones first.
pub static ALL: &[Journey] = &[
    journey!(harness::the_harness_hears_complaints, Engine::ALL),
    journey!(harness::the_harness_does_what_people_do, Engine::ALL),
    journey!(store::the_store_keeps_its_rules, Engine::ALL),
    journey!(app::app_opens, Engine::ALL),
    journey!(app::app_opens_offline_from_the_second_visit, Engine::ALL),
    journey!(app::a_dead_core_is_started_again, Engine::ALL),
    journey!(app::the_app_speaks_three_languages, Engine::ALL),
    journey!(founding::a_network_is_founded_once, Engine::ALL),
    journey!(joining::somebody_joins_by_link, Engine::ALL),
    journey!(joining::somebody_joins_by_code, Engine::ALL),
    journey!(joining::somebody_joins_by_picture, Engine::MOST),
    journey!(joining::a_bad_invitation_is_refused_in_words, Engine::ALL),
    journey!(writing::a_story_is_written_offline, Engine::MOST),
    journey!(writing::a_story_written_offline_comes_back, &[Engine::Webkit]),
    journey!(writing::a_killed_browser_keeps_what_was_typed, Engine::ALL),
    journey!(writing::two_tabs_lose_nothing, Engine::ALL),
    journey!(rescue::a_damaged_device_is_rebuilt, Engine::ALL),
    journey!(tabs::a_page_put_aside_takes_no_keys, Engine::ALL),
    journey!(tabs::tabs_that_die_or_freeze_lose_nothing, Engine::ALL),
    journey!(media::photos_are_added_and_described, Engine::ALL),
    journey!(media::chosen_photos_outlive_their_screen, Engine::ALL),
    journey!(media::a_recording_survives_a_killed_browser, Engine::MOST),
    journey!(recording::two_presses_make_one, Engine::ALL),
    journey!(recording::a_refused_microphone_says_so, Engine::MOST),
    journey!(recording::an_interrupted_recording_goes_on, Engine::MOST),
    journey!(
        recording::a_device_that_fills_up_keeps_what_was_recorded,
        &[Engine::Chromium]
    ),
    journey!(field::a_day_in_the_field_comes_home, Engine::ALL),
    journey!(
        field::three_hundred_photos_come_over_a_slow_line,
        &[Engine::Chromium]
    ),
    journey!(aloud::consent_texts_are_read_aloud, Engine::ALL),
    // Firefox plays nothing, and says so, on a machine without sound.
    journey!(aloud::a_teller_is_asked_in_her_language, &[Engine::Chromium]),
    journey!(updates::a_new_build_comes_while_somebody_writes, Engine::ALL),
    journey!(updates::a_damaged_copy_of_the_app_comes_anew, Engine::ALL),
    journey!(
        updates::a_new_build_comes_in_the_middle_of_a_recording,
        Engine::ALL
    ),
    journey!(syncing::an_interrupted_sync_loses_nothing, Engine::ALL),
    journey!(secrets::nothing_readable_is_left_behind, Engine::ALL),
    journey!(together::two_versions_are_shown_and_chosen, Engine::ALL),
    journey!(together::a_volunteer_sees_only_hers, Engine::ALL),
    journey!(trash::a_draft_is_thrown_away_and_taken_out, Engine::ALL),
    journey!(
        trash::a_draft_of_one_device_is_thrown_away_and_taken_out,
        &[Engine::Webkit]
    ),
    journey!(trash::a_draft_is_erased, Engine::ALL),
    journey!(publishing::a_story_is_published, Engine::ALL),
    journey!(asking::a_story_is_asked_back, Engine::ALL),
    journey!(asking::a_story_is_not_published, Engine::ALL),
    journey!(refusing::publishing_says_why_not, Engine::ALL),
    journey!(publishing::a_withdrawn_story_stays_gone, Engine::ALL),
    journey!(publishing::public_pages_need_no_script, Engine::ALL),
    journey!(
        publishing_media::a_story_with_photos_and_sound_is_published,
        Engine::ALL
    ),
    journey!(markup::markup_stays_text, Engine::ALL),
    journey!(length::too_many_characters_are_refused_in_words, Engine::ALL),
    journey!(bad_input::a_connection_cut_at_any_byte_loses_nothing, Engine::ALL),
    journey!(bad_input::a_full_device_says_so, &[Engine::Chromium]),
    journey!(bad_input::a_full_relay_says_so, Engine::ALL),
    journey!(by_keyboard::the_keyboard_is_enough, Engine::ALL),
];
