//! Names as they sound: 高沐晴 is found by `gaomuqing`, `gmq`, `gaomq` and `高mq`.
//!
//! A character has every reading that it has in the Unicode data, but that surnames are read as surnames are. A query
//! goes through the characters one by one and takes of each the character itself, a whole reading or its initial; the
//! last one may be cut off anywhere, since people look at what is found while they type.

use pinyin::ToPinyinMulti as _;

/// Characters of a name that are searched by sound, the first ones: people's names, and most of a team's.
const CHARS_MAX: usize = 24;
/// Bytes of a query that is searched by sound, at most: as many as a mask has bits but one; a name of ten has fewer.
const QUERY_BYTES_MAX: usize = 63;

/// Surnames whose own reading is not the character's common one. Both are taken, for many a reader does not know. From
/// the surnames of pinyin-pro (<https://github.com/zh-lx/pinyin-pro>, MIT), with 种, 秘, 黑, 谌 and 单于 besides.
const SURNAMES: [(&str, &[&str]); 37] = [
    ("万俟", &["mo", "qi"]),
    ("尉迟", &["yu", "chi"]),
    ("澹台", &["tan", "tai"]),
    ("单于", &["chan", "yu"]),
    ("子车", &["zi", "ju"]),
    ("乐正", &["yue", "zheng"]),
    ("句龙", &["gou", "long"]),
    ("乐", &["yue"]),
    ("卜", &["bu"]),
    ("缪", &["miao"]),
    ("解", &["xie"]),
    ("单", &["shan"]),
    ("隗", &["wei"]),
    ("仇", &["qiu"]),
    ("薄", &["bo"]),
    ("能", &["nai"]),
    ("翟", &["zhai"]),
    ("都", &["du"]),
    ("阚", &["kan"]),
    ("曾", &["zeng"]),
    ("乜", &["nie"]),
    ("查", &["zha"]),
    ("盖", &["ge"]),
    ("区", &["ou"]),
    ("覃", &["qin"]),
    ("朴", &["piao"]),
    ("繁", &["po"]),
    ("员", &["yun"]),
    ("句", &["gou"]),
    ("折", &["she"]),
    ("召", &["shao"]),
    ("六", &["lu"]),
    ("牟", &["mu"]),
    ("种", &["chong"]),
    ("秘", &["bi"]),
    ("黑", &["he"]),
    ("谌", &["shen"]),
];
/// Surnames that have the character's common reading and none of its rare ones, of the same list.
const COMMON_SURNAMES: &str = "吴王冯褚沈朱许施陶戚柏潘彭方俞任倪汤殷郝于卞齐余平和尹姚湛汪祁狄明臧舒屈祝董杜阮蓝强贾路童盛夏蔡霍\
    万支莫房干丁贲邓杭包石嵇邢滑裴陆於甄家封芮糜焦谷车宓郗仰宁暴甘钭戎祖景詹叶幸司印宿白怀蒲从咸籍池莘逄姬扶堵冉尚温庄\
    柴瞿艾容古慎暨居匡广蔚越晁冷那母沙鞠红游竺逯哈言郄啜行";

/// The sounds of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sounds {
    characters: Vec<Character>,
    /// The letters that readings begin with, a bit each: most queries are answered by them.
    first_letters: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Character {
    itself: String,
    readings: Vec<&'static str>,
}

/// A query that may be a sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SoundQuery(String);

impl Sounds {
    /// The sounds of a name that is normalised.
    pub(super) fn new(name: &str) -> Self {
        let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut characters: Vec<Character> = letters
            .iter()
            .take(CHARS_MAX)
            .map(|&c| Character::new(c))
            .collect();
        read_surname(&mut characters);
        let first_letters = characters
            .iter()
            .flat_map(|character| {
                character
                    .readings
                    .iter()
                    .copied()
                    .chain([&*character.itself])
            })
            .filter_map(|reading| letter_bit(reading.as_bytes()[0]))
            .fold(0, |letters, letter| letters | letter);
        Self {
            characters,
            first_letters,
        }
    }

    /// Whether `query` is how a part of the name sounds.
    pub(super) fn contain(&self, query: &SoundQuery) -> bool {
        let query = query.0.as_bytes();
        if letter_bit(query[0]).is_some_and(|letter| self.first_letters & letter == 0) {
            return false;
        }
        // The bytes of the query that the characters up to here can have taken, a bit for each number of them.
        let mut taken: u64 = 0;
        for character in &self.characters {
            // A sound may begin at any character.
            let mut before = taken | 1;
            taken = 0;
            while before != 0 {
                let at = before.trailing_zeros();
                before &= before - 1;
                match character.take_from(&query[at as usize..]) {
                    None => return true,
                    Some(lengths) => taken |= lengths << at,
                }
            }
        }
        false
    }
}

impl Character {
    fn new(c: char) -> Self {
        let mut readings = Vec::new();
        for reading in c.to_pinyin_multi().into_iter().flatten() {
            for &spelling in spellings(&reading.plain()) {
                if !readings.contains(&spelling) {
                    readings.push(spelling);
                }
            }
        }
        Self {
            itself: c.into(),
            readings,
        }
    }

    /// The numbers of bytes that this can take from the beginning of `query`, a bit each; none if it can take all.
    fn take_from(&self, query: &[u8]) -> Option<u64> {
        if self.itself.as_bytes() == query {
            return None;
        }
        let mut lengths = 0;
        if query.starts_with(self.itself.as_bytes()) {
            lengths |= 1 << self.itself.len();
        }
        for reading in &self.readings {
            let reading = reading.as_bytes();
            if reading.starts_with(query) {
                return None;
            }
            if query.starts_with(reading) {
                lengths |= 1 << reading.len();
            }
            if query[0] == reading[0] {
                lengths |= 1 << 1;
                // zh, ch and sh are initials, too.
                if query[1] == b'h' && reading.get(1) == Some(&b'h') {
                    lengths |= 1 << 2;
                }
            }
        }
        Some(lengths)
    }
}

