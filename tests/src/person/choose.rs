//! Choosing: selects, boxes to tick, one of several, what a field proposes, yes or no.

use super::{Person, Role, shown, words};
use anyhow::{Context, bail, ensure};
use thirtyfour::prelude::*;

impl Person<'_> {
    /// Chooses an option of a select.
    ///
    /// # Errors
    /// When there is no such select or option.
    pub async fn chooses(&self, select: &str, option: &str) -> anyhow::Result<()> {
        let what = format!("chooses “{option}” in “{select}”");
        self.with(&what, Role::Combobox, select, async |element| {
            for candidate in element.find_all(By::Tag("option")).await? {
                if words(&shown(&candidate).await?) == option {
                    return Ok(candidate.click().await?);
                }
            }
            bail!("“{select}” has no option “{option}”")
        })
        .await
    }

    /// Ticks a checkbox or chooses a radio button, if it is not yet.
    ///
    /// # Errors
    /// When there is none or it does not take it.
    pub async fn ticks(&self, role: Role, name: &str) -> anyhow::Result<()> {
        self.with(&format!("ticks “{name}”"), role, name, async |element| {
            if !element.is_selected().await? {
                self.press(element).await?;
            }
            ensure!(element.is_selected().await?, "it stays as it was");
            Ok(())
        })
        .await
    }

    /// Chooses one of a radio group.
    ///
    /// # Errors
    /// When there is no such group or choice.
    pub async fn picks(&self, group: &str, choice: &str) -> anyhow::Result<()> {
        let what = format!("picks “{choice}” of “{group}”");
        self.with(&what, Role::RadioGroup, group, async |group| {
            let choices = self.all_within(Some(group), Role::Radio, Some(choice)).await?;
            let choice = choices.first().context("no such choice")?;
            if !choice.is_selected().await? {
                self.press(choice).await?;
            }
            ensure!(choice.is_selected().await?, "it stays as it was");
            Ok(())
        })
        .await
    }

    /// Types in a field that proposes something, and takes the first proposal with these words in it.
    ///
    /// # Errors
    /// When it proposes nothing of the kind.
    pub async fn looks_up(&self, field: &str, typed: &str, proposal: &str) -> anyhow::Result<()> {
        self.fills(field, typed).await?;
        self.waits(
            &format!("is proposed “{proposal}” for “{typed}”"),
            async || {
                for option in self.all(Role::Option, None).await? {
                    if words(&shown(&option).await?).contains(proposal) {
                        return Ok(Some(self.press(&option).await?));
                    }
                }
                Ok(None)
            },
        )
        .await
    }

    /// Says yes to what a dialog asks, and sees it go.
    ///
    /// # Errors
    /// When no dialog asks so.
    pub async fn says_yes(&self, verb: &str) -> anyhow::Result<()> {
        self.sees_a(Role::Dialog).await?;
        let yes = format!("Ja, {verb}");
        self.presses(&yes).await?;
        self.sees_no(Role::Button, &yes).await
    }
}
