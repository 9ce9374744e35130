//! The example network: people who do not exist, and sixty stories that somebody made up.
//!
//! ```text
//! server ──code──► Marlies founds, admits Joris, Amina, Stef, Greet
//!                  Amina, Stef, Greet write, record consents, hand in
//!                  Joris asks back, refuses, publishes, withdraws; edits what its author edits too
//!                  Marlies invites, and lets in whoever comes
//! ```
//!
//! They are real members over the real protocol: what is seen afterwards went the way of every story. Whoever reads
//! one, wherever she finds it, must know that it is made up: the network's name says so on every page, and each story
//! says so in its last sentence ([`Story::fields`]).

mod inviting;
mod reviewing;
mod server;
mod stories;
mod writing;

pub use inviting::keep_inviting;
pub use server::{Server, Start};
pub use stories::{Question, Second, Story, stories};

use crate::member::Member;
use anyhow::Context;
use futures_util::future::{join_all, try_join_all};
use shared::view::{Role, Standing, StoryState};

/// Name of the network: it stands on every page.
pub const NETWORK: &str = "Voorbeeldnetwerk (verzonnen verhalen)";

const ADMINISTRATOR: &str = "Marlies";
const COORDINATOR: &str = "Joris";
/// Those who write stories down, as the stories name them.
const VOLUNTEERS: [&str; 3] = ["Amina", "Stef", "Greet"];

/// The network as it stands, with the devices of its members.
#[derive(Debug)]
pub struct Example {
    /// Decides who belongs to it.
    pub administrator: Member,
    /// Read the stories again.
    pub coordinator: Member,
    /// Wrote the stories, by their names.
    pub volunteers: Vec<(&'static str, Member)>,
    /// The stories with their ids, by who wrote them.
    pub stories: Vec<Written>,
}

/// A story that is in the network.
#[derive(Clone, Debug)]
pub struct Written {
    /// Document id, hexadecimal.
    pub id: String,
    /// The story.
    pub story: Story,
}

impl Example {
    /// Founds the network and makes everything in it; returns when all of it is safe at the relay.
    ///
    /// # Errors
    /// When the relay refuses something, or does not answer.
    pub async fn make(url: &str, code: &str) -> anyhow::Result<Self> {
        let administrator = Member::found(url, code, NETWORK, ADMINISTRATOR)
            .await
            .context("found the network")?;
        let coordinator = admit(&administrator, url, COORDINATOR, Role::Coordinator).await?;
        let mut volunteers = Vec::new();
        for name in VOLUNTEERS {
            let volunteer = admit(&administrator, url, name, Role::Volunteer).await?;
            volunteers.push((name, volunteer));
        }
        let all = stories().context("read the stories")?;
        let written = volunteers
            .iter()
            .map(|(name, volunteer)| writing::write(volunteer, all.iter().filter(|story| story.by == *name)));
        let example = Self {
            stories: try_join_all(written).await?.concat(),
            administrator,
            coordinator,
            volunteers,
        };
        reviewing::review(&example).await?;
        example.differ().await?;
        example.is_safe().await?;
        Ok(example)
    }

    /// Stories in this state.
    pub fn in_state(&self, state: StoryState) -> impl Iterator<Item = &Written> {
        self.stories
            .iter()
            .filter(move |written| written.story.state == state)
    }

    /// Ends all devices.
    pub async fn stop(self) {
        let volunteers = self.volunteers.into_iter().map(|(_, volunteer)| volunteer);
        let members = volunteers.chain([self.coordinator, self.administrator]);
        // One that broke down has ended too.
        drop(join_all(members.map(Member::stop)).await);
    }

    /// Volunteer and coordinator change the same field of a story while neither has a connection: both versions stay.
    async fn differ(&self) -> anyhow::Result<()> {
        let mut cases = Vec::new();
        for written in &self.stories {
            if let Some(second) = &written.story.second {
                cases.push((written, second, self.author(&written.story)?));
            }
        }
        let mut away = vec![&self.coordinator];
        for (_, _, author) in &cases {
            if !away.iter().any(|member| std::ptr::eq(*member, *author)) {
                away.push(author);
            }
        }
        try_join_all(away.iter().map(|member| member.goes_offline())).await?;
        for (written, second, author) in &cases {
            for (member, value) in [
                (*author, &second.author),
                (&self.coordinator, &second.coordinator),
            ] {
                member.edit(&written.id, &[(second.field, value)]).await?;
            }
        }
        try_join_all(away.iter().map(|member| member.comes_back())).await?;
        for (written, _, author) in &cases {
            for member in [*author, &self.coordinator] {
                member
                    .until("there are two versions", |seen| {
                        seen.rows.get(&written.id).is_some_and(|row| row.conflict)
                    })
                    .await?;
            }
        }
        Ok(())
    }

    /// Waits until the relay has everything of everybody.
    async fn is_safe(&self) -> anyhow::Result<()> {
        for written in &self.stories {
            let author = self.author(&written.story)?;
            for member in [author, &self.coordinator, &self.administrator] {
                member.sees_safe(&written.id).await?;
            }
        }
        Ok(())
    }

    fn author(&self, story: &Story) -> anyhow::Result<&Member> {
        let author = self.volunteers.iter().find(|(name, _)| *name == story.by);
        let (_, author) = author.with_context(|| format!("{} is no volunteer", story.by))?;
        Ok(author)
    }
}

/// Invites somebody and lets her in, once the six digits are the same on both screens.
async fn admit(administrator: &Member, url: &str, name: &str, role: Role) -> anyhow::Result<Member> {
    let invitation = administrator.invite(role).await?;
    let member = Member::join(url, &invitation.code, name).await?;
    let digits = member.digits().await?;
    administrator.approve(name, &digits).await?;
    member
        .until("she is a member", |seen| {
            matches!(&seen.standing, Some(Standing::Member { .. }))
        })
        .await?;
    Ok(member)
}
