//! What a phone's camera reads from the screen.

use super::{Person, Role};
use anyhow::{Context, bail};
use std::io::Cursor;

impl Person<'_> {
    /// Reads the code in an image as it stands on the screen.
    ///
    /// # Errors
    /// When there is no such image or no code in it.
    pub async fn scans(&self, image: &str) -> anyhow::Result<String> {
        self.waits(&format!("scans “{image}”"), async || {
            let Some(element) = self.all(Role::Image, Some(image)).await?.into_iter().next() else {
                return Ok(None);
            };
            element.scroll_into_view().await?;
            read(&element.screenshot_as_png().await?).map(Some)
        })
        .await
    }
}

fn read(picture: &[u8]) -> anyhow::Result<String> {
    let mut decoder = png::Decoder::new(Cursor::new(picture));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().context("read the picture")?;
    let mut bytes = vec![0; reader.output_buffer_size().context("a picture without a size")?];
    let info = reader.next_frame(&mut bytes).context("read the picture")?;
    let samples = info.color_type.samples();
    let (width, height) = (usize::try_from(info.width)?, usize::try_from(info.height)?);
    // A code has two colours: its first sample tells them apart.
    let grey = |x: usize, y: usize| {
        let at = y * info.line_size + x * samples;
        bytes.get(at).copied().unwrap_or(u8::MAX)
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let grids = image.detect_grids();
    let [grid] = grids.as_slice() else {
        bail!("{} codes in a picture of {width} × {height}", grids.len())
    };
    let (_, content) = grid.decode().context("decode the code")?;
    Ok(content)
}
