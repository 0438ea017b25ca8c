//! The mutator of documents: it changes them by their tokens as often as by their bytes, for a change of bytes seldom
//! leaves what the parser reads.

use std::ops::Range;

use libfuzzer_sys::fuzzer_mutate;

/// Tokens that are put into documents; names come from the documents themselves and from the dictionary.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "$",
    "@",
    "...",
    ",",
    " ",
    "\n",
    "#",
    "\"",
    "\"\"",
    "\"\"\"",
    "\\\"\"\"",
    "0",
    "1",
    "-1",
    "1.5",
    "2e3",
    "true",
    "false",
    "null",
    "a",
    "$a",
    "on",
    "query",
    "fragment",
    "@skip(if:true)",
    "... on Query",
    "__typename",
    "__schema",
    "serverTime",
];
const BRACKETS: &[(&str, &str)] = &[
    ("{", "}"),
    ("(", ")"),
    ("[", "]"),
    ("{a", "}"),
    ("{a:", "}"),
];
/// Tokens that one change takes, copies or wraps.
const RUN_MAX: usize = 12;

/// Changes the first `size` bytes of `data`, a document and what follows it after a NUL, and returns its new length.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed));
    let changed = if random.below(2) == 0 {
        by_tokens(&data[..size], &mut random)
    } else {
        None
    };
    match changed {
        Some(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
}

/// The input with a few changes of its document, if it is a text.
fn by_tokens(input: &[u8], random: &mut Random) -> Option<String> {
    let input = std::str::from_utf8(input).ok()?;
    let (document, rest) = input.split_at(input.find('\0').unwrap_or(input.len()));
    let mut tokens = split(document);
    for _ in 0..=random.below(4) {
        change(&mut tokens, random);
    }
    Some(tokens.concat() + rest)
}

fn change<'a>(tokens: &mut Vec<&'a str>, random: &mut Random) {
    let run = random.run(tokens.len());
    let taken: Vec<&'a str> = tokens[run.clone()].to_vec();
    let at = random.below(tokens.len() + 1);
    match random.below(6) {
        0 => drop(tokens.drain(run)),
        1 => drop(tokens.splice(at..at, taken)),
        2 => drop(tokens.splice(run.end..run.end, taken)),
        3 => tokens.insert(at, *random.of(TOKENS)),
        4 => drop(tokens.splice(run, [*random.of(TOKENS)])),
        _ => {
            let (open, close) = *random.of(BRACKETS);
            tokens.insert(run.end, close);
            tokens.insert(run.start, open);
        }
    }
}

/// The tokens of a text with what stands between them: words, runs of quotes and of spaces, single characters.
fn split(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => 'a',
        '"' | '.' | ' ' => c,
        _ => '\0',
    };
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut end = first.len_utf8();
        if kind(first) != '\0' {
            end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        }
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Numbers that follow from the fuzzer's seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z >> 33) % end as u64).expect("it is below an usize")
    }

    fn of<T>(&mut self, list: &'static [T]) -> &'static T {
        &list[self.below(list.len())]
    }

    fn run(&mut self, length: usize) -> Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(RUN_MAX);
        start..start + self.below(most + 1)
    }
}
