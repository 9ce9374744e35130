//! Lists, and what stands in their items.

use super::{Person, Role, shown, words};
use anyhow::ensure;
use thirtyfour::prelude::*;

impl Person<'_> {
    /// Waits until something of this role is there to be seen.
    ///
    /// # Errors
    /// When it never is.
    pub async fn sees_a(&self, role: Role) -> anyhow::Result<()> {
        self.find(&format!("sees a {role}"), role, None).await.map(drop)
    }

    /// What something reads like, once it is there.
    ///
    /// # Errors
    /// When it never is.
    pub async fn text_of(&self, role: Role, name: &str) -> anyhow::Result<String> {
        Ok(words(&self.lines_of(role, name).await?.join(" ")))
    }

    /// The same, line by line.
    ///
    /// # Errors
    /// When it never is.
    pub async fn lines_of(&self, role: Role, name: &str) -> anyhow::Result<Vec<String>> {
        let element = self
            .find(&format!("reads {role} “{name}”"), role, Some(name))
            .await?;
        let text = shown(&element).await?;
        let lines = text.lines().map(words);
        Ok(lines.filter(|line| !line.is_empty()).collect())
    }

    /// Of two versions chooses the one that reads so; whether she keeps it is asked then.
    ///
    /// # Errors
    /// When there is none.
    pub async fn keeps_version(&self, version: &str) -> anyhow::Result<()> {
        self.waits(&format!("keeps the version “{version}”"), async || {
            for region in self.all(Role::Region, Some("Twee versies")).await? {
                for item in self.all_within(Some(&region), Role::ListItem, None).await? {
                    if !words(&shown(&item).await?).contains(version) {
                        continue;
                    }
                    if let Some(keep) = self.all_within(Some(&item), Role::Button, None).await?.first() {
                        return Ok(Some(self.press(keep).await?));
                    }
                }
            }
            Ok(None)
        })
        .await
    }

    /// Items of a list as they read now; none if there is no such list.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn items(&self, list: &str) -> anyhow::Result<Vec<String>> {
        let mut items = Vec::new();
        for item in self.item_elements(list).await? {
            items.push(words(&shown(&item).await?));
        }
        Ok(items)
    }

    /// Waits until an item of a list holds all of `parts`.
    ///
    /// # Errors
    /// When none ever does.
    pub async fn finds_item(&self, list: &str, parts: &[&str]) -> anyhow::Result<()> {
        self.waits(&format!("finds {parts:?} in “{list}”"), async || {
            let items = self.items(list).await?;
            let found = items
                .iter()
                .any(|item| parts.iter().all(|part| item.contains(part)));
            ensure!(found, "there are {items:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until exactly `count` items of a list hold `part`.
    ///
    /// # Errors
    /// When there are never so many.
    pub async fn counts_items(&self, list: &str, part: &str, count: usize) -> anyhow::Result<()> {
        self.waits(
            &format!("counts {count} “{part}” in “{list}”"),
            async || {
                let items = self.items(list).await?;
                let found = items.iter().filter(|item| item.contains(part)).count();
                ensure!(found == count, "there are {items:?}");
                Ok(Some(()))
            },
        )
        .await
    }

    /// Follows the link of the item that holds `part`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn follows_item(&self, list: &str, part: &str) -> anyhow::Result<()> {
        self.acts_on_item(list, part, Role::Link, None).await
    }

    /// Presses a button of the item that holds `part`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses_in_item(&self, list: &str, part: &str, button: &str) -> anyhow::Result<()> {
        self.acts_on_item(list, part, Role::Button, Some(button)).await
    }

    async fn acts_on_item(
        &self,
        list: &str,
        part: &str,
        role: Role,
        name: Option<&str>,
    ) -> anyhow::Result<()> {
        let what = format!(
            "clicks the {role} {} of “{part}” in “{list}”",
            name.unwrap_or_default()
        );
        self.waits(&what, async || {
            for item in self.item_elements(list).await? {
                if !words(&shown(&item).await?).contains(part) {
                    continue;
                }
                if let Some(found) = self.all_within(Some(&item), role, name).await?.first() {
                    return Ok(Some(self.press(found).await?));
                }
            }
            Ok(None)
        })
        .await
    }

    pub(super) async fn item_elements(&self, list: &str) -> anyhow::Result<Vec<WebElement>> {
        match self.all(Role::List, Some(list)).await?.first() {
            Some(list) => self.all_within(Some(list), Role::ListItem, None).await,
            None => Ok(Vec::new()),
        }
    }
}
