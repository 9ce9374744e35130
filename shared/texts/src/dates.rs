//! Days and months, as each language says them.

use super::Locale;

impl Locale {
    /// Name of a month, from 1; what is none is called after the last.
    pub fn month(self, month: u64) -> &'static str {
        match month {
            1 => self.site_month_january(),
            2 => self.site_month_february(),
            3 => self.site_month_march(),
            4 => self.site_month_april(),
            5 => self.site_month_may(),
            6 => self.site_month_june(),
            7 => self.site_month_july(),
            8 => self.site_month_august(),
            9 => self.site_month_september(),
            10 => self.site_month_october(),
            11 => self.site_month_november(),
            _ => self.site_month_december(),
        }
    }

    /// The day of a month before its name: "2 mai", but "1er mai".
    pub fn day_of_month(self, day: u64) -> String {
        match self {
            Self::Fr if day == 1 => "1er".to_owned(),
            Self::Nl | Self::Fr | Self::En => day.to_string(),
        }
    }
}
