//! A person at a browser: what she can see and do.

mod choose;
mod complain;
mod core;
mod field;
mod find;
mod freeze;
mod heap;
mod keyboard;
mod list;
mod media;
mod moments;
mod pictures;
mod plain;
mod pressing;
mod qr;
mod tabs;
mod tree;
mod watch;

pub use complain::LOST_RELAY;
pub use find::Role;
pub use freeze::Frozen;
pub use keyboard::Focus;
pub use moments::Moment;
pub use tabs::Tab;

use self::pressing::Press;
use crate::browser::{Browser, Engine, Setting};
use crate::stage::Stage;
use crate::wait::wait_for;
use anyhow::Context;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use thirtyfour::prelude::*;

/// Most characters that are told of what somebody waits for: some texts are as long as a field takes.
const WORDS_MAX: usize = 120;
/// Most characters of a page that a failure tells.
const PAGE_CHARS_MAX: usize = 4_000;
/// After this a page that runs no script is one that never will.
const STANDSTILL: Duration = Duration::from_secs(10);

/// Somebody with a browser and a profile of her own.
#[derive(Debug)]
pub struct Person<'a> {
    /// How the notes call her.
    pub name: &'a str,
    stage: &'a Stage,
    /// Address of the relay; a path is added to it.
    url: String,
    folder: PathBuf,
    setting: Setting,
    browser: RefCell<Option<Rc<tokio::sync::Mutex<Browser>>>>,
    last_press: Cell<Option<Press>>,
}

