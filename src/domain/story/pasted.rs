//! Text that was pasted from a page: HTML, cut down to Markdown once, when it comes in.
//!
//! It is read token by token and never built up into a tree, so nesting costs nothing. What has no place in an article
//! goes: scripts, styles, forms, attributes, and links and pictures that lead elsewhere than to the web.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::elements::{is_block, is_left_out, raw_kind};

/// Levels of lists and quotations that are kept; deeper ones stand at the deepest.
const LEVELS_MAX: usize = 4;

/// Signs of a tag that separate attributes, at most: the tokenizer compares each attribute with all before it.
const SEPARATORS_MAX: usize = 6_000;

/// The Markdown of a piece of HTML; none where a tag has attributes without end.
#[must_use]
pub fn markdown_of(html: &str) -> Option<String> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    // Character by character, so that it is known where a tag begins.
    let (mut read, mut is_tag, mut separators) = (0, true, 0);
    for character in html.chars() {
        input.push_back(StrTendril::from_char(character));
        let _ = tokenizer.feed(&input);
        if tokenizer.sink.has_token.take() {
            (read, is_tag, separators) = (0, true, 0);
            continue;
        }
        // Comments have no attributes, and are long where a word processor wrote them.
        is_tag &= !(read == 1 && character == '!');
        read += 1;
        separators +=
            usize::from(matches!(character, '/' | '"' | '\'') || character.is_whitespace());
        if is_tag && separators > SEPARATORS_MAX {
            return None;
        }
    }
    tokenizer.end();
    let mut writer = tokenizer.sink.writer.take();
    writer.end_block();
    Some(writer.text)
}

#[derive(Default)]
struct Sink {
    writer: RefCell<Writer>,
    /// Whether a token was whole since this was asked last.
    has_token: Cell<bool>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.has_token.set(true);
        let mut writer = self.writer.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                writer.tag(&tag);
                if let (TagKind::StartTag, Some(kind)) = (tag.kind, raw_kind(&tag.name)) {
                    return TokenSinkResult::RawData(kind);
                }
            }
            Token::CharacterTokens(text) => writer.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// A mark around a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Strong,
    Emphasis,
    /// A link to this address.
    Link(String),
}

impl Mark {
    fn opening(&self) -> &str {
        match self {
            Self::Strong => "**",
            Self::Emphasis => "*",
            Self::Link(_) => "[",
        }
    }

    fn closing(&self) -> String {
        match self {
            Self::Strong | Self::Emphasis => self.opening().to_owned(),
            Self::Link(address) => format!("]({address})"),
        }
    }

    fn is_of(&self, name: &str) -> bool {
        match self {
            Self::Strong => matches!(name, "strong" | "b"),
            Self::Emphasis => matches!(name, "em" | "i"),
            Self::Link(_) => name == "a",
        }
    }
}

/// The Markdown so far.
#[derive(Debug, Default)]
struct Writer {
    /// The blocks that are whole.
    text: String,
    /// The block that is being written.
    block: String,
    /// Marks that are open, from the outside; of those at or behind `written` nothing is written yet.
    marks: Vec<Mark>,
    written: usize,
    /// Whether white space goes before the next character.
    owes_space: bool,
    /// The mark of a heading, if it is one.
    heading: &'static str,
    quotes: usize,
    /// The lists around, with the number of the next item of those that count.
    lists: Vec<Option<u32>>,
    /// The mark of a list's item, before its first block.
    item: Option<String>,
    /// Whether the last whole block is an item.
    was_item: bool,
    /// The element that is being left out, and how many of its name are open.
    left_out: Option<(String, usize)>,
}

