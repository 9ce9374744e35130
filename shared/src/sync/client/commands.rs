//! What the ui asks.

use super::errand::Errand;
use super::jobs::{Change, Job};
use super::media::NewPhoto;
use super::media::sound::SoundStep;
use super::network::Place;
use super::records::Request;
use super::texts::TextChange;
use super::{Client, CommandId};
use crate::command::{Command, CommandError, Reply};
use crate::crypto::{FoundingCode, InviteSeed, SignPublic};
use crate::id::{ChangeHash, DeviceId, DocumentId, EntryId, MemberId, RowId};
use crate::membership::{MEMBER_NAME_CHARS_MAX, NETWORK_NAME_CHARS_MAX};
use rand_core::CryptoRng;

impl Client {
    pub(super) fn on_command(&mut self, id: CommandId, command: Command, rng: &mut impl CryptoRng) {
        // `None`: answered later.
        let reply = match self.run(id, command, rng) {
            Ok(None) => return,
            Ok(Some(reply)) => Ok(reply),
            Err(error) => Err(error),
        };
        self.out.reply(id, reply);
    }

    fn run(
        &mut self,
        id: CommandId,
        command: Command,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<Reply>, CommandError> {
        match command {
            Command::Overview => Ok(Some(self.overview())),
            Command::Found { network, name, code } => self.found(id, &network, &name, &code),
            Command::Lookup { code } => self.lookup(id, &code),
            Command::Join { name } => self.join(id, &name),
            Command::Invite {
                role,
                minutes,
                automatic,
            } => self.later(Request::Invite {
                command: id,
                seed: InviteSeed::generate(rng),
                role: role.into(),
                minutes,
                automatic,
            }),
            Command::InvitationClosed => {
                self.records.on_screen = None;
                Ok(Some(Reply::Done))
            }
            Command::Revoke { invitation } => {
                let key = EntryId::from_hex(&invitation).ok_or(CommandError::Unknown)?;
                self.later(Request::Revoke {
                    command: id,
                    key: SignPublic(key.0),
                })
            }
            Command::Approve { device } => self.later(Request::Approve {
                command: Some(id),
                device: DeviceId(device),
            }),
            Command::SetRole { member, role } => self.later(Request::SetRole {
                command: id,
                member: MemberId(member),
                role: role.into(),
            }),
            Command::Members => Ok(Some(self.members())),
            Command::NewStory => self.new_story(rng).map(Some),
            Command::OpenStory { id: story } => {
                let story = self.known_story(&story)?;
                self.jobs.push(Job::Open { command: id, story });
                Ok(None)
            }
            Command::CloseStory { id: story } => {
                let story = document(&story)?;
                self.documents.open.remove(&story);
                self.flush(story);
                Ok(Some(Reply::Done))
            }
            Command::Flush { id: story } => {
                self.flush(document(&story)?);
                Ok(Some(Reply::Done))
            }
            Command::Edit {
                id: story,
                field,
                value,
                seen,
            } => {
                let story = document(&story)?;
                self.edit(id, story, field, value, changes(&seen)?, rng)
                    .map(|()| None)
            }
            Command::EditTeller {
                id: story,
                field,
                value,
            } => {
                let story = document(&story)?;
                self.edit_teller(id, story, field, value, rng).map(|()| None)
            }
            Command::AddConsent {
                id: story,
                consent,
                wording,
            } => self.change_later(id, &story, Change::AddConsent { consent, wording }),
            Command::WithdrawConsent {
                id: story,
                consent,
                uses,
            } => self.change_later(id, &story, Change::WithdrawConsent { consent, uses }),
            Command::TellerAgrees {
                id: story,
                given,
                wording,
            } => self.change_later(id, &story, Change::TellerAgrees { given, wording }),
            Command::Submit { id: story } => self.change_later(id, &story, Change::Submit),
            Command::DeleteStory { id: story } => self.change_later(id, &story, Change::Delete),
            Command::EraseStory { id: story } => self.change_later(id, &story, Change::Erase),
            Command::LostRead => {
                self.jobs.push(Job::ReadLost { command: id });
                Ok(None)
            }
            Command::RestoreStory { id: story } => self.change_later(id, &story, Change::Restore),
            Command::ApproveStory { id: story } => self.change_later(id, &story, Change::Approve),
            Command::AskBack {
                id: story,
                question,
                about,
            } => self.change_later(id, &story, Change::AskBack { question, about }),
            Command::NotPublish {
                id: story,
                unfit,
                reason,
            } => self.change_later(id, &story, Change::NotPublish { unfit, reason }),
            Command::Choose {
                id: story,
                field,
                version,
            } => self.change_later(id, &story, Change::Choose { field, version }),
            Command::Publish { id: story, digest } => {
                self.change_later(id, &story, Change::Publish { digest })
            }
            Command::Withdraw { id: story, reason } => {
                self.change_later(id, &story, Change::Withdraw { reason })
            }
            Command::Preview { id: story } => {
                let story = self.known_story(&story)?;
                self.jobs.push(Job::Preview { command: id, story });
                Ok(None)
            }
            Command::AddPhoto {
                id: story,
                jpeg,
                thumbnail,
                width,
                height,
            } => {
                let photo = NewPhoto {
                    jpeg,
                    thumbnail,
                    width,
                    height,
                };
                self.change_later(id, &story, Change::AddPhoto(photo))
            }
            Command::StartRecording {
                id: story,
                media_type,
                recording,
            } => {
                let recording = recording.as_deref().map(row).transpose()?;
                let step = SoundStep::Start {
                    media_type,
                    recording,
                };
                self.record_later(id, &story, step)
            }
            Command::AppendSound {
                id: story,
                recording,
                bytes,
                duration_ms,
            } => {
                let recording = row(&recording)?;
                let step = SoundStep::Append {
                    recording,
                    bytes,
                    duration_ms,
                };
                self.record_later(id, &story, step)
            }
            Command::FinishRecording {
                id: story,
                recording,
                duration_ms,
            } => {
                let recording = row(&recording)?;
                let step = SoundStep::Finish {
                    recording,
                    duration_ms,
                };
                self.record_later(id, &story, step)
            }
            Command::EditMedia {
                id: story,
                media,
                edit,
                seen,
            } => {
                let story = document(&story)?;
                self.edit_media(id, story, row(&media)?, &edit, changes(&seen)?, rng)
                    .map(|()| None)
            }
            Command::ChooseMedia {
                id: story,
                media,
                field,
                version,
            } => {
                let media = row(&media)?;
                let change = Change::ChooseMedia {
                    media,
                    field,
                    version,
                };
                self.change_later(id, &story, change)
            }
            Command::RemoveMedia { id: story, media } => {
                self.change_later(id, &story, Change::RemoveMedia(row(&media)?))
            }
            Command::LoadMedia {
                id: story,
                media,
                which,
            } => {
                let story = self.known_story(&story)?;
                self.load_media(id, story, row(&media)?, which)
            }
            Command::ConsentTexts => {
                self.jobs.push(Job::Texts { command: id });
                Ok(None)
            }
            Command::SaveConsentText {
                language,
                sentences,
                follows,
            } => {
                let follows = follows.iter().map(|id| row(id)).collect::<Result<_, _>>()?;
                let change = TextChange::Save { sentences, follows };
                Ok(self.change_texts_later(id, language, change))
            }
            Command::AddReading {
                language,
                used,
                text,
                media_type,
                bytes,
                duration_ms,
            } => {
                let change = TextChange::AddReading {
                    used,
                    text,
                    media_type,
                    bytes,
                    duration_ms,
                };
                Ok(self.change_texts_later(id, language, change))
            }
            Command::RemoveReading { language, reading } => {
                let change = TextChange::RemoveReading(row(&reading)?);
                Ok(self.change_texts_later(id, language, change))
            }
            Command::Device => Ok(Some(Reply::Device(self.device_view()))),
            Command::TryNow => {
                self.try_now();
                Ok(Some(Reply::Done))
            }
        }
    }

    fn found(
        &mut self,
        command: CommandId,
        network: &str,
        name: &str,
        code: &str,
    ) -> Result<Option<Reply>, CommandError> {
        self.check_outside()?;
        let network = checked_name(network, NETWORK_NAME_CHARS_MAX)?;
        let name = checked_name(name, MEMBER_NAME_CHARS_MAX)?;
        let code = FoundingCode::parse(code).ok_or(CommandError::WrongFoundingCode)?;
        self.begin_errand(Errand::Found {
            command,
            network,
            name,
            code: code.to_code(),
        });
        Ok(None)
    }

    fn lookup(&mut self, command: CommandId, code: &str) -> Result<Option<Reply>, CommandError> {
        self.check_outside()?;
        let seed = InviteSeed::parse(code).map_err(|_| CommandError::InvitationGarbled)?;
        self.begin_errand(Errand::Lookup { command, seed });
        Ok(None)
    }

    fn join(&mut self, command: CommandId, name: &str) -> Result<Option<Reply>, CommandError> {
        self.check_outside()?;
        let name = checked_name(name, MEMBER_NAME_CHARS_MAX)?;
        if !self.errands.has_offer() && !matches!(self.place, Place::Candidate(_)) {
            return Err(CommandError::InvitationUnknown);
        }
        self.begin_errand(Errand::Join { command, name });
        Ok(None)
    }

    /// One network per profile: what refused this device is none.
    fn check_outside(&self) -> Result<(), CommandError> {
        match self.place {
            Place::Alone | Place::Candidate(_) => Ok(()),
            Place::Inside(_) if self.may_start_over() => Ok(()),
            Place::Inside(_) => Err(CommandError::AlreadyMember),
        }
    }

    fn later(&mut self, request: Request) -> Result<Option<Reply>, CommandError> {
        self.request(request).map(|()| None)
    }

    fn change_later(
        &mut self,
        command: CommandId,
        story: &str,
        change: Change,
    ) -> Result<Option<Reply>, CommandError> {
        let story = self.known_story(story)?;
        self.jobs.push(Job::Change {
            command,
            story,
            change,
        });
        Ok(None)
    }

    fn change_texts_later(
        &mut self,
        command: CommandId,
        language: String,
        change: TextChange,
    ) -> Option<Reply> {
        self.jobs.push(Job::ChangeTexts {
            command,
            language,
            change,
        });
        None
    }

    fn record_later(
        &mut self,
        command: CommandId,
        story: &str,
        step: SoundStep,
    ) -> Result<Option<Reply>, CommandError> {
        let story = self.known_story(story)?;
        self.jobs.push(Job::Record { command, story, step });
        Ok(None)
    }

    fn known_story(&self, story: &str) -> Result<DocumentId, CommandError> {
        let story = document(story)?;
        let is_known = self.documents.head(story).is_some()
            || self.documents.loaded(story).is_some()
            || self.drafts.holds(story)
            || self.media.sounds.has(story);
        is_known.then_some(story).ok_or(CommandError::UnknownStory)
    }
}

fn document(id: &str) -> Result<DocumentId, CommandError> {
    DocumentId::from_hex(id).ok_or(CommandError::UnknownStory)
}

/// What [`Client::story_view`] told of the changes that it shows.
fn changes(seen: &str) -> Result<Vec<ChangeHash>, CommandError> {
    let mut changes = Vec::new();
    for change in seen.split_whitespace() {
        changes.push(ChangeHash::from_hex(change).ok_or(CommandError::Unknown)?);
    }
    Ok(changes)
}

/// Id of a photo or a recording.
fn row(id: &str) -> Result<RowId, CommandError> {
    RowId::from_hex(id).ok_or(CommandError::Unknown)
}

fn checked_name(name: &str, chars_max: usize) -> Result<String, CommandError> {
    let name = name.trim();
    if name.is_empty() {
        Err(CommandError::NameMissing)
    } else if name.chars().count() > chars_max {
        Err(CommandError::TooLong {
            limit: u32::try_from(chars_max).unwrap_or(u32::MAX),
        })
    } else {
        Ok(name.to_owned())
    }
}
