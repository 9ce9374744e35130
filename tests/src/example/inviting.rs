//! The open door: one invitation after the other, and everybody who comes with it is let in.

use crate::member::Member;
use crate::wait::wait_for;
use shared::command::Command;
use shared::view::{MemberRow, Role};
use std::convert::Infallible;
use std::time::Duration;

/// How long an invitation can be used: as long as the relay allows.
const DAYS: u32 = 7;

/// Makes an invitation for a coordinator and says it; lets in who joins with it, and makes the next.
///
/// Elsewhere somebody compares six digits before she lets anybody in. Here there is nothing to protect: what the
/// newcomer gets to read is made up.
///
/// # Errors
/// When an invitation or an approval is refused, or the device stopped.
pub async fn keep_inviting(
    administrator: &Member,
    url: &str,
    say: impl Fn(&str),
) -> anyhow::Result<Infallible> {
    loop {
        // Somebody else's record may come in between: then it is asked again.
        let (invitation, _) = wait_for("an invitation is made", async || {
            let invitation = administrator.invite_for(Role::Coordinator, DAYS * 24 * 60);
            Ok(Some(invitation.await?))
        })
        .await?;
        let code = &invitation.code;
        say(&format!(
            "Uitnodiging voor een coördinator: {url}/app/uitnodiging#{code}"
        ));
        say(&format!("Uitnodigingscode: {code}"));
        say("Wie met deze uitnodiging meedoet, wordt hier vanzelf goedgekeurd: dit is een voorbeeld.");
        let valid = Duration::from_hours(u64::from(DAYS) * 24);
        let Ok(newcomer) = tokio::time::timeout(valid, administrator.member_comes(waits_at_the_door)).await
        else {
            continue;
        };
        let newcomer = newcomer?;
        wait_for("the newcomer is let in", async || {
            let Some(device) = newcomer.waiting_device else {
                return Ok(Some(()));
            };
            administrator.does(Command::Approve { device }).await?;
            Ok(Some(()))
        })
        .await?;
        say(&format!(
            "{} doet mee als coördinator.",
            newcomer.name.as_deref().unwrap_or("Iemand")
        ));
    }
}

/// Only an administrator invites coordinators: whoever waits as one holds an invitation that was printed here. A
/// volunteer who waits was invited by a newcomer, who lets her in herself.
fn waits_at_the_door(row: &MemberRow) -> bool {
    row.role == Role::Coordinator && row.waiting_device.is_some() && row.may_approve
}
