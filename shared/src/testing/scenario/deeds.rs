//! What people do, and what happens to them.

use super::Cast;
use crate::command::{Command, Reply};
use crate::testing::people;
use crate::testing::picture::jpeg_of;
use crate::view::{
    ConsentView, Field, Given, MediaEdit, NewConsent, Party, Role, StoryState, TellerField, Use, Whereabouts,
};
use rand_core::Rng;
use std::collections::BTreeSet;

/// A municipality of the register.
const MUNICIPALITY: &str = "44021";

/// Most photos and recordings of a run: sealing them takes its time.
const MEDIA_MAX: usize = 6;

/// Fields that people type in.
const TYPED: [Field; 4] = [Field::Title, Field::Happened, Field::Who, Field::Summary];

impl Cast {
    /// Starts a story and types its title.
    pub(super) fn write_new(&mut self, tab: usize) {
        let Ok(Reply::Story(view)) = self.world.ask(tab, Command::NewStory) else {
            return;
        };
        let id = view.row.id.clone();
        let title = format!("Verhaal {}", self.ledger.stories.len());
        self.ledger.stories.push(id.clone());
        self.edit(tab, id, Field::Title, title);
    }

    /// Types into a field; the answer is noted when it comes. Her screen may have stood still since the story was opened.
    fn edit(&mut self, tab: usize, id: String, field: Field, value: String) {
        let shown = self.world.tabs.get(tab).and_then(|tab| tab.seen.get(&id));
        let seen = shown.and_then(|shown| match shown.len() % 3 {
            0 => None,
            1 => shown.first(),
            _ => shown.last(),
        });
        let seen = seen.cloned().unwrap_or_default();
        let edit = Command::Edit {
            id: id.clone(),
            field,
            value: value.clone(),
            seen,
        };
        if let Some(command) = self.world.command(tab, edit) {
            self.ledger.typed(&self.world, tab, command, id, field, value);
        }
    }

    /// Somebody does something.
    pub(super) fn work(&mut self) {
        let tab = self.any_tab();
        if self.ledger.stories.is_empty() || self.world.chance(150) {
            return self.write_new(tab);
        }
        let n_stories = self.ledger.stories.len() as u64;
        let story = usize::try_from(self.world.below(n_stories)).unwrap_or_default();
        let Some(id) = self.ledger.stories.get(story).cloned() else {
            return;
        };
        if self.world.chance(120) {
            return self.throw_away(tab, id);
        }
        let n_deeds = if self.has_media { 17 } else { 13 };
        match self.world.below(n_deeds) {
            0..4 => {
                let field = usize::try_from(self.world.below(4)).unwrap_or_default();
                let field = TYPED.get(field).copied().unwrap_or(Field::Title);
                let value = self.ledger.marker();
                self.edit(tab, id.clone(), field, value);
                if self.world.chance(500) {
                    self.world.command(tab, Command::CloseStory { id });
                }
            }
            4..7 => {
                let whom = self.ledger.marker();
                let consent = consent(&whom, Use::Network);
                let add = Command::AddConsent {
                    id: id.clone(),
                    consent,
                    wording: String::new(),
                };
                if let Some(command) = self.world.command(tab, add) {
                    self.ledger.consented(&self.world, tab, command, id, whom);
                }
            }
            7 => {
                let edit = Command::EditTeller {
                    id,
                    field: TellerField::Name,
                    value: self.ledger.marker(),
                };
                self.world.command(tab, edit);
            }
            8 => drop(self.world.command(tab, Command::OpenStory { id })),
            9 => self.change_role(),
            10 => self.publish(tab, id),
            11 => self.withdraw(tab, id),
            12 => self.join_late(),
            13 | 14 => self.photograph(tab, id),
            15 => self.record(tab, id),
            _ => self.describe_or_remove(tab),
        }
    }

    /// Puts a draft into the trash, takes it out again, or erases it.
    fn throw_away(&mut self, tab: usize, id: String) {
        let row = self.world.tabs.get(tab).and_then(|tab| tab.rows.get(&id));
        let Some(row) = row.filter(|row| row.mine && row.state == StoryState::Draft) else {
            return;
        };
        let is_deleted = row.is_deleted;
        let id_of = || id.clone();
        if !is_deleted {
            // Whatever becomes of it: a relay's clock that jumps ends its thirty days.
            self.ledger.thrown(&id);
            self.world.command(tab, Command::DeleteStory { id: id_of() });
        } else if self.world.chance(300) {
            self.world.command(tab, Command::RestoreStory { id: id_of() });
        } else if let Some(command) = self.world.command(tab, Command::EraseStory { id: id_of() }) {
            self.ledger.erasing(&self.world, tab, command, id);
        }
    }