impl<'a> Person<'a> {
    /// Starts her browser on a profile in `folder`, for pages at `url`.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn sit_down(
        stage: &'a Stage,
        name: &'a str,
        folder: PathBuf,
        url: &str,
        setting: Setting,
    ) -> anyhow::Result<Self> {
        let person = Self {
            name,
            stage,
            url: url.to_owned(),
            folder,
            setting,
            browser: RefCell::new(None),
            last_press: Cell::new(None),
        };
        person.starts_browser().await?;
        Ok(person)
    }

    /// Starts her browser again, with what its profile kept.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn starts_browser(&self) -> anyhow::Result<()> {
        let browser =
            Browser::start(self.stage.engine, &self.stage.tools, &self.folder, self.setting).await?;
        *self.browser.borrow_mut() = Some(Rc::new(tokio::sync::Mutex::new(browser)));
        Ok(())
    }

    /// Closes her browser.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn closes_browser(&self) -> anyhow::Result<()> {
        self.take_browser()?.quit().await
    }

    /// Her phone goes dark: the browser is killed at once, without a chance to store anything.
    ///
    /// # Errors
    /// When it does not run.
    pub fn loses_browser(&self) -> anyhow::Result<()> {
        self.take_browser()?.kill();
        Ok(())
    }

    /// Whether her browser died of itself, in a way that is none of the page's doing.
    ///
    /// # Errors
    /// When it does not run, or its log cannot be read.
    pub async fn lost_browser_of_itself(&self) -> anyhow::Result<bool> {
        let browser = self
            .browser
            .borrow()
            .clone()
            .context("her browser does not run")?;
        browser.lock().await.died_of_itself()
    }

    fn take_browser(&self) -> anyhow::Result<Browser> {
        let browser = self
            .browser
            .borrow_mut()
            .take()
            .context("her browser does not run")?;
        let browser = Rc::try_unwrap(browser).ok().context("her browser is in use")?;
        Ok(browser.into_inner())
    }

    pub(crate) async fn driver(&self) -> anyhow::Result<WebDriver> {
        let browser = self
            .browser
            .borrow()
            .clone()
            .context("her browser does not run")?;
        let browser = browser.lock().await;
        Ok(browser.driver()?.clone())
    }

    /// The folder of her browser's profile.
    pub fn profile(&self) -> PathBuf {
        self.folder.join("profile")
    }

    /// Opens an address of the relay, such as `/app/`.
    ///
    /// # Errors
    /// When the browser cannot load it.
    pub async fn opens(&self, path: &str) -> anyhow::Result<()> {
        let start = std::time::Instant::now();
        self.loads(path).await?;
        if self.stage.engine == Engine::Webkit && !self.page_answers().await? {
            self.note(&format!("WebKit did not begin with {path}"), start.elapsed());
            let again = tokio::time::timeout(STANDSTILL, self.loads(path)).await;
            // The process of the page may never come to itself again. With other tabs that is a failure.
            if again.is_err() && self.driver().await?.windows().await?.len() == 1 {
                self.note("begins with another WebKit", start.elapsed());
                self.loses_browser()?;
                self.starts_browser().await?;
                self.loads(path).await?;
            } else {
                again.context("WebKit stands still")??;
            }
        }
        self.note(&format!("opens {path}"), start.elapsed());
        Ok(())
    }

    async fn loads(&self, path: &str) -> anyhow::Result<()> {
        let address = format!("{}{path}", self.url);
        let loads = self.driver().await?.goto(&address).await;
        loads.with_context(|| format!("{} opens {path}", self.name))
    }

    /// Whether the page runs a script. WebKitGTK leaves one page in some hundreds lying, when much goes on beside it: its
    /// network process has the whole document, its web process stands still and asks for nothing that the page is made
    /// of, and no script of anybody is run, the driver's neither.
    async fn page_answers(&self) -> anyhow::Result<bool> {
        let driver = self.driver().await?;
        let answer = tokio::time::timeout(STANDSTILL, driver.execute("return true", Vec::new()));
        Ok(answer.await.is_ok())
    }

    /// The address bar, from the path on.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn address(&self) -> anyhow::Result<String> {
        let address = self.driver().await?.current_url().await?.to_string();
        Ok(address
            .strip_prefix(&self.url)
            .map_or(address.clone(), str::to_owned))
    }

    /// Waits until the address bar shows `path`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn comes_to(&self, path: &str) -> anyhow::Result<()> {
        self.waits(&format!("comes to {path}"), async || {
            Ok((self.address().await? == path).then_some(()))
        })
        .await
    }

    /// Waits until something of this role and name is there to be seen.
    ///
    /// # Errors
    /// When it never is.
    pub async fn sees(&self, role: Role, name: &str) -> anyhow::Result<()> {
        self.find(&format!("sees {role} “{name}”"), role, Some(name))
            .await
            .map(drop)
    }

    /// Whether something of this role and name is there now.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn is_there(&self, role: Role, name: &str) -> anyhow::Result<bool> {
        Ok(!self.all(role, Some(name)).await?.is_empty())
    }

    /// Waits until nothing of this role and name is there any more.
    ///
    /// # Errors
    /// When it never goes.
    pub async fn sees_no(&self, role: Role, name: &str) -> anyhow::Result<()> {
        let what = format!("sees no {role} “{name}”");
        self.waits(&what, async || {
            Ok((!self.is_there(role, name).await?).then_some(()))
        })
        .await
    }

    /// Waits until `text` stands on the page.
    ///
    /// # Errors
    /// When it never does.
    pub async fn reads(&self, text: &str) -> anyhow::Result<()> {
        let what = format!("reads “{text}”");
        self.waits(&what, async || {
            Ok(self.page_text().await?.contains(text).then_some(()))
        })
        .await
    }

    /// Waits until `text` stands nowhere on the page.
    ///
    /// # Errors
    /// When it never goes.
    pub async fn reads_no(&self, text: &str) -> anyhow::Result<()> {
        let what = format!("does not read “{text}”");
        self.waits(&what, async || {
            Ok((!self.page_text().await?.contains(text)).then_some(()))
        })
        .await
    }

    /// Waits until something of this role says `text` (a status, an alert).
    ///
    /// # Errors
    /// When it never does.
    pub async fn is_told(&self, role: Role, text: &str) -> anyhow::Result<()> {
        let what = format!("is told by {role}: “{text}”");
        self.waits(&what, async || {
            for element in self.all(role, None).await? {
                if words(&shown(&element).await?).contains(text) {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Waits for what something of this role says, and gives it.
    ///
    /// # Errors
    /// When there is never anything.
    pub async fn says(&self, role: Role) -> anyhow::Result<String> {
        self.waits(&format!("hears a {role}"), async || {
            for element in self.all(role, None).await? {
                let text = words(&shown(&element).await?);
                if !text.is_empty() {
                    return Ok(Some(text));
                }
            }
            Ok(None)
        })
        .await
    }

    /// All that can be read on the page, spaces and lines as one space.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn page_text(&self) -> anyhow::Result<String> {
        let text = self
            .driver()
            .await?
            .execute("return document.body.innerText", Vec::new())
            .await?;
        Ok(words(text.json().as_str().unwrap_or_default()))
    }

    /// Presses a button.
    ///
    /// # Errors
    /// When it is not there or cannot be pressed.
    pub async fn presses(&self, button: &str) -> anyhow::Result<()> {
        self.clicks(Role::Button, button).await
    }

    /// Follows a link.
    ///
    /// # Errors
    /// When it is not there or cannot be followed.
    pub async fn follows(&self, link: &str) -> anyhow::Result<()> {
        self.clicks(Role::Link, link).await
    }

    /// Goes somewhere by the navigation; what waits there may stand behind the name.
    ///
    /// # Errors
    /// When the navigation does not lead there.
    pub async fn goes_to(&self, name: &str, path: &str) -> anyhow::Result<()> {
        self.waits(&format!("goes to “{name}”"), async || {
            for navigation in self.all(Role::Navigation, None).await? {
                for link in self.all_within(Some(&navigation), Role::Link, None).await? {
                    if words(&shown(&link).await?).starts_with(name) {
                        return Ok(Some(self.press(&link).await?));
                    }
                }
            }
            Ok(None)
        })
        .await?;
        self.comes_to(path).await
    }

    /// Clicks on something.
    ///
    /// # Errors
    /// When it is not there or cannot be clicked.
    pub async fn clicks(&self, role: Role, name: &str) -> anyhow::Result<()> {
        self.with(
            &format!("clicks {role} “{name}”"),
            role,
            name,
            async |element| self.press(element).await,
        )
        .await
    }

    /// Waits for a condition that she sees; the note says how long it took.
    ///
    /// # Errors
    /// When it never holds.
    pub async fn waits<T>(
        &self,
        what: &str,
        condition: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let what: String = format!("{} {what}", self.name).chars().take(WORDS_MAX).collect();
        match wait_for(&what, condition).await {
            Ok((value, time)) => {
                self.stage.note(&what, time);
                Ok(value)
            }
            Err(error) => {
                self.leaves_a_picture("failed").await.ok();
                let page = self.page_text().await.unwrap_or_default();
                let page: String = page.chars().take(PAGE_CHARS_MAX).collect();
                Err(error.context(format!("the page says: {page}")))
            }
        }
    }

    /// Runs a script in the page; for what no person could do.
    ///
    /// # Errors
    /// When it throws.
    pub async fn runs(&self, script: &str) -> anyhow::Result<serde_json::Value> {
        Ok(self
            .driver()
            .await?
            .execute(script, Vec::new())
            .await?
            .json()
            .clone())
    }

    pub(crate) fn note(&self, what: &str, time: Duration) {
        self.stage.note(&format!("{} {what}", self.name), time);
    }
}

/// What somebody sees of an element. WebKit's driver runs the lines of its own reading together.
async fn shown(element: &WebElement) -> anyhow::Result<String> {
    Ok(element.prop("innerText").await?.unwrap_or_default())
}

/// As a person reads: any white space is one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
