//! Bytes that the page shows or plays: an address within the browser, for as long as somebody holds it.

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};

/// An address of bytes, given back when it is dropped.
#[derive(Debug)]
pub struct BlobUrl(String);

impl BlobUrl {
    /// Gives these bytes an address; `None` where the browser has no memory for it.
    pub fn new(bytes: &[u8], media_type: &str) -> Option<Self> {
        let parts = Array::of1(&Uint8Array::from(bytes));
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
        Url::create_object_url_with_blob(&blob).ok().map(Self)
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.0
    }
}

impl Drop for BlobUrl {
    fn drop(&mut self) {
        // Refused only for what is no address.
        drop(Url::revoke_object_url(&self.0));
    }
}
