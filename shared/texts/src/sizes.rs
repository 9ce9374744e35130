//! How much something takes, as people count it: in thousands, not in 1024s.

use super::Locale;

const MEGABYTE: u64 = 1_000_000;
const GIGABYTE: u64 = 1_000 * MEGABYTE;

impl Locale {
    /// A number of bytes in megabytes, or from the first on in gigabytes with one decimal. Rounded down: what is said
    /// to be left is there.
    pub fn size(self, bytes: u64) -> String {
        if bytes < GIGABYTE {
            return self.size_megabytes(&(bytes / MEGABYTE).to_string());
        }
        let tenths = bytes / (GIGABYTE / 10);
        self.size_gigabytes(&(tenths / 10).to_string(), &(tenths % 10).to_string())
    }
}