impl Writer {
    fn tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        let is_start = tag.kind == TagKind::StartTag;
        if let Some((left_out, depth)) = &mut self.left_out {
            if name == left_out {
                *depth = if is_start { *depth + 1 } else { *depth - 1 };
                if *depth == 0 {
                    self.left_out = None;
                }
            }
            return;
        }
        match (name, is_start) {
            (name, true) if is_left_out(name) => {
                if !tag.self_closing || raw_kind(name).is_some() {
                    self.left_out = Some((name.to_owned(), 1));
                }
            }
            ("br", _) if !self.block.is_empty() => {
                self.close_marks(0);
                self.block.push_str("\\\n");
                self.owes_space = false;
            }
            ("img", true) => self.picture(tag),
            ("strong" | "b", true) => self.open_mark(Mark::Strong),
            ("em" | "i", true) => self.open_mark(Mark::Emphasis),
            ("a", true) => {
                let address = attribute(tag, "href").and_then(web_address);
                if let Some(address) = address {
                    self.open_mark(Mark::Link(address));
                }
            }
            ("strong" | "b" | "em" | "i" | "a", false) => self.close_mark(name),
            ("td" | "th", false) => {
                self.close_marks(0);
                self.block.push_str(" | ");
            }
            _ => self.boundary(name, is_start),
        }
    }

    /// The tag of an element that stands for itself, or of one that is not known and counts for nothing.
    fn boundary(&mut self, name: &str, is_start: bool) {
        if !is_block(name) {
            return;
        }
        self.end_block();
        match (name, is_start) {
            ("h1" | "h2", true) => self.heading = "## ",
            ("h3", true) => self.heading = "### ",
            ("h4" | "h5" | "h6", true) => self.heading = "#### ",
            ("blockquote", true) => self.quotes += 1,
            ("blockquote", false) => self.quotes = self.quotes.saturating_sub(1),
            ("ul", true) => self.lists.push(None),
            ("ol", true) => self.lists.push(Some(1)),
            ("ul" | "ol", false) => {
                self.lists.pop();
                self.item = None;
            }
            ("li", true) => {
                self.item = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => "- ".to_owned(),
                });
            }
            ("li", false) => self.item = None,
            ("hr", true) => self.push_block("---"),
            _ => {}
        }
    }

    fn characters(&mut self, text: &str) {
        if self.left_out.is_some() {
            return;
        }
        for character in text.chars() {
            // A no-break space of a page is mostly there to indent.
            if character.is_whitespace() || character.is_control() {
                self.owes_space = true;
                continue;
            }
            self.write_owed();
            let begins = self.block.is_empty() || self.block.ends_with("\\\n");
            let ends_number = matches!(character, '.' | ')') && ends_with_number(&self.block);
            let is_special = matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&');
            if is_special
                || ends_number
                || (begins && matches!(character, '#' | '>' | '+' | '-' | '=' | '~'))
            {
                self.block.push('\\');
            }
            self.block.push(character);
        }
    }

    /// Writes what waits for the next character: white space, then the marks that were opened.
    fn write_owed(&mut self) {
        let begins = self.block.is_empty() || self.block.ends_with(['\n', ' ']);
        if self.owes_space && !begins {
            self.block.push(' ');
        }
        self.owes_space = false;
        for mark in &self.marks[self.written..] {
            self.block.push_str(mark.opening());
        }
        self.written = self.marks.len();
    }

    fn open_mark(&mut self, mark: Mark) {
        let is_new = |open: &Mark| std::mem::discriminant(open) != std::mem::discriminant(&mark);
        if self.marks.iter().all(is_new) {
            self.marks.push(mark);
        }
    }

    fn close_mark(&mut self, name: &str) {
        if let Some(index) = self.marks.iter().position(|mark| mark.is_of(name)) {
            self.close_marks(index);
        }
    }

    /// Closes the marks from this index on. Those with nothing in them leave nothing.
    fn close_marks(&mut self, index: usize) {
        while self.marks.len() > index {
            let is_written = self.written == self.marks.len();
            if let Some(mark) = self.marks.pop().filter(|_| is_written) {
                self.block.push_str(&mark.closing());
                self.written -= 1;
            }
        }
    }

    fn picture(&mut self, tag: &Tag) {
        // Pages that load their pictures late have the address elsewhere.
        let address = attribute(tag, "data-src").or_else(|| attribute(tag, "src"));
        let Some(address) = address.and_then(web_address) else {
            return;
        };
        self.write_owed();
        self.block.push_str("![");
        let (marks, written) = (std::mem::take(&mut self.marks), self.written);
        self.written = 0;
        self.characters(attribute(tag, "alt").unwrap_or_default());
        self.owes_space = false;
        (self.marks, self.written) = (marks, written);
        let _ = write!(self.block, "]({address})");
    }

    /// Ends the block that is being written.
    fn end_block(&mut self) {
        self.close_marks(0);
        self.owes_space = false;
        let block = std::mem::take(&mut self.block);
        let block = without_end(&block);
        if !block.is_empty() {
            self.push_block(block);
        }
        self.heading = "";
    }

    fn push_block(&mut self, block: &str) {
        let is_item = self.item.is_some();
        if !self.text.is_empty() {
            let gap = if is_item && self.was_item {
                "\n"
            } else {
                "\n\n"
            };
            self.text.push_str(gap);
        }
        let quote = "> ".repeat(self.quotes.min(LEVELS_MAX));
        let level = self.lists.len().min(LEVELS_MAX);
        let outer = "    ".repeat(level.saturating_sub(1));
        let inner = "    ".repeat(level);
        for (index, line) in block.split('\n').enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            let indent = match (&self.item, index) {
                (Some(_), 0) => &outer,
                _ => &inner,
            };
            let mark = self
                .item
                .as_deref()
                .filter(|_| index == 0)
                .unwrap_or_default();
            let heading = if index == 0 { self.heading } else { "" };
            let _ = write!(self.text, "{quote}{indent}{mark}{heading}{line}");
        }
        self.was_item = is_item;
        self.item = None;
    }
}

/// A block without breaks, ends of cells and white space at its end.
fn without_end(mut block: &str) -> &str {
    loop {
        let shorter = block.trim_end().trim_end_matches(" |");
        // A break is a backslash, which was followed by the end of the line.
        let shorter = match shorter.strip_suffix('\\') {
            Some(before) if block[before.len()..].starts_with("\\\n") => before,
            _ => shorter,
        };
        if shorter.len() == block.len() {
            return block;
        }
        block = shorter;
    }
}

