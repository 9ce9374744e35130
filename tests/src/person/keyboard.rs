//! Without a mouse: Tab, arrows, Enter, and what has the focus.

use super::{Person, Role, words};
use anyhow::bail;
use thirtyfour::prelude::*;

/// Stops after which something counts as out of reach.
const STOPS_MAX: usize = 150;

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
        let mut stops = Vec::new();
        for _ in 0..STOPS_MAX {
            let focus = self.focus().await?;
            if focus.name == name {
                return Ok(());
            }
            stops.push(focus.name);
            self.hits(Key::Tab).await?;
        }
        stops.dedup();
        bail!(
            "{} cannot reach {role} “{name}” by Tab; stops: {stops:?}",
            self.name
        )
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