    /// Adds a photo, now and then one of several parts.
    fn photograph(&mut self, tab: usize, id: String) {
        if self.ledger.n_media() >= MEDIA_MAX {
            return;
        }
        let len = if self.world.chance(200) {
            self.world.below(150_000)
        } else {
            self.world.below(3_000)
        };
        let jpeg = self.picture(len);
        // Now and then one that no website shows.
        let jpeg = if self.world.chance(800) {
            jpeg_of(1600, 1200, &jpeg)
        } else {
            jpeg
        };
        let thumbnail = self.picture(200);
        let add = Command::AddPhoto {
            id: id.clone(),
            jpeg: jpeg.clone(),
            thumbnail,
            width: 1600,
            height: 1200,
        };
        if let Some(command) = self.world.command(tab, add) {
            self.ledger.photographed(&self.world, tab, command, id, jpeg);
        }
    }

    /// Records something; now and then nobody stops the recording.
    fn record(&mut self, tab: usize, id: String) {
        if self.ledger.n_media() >= MEDIA_MAX {
            return;
        }
        let start = Command::StartRecording {
            id: id.clone(),
            media_type: "audio/webm".to_owned(),
            recording: None,
        };
        let Ok(Reply::Added(recording)) = self.world.ask(tab, start) else {
            return;
        };
        let len = self.world.below(100_000);
        let bytes = self.picture(len);
        let append = Command::AppendSound {
            id: id.clone(),
            recording: recording.clone(),
            bytes: bytes.clone(),
            duration_ms: 1,
        };
        if let Some(command) = self.world.command(tab, append) {
            let heard = (recording.clone(), bytes);
            self.ledger.recorded(&self.world, tab, command, id.clone(), heard);
        }
        if self.world.chance(500) {
            let finish = Command::FinishRecording {
                id,
                recording,
                duration_ms: 2,
            };
            self.world.command(tab, finish);
        }
    }

    /// Writes about a photo, or takes it out.
    fn describe_or_remove(&mut self, tab: usize) {
        let n_photos = self.ledger.photos().count() as u64;
        let photo = usize::try_from(self.world.below(n_photos)).unwrap_or_default();
        let Some((id, media)) = self.ledger.photos().nth(photo) else {
            return;
        };
        let (id, media) = (id.clone(), media.clone());
        if self.world.chance(500) {
            self.ledger.removed(&id, &media);
            self.world.command(tab, Command::RemoveMedia { id, media });
        } else {
            let description = MediaEdit::Description(self.ledger.marker());
            for edit in [description, MediaEdit::Recognisable(Some(false))] {
                let (id, media) = (id.clone(), media.clone());
                self.world.command(
                    tab,
                    Command::EditMedia {
                        id,
                        media,
                        edit,
                        seen: String::new(),
                    },
                );
            }
        }
    }

    /// A picture, as far as anybody looks: no other has its bytes.
    fn picture(&mut self, len: u64) -> Vec<u8> {
        let mut bytes = vec![0; 3 + usize::try_from(len).unwrap_or_default()];
        self.world.rng.fill_bytes(&mut bytes);
        bytes
            .iter_mut()
            .zip([0xff, 0xd8, 0xff])
            .for_each(|(to, byte)| *to = byte);
        bytes
    }

    /// Photos and recordings of a device that it calls safe.
    pub(super) fn safe_media(&mut self, tab: usize) -> BTreeSet<(String, String)> {
        let mut safe = BTreeSet::new();
        for id in self.ledger.stories.clone() {
            let Ok(Reply::Story(view)) = self.world.ask(tab, Command::OpenStory { id: id.clone() }) else {
                continue;
            };
            let photos = view.photos.iter().map(|photo| (&photo.id, photo.whereabouts));
            let sounds = view.recordings.iter().map(|sound| (&sound.id, sound.whereabouts));
            let is_safe = photos
                .chain(sounds)
                .filter(|(_, at)| *at == Some(Whereabouts::Safe));
            safe.extend(is_safe.map(|(media, _)| (id.clone(), media.clone())));
        }
        safe
    }

    fn any_tab(&mut self) -> usize {
        let n_tabs = self.world.tabs.len() as u64;
        usize::try_from(self.world.below(n_tabs)).unwrap_or_default()
    }

