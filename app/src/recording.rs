//! Recordings: how sound is cut, what it is recorded as, and the guide through a conversation.
//!
//! ```text
//!  Idle ──► Asking ──► Recording ──► Closing ──► Idle
//!              ▲            └──────► Closing ──► Interrupted ─┐   a part is closed, the next one may follow
//!              └──────────────────────────────────────────────┘
//! ```

use shared::command::SOUND_BYTES_MAX;
use shared::view::Mark;

/// Length of the pieces that go to the disk, in milliseconds: with the time that storing one takes, a dead phone loses
/// less than five seconds.
pub const SLICE_MS: u32 = 2_000;

/// Bits of sound a second: speech stays clear, and twenty minutes are some seven megabytes.
pub const BITS_PER_SECOND: u32 = 48_000;

/// Bytes after which a part is closed by itself, and the next one begins: well before the core refuses more.
pub const PART_BYTES_DUE: usize = SOUND_BYTES_MAX - 1024 * 1024;

/// Media types, the most wanted first: what phones play everywhere, then what every browser can record.
pub const MEDIA_TYPES: [&str; 5] = [
    "audio/mp4",
    "audio/webm;codecs=opus",
    "audio/ogg;codecs=opus",
    "audio/webm",
    "audio/ogg",
];

/// Steps of the sign that shows how loud it is.
pub const LEVELS: u8 = 5;

/// Silence after which somebody should look at the microphone, in milliseconds.
pub const QUIET_MS_MAX: u64 = 8_000;

/// How it stands with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is recorded.
    Idle,
    /// The browser asks for the microphone.
    Asking,
    /// It runs.
    Recording,
    /// It stops: the last piece is on its way to the disk.
    Closing,
    /// It was stopped by something else; the next part may follow.
    Interrupted(Interruption),
}

/// What stopped a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// The microphone is gone: unplugged, taken by a call, or its permission withdrawn.
    MicrophoneGone,
    /// Something else has muted the microphone, as a call does.
    Muted,
    /// The core died: it starts again by itself.
    CoreDied,
    /// Another tab took the device over, or the core began anew between two pieces.
    OtherTab,
}

/// Why a part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody stopped it, or left the screen.
    Stopped,
    /// Something else did.
    Interrupted(Interruption),
    /// It is as long as a part may be.
    Full,
    /// The device slept: of what was said meanwhile nothing was heard.
    Slept,
    /// What was heard could not be stored.
    NotStored,
}

/// How much is stored of what was said in a recording that was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// The last seconds may be missing.
    Most,
    /// All.
    All,
}

/// Why the microphone cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMicrophone {
    /// Its user, or the browser, does not allow it.
    Refused,
    /// There is none.
    Absent,
    /// Another app has it, or it does not work.
    Busy,
}

impl NoMicrophone {
    /// Reads the name of the browser's error.
    pub fn named(error: &str) -> Self {
        match error {
            "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => Self::Refused,
            "NotFoundError" | "OverconstrainedError" | "DevicesNotFoundError" => Self::Absent,
            _ => Self::Busy,
        }
    }
}

impl Stage {
    /// Where a part that ended leaves the recording; `None` when the next part begins by itself.
    pub fn after(ended: Ended) -> Option<Self> {
        match ended {
            Ended::Stopped | Ended::NotStored => Some(Self::Idle),
            Ended::Interrupted(why) => Some(Self::Interrupted(why)),
            Ended::Full | Ended::Slept => None,
        }
    }

    /// Whether something would be lost if the page went now.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Recording | Self::Closing => true,
            Self::Idle | Self::Asking | Self::Interrupted(_) => false,
        }
    }
}

/// How a part ended that would have ended with `ended`. `failure` is why something that was heard was not stored, or
/// why the part was not closed: then it is no part of the story yet, and nobody may call it stored.
pub fn ended<F>(ended: Ended, lost_core: Option<Interruption>, failure: Option<F>) -> (Ended, Option<F>) {
    match (lost_core, failure) {
        (Some(why), _) => (Ended::Interrupted(why), None),
        (None, Some(failure)) => (Ended::NotStored, Some(failure)),
        (None, None) => (ended, None),
    }
}

