//! All that passes between the page and the core worker.
//!
//! Both come from one build, so the encoding needs no version: it is never stored and never leaves the browser.

use serde::{Deserialize, Serialize};
use shared::command::{Command, CommandError, Event, Reply};
use shared::view::Rescued;

/// Counts the requests of one page; an answer carries the id of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// What the page sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UiToCore {
    /// Asks for exactly one answer.
    Ask {
        /// Chosen by the page.
        id: RequestId,
        /// What is asked.
        request: Request,
    },
    /// Are you there? Answered at once, also while a request waits for disk or relay (C5).
    Ping,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// First of all, and whenever this tab comes to the front: takes the device over from another tab (S14).
    /// Answered when the core can be used.
    Hello,
    /// Anything about stories and members.
    Command(Command),
    /// What can be read of a store on which no machine runs (C4). Nothing is changed.
    Rescue,
    /// Bytes of a photo or a part of a recording, by its number in [`Rescued`].
    RescuedMedia(u32),
    /// Makes a store of it on which a machine runs again.
    Rebuild,
}

impl Request {
    /// Whether the page asks this by itself at each start of the core: an answer to it does not prove that the
    /// core can be worked with (C5).
    pub fn is_asked_at_start(&self) -> bool {
        matches!(
            self,
            Self::Hello
                | Self::Command(
                    Command::Overview
                        | Command::Members
                        | Command::Device
                        | Command::NewStory
                        | Command::OpenStory { .. }
                )
        )
    }
}

/// What the core sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CoreToUi {
    /// First of all: the program is there and listens.
    Loaded,
    /// Answers one request.
    Answer {
        /// Of the request.
        id: RequestId,
        /// What is answered.
        answer: Answer,
    },
    /// Tells what changed by itself.
    Event(Event),
    /// Another tab has taken the device over: what this page shows may be out of date from now on (S14).
    TakenOver,
    /// Answers [`UiToCore::Ping`].
    Pong,
    /// The last words of a core that panicked (C5).
    Panicked {
        /// Message and place in the code.
        message: String,
    },
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Request::Hello`].
    Hello {
        /// Version of the app.
        version: String,
        /// The machine was started for this, and the last one died of an entry that it applied.
        died_applying: bool,
    },
    /// To [`Request::Command`].
    Command(Result<Reply, CommandError>),
    /// To [`Request::Rescue`].
    Rescued(Rescued),
    /// To [`Request::RescuedMedia`]; nothing if the bytes are not all there.
    RescuedMedia(Option<Vec<u8>>),
    /// To [`Request::Rebuild`]: whether it was done.
    Rebuilt(bool),
    /// To anything while another tab has the device: nothing was done. To what was not answered when it took the
    /// device: that may have been done, as the store still gets what was handed to it.
    TakenOver,
    /// To anything while the database cannot be used (C4); nothing was done and nothing changed.
    Unusable(Unusable),
}

/// Why the database cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unusable {
    /// The browser gives none: private mode, or storage switched off.
    Refused,
    /// The device has no room for it.
    Full,
    /// A newer version of the app has changed it: reload.
    Newer,
    /// What is stored does not open.
    Unreadable,
}

/// Encodes a message.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "plain owned values always have an encoding")]
    postcard::to_allocvec(message).expect("a message has an encoding")
}

/// Decodes a message, or returns `None` for bytes that are none.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests;