    /// Does all that a story needs to be published, as far as it is allowed.
    fn publish(&mut self, tab: usize, id: String) {
        self.edit(tab, id.clone(), Field::Municipality, MUNICIPALITY.to_owned());
        let text = self.ledger.marker();
        self.edit(tab, id.clone(), Field::Happened, text);
        let Ok(Reply::Story(view)) = self.world.ask(tab, Command::OpenStory { id: id.clone() }) else {
            return;
        };
        // For the teller herself: nobody else decides about the website.
        let consent = consent("", Use::Website);
        let add = Command::AddConsent {
            id: id.clone(),
            consent,
            wording: view.wording,
        };
        self.world.command(tab, add);
        self.world.command(tab, Command::ApproveStory { id: id.clone() });
        let Ok(Reply::Preview(preview)) = self.world.ask(tab, Command::Preview { id: id.clone() }) else {
            return;
        };
        let publish = Command::Publish {
            id: id.clone(),
            digest: preview.digest,
        };
        if let Some(command) = self.world.command(tab, publish) {
            self.ledger.ordered(&self.world, tab, command, id, true);
        }
    }

    /// A story is taken from the website, a consent to it is taken back, or somebody decides that it stays inside.
    fn withdraw(&mut self, tab: usize, id: String) {
        if self.world.chance(400) {
            return self.take_back(tab, id);
        }
        if self.world.chance(250) {
            let refuse = Command::NotPublish {
                id,
                unfit: None,
                reason: String::new(),
            };
            self.world.command(tab, refuse);
            return;
        }
        let withdraw = Command::Withdraw {
            id: id.clone(),
            reason: String::new(),
        };
        if let Some(command) = self.world.command(tab, withdraw) {
            self.ledger.ordered(&self.world, tab, command, id, false);
        }
    }

    /// Somebody takes her consent to the website back, if she gave one.
    fn take_back(&mut self, tab: usize, id: String) {
        let Ok(Reply::Story(view)) = self.world.ask(tab, Command::OpenStory { id: id.clone() }) else {
            return;
        };
        let allows =
            |row: &&ConsentView| row.consent.uses.contains(&Use::Website) && row.withdrawn.is_empty();
        if let Some(row) = view.consents.iter().find(allows) {
            let consent = row.id.clone();
            let uses = vec![Use::Website];
            self.world
                .command(tab, Command::WithdrawConsent { id, consent, uses });
        }
    }

    /// A member loses a role, or gets it, or gets it back.
    fn change_role(&mut self) {
        let n_others = self.members.len() as u64 - 1;
        let other = 1 + usize::try_from(self.world.below(n_others)).unwrap_or_default();
        let Some(member) = self.members.get(other).and_then(|member| member.ordinal) else {
            return;
        };
        let role = if self.world.chance(500) {
            Role::Volunteer
        } else {
            Role::Coordinator
        };
        let admin = self.admin();
        // The answer may be lost: what the role is shows in the end.
        self.world.command(admin, Command::SetRole { member, role });
        self.ledger.role(member, Role::Coordinator);
    }

    /// Who has no invitation yet tries to get in.
    fn join_late(&mut self) {
        let Some(tab) = self.members.iter().find(|member| member.ordinal.is_none()) else {
            return;
        };
        let (tab, admin) = (tab.tab, self.admin());
        if let Ok(invitation) = people::invite(&mut self.world, admin, Role::Volunteer) {
            // Whatever becomes of it: she tries again, or is brought in when everything works.
            drop(people::join(&mut self.world, tab, &invitation));
        }
    }

    /// Something goes wrong.
    pub(super) fn misfortune(&mut self) {
        let tab = self.any_tab();
        match self.world.below(10) {
            0 | 1 => self.world.open(tab),
            2 | 3 => {
                let down_ms = self.world.below(10_000);
                self.world.crash_relay(down_ms);
            }
            4 => {
                let until = self.world.now + self.world.below(60_000);
                if let Some(tab) = self.world.tabs.get_mut(tab) {
                    tab.partitioned_until = until;
                }
            }
            5 => self.world.cut_tab(tab),
            6 => {
                let ahead_ms = self.years();
                self.world.set_clock(tab, ahead_ms);
            }
            7 => {
                let ahead_ms = self.years();
                self.world.set_relay_clock(ahead_ms);
            }
            8 => self.world.store.is_full = !self.world.store.is_full,
            _ => {
                let disk = self.world.tabs.get(tab).map_or(0, |tab| tab.disk);
                let is_full = self.world.disks.get(disk).is_some_and(|disk| disk.is_full);
                self.world.fill_disk(disk, !is_full);
            }
        }
    }

    /// What a wrong clock is ahead or behind, up to two years, in milliseconds.
    fn years(&mut self) -> i64 {
        let two_years = 2 * 365 * 24 * 3_600_000;
        let ahead_ms = i64::try_from(self.world.below(2 * two_years)).unwrap_or_default();
        ahead_ms.saturating_sub_unsigned(two_years)
    }
}

fn consent(marker: &str, allows: Use) -> NewConsent {
    NewConsent {
        party: Party::Teller,
        whom: marker.to_owned(),
        uses: vec![allows],
        given: Given::Read,
        text_version: 1,
        language: "nl".to_owned(),
        until: None,
    }
}