impl Kept {
    /// Of a recording that stands so, when something of `n_parts` is stored; `is_refused` if not all of it could be.
    pub fn of(stage: Stage, is_refused: bool, n_parts: u32) -> Self {
        match stage {
            Stage::Interrupted(why) => Self::after(why, n_parts),
            Stage::Idle | Stage::Asking | Stage::Recording | Stage::Closing => match (n_parts, is_refused) {
                (0, _) => Self::Nothing,
                (1.., true) => Self::Most,
                (1.., false) => Self::All,
            },
        }
    }

    /// Of a recording that `why` interrupted, when something of `n_parts` is stored.
    pub fn after(why: Interruption, n_parts: u32) -> Self {
        if n_parts == 0 {
            return Self::Nothing;
        }
        match why {
            Interruption::MicrophoneGone | Interruption::Muted => Self::All,
            // What was on its way to the core went with it.
            Interruption::CoreDied | Interruption::OtherTab => Self::Most,
        }
    }
}

/// The media type to record in, of those that `can` be recorded.
pub fn media_type(can: impl Fn(&str) -> bool) -> Option<&'static str> {
    MEDIA_TYPES.into_iter().find(|media_type| can(media_type))
}

/// How loud it is, from 0 to [`LEVELS`], of samples around 128.
pub fn level(samples: &[u8]) -> u8 {
    let peak = samples.iter().map(|sample| sample.abs_diff(128)).max();
    // Each step is twice as loud as the one before: as ears hear.
    match peak.unwrap_or(0) {
        0..=1 => 0,
        2..=5 => 1,
        6..=11 => 2,
        12..=23 => 3,
        24..=47 => 4,
        48.. => LEVELS,
    }
}

/// Time without sound after which the device counts as having slept, in milliseconds: no page works so long at once.
pub const ASLEEP_MS_MIN: u64 = 3_000;

/// Looks again and again how far the day is and how much was heard, and notices where the latter stood still.
///
/// A page that is looked at seldom, as in the background, hears all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// When it looked last, and how much had been heard, in milliseconds.
    last: Option<(u64, u64)>,
}

impl Watch {
    /// Looks; tells whether the device slept since it looked last. `heard_ms` is `None` where the browser does not tell.
    pub fn looks(&mut self, now_ms: u64, heard_ms: Option<u64>) -> bool {
        let now = heard_ms.map(|heard_ms| (now_ms, heard_ms));
        let (Some((now_ms, heard_ms)), Some((last_ms, heard_before_ms))) = (now, self.last) else {
            self.last = now;
            return false;
        };
        self.last = now;
        let passed_ms = now_ms.saturating_sub(last_ms);
        passed_ms >= ASLEEP_MS_MIN && heard_ms.saturating_sub(heard_before_ms) < passed_ms / 2
    }
}

/// A duration as a clock shows it: `0:07`, `12:40`, `1:02:03`.
pub fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// The questions that lead through a conversation, one at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    questions: Vec<String>,
    n_asked: usize,
}

impl Guide {
    /// The questions that were picked, in their order.
    pub fn new(questions: Vec<String>) -> Self {
        Self {
            questions,
            n_asked: 0,
        }
    }

    /// The question that is asked now.
    pub fn question(&self) -> Option<&str> {
        let last = self.n_asked.checked_sub(1)?;
        self.questions.get(last).map(String::as_str)
    }

    /// Number of that question, and of all.
    pub fn position(&self) -> (usize, usize) {
        (self.n_asked, self.questions.len())
    }

    /// Whether another one follows.
    pub fn has_next(&self) -> bool {
        self.n_asked < self.questions.len()
    }

    /// Goes on to the next question; gives the mark that it leaves in the recording.
    pub fn ask_next(&mut self, part: u32, at_ms: u32) -> Option<Mark> {
        let question = self.questions.get(self.n_asked)?.clone();
        self.n_asked += 1;
        Some(Mark {
            part,
            at_ms,
            question,
        })
    }

    /// A part begins. Where one of its number left nothing, its marks go, and the question that is asked now is
    /// asked from the start of this one.
    pub fn begin_part(&self, part: u32, marks: &mut Vec<Mark>) {
        let n_before = marks.len();
        marks.retain(|mark| mark.part < part);
        if marks.len() < n_before {
            marks.extend(self.question().map(|question| Mark {
                part,
                at_ms: 0,
                question: question.to_owned(),
            }));
        }
    }
}

#[cfg(test)]
mod tests;
