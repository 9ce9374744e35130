//! What the values of the core are called on the screen.

use crate::messages::Unusable;
use crate::pictures::PictureError;
use crate::recording::{Interruption, Kept, NoMicrophone};
use crate::sign::Sign;
use crate::ui::core_worker::Failure;
use crate::ui::take::{LeftRecording, Trouble as RecordingTrouble};
use shared::command::CommandError;
use shared::places::{self, Province};
use shared::view::{
    About, Field, Given, Intent, LeftOut, MediaField, Missing, PhotoNeed, Role, Sending, SoundNeed,
    StoryState, Trouble, Unfit, Use, Whereabouts, WhyHidden,
};
use texts::Locale;

/// Says why there is no reply, and what to do.
pub fn failure(texts: Locale, failure: &Failure) -> String {
    match failure {
        Failure::Refused(error) => command_error(texts, error),
        Failure::Died => texts.failure_died().into(),
        Failure::TakenOver => texts.failure_taken_over().into(),
        Failure::Unusable(_) => texts.failure_unusable().into(),
    }
}

/// Says why the core did not carry a command out.
pub fn command_error(texts: Locale, error: &CommandError) -> String {
    match error {
        CommandError::Offline => texts.failure_offline().into(),
        CommandError::WrongFoundingCode => texts.failure_wrong_founding_code().into(),
        CommandError::AlreadyFounded => texts.failure_already_founded().into(),
        CommandError::InvitationGarbled => texts.failure_invitation_garbled().into(),
        CommandError::InvitationUnknown => texts.failure_invitation_unknown().into(),
        CommandError::InvitationUsed => texts.failure_invitation_used().into(),
        CommandError::InvitationRevoked => texts.failure_invitation_revoked().into(),
        CommandError::InvitationExpired => texts.failure_invitation_expired().into(),
        CommandError::InvitationForged => texts.failure_invitation_forged().into(),
        CommandError::AlreadyMember => texts.failure_already_member().into(),
        CommandError::NotAllowed => texts.failure_not_allowed().into(),
        CommandError::UnknownStory => texts.failure_unknown_story().into(),
        CommandError::Unknown => texts.failure_unknown().into(),
        CommandError::TooLong { limit } => texts.failure_too_long(u64::from(*limit)),
        CommandError::MediaTooLarge { .. } => texts.failure_media_too_large().into(),
        CommandError::TooMany { limit } => texts.failure_too_many(u64::from(*limit)),
        CommandError::NotMedia => texts.failure_not_media().into(),
        CommandError::NotRecording => texts.failure_not_recording().into(),
        CommandError::NameMissing => texts.failure_name_missing().into(),
        CommandError::Missing(what) => {
            let why: Vec<_> = what.iter().map(|what| missing(texts, *what)).collect();
            texts.failure_missing(&why.join(" "))
        }
        CommandError::PreviewChanged => texts.failure_preview_changed().into(),
        CommandError::TextChanged => texts.failure_text_changed().into(),
        CommandError::StoryFull => texts.failure_story_full().into(),
        CommandError::TooNew => texts.failure_too_new().into(),
        CommandError::Refused => texts.failure_refused().into(),
        CommandError::SlowDown => texts.failure_slow_down().into(),
        CommandError::DeviceFull => texts.failure_device_full().into(),
        CommandError::DeviceFailed => texts.failure_device_failed().into(),
    }
}

/// Says a lasting refusal.
pub fn trouble(texts: Locale, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::RelayUnable => texts.trouble_relay_unable(),
        Trouble::OverQuota => texts.trouble_over_quota(),
        Trouble::TooLarge => texts.trouble_too_large(),
        Trouble::UnknownCheckpoint => texts.trouble_unknown_checkpoint(),
        Trouble::DeviceFull => texts.trouble_device_full(),
        Trouble::DeviceFailed => texts.trouble_device_failed(),
    }
}

/// Says why the database cannot be used.
pub fn unusable(texts: Locale, why: Unusable) -> &'static str {
    match why {
        Unusable::Refused => texts.core_unusable_refused(),
        Unusable::Full => texts.core_unusable_full(),
        Unusable::Newer => texts.core_unusable_newer(),
        Unusable::Unreadable => texts.core_unusable_unreadable(),
    }
}