/// Whether the line so far is a number, which a full stop would make an item of a list. It is looked at from its end:
/// lines are long.
fn ends_with_number(block: &str) -> bool {
    let bytes = block.as_bytes();
    let digits = bytes.iter().rev().take(10);
    let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let before = bytes.len() - digits;
    (1..=9).contains(&digits) && (before == 0 || bytes[before - 1] == b'\n')
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let mut attributes = tag.attrs.iter();
    let found = attributes.find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| &*attribute.value)
}

/// An address as it can stand in a link, if it leads to the web.
fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let starts = ["https://", "http://"];
    let is_web = starts.iter().any(|start| text.starts_with(start));
    if !is_web || text.chars().any(char::is_control) {
        return None;
    }
    let mut address = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '(' | ')' | '<' | '>' | '\\' => {
                _ = write!(address, "%{:02X}", u32::from(character));
            }
            other => address.push(other),
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn markdown(html: &str) -> String {
        markdown_of(html).expect("a few attributes")
    }

    #[test]
    fn an_article_keeps_what_articles_have() {
        for (html, expected) in [
            (
                "<h1>标题</h1><p>第一段 <b> 很 <i>好</i></b>。</p>",
                "## 标题\n\n第一段 **很 *好***。",
            ),
            ("<p>a<br>b<br></p>c", "a\\\nb\n\nc"),
            (
                "<ul><li>one<li>two<ol><li>x</li></ol></ul>after",
                "- one\n- two\n    1. x\n\nafter",
            ),
            (
                "<blockquote><p>said</p><p>more</p></blockquote>",
                "> said\n\n> more",
            ),
            (
                "<a href='https://a.example/x (1)'>there</a> <a href='javascript:x'>not</a>",
                "[there](https://a.example/x%20%281%29) not",
            ),
            (
                "<img data-src='https://a.example/p.png' alt='a *star*'><img src='data:x'>",
                "![a \\*star\\*](https://a.example/p.png)",
            ),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b"),
            (
                "<p># not a heading</p><p>1. nor a list</p><p>- nor</p>",
                "\\# not a heading\n\n1\\. nor a list\n\n\\- nor",
            ),
            ("<b></b><p><b> </b>x", "x"),
            ("<b>a<p>b", "**a**\n\nb"),
            ("a\\<p>", "a\\\\"),
        ] {
            assert_eq!(markdown(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_no_text_goes() {
        for html in [
            "<script>alert('</p>')</script>x",
            "<style>p { color: red }</style>x",
            "<svg><text>no</text></svg>x",
            "<svg/>x",
            "<template><p>no</p></template>x",
            "<!-- no -->x",
            "<p onclick='no' style='no'>x",
            "<noscript><img src='https://a.example/'></noscript>x",
        ] {
            assert_eq!(markdown(html), "x", "{html}");
        }
        assert_eq!(
            markdown("&lt;script&gt;alert(1)&lt;/script&gt;"),
            "\\<script>alert(1)\\</script>"
        );
    }

    #[test]
    fn nesting_costs_nothing() {
        let html = "<div><b><ul><li><blockquote>".repeat(20_000);
        assert!(markdown(&(html + "x")).ends_with('x'));
        assert_eq!(markdown(&format!("x{}", "<br>".repeat(200_000))), "x");
        assert_eq!(markdown(&format!("x{}", "<td></td>".repeat(100_000))), "x");
        let dots = markdown(&"1. ".repeat(300_000));
        assert!(dots.starts_with("1\\. 1. 1."));
    }

    #[test]
    fn a_tag_has_attributes_up_to_a_bound_and_a_comment_any_text() {
        let attributes = |count: usize| {
            let attributes: Vec<String> = (0..count).map(|n| format!(" a{n}")).collect();
            attributes.concat()
        };
        assert_eq!(markdown(&format!("<p{}>x", attributes(5_000))), "x");
        for many in [attributes(200_000), attributes(7_000).replace(' ', "/")] {
            assert_eq!(markdown_of(&format!("<p{many}>x")), None);
        }
        assert_eq!(
            markdown(&format!("<!-- {} -->x", "a ".repeat(100_000))),
            "x"
        );
        assert_eq!(markdown(&"a / ".repeat(50_000)).len(), 200_000 - 1);
    }

    proptest! {
        /// Any text comes back as it was when its Markdown is rendered, white space aside.
        #[test]
        fn texts_survive(text in "[a-z0-9 *_#>.)\\[\\]<&`~+=|!-]{0,40}") {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
            let html = super::super::html(&markdown(&format!("<p>{escaped}</p>")), None);
            let shown = html.replace("<p>", "").replace("</p>", "");
            let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let end = [' ', '|'];
            prop_assert_eq!(words(shown.trim_end().trim_end_matches(end)), words(text.trim_end_matches(end)));
        }

        #[test]
        fn no_html_comes_through(html in "(<[a-z/!]{0,8}|[a-z '\"=>&;]{0,6}){0,20}") {
            let rendered = super::super::html(&markdown(&html), None);
            prop_assert!(!rendered.contains("<script") && !rendered.contains("javascript:"));
        }
    }
}
