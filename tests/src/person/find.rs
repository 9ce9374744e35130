//! Finding by role and accessible name, as people with and without a screen do.

use super::{Person, words};
use axum::http::Method;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::prelude::*;

const FIND: &str = include_str!("find.js");

/// ARIA roles that journeys look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of ARIA")]
pub enum Role {
    Alert,
    Button,
    Checkbox,
    Combobox,
    Dialog,
    Group,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Main,
    Navigation,
    Option,
    Radio,
    RadioGroup,
    Region,
    Status,
    Textbox,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Button => "button",
            Self::Checkbox => "checkbox",
            Self::Combobox => "combobox",
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Heading => "heading",
            Self::Image => "image",
            Self::Link => "link",
            Self::List => "list",
            Self::ListItem => "listitem",
            Self::Main => "main",
            Self::Navigation => "navigation",
            Self::Option => "option",
            Self::Radio => "radio",
            Self::RadioGroup => "radiogroup",
            Self::Region => "region",
            Self::Status => "status",
            Self::Textbox => "textbox",
        }
    }

    /// Roles that take their name from what stands in them are compared by the page's text alone:
    /// browsers give them no name of their own.
    fn is_named_by_the_browser(self) -> bool {
        match self {
            Self::Alert | Self::List | Self::ListItem | Self::Main | Self::Status | Self::Option => false,
            Self::Button
            | Self::Checkbox
            | Self::Combobox
            | Self::Dialog
            | Self::Group
            | Self::Heading
            | Self::Image
            | Self::Link
            | Self::Navigation
            | Self::Radio
            | Self::RadioGroup
            | Self::Region
            | Self::Textbox => true,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Person<'_> {
    /// All visible elements of a role, with this name if one is given.
    ///
    /// # Errors
    /// When the page cannot be searched.
    pub async fn all(&self, role: Role, name: Option<&str>) -> anyhow::Result<Vec<WebElement>> {
        self.all_within(None, role, name).await
    }

    /// The same, of what stands within an element.
    ///
    /// # Errors
    /// When the page cannot be searched.
    pub async fn all_within(
        &self,
        element: Option<&WebElement>,
        role: Role,
        name: Option<&str>,
    ) -> anyhow::Result<Vec<WebElement>> {
        let inside = match element {
            Some(element) => element.to_json()?,
            None => Value::Null,
        };
        let arguments = vec![json!(role.as_str()), json!(name), inside];
        let found = self.driver().await?.execute(FIND, arguments).await?.elements()?;
        let Some(name) = name.filter(|_| role.is_named_by_the_browser()) else {
            return Ok(found);
        };
        let mut named = Vec::new();
        for element in found {
            // What a screen reader says is what counts.
            if words(&computed(&element, "label").await?) == name {
                named.push(element);
            }
        }
        Ok(named)
    }

    /// Waits for the first element of a role and name.
    pub(super) async fn find(
        &self,
        what: &str,
        role: Role,
        name: Option<&str>,
    ) -> anyhow::Result<WebElement> {
        self.waits(what, async || Ok(self.all(role, name).await?.into_iter().next()))
            .await
    }

    /// Does something with an element; if the page changes under her hands she tries again.
    pub(super) async fn with(
        &self,
        what: &str,
        role: Role,
        name: &str,
        act: impl AsyncFn(&WebElement) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.waits(what, async || {
            let Some(element) = self.all(role, Some(name)).await?.into_iter().next() else {
                return Ok(None);
            };
            act(&element).await.map(Some)
        })
        .await
    }
}

/// What the browser computes of an element: its `role` or its `label`.
pub(super) async fn computed(element: &WebElement, what: &str) -> anyhow::Result<String> {
    let command = Computed(format!("/element/{}/computed{what}", element.element_id()).into());
    let answer = element
        .handle()
        .cmd(Command::ExtensionCommand(Box::new(command)))
        .await?;
    Ok(answer.value_json()?.as_str().unwrap_or_default().to_owned())
}

#[derive(Debug)]
struct Computed(Arc<str>);

impl ExtensionCommand for Computed {
    fn parameters_json(&self) -> Option<Value> {
        None
    }

    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}