/// Says where everything is.
pub fn sign(texts: Locale, sign: Sign) -> String {
    match sign {
        Sign::Nothing => String::new(),
        Sign::Safe => texts.sign_safe().into(),
        Sign::Unsent { stories } => texts.sign_unsent(stories.into()),
        Sign::Late { days, stories } => {
            texts.sign_late(&days.to_string(), &texts.sign_late_stories(stories.into()))
        }
        Sign::Offline => texts.sign_offline().into(),
        Sign::Backfill { stories } => texts.sign_backfill(stories.into()),
        Sign::ReadOnly => texts.sign_read_only().into(),
    }
}

/// Names a province.
pub fn province(texts: Locale, province: Province) -> &'static str {
    match province {
        Province::Antwerp => texts.province_antwerp(),
        Province::Limburg => texts.province_limburg(),
        Province::EastFlanders => texts.province_east_flanders(),
        Province::FlemishBrabant => texts.province_flemish_brabant(),
        Province::WestFlanders => texts.province_west_flanders(),
        Province::Brussels => texts.province_brussels(),
    }
}

/// Names a role.
pub fn role(texts: Locale, role: Role) -> &'static str {
    match role {
        Role::Volunteer => texts.role_volunteer(),
        Role::Coordinator => texts.role_coordinator(),
        Role::Admin => texts.role_admin(),
        Role::Observer => texts.role_observer(),
    }
}

/// What somebody with this role does, in a sentence.
pub fn role_more(texts: Locale, role: Role) -> &'static str {
    match role {
        Role::Volunteer => texts.role_more_volunteer(),
        Role::Coordinator => texts.role_more_coordinator(),
        Role::Admin => texts.role_more_admin(),
        Role::Observer => texts.role_more_observer(),
    }
}

/// Says where a story is (C2).
pub fn whereabouts(texts: Locale, whereabouts: Whereabouts) -> &'static str {
    match whereabouts {
        Whereabouts::Unstored => texts.where_unstored(),
        Whereabouts::Device => texts.where_device(),
        Whereabouts::Sending => texts.where_sending(),
        Whereabouts::Safe => texts.where_safe(),
    }
}

/// Says what is to be done with a story as soon as there is a connection.
pub fn intent(texts: Locale, intent: Intent) -> &'static str {
    match intent {
        Intent::Publish => texts.review_intent_publish(),
        Intent::Withdraw => texts.review_intent_withdraw(),
        Intent::Erase => texts.trash_erasing(),
        Intent::PreviewAgain => texts.review_intent_preview_again(),
    }
}

/// Names the state of a story.
pub fn state(texts: Locale, state: StoryState) -> &'static str {
    match state {
        StoryState::Draft => texts.state_draft(),
        StoryState::Submitted => texts.state_submitted(),
        StoryState::AskedBack => texts.state_asked_back(),
        StoryState::Approved => texts.state_approved(),
        StoryState::Online => texts.state_online(),
        StoryState::NotPublished => texts.state_not_published(),
        StoryState::Withdrawn => texts.state_withdrawn(),
    }
}

/// Says why a story is not to be published.
pub fn unfit(texts: Locale, unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Double => texts.unfit_double(),
        Unfit::Unsuited => texts.unfit_unsuited(),
        Unfit::Internal => texts.unfit_internal(),
        Unfit::Test => texts.unfit_test(),
    }
}

/// Says what a story still lacks, as a sentence.
pub fn missing(texts: Locale, missing: Missing) -> &'static str {
    match missing {
        Missing::Title => texts.missing_title(),
        Missing::Text => texts.missing_text(),
        Missing::Municipality => texts.missing_municipality(),
        Missing::WebsiteConsent => texts.missing_website_consent(),
        Missing::WebsiteExpired => texts.missing_website_expired(),
        Missing::WebsiteWithdrawn => texts.missing_website_withdrawn(),
        Missing::GuardianConsent => texts.missing_guardian_consent(),
        Missing::NameConsent => texts.missing_name_consent(),
        Missing::Conflict => texts.missing_conflict(),
        Missing::Approval => texts.missing_approval(),
        Missing::ChangedSinceApproval => texts.missing_changed_since_approval(),
        Missing::ChangedSinceConsent => texts.missing_changed_since_consent(),
        Missing::SummaryTooLong => texts.missing_summary_too_long(),
        Missing::TextTooLong => texts.missing_text_too_long(),
        Missing::NameTooLong => texts.missing_name_too_long(),
    }
}

