//! All that passes between the page and the core worker.
//!
//! Both come from one build, so the encoding needs no version: it is never stored and never leaves the browser.

use serde::{Deserialize, Serialize};

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
    /// First of all; answered when the core can be used.
    Hello,
}

/// What the core sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CoreToUi {
    /// Answers one request.
    Answer {
        /// Of the request.
        id: RequestId,
        /// What is answered.
        answer: Answer,
    },
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
    },
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
