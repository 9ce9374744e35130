//! Lists that people choose from and filter by: the value that is stored, and its words.

use super::Locale;

impl Locale {
    /// Themes of stories, in the order in which they are shown.
    pub fn themes(self) -> [(&'static str, &'static str); 10] {
        [
            ("together", self.theme_together()),
            ("care", self.theme_care()),
            ("poverty", self.theme_poverty()),
            ("youth", self.theme_youth()),
            ("ageing", self.theme_ageing()),
            ("housing", self.theme_housing()),
            ("work", self.theme_work()),
            ("nature", self.theme_nature()),
            ("culture", self.theme_culture()),
            ("newcomers", self.theme_newcomers()),
        ]
    }

    /// Questions that coordinators ask often, to take over with one press.
    pub fn ready_questions(self) -> [&'static str; 4] {
        [
            self.ready_question_who(),
            self.ready_question_change(),
            self.ready_question_place(),
            self.ready_question_consent(),
        ]
    }

    /// Languages that stories are written in, by their BCP 47 tags.
    pub fn languages(self) -> [(&'static str, &'static str); 6] {
        [
            ("nl", self.language_nl()),
            ("fr", self.language_fr()),
            ("en", self.language_en()),
            ("ar", self.language_ar()),
            ("tr", self.language_tr()),
            ("uk", self.language_uk()),
        ]
    }

    /// Names of the languages that tellers can be asked in, by their codes in order.
    pub fn asked_languages(self) -> [(&'static str, &'static str); 35] {
        [
            ("am", self.language_am()),
            ("ar", self.language_ar()),
            ("bg", self.language_bg()),
            ("ckb", self.language_ckb()),
            ("de", self.language_de()),
            ("el", self.language_el()),
            ("en", self.language_en()),
            ("es", self.language_es()),
            ("fa", self.language_fa()),
            ("fr", self.language_fr()),
            ("he", self.language_he()),
            ("hi", self.language_hi()),
            ("hy", self.language_hy()),
            ("it", self.language_it()),
            ("ka", self.language_ka()),
            ("kmr", self.language_kmr()),
            ("ln", self.language_ln()),
            ("ne", self.language_ne()),
            ("nl", self.language_nl()),
            ("pa", self.language_pa()),
            ("pl", self.language_pl()),
            ("ps", self.language_ps()),
            ("pt", self.language_pt()),
            ("ro", self.language_ro()),
            ("ru", self.language_ru()),
            ("so", self.language_so()),
            ("sq", self.language_sq()),
            ("sw", self.language_sw()),
            ("ti", self.language_ti()),
            ("tr", self.language_tr()),
            ("uk", self.language_uk()),
            ("ur", self.language_ur()),
            ("vi", self.language_vi()),
            ("zgh", self.language_zgh()),
            ("zh", self.language_zh()),
        ]
    }
}
