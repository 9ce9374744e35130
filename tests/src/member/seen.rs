//! What the core told, as a screen would show it.

use shared::command::Event;
use shared::sync::client::ProtocolError;
use shared::view::{Link, Standing, StoryRow, StoryView};
use std::collections::BTreeMap;

/// What a member sees.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Where the device stands; `None` before it was told.
    pub standing: Option<Standing>,
    /// How it stands with the relay.
    pub link: Link,
    /// The list of stories.
    pub rows: BTreeMap<String, StoryRow>,
    /// The last that was told of stories on screen.
    pub stories: BTreeMap<String, StoryView>,
    /// How often members or invitations changed.
    pub n_member_changes: u64,
    /// What the relay did that it must not.
    pub broken_protocol: Vec<ProtocolError>,
    /// Another tab wrote what the machine rests on; never with one machine a disk.
    pub is_outdated: bool,
    /// What went over the socket.
    pub traffic: Traffic,
}

/// What went over the socket since the start, in messages of the protocol: WebSocket payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// How often the device spoke after it had heard something: each is a round trip that had to be waited for.
    pub n_turns: u64,
    is_listening: bool,
}

impl Traffic {
    pub(super) fn connected(&mut self) {
        self.is_listening = true;
    }

    pub(super) fn sent(&mut self, message: &[u8]) {
        self.bytes_sent += message.len() as u64;
        self.n_turns += u64::from(self.is_listening);
        self.is_listening = false;
    }

    pub(super) fn received(&mut self, message: &[u8]) {
        self.bytes_received += message.len() as u64;
        self.is_listening = true;
    }

    /// Bytes both ways.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes_sent + self.bytes_received
    }
}

impl Seen {
    pub(super) fn note(&mut self, event: Event) {
        match event {
            Event::Standing(standing) => self.standing = Some(standing),
            Event::Link(link) => self.link = link,
            Event::Rows(rows) => self
                .rows
                .extend(rows.into_iter().map(|row| (row.id.clone(), row))),
            Event::RowsGone(ids) => ids.iter().for_each(|id| drop(self.rows.remove(id))),
            Event::Story(story) => drop(self.stories.insert(story.row.id.clone(), *story)),
            Event::Members => self.n_member_changes += 1,
            Event::ConsentTexts => {}
        }
    }
}
