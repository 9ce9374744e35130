//! A member without a browser: the core and model of the app behind a real WebSocket, with its store in memory.
//!
//! ```text
//!  Member ──commands──► shell: Client ◄──► DeviceDisk
//!    ▲                     │  ▲
//!    └──── Seen ◄──events──┘  └──frames──► socket ──► ws://…/relay
//! ```
//!
//! It takes part over the real protocol, so it makes load, examples and tests that need no screen. What a person
//! would look at is in [`Seen`]; what she waits for comes within [`PATIENCE`] or counts as never.

mod seen;
mod shell;
mod socket;

pub use seen::{Seen, Traffic};

use crate::wait::PATIENCE;
use anyhow::{Context, anyhow, bail, ensure};
use shared::command::{Command, CommandError, Reply};
use shared::testing::device::DeviceDisk;
use shared::view::{
    Field, Given, MediaEdit, MemberRow, NewConsent, NewInvitation, Party, Preview, Role, Standing, StoryView,
    Use, Whereabouts,
};
use shell::Ask;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// A member and her device.
#[derive(Debug)]
pub struct Member {
    asks: mpsc::UnboundedSender<Ask>,
    seen: watch::Receiver<Seen>,
    shell: JoinHandle<DeviceDisk>,
}

impl Member {
    /// Starts a device on what an earlier one left, for the relay at `url` (`http://…`, without a path).
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn start(url: &str, disk: DeviceDisk) -> anyhow::Result<Self> {
        let (asks, asked) = mpsc::unbounded_channel();
        let (tell, seen) = watch::channel(Seen::default());
        let shell = shell::open(url, disk, tell)?;
        Ok(Self {
            asks,
            seen,
            shell: tokio::spawn(shell.run(asked)),
        })
    }

    /// Starts a device that belongs to no network.
    ///
    /// # Errors
    /// Never for an empty disk.
    pub fn alone(url: &str) -> anyhow::Result<Self> {
        Self::start(url, DeviceDisk::default())
    }

    /// Founds a network with the code that the relay printed.
    ///
    /// # Errors
    /// When the relay refuses, or does not answer.
    pub async fn found(url: &str, code: &str, network: &str, name: &str) -> anyhow::Result<Self> {
        let member = Self::alone(url)?;
        let found = Command::Found {
            network: network.to_owned(),
            name: name.to_owned(),
            code: code.to_owned(),
        };
        member.does(found).await?;
        member.is_online().await?;
        Ok(member)
    }

    /// Joins with an invitation's code; somebody has to approve.
    ///
    /// # Errors
    /// When the relay refuses, or does not answer.
    pub async fn join(url: &str, code: &str, name: &str) -> anyhow::Result<Self> {
        let member = Self::alone(url)?;
        member.joins(code, name).await?;
        Ok(member)
    }

    /// Joins with the device as it is, and the stories on it.
    ///
    /// # Errors
    /// When the relay refuses, or does not answer.
    pub async fn joins(&self, code: &str, name: &str) -> anyhow::Result<()> {
        self.does(Command::Lookup {
            code: code.to_owned(),
        })
        .await?;
        self.does(Command::Join {
            name: name.to_owned(),
        })
        .await?;
        Ok(())
    }

    /// Makes an invitation for an hour; who joins with it is approved by hand.
    ///
    /// # Errors
    /// When she may not, or there is no connection.
    pub async fn invite(&self, role: Role) -> anyhow::Result<NewInvitation> {
        self.invite_for(role, 60).await
    }

    /// The same, for so many minutes.
    ///
    /// # Errors
    /// When she may not, or there is no connection.
    pub async fn invite_for(&self, role: Role, minutes: u32) -> anyhow::Result<NewInvitation> {
        let invite = Command::Invite {
            role,
            minutes,
            automatic: false,
        };
        let Reply::Invited(invitation) = self.does(invite).await? else {
            bail!("an invitation was asked");
        };
        Ok(invitation)
    }

    /// Waits for somebody of this name to join, compares the six digits and approves her.
    ///
    /// # Errors
    /// When nobody comes, her digits are others, or it is refused.
    pub async fn approve(&self, name: &str, digits: &str) -> anyhow::Result<()> {
        let row = self
            .finds_member("somebody waits for approval", |row| {
                row.name.as_deref() == Some(name) && row.waiting_device.is_some()
            })
            .await?;
        if row.digits.as_deref() != Some(digits) {
            bail!("{name} shows {digits}, the relay says {:?}", row.digits);
        }
        let device = row.waiting_device.context("she waits no more")?;
        self.does(Command::Approve { device }).await?;
        Ok(())
    }

