//! A chosen file becomes a photo: decoded, scaled, and drawn anew as JPEG (W5). Decisions stand in [`crate::pictures`].

use crate::pictures::{
    HEADS_BYTES, Head, PHOTO_QUALITIES, PictureError, Size, THUMBNAIL_TRIES, look_at, stored_size,
};
use js_sys::{Promise, Uint8Array};
use leptos::prelude::*;
use shared::command::{PHOTO_BYTES_MAX, THUMBNAIL_BYTES_MAX};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

/// A photo that can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The whole photo.
    pub jpeg: Vec<u8>,
    /// The small picture.
    pub thumbnail: Vec<u8>,
    /// Size of the whole photo.
    pub size: Size,
}

/// Makes a photo of a file. One at a time: a decoded photo takes a hundred megabytes.
///
/// # Errors
/// [`PictureError`].
pub async fn picture(file: &Blob) -> Result<Picture, PictureError> {
    measure(file).await?.check()?;
    let unreadable = |_| PictureError::Unreadable;
    let (canvas, size) = {
        let decoding = window().create_image_bitmap_with_blob(file).map_err(unreadable)?;
        let decoded = JsFuture::from(decoding).await.map_err(unreadable)?;
        let decoded = Decoded(decoded.dyn_into().map_err(unreadable)?);
        // Upright now: width and height may have changed places.
        let size = decoded.size();
        size.check()?;
        let stored = stored_size(size);
        let canvas = scale(&decoded.0, size, stored).map_err(unreadable)?;
        (canvas, stored)
    };
    let mut jpeg = Vec::new();
    for quality in PHOTO_QUALITIES {
        jpeg = encode(&canvas, quality).await.map_err(unreadable)?;
        if jpeg.len() <= PHOTO_BYTES_MAX {
            break;
        }
    }
    let mut thumbnail = Vec::new();
    for (side_px, quality) in THUMBNAIL_TRIES {
        let small = scale(&canvas, size, size.within(side_px)).map_err(unreadable)?;
        thumbnail = encode(&small, quality).await.map_err(unreadable)?;
        if thumbnail.len() <= THUMBNAIL_BYTES_MAX {
            break;
        }
    }
    Ok(Picture {
        jpeg,
        thumbnail,
        size,
    })
}

/// Reads its size from its first bytes: nothing is decoded for it.
async fn measure(file: &Blob) -> Result<Size, PictureError> {
    let mut n_bytes_before = 0;
    for n_bytes in HEADS_BYTES {
        // Gone meanwhile, or not to be read.
        let head = read_head(file, n_bytes)
            .await
            .map_err(|_| PictureError::Unreadable)?;
        match look_at(&head) {
            Head::Photo(size) => return Ok(size),
            Head::Empty => return Err(PictureError::Empty),
            Head::Other => return Err(PictureError::NotAPhoto),
            // There is no more.
            Head::More if head.len() == n_bytes_before => break,
            Head::More => n_bytes_before = head.len(),
        }
    }
    Err(PictureError::Unreadable)
}

async fn read_head(file: &Blob, n_bytes: u32) -> Result<Vec<u8>, JsValue> {
    bytes_of(&file.slice_with_f64_and_f64(0.0, n_bytes.into())?).await
}

/// Reads all bytes of a blob.
///
/// # Errors
/// When the browser cannot read it.
pub async fn bytes_of(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A decoded photo: its memory is given back at once, not when the browser cleans up.
struct Decoded(ImageBitmap);

impl Decoded {
    fn size(&self) -> Size {
        Size {
            width: self.0.width(),
            height: self.0.height(),
        }
    }
}

impl Drop for Decoded {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Something that can be drawn on a canvas.
trait Drawable {
    fn draw(&self, context: &CanvasRenderingContext2d, to: Size) -> Result<(), JsValue>;
}

impl Drawable for ImageBitmap {
    fn draw(&self, context: &CanvasRenderingContext2d, to: Size) -> Result<(), JsValue> {
        let (width, height) = (to.width.into(), to.height.into());
        context.draw_image_with_image_bitmap_and_dw_and_dh(self, 0.0, 0.0, width, height)
    }
}

impl Drawable for HtmlCanvasElement {
    fn draw(&self, context: &CanvasRenderingContext2d, to: Size) -> Result<(), JsValue> {
        let (width, height) = (to.width.into(), to.height.into());
        context.draw_image_with_html_canvas_element_and_dw_and_dh(self, 0.0, 0.0, width, height)
    }
}

/// Draws it on a canvas of the size `to`.
fn scale(source: &dyn Drawable, from: Size, to: Size) -> Result<HtmlCanvasElement, JsValue> {
    let mut last: Option<HtmlCanvasElement> = None;
    for step in from.steps_to(to) {
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
        canvas.set_width(step.width);
        canvas.set_height(step.height);
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
        let context: CanvasRenderingContext2d = context.unchecked_into();
        // What lets the ground shine through would become black.
        context.set_fill_style_str("white");
        context.fill_rect(0.0, 0.0, step.width.into(), step.height.into());
        match &last {
            Some(last) => last.draw(&context, step)?,
            None => source.draw(&context, step)?,
        }
        forget(last.replace(canvas));
    }
    last.ok_or(JsValue::NULL)
}

/// Gives the memory of a canvas back: an iPhone has room for a few only.
fn forget(canvas: Option<HtmlCanvasElement>) {
    if let Some(canvas) = canvas {
        canvas.set_width(0);
        canvas.set_height(0);
    }
}

async fn encode(canvas: &HtmlCanvasElement, quality: f64) -> Result<Vec<u8>, JsValue> {
    let encoding = Promise::new(&mut |resolve, reject| {
        let refused = canvas.to_blob_with_type_and_encoder_options(&resolve, "image/jpeg", &quality.into());
        if let Err(error) = refused {
            drop(reject.call1(&JsValue::NULL, &error));
        }
    });
    let blob: Blob = JsFuture::from(encoding).await?.dyn_into()?;
    bytes_of(&blob).await
}