/// Names a use that a consent allows.
pub fn use_of(texts: Locale, use_of: Use) -> &'static str {
    match use_of {
        Use::Network => texts.use_network(),
        Use::Website => texts.use_website(),
        Use::Photo => texts.use_photo(),
        Use::Name => texts.use_name(),
        Use::Voice => texts.use_voice(),
        Use::Print => texts.use_print(),
        Use::Press => texts.use_press(),
    }
}

/// What is read to the teller (`permission::TEXT_VERSION`).
pub fn consent_text(texts: Locale, used: Use) -> &'static str {
    match used {
        Use::Network => texts.consent_text_network(),
        Use::Website => texts.consent_text_website(),
        Use::Photo => texts.consent_text_photo(),
        Use::Name => texts.consent_text_name(),
        Use::Voice => texts.consent_text_voice(),
        Use::Print => texts.consent_text_print(),
        Use::Press => texts.consent_text_press(),
    }
}

/// Says how a consent was given.
pub fn given_how(texts: Locale, given: Given) -> &'static str {
    match given {
        Given::Read => texts.review_given_read(),
        Given::ReadAloud => texts.review_given_read_aloud(),
        Given::Spoken => texts.review_given_spoken(),
        Given::Paper => texts.review_given_paper(),
    }
}

/// Says how a consent was given, as a choice.
pub fn given(texts: Locale, given: Given) -> &'static str {
    match given {
        Given::Read => texts.given_read(),
        Given::ReadAloud => texts.given_read_aloud(),
        Given::Spoken => texts.given_spoken(),
        Given::Paper => texts.given_paper(),
    }
}

/// What a question is about.
pub fn about(texts: Locale, about: About) -> &'static str {
    match about {
        About::Field(field) => self::field(texts, field),
        About::Consent => texts.about_consent(),
        About::Media => texts.about_media(),
    }
}

/// Names a field of a story.
pub fn field(texts: Locale, field: Field) -> &'static str {
    match field {
        Field::Title => texts.field_title(),
        Field::Happened => texts.field_happened(),
        Field::Who => texts.field_who(),
        Field::Cause => texts.field_cause(),
        Field::Changed => texts.field_changed(),
        Field::Tips => texts.field_tips(),
        Field::Summary => texts.field_summary(),
        Field::Language => texts.field_language(),
        Field::Kind => texts.field_kind(),
        Field::Themes => texts.field_themes(),
        Field::Audience => texts.field_audience(),
        Field::Part => texts.field_part(),
        Field::Municipality => texts.field_municipality(),
        Field::District => texts.field_district(),
        Field::ExactPlace => texts.field_exact_place(),
        Field::NameOnline => texts.field_name_online(),
        Field::OtherName => texts.field_other_name(),
        Field::Age => texts.field_age(),
    }
}

/// Names a field of a photo or a recording.
pub fn media_field(texts: Locale, field: MediaField) -> &'static str {
    match field {
        MediaField::Description => texts.media_description(),
        MediaField::Recognisable => texts.media_recognisable(),
        MediaField::Who => texts.media_who(),
        MediaField::Text => texts.media_text(),
        MediaField::Marks => texts.media_marks(),
        MediaField::WriteDownOnly => texts.media_write_down_only(),
    }
}

/// Says why a chosen file was not added: what follows "Foto 2".
pub fn picture_error(texts: Locale, number: &str, error: PictureError) -> String {
    match error {
        PictureError::Empty => texts.photo_error_empty(number),
        PictureError::NotAPhoto => texts.photo_error_not_a_photo(number),
        PictureError::TooLarge => texts.photo_error_too_large(number),
        PictureError::Unreadable => texts.photo_error_unreadable(number),
    }
}

/// Says what a photo of a story needs.
pub fn photo_need(texts: Locale, need: &PhotoNeed) -> String {
    match need {
        PhotoNeed::Description => texts.photo_need_description().into(),
        PhotoNeed::Answer => texts.photo_need_answer().into(),
        PhotoNeed::Who => texts.photo_need_who().into(),
        PhotoNeed::Consent(name, why) => match why {
            WhyHidden::Never => texts.photo_need_consent(name),
            WhyHidden::Expired => texts.photo_need_expired(name),
            WhyHidden::Withdrawn => texts.photo_need_withdrawn(name),
            WhyHidden::NoGuardian => texts.photo_need_no_guardian(name),
        },
        PhotoNeed::Guardian => texts.photo_need_guardian().into(),
        PhotoNeed::TakenBack => texts.photo_need_taken_back().into(),
        PhotoNeed::Conflict => texts.photo_need_conflict().into(),
        PhotoNeed::Bytes => texts.photo_need_bytes().into(),
        PhotoNeed::TooMuch => texts.photo_need_too_much().into(),
    }
}