    /// Waits for a line of "Leden" and returns it.
    ///
    /// # Errors
    /// When there is none within [`PATIENCE`].
    pub async fn finds_member(
        &self,
        what: &str,
        is_wanted: impl Fn(&MemberRow) -> bool,
    ) -> anyhow::Result<MemberRow> {
        tokio::time::timeout(PATIENCE, self.member_comes(is_wanted))
            .await
            .with_context(|| format!("not within {} s: {what}", PATIENCE.as_secs()))?
    }

    /// Waits for a line of "Leden" however long it takes, and returns it.
    ///
    /// # Errors
    /// When the device stopped.
    pub async fn member_comes(&self, is_wanted: impl Fn(&MemberRow) -> bool) -> anyhow::Result<MemberRow> {
        let mut changes = self.seen.clone();
        loop {
            let known = changes.borrow_and_update().n_member_changes;
            if let Reply::Members { members, .. } = self.does(Command::Members).await?
                && let Some(row) = members.into_iter().find(&is_wanted)
            {
                return Ok(row);
            }
            changes.wait_for(|seen| seen.n_member_changes > known).await?;
        }
    }

    /// The six digits that she shows while she waits for approval.
    ///
    /// # Errors
    /// When she does not wait.
    pub async fn digits(&self) -> anyhow::Result<String> {
        let waits = |seen: &Seen| matches!(seen.standing, Some(Standing::Waiting { .. }));
        let seen = self.until("it waits for approval", waits).await?;
        match seen.standing {
            Some(Standing::Waiting { digits, .. }) => Ok(digits),
            other => bail!("it stands as {other:?}"),
        }
    }

    /// Writes a story and leaves the page; returns its id.
    ///
    /// # Errors
    /// When a field is refused or not stored.
    pub async fn write_story(&self, fields: &[(Field, &str)]) -> anyhow::Result<String> {
        let Reply::Story(story) = self.does(Command::NewStory).await? else {
            bail!("a new story was asked");
        };
        let id = story.row.id;
        self.edit(&id, fields).await?;
        Ok(id)
    }

    /// Types into fields of a story and leaves the page.
    ///
    /// # Errors
    /// When a field is refused or not stored.
    pub async fn edit(&self, story: &str, fields: &[(Field, &str)]) -> anyhow::Result<()> {
        for (field, value) in fields {
            self.does(Command::Edit {
                id: story.to_owned(),
                field: *field,
                value: (*value).to_owned(),
                seen: String::new(),
            })
            .await?;
        }
        self.does(Command::CloseStory { id: story.to_owned() }).await?;
        Ok(())
    }

    /// Opens a story, looks at it and closes it.
    ///
    /// # Errors
    /// When there is no such story.
    pub async fn reads(&self, story: &str) -> anyhow::Result<StoryView> {
        let id = story.to_owned();
        let Reply::Story(view) = self.does(Command::OpenStory { id: id.clone() }).await? else {
            bail!("a story was asked");
        };
        self.does(Command::CloseStory { id }).await?;
        Ok(*view)
    }

