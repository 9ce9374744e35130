//! The app's own tests that only a browser can run.

use crate::process::Process;
use crate::relay::free_address;
use crate::stage::Stage;
use crate::wait::BETWEEN_LOOKS;
use anyhow::ensure;
use std::process::Command;

/// The store in IndexedDB keeps the rules of `shared::storage`, in every engine.
pub(super) async fn the_store_keeps_its_rules(stage: &Stage) -> anyhow::Result<()> {
    let address = free_address()?.to_string();
    let mut runner = Command::new(&stage.tools.web_runner);
    // It serves its page and leaves the browser to whoever comes.
    runner.arg(&stage.tools.web_tests).env("NO_HEADLESS", "1");
    runner.env("WASM_BINDGEN_TEST_ADDRESS", &address);
    let mut runner = Process::start(&mut runner, &stage.folder().join("runner.log"))?;
    // It makes its page from some megabytes first, which takes what it takes.
    while tokio::net::TcpStream::connect(&address).await.is_err() {
        runner.must_run()?;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    let ana = stage.person("Ana", &format!("http://{address}")).await?;
    ana.opens("/").await?;
    ana.reads("test result:").await?;
    let text = ana.page_text().await?;
    ensure!(text.contains("test result: ok."), "{text}");
    ensure!(!text.contains(" 0 passed"), "{text}");
    Ok(())
}
