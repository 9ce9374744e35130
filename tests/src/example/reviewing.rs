//! What a coordinator does at her desk: ask back, decide, publish, take back.

use super::{Example, Written};
use crate::member::Member;
use crate::wait::wait_for;
use anyhow::Context;
use shared::command::Command;
use shared::view::{About, StoryState};

/// Reads every story that was handed in, and brings it to the state that it is to have.
pub(super) async fn review(example: &Example) -> anyhow::Result<()> {
    let coordinator = &example.coordinator;
    for written in &example.stories {
        decide(coordinator, written)
            .await
            .with_context(|| written.story.title().to_owned())?;
    }
    // Publishing takes a round trip: all are on their way before the first is waited for.
    for state in [StoryState::Online, StoryState::Withdrawn] {
        for written in example.in_state(state) {
            is_in(coordinator, written, StoryState::Online).await?;
        }
    }
    for written in example.in_state(StoryState::Withdrawn) {
        coordinator.withdraw(&written.id, &written.story.reason).await?;
        is_in(coordinator, written, StoryState::Withdrawn).await?;
    }
    Ok(())
}

async fn decide(coordinator: &Member, written: &Written) -> anyhow::Result<()> {
    let Written { id, story } = written;
    match story.state {
        StoryState::Draft => coordinator.sees_safe(id).await,
        StoryState::Submitted => is_in(coordinator, written, StoryState::Submitted).await,
        StoryState::AskedBack => {
            is_in(coordinator, written, StoryState::Submitted).await?;
            for question in &story.questions {
                let ask = Command::AskBack {
                    id: id.clone(),
                    question: question.text.clone(),
                    about: question.field.map(About::Field),
                };
                coordinator.does(ask).await?;
            }
            Ok(())
        }
        StoryState::NotPublished => {
            is_in(coordinator, written, StoryState::Submitted).await?;
            let refuse = Command::NotPublish {
                id: id.clone(),
                unfit: story.unfit,
                reason: story.reason.clone(),
            };
            coordinator.does(refuse).await?;
            Ok(())
        }
        StoryState::Approved => {
            is_in(coordinator, written, StoryState::Submitted).await?;
            coordinator.approve_story(id).await
        }
        StoryState::Online | StoryState::Withdrawn => publish(coordinator, written).await,
    }
}

async fn publish(coordinator: &Member, written: &Written) -> anyhow::Result<()> {
    let Written { id, story } = written;
    is_in(coordinator, written, StoryState::Submitted).await?;
    // The teller's name is in a contact of its own: without it the story would go online without her name.
    if let Some(teller) = &story.teller {
        wait_for("the teller is known", async || {
            Ok((coordinator.reads(id).await?.teller == *teller).then_some(()))
        })
        .await?;
    }
    coordinator.approve_story(id).await?;
    let preview = coordinator.preview(id).await?;
    coordinator.publish(id, &preview.digest).await?;
    Ok(())
}

async fn is_in(coordinator: &Member, written: &Written, state: StoryState) -> anyhow::Result<()> {
    let what = format!("“{}” is {state:?}", written.story.title());
    coordinator
        .until(&what, |seen| {
            seen.rows.get(&written.id).is_some_and(|row| row.state == state)
        })
        .await?;
    Ok(())
}