    /// Records that the teller read the text and consents.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn consent(&self, story: &str, uses: &[Use]) -> anyhow::Result<()> {
        let consent = NewConsent {
            party: Party::Teller,
            whom: String::new(),
            uses: uses.to_vec(),
            given: Given::Read,
            text_version: 1,
            language: "nl".to_owned(),
            until: None,
        };
        self.does(Command::AddConsent {
            id: story.to_owned(),
            consent,
            wording: self.reads(story).await?.wording,
        })
        .await?;
        Ok(())
    }

    /// Adds a photo to a story; returns its id.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn photographs(&self, story: &str, jpeg: &[u8], thumbnail: &[u8]) -> anyhow::Result<String> {
        let add = Command::AddPhoto {
            id: story.to_owned(),
            jpeg: jpeg.to_vec(),
            thumbnail: thumbnail.to_vec(),
            width: 1600,
            height: 1200,
        };
        let Reply::Added(photo) = self.does(add).await? else {
            bail!("a photo was added");
        };
        Ok(photo)
    }

    /// Writes about a photo or a recording.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn tells_of(&self, story: &str, media: &str, edit: MediaEdit) -> anyhow::Result<()> {
        self.does(Command::EditMedia {
            id: story.to_owned(),
            media: media.to_owned(),
            edit,
            seen: String::new(),
        })
        .await?;
        Ok(())
    }

    /// Hands a story in.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn submit(&self, story: &str) -> anyhow::Result<()> {
        self.does(Command::Submit { id: story.to_owned() }).await?;
        Ok(())
    }

    /// Approves a story.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn approve_story(&self, story: &str) -> anyhow::Result<()> {
        self.does(Command::ApproveStory { id: story.to_owned() }).await?;
        Ok(())
    }

    /// Looks at exactly what would be published.
    ///
    /// # Errors
    /// When it cannot be published as it is.
    pub async fn preview(&self, story: &str) -> anyhow::Result<Preview> {
        let id = story.to_owned();
        // What is fetched for it tells of itself only while the story is open.
        self.does(Command::OpenStory { id: id.clone() }).await?;
        let mut changes = self.seen.clone();
        let looks = async {
            loop {
                changes.mark_unchanged();
                let reply = self.does(Command::Preview { id: id.clone() }).await?;
                if let Reply::Preview(preview) = reply {
                    return Ok(*preview);
                }
                ensure!(reply == Reply::MediaComing, "a preview was asked: {reply:?}");
                changes.changed().await?;
            }
        };
        let preview = tokio::time::timeout(PATIENCE, looks).await;
        self.does(Command::CloseStory { id: story.to_owned() }).await?;
        preview.with_context(|| format!("no preview within {} s", PATIENCE.as_secs()))?
    }

    /// Publishes what was previewed; without a connection it is queued.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn publish(&self, story: &str, digest: &str) -> anyhow::Result<Reply> {
        self.does(Command::Publish {
            id: story.to_owned(),
            digest: digest.to_owned(),
        })
        .await
    }

    /// Takes a story from the website; without a connection it is queued.
    ///
    /// # Errors
    /// When it is refused or not stored.
    pub async fn withdraw(&self, story: &str, reason: &str) -> anyhow::Result<Reply> {
        self.does(Command::Withdraw {
            id: story.to_owned(),
            reason: reason.to_owned(),
        })
        .await
    }

    /// Gives a command and returns its answer, good or bad.
    ///
    /// # Errors
    /// When there is no answer within [`PATIENCE`].
    pub async fn ask(&self, command: Command) -> anyhow::Result<Result<Reply, CommandError>> {
        let what = command.name();
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Command(Box::new(command), answer);
        self.asks.send(ask).context("the device stopped")?;
        tokio::time::timeout(PATIENCE, answered)
            .await
            .with_context(|| format!("no answer within {} s: {what}", PATIENCE.as_secs()))?
            .context("the device stopped")
    }

    /// Gives a command that must be carried out.
    ///
    /// # Errors
    /// When it is refused, or not answered within [`PATIENCE`].
    pub async fn does(&self, command: Command) -> anyhow::Result<Reply> {
        let what = command.name();
        self.ask(command)
            .await?
            .map_err(|error| anyhow!("{what}: {error:?}"))
    }

    /// Waits until what she sees is as wanted, and returns it.
    ///
    /// # Errors
    /// When it is not within [`PATIENCE`], with what she sees instead.
    pub async fn until(&self, what: &str, is_wanted: impl Fn(&Seen) -> bool) -> anyhow::Result<Seen> {
        let mut seen = self.seen.clone();
        let wait = tokio::time::timeout(PATIENCE, seen.wait_for(|seen| is_wanted(seen)));
        match wait.await {
            Ok(found) => Ok(found.context("the device stopped")?.clone()),
            Err(_) => bail!("not within {} s: {what}; {:#?}", PATIENCE.as_secs(), self.sees()),
        }
    }

    /// Waits for an authenticated connection.
    ///
    /// # Errors
    /// When there is none within [`PATIENCE`].
    pub async fn is_online(&self) -> anyhow::Result<()> {
        self.until("it is online", |seen| seen.link.online).await?;
        Ok(())
    }

    /// Waits until a story is listed and "Veilig bewaard".
    ///
    /// # Errors
    /// When it is not within [`PATIENCE`].
    pub async fn sees_safe(&self, story: &str) -> anyhow::Result<()> {
        self.until("the story is safe", |seen| {
            seen.rows
                .get(story)
                .is_some_and(|row| row.whereabouts == Whereabouts::Safe)
        })
        .await?;
        Ok(())
    }

    /// What she sees now.
    pub fn sees(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Loses the connection; none opens until [`Member::comes_back`].
    ///
    /// # Errors
    /// When the device stopped, or does not notice.
    pub async fn goes_offline(&self) -> anyhow::Result<()> {
        self.asks.send(Ask::Offline).context("the device stopped")?;
        self.until("it is offline", |seen| !seen.link.online).await?;
        Ok(())
    }

    /// Has a connection again.
    ///
    /// # Errors
    /// When the device stopped, or the relay does not let it in.
    pub async fn comes_back(&self) -> anyhow::Result<()> {
        self.asks.send(Ask::Online).context("the device stopped")?;
        self.does(Command::TryNow).await?;
        self.is_online().await
    }

    /// Ends the device and returns its disk.
    ///
    /// # Errors
    /// When it broke down before.
    pub async fn stop(self) -> anyhow::Result<DeviceDisk> {
        drop(self.asks);
        self.shell.await.context("the device broke down")
    }
}