impl SoundQuery {
    /// The sound that a normalised query may be; none without a letter.
    pub(super) fn new(text: &str) -> Option<Self> {
        // Of `xi'an` and `gao-mu-qing` the letters.
        let text: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let has_letter = text.bytes().any(|byte| byte.is_ascii_lowercase());
        (has_letter && text.len() <= QUERY_BYTES_MAX).then_some(Self(text))
    }
}

/// Leaves the readings that a surname has to the characters that are one.
fn read_surname(characters: &mut [Character]) {
    let name: String = characters.iter().map(|c| c.itself.as_str()).collect();
    let own = SURNAMES
        .iter()
        .find(|(surname, _)| name.starts_with(surname));
    if let Some((_, readings)) = own {
        for (character, reading) in characters.iter_mut().zip(*readings) {
            character.readings.truncate(1);
            character.readings.push(reading);
        }
    } else if let Some(first) = characters.first_mut()
        && COMMON_SURNAMES.contains(&first.itself)
    {
        first.readings.truncate(1);
    }
}

/// The ways in which a syllable is typed: ü is not on a keyboard.
fn spellings<'a>(syllable: &'a &'static str) -> &'a [&'static str] {
    match *syllable {
        "lü" => &["lv", "lu", "lyu"],
        "nü" => &["nv", "nu", "nyu"],
        "lüe" => &["lve", "lue"],
        "nüe" => &["nve", "nue"],
        _ => std::slice::from_ref(syllable),
    }
}

fn letter_bit(byte: u8) -> Option<u32> {
    byte.is_ascii_lowercase().then(|| 1 << (byte - b'a'))
}

#[cfg(test)]
mod tests {
    use super::super::search::{SearchQuery, SearchText};
    use super::*;
    use proptest::prelude::*;

    fn finds(name: &str, query: &str) -> bool {
        let query = SearchQuery::new(query).expect("it says something");
        query.matches(&SearchText::new(name, ["银川青芒软件"]), 7)
    }

    #[test]
    fn a_name_is_found_by_what_people_type_for_it() {
        for query in [
            "gaomuqing",
            "gao muqing",
            "Gao Muqing",
            "GAO MU QING",
            "ｇａｏｍｕｑｉｎｇ",
            "gāo mùqíng",
            "gao'mu'qing",
            "gmq",
            "ＧＭＱ",
            "g m q",
            "gaomq",
            "gmuqing",
            "gmqing",
            "gaom",
            "gaomuqi",
            "muqing",
            "mq",
            "qing",
            "q",
            "高mq",
            "高沐q",
            "高muqing",
        ] {
            assert!(finds("高沐晴", query), "{query}");
            assert!(finds("高 沐晴", query), "{query}");
        }
        for query in [
            "gq",
            "gaoqing",
            "gmqx",
            "gaomuqingx",
            "amuqing",
            "aomq",
            "z",
            "王mq",
            "qmg",
            "qc",
        ] {
            assert!(!finds("高沐晴", query), "{query}");
        }
    }

    #[test]
    fn surnames_are_read_as_surnames_and_given_names_in_every_way() {
        for (name, found, not_found) in [
            ("单雅琴", "shanyaqin", "chanyaqin"),
            ("单雅琴", "dan yaqin", "chyq"),
            ("仇佳慧", "qjh", "jujiahui"),
            ("仇佳慧", "choujiahui", "jjh"),
            ("曾国强", "zgq", "sgq"),
            ("解小文", "xxw", "hxw"),
            ("查志远", "zhazy", "chaizy"),
            ("区建国", "oujianguo", "gjg"),
            ("朴永哲", "piaoyz", "poyz"),
            ("尉迟敬德", "yuchijd", "yunchijd"),
            ("万俟明", "moqim", "wansim"),
            ("沈玉秋", "shenyuqiu", "chenyuqiu"),
            ("丁怀礼", "dhl", "zhengh"),
            ("吕德昌", "lvdechang", "lvzhang"),
            ("吕德昌", "ludc", "ld d"),
            ("吕德昌", "lyudc", "lydc"),
            ("罗景行", "luojinghang", "luojinghuang"),
            ("罗景行", "luojingxing", "ljs"),
            ("赵长乐", "zhaozhangle", "zhaozangle"),
            ("赵长乐", "zhao changyue", "zhaocyy"),
            ("长安志愿者", "changan", "shangan"),
            ("朱珠", "zhzh", "zhzhh"),
            ("阿卜杜拉·买买提", "abdlmmt", "abdlmtm"),
            ("李A2", "lia2", "lib"),
        ] {
            assert!(finds(name, found), "{name} {found}");
            assert!(!finds(name, not_found), "{name} {not_found}");
        }
    }

    #[test]
    fn every_surname_of_the_table_has_a_reading_that_is_found() {
        for (surname, readings) in SURNAMES {
            assert!(
                finds(&format!("{surname}明"), &(readings.concat() + "ming")),
                "{surname}"
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_texts_do_not_panic(name in ".{0,40}", query in "[a-zü高\u{20000}' ]{1,70}") {
            if let Some(query) = SearchQuery::new(&query) {
                _ = query.matches(&SearchText::new(&name, []), 0);
            }
        }
    }
}