/// Says what a recording needs.
pub fn sound_need(texts: Locale, need: SoundNeed) -> &'static str {
    match need {
        SoundNeed::WriteDownOnly => texts.sound_need_write_down_only(),
        SoundNeed::Text => texts.sound_need_text(),
        SoundNeed::Voice => texts.sound_need_voice(),
        SoundNeed::Guardian => texts.sound_need_guardian(),
        SoundNeed::Conflict => texts.sound_need_conflict(),
        SoundNeed::Bytes => texts.sound_need_bytes(),
        SoundNeed::TooMuch => texts.sound_need_too_much(),
    }
}

/// Says that a photo or a recording stays inside, and why.
pub fn left_out(texts: Locale, left_out: &LeftOut) -> String {
    let (name, why): (_, Vec<_>) = match left_out {
        LeftOut::Photo(number, needs) => (
            texts.photo_number(&number.to_string()),
            needs.iter().map(|need| photo_need(texts, need)).collect(),
        ),
        LeftOut::Recording(number, needs) => (
            texts.recording_number(&number.to_string()),
            needs
                .iter()
                .map(|need| sound_need(texts, *need).to_owned())
                .collect(),
        ),
    };
    texts.review_preview_left_out_item(&name, &why.join(" "))
}

/// Says which photo or sound is on its way to the website.
pub fn sending(texts: Locale, sending: Sending) -> String {
    match sending {
        Sending::Photo { number, total } => {
            texts.review_intent_sending_photo(&number.to_string(), &total.to_string())
        }
        Sending::Sound { number, total } => {
            texts.review_intent_sending_sound(&number.to_string(), &total.to_string())
        }
    }
}

/// Says why nothing is recorded, or why not all of it is stored.
pub fn recording_trouble(texts: Locale, trouble: &RecordingTrouble) -> String {
    match trouble {
        RecordingTrouble::Microphone(why) => no_microphone(texts, *why).to_owned(),
        RecordingTrouble::NotBegun(why) => failure(texts, why),
        RecordingTrouble::NotStored(why) => match why {
            Failure::Refused(CommandError::DeviceFull | CommandError::DeviceFailed)
            | Failure::Unusable(_) => texts.recorder_not_stored(&failure(texts, why)),
            Failure::Refused(_) | Failure::Died | Failure::TakenOver => {
                texts.recorder_not_added(&failure(texts, why))
            }
        },
    }
}

/// Says what became of a recording whose screen was left.
pub fn left_recording(texts: Locale, left: &LeftRecording) -> String {
    match (&left.trouble, left.kept) {
        (Some(trouble), _) => recording_trouble(texts, trouble),
        (None, Kept::All) => texts.recording_left_more().to_owned(),
        (None, Kept::Most) => texts.recorder_kept_most().to_owned(),
        (None, Kept::Nothing) => texts.recorder_nothing().to_owned(),
    }
}

/// Says what stopped a recording.
pub fn interruption(texts: Locale, why: Interruption) -> &'static str {
    match why {
        Interruption::MicrophoneGone => texts.recorder_gone(),
        Interruption::Muted => texts.recorder_muted(),
        Interruption::CoreDied => texts.recorder_died(),
        Interruption::OtherTab => texts.recorder_other_tab(),
    }
}

/// Says why the microphone cannot be used, and what to do.
pub fn no_microphone(texts: Locale, why: NoMicrophone) -> &'static str {
    match why {
        NoMicrophone::Refused => texts.recorder_refused(),
        NoMicrophone::Absent => texts.recorder_absent(),
        NoMicrophone::Busy => texts.recorder_busy(),
    }
}

/// Names the municipality with this NIS code, also of one that has merged since.
pub fn municipality(nis: &str) -> Option<&'static str> {
    Some(places::municipality(nis.parse().ok()?)?.name)
}
