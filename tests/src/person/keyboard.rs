//! Without a mouse: Tab, arrows, Enter, and what has the focus.

use super::{Person, Role, shown, words};
use anyhow::{bail, ensure};
use thirtyfour::prelude::*;

/// Stops after which something counts as out of reach.
const STOPS_MAX: usize = 150;
/// Options after which a select counts as too long to go through.
const OPTIONS_MAX: usize = 20;

/// What has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// Role as the browser computes it.
    pub role: String,
    /// Name as the browser computes it.
    pub name: String,
}

impl Person<'_> {
    /// Presses a key, such as [`Key::Enter`], wherever the focus is.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn hits(&self, key: Key) -> anyhow::Result<()> {
        Ok(self
            .driver()
            .await?
            .action_chain()
            .key_down(key.clone())
            .key_up(key)
            .perform()
            .await?)
    }

    /// Types wherever the focus is.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn types_here(&self, text: &str) -> anyhow::Result<()> {
        Ok(self
            .driver()
            .await?
            .action_chain()
            .send_keys(text)
            .perform()
            .await?)
    }

    /// What has the focus.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn focus(&self) -> anyhow::Result<Focus> {
        let element = self.driver().await?.active_element().await?;
        let ask = async |what| super::find::computed(&element, what).await;
        Ok(Focus {
            role: ask("role").await?,
            name: words(&ask("label").await?),
        })
    }

    /// Goes on with Tab until something of this role and name has the focus.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn tabs_to(&self, role: Role, name: &str) -> anyhow::Result<()> {
        self.sees(role, name).await?;
        self.tabs_until(&format!("{role} “{name}”"), |focused| focused == name)
            .await
    }

    async fn tabs_until(&self, what: &str, is_there: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        self.moves_until(what, is_there, async || self.hits(Key::Tab).await)
            .await
    }

    async fn moves_until(
        &self,
        what: &str,
        is_there: impl Fn(&str) -> bool,
        next: impl AsyncFn() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut stops = Vec::new();
        for _ in 0..STOPS_MAX {
            let focus = self.focus().await?;
            if is_there(&focus.name) {
                return Ok(());
            }
            stops.push(focus.name);
            next().await?;
        }
        stops.dedup();
        bail!("{} cannot reach {what} by Tab; stops: {stops:?}", self.name)
    }

    /// Goes to a field by Tab and replaces what stands in it.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn writes_in(&self, field: &str, text: &str) -> anyhow::Result<()> {
        self.tabs_to(Role::Textbox, field).await?;
        let keys = self.driver().await?.action_chain();
        keys.key_down(Key::Control)
            .send_keys("a")
            .key_up(Key::Control)
            .perform()
            .await?;
        self.hits(Key::Delete).await?;
        self.types_here(text).await
    }

    /// Goes to a box by Tab and ticks it with the space bar.
    ///
    /// # Errors
    /// When it cannot be reached or is not ticked then.
    pub async fn ticks_by_key(&self, name: &str) -> anyhow::Result<()> {
        self.tabs_to(Role::Checkbox, name).await?;
        self.hits(Key::Space).await?;
        let element = self.driver().await?.active_element().await?;
        ensure!(element.is_selected().await?, "“{name}” is not ticked");
        Ok(())
    }

    /// Goes to a radio group by Tab and to one of its choices by arrows.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn picks_by_key(&self, group: &str, choice: &str) -> anyhow::Result<()> {
        self.sees(Role::RadioGroup, group).await?;
        let choices = self.choices_of(group).await?;
        self.tabs_until(&format!("a choice of “{group}”"), |name| {
            choices.iter().any(|choice| choice == name)
        })
        .await?;
        for _ in 0..=choices.len() {
            let element = self.driver().await?.active_element().await?;
            if self.focus().await?.name == choice {
                // The first is reached by Tab alone, which does not choose it.
                if !element.is_selected().await? {
                    self.hits(Key::Space).await?;
                }
                ensure!(element.is_selected().await?, "“{choice}” is not chosen");
                return Ok(());
            }
            self.hits(Key::Down).await?;
        }
        bail!("“{choice}” is not within reach of the arrows in “{group}”: {choices:?}")
    }

    async fn choices_of(&self, group: &str) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for group in self.all(Role::RadioGroup, Some(group)).await? {
            for choice in self.all_within(Some(&group), Role::Radio, None).await? {
                names.push(words(&super::find::computed(&choice, "label").await?));
            }
        }
        Ok(names)
    }

    /// Goes to a select by Tab and to one of its options by arrows.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn chooses_by_key(&self, select: &str, option: &str) -> anyhow::Result<()> {
        self.tabs_to(Role::Combobox, select).await?;
        let chosen =
            "const select = document.activeElement; return select.options[select.selectedIndex]?.text ?? ''";
        for key in [Key::Down, Key::Up] {
            for _ in 0..OPTIONS_MAX {
                let text = self.runs(chosen).await?;
                if text.as_str().map(words).as_deref() == Some(option) {
                    return Ok(());
                }
                self.hits(key.clone()).await?;
            }
        }
        bail!("“{option}” is not within reach of the arrows in “{select}”")
    }

    /// Types in a field that proposes something, goes to a proposal by arrows and takes it with Enter.
    ///
    /// # Errors
    /// When it proposes nothing of the kind.
    pub async fn looks_up_by_key(&self, field: &str, typed: &str, proposal: &str) -> anyhow::Result<()> {
        self.writes_in(field, typed).await?;
        self.waits(
            &format!("is proposed “{proposal}” for “{typed}”"),
            async || {
                for option in self.all(Role::Option, None).await? {
                    if words(&shown(&option).await?).contains(proposal)
                        && option.attr("aria-selected").await?.as_deref() == Some("true")
                    {
                        return Ok(Some(()));
                    }
                }
                self.hits(Key::Down).await?;
                Ok(None)
            },
        )
        .await?;
        self.hits(Key::Enter).await
    }

    /// Goes somewhere by the navigation; what waits there may stand behind the name.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn enters_menu(&self, name: &str) -> anyhow::Result<()> {
        // Back, as the menu comes before all that she does: forward, Firefox' own bars would have the focus between
        // the end of the page and its beginning, and its driver does not notice when it comes back.
        let back = async || {
            let keys = self.driver().await?.action_chain();
            let keys = keys.key_down(Key::Shift).key_down(Key::Tab);
            Ok(keys.key_up(Key::Tab).key_up(Key::Shift).perform().await?)
        };
        self.moves_until(
            &format!("“{name}” of the menu"),
            |focused| focused.starts_with(name),
            back,
        )
        .await?;
        self.hits(Key::Enter).await
    }

    /// Goes to the link of a list's item by Tab and presses Enter.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn enters_item(&self, list: &str, part: &str) -> anyhow::Result<()> {
        self.finds_item(list, &[part]).await?;
        self.tabs_until(&format!("“{part}” in “{list}”"), |name| {
            name.contains(part)
        })
        .await?;
        self.hits(Key::Enter).await
    }

    /// Goes to a button or link by Tab and presses Enter.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn enters(&self, role: Role, name: &str) -> anyhow::Result<()> {
        self.tabs_to(role, name).await?;
        self.hits(Key::Enter).await
    }
}
