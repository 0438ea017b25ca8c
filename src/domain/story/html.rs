//! Texts of stories as HTML.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd};
use pulldown_cmark_escape::escape_html;

use crate::domain::media::MediaFile;

/// Renders Markdown to HTML. HTML inside it is shown as text, links lead to web addresses only, and pictures are those
/// that are stored here, so that the result is safe in a page and tells no other server of its readers. `origin` is the
/// public address of this server, where it is known.
pub(super) fn html(markdown: &str, origin: Option<&str>) -> String {
    let mut events = Vec::new();
    // Those of the paragraph that is being read.
    let mut pictures = Vec::new();
    let mut parser = Parser::new(markdown);
    while let Some(event) = parser.next() {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => events.push(Event::Start(Tag::Link {
                link_type,
                dest_url: safe(dest_url),
                title,
                id,
            })),
            Event::Start(Tag::Image {
                dest_url, title, ..
            }) => {
                let alternative = alternative(&mut parser);
                if let Some(file) = MediaFile::at(&dest_url, origin) {
                    let address = file.address(origin);
                    events.push(Event::InlineHtml(image(&address, &alternative).into()));
                    pictures.push(Picture {
                        address,
                        alternative,
                        title,
                    });
                }
            }
            Event::Start(Tag::Paragraph) => {
                pictures.clear();
                events.push(event);
            }
            Event::End(TagEnd::Paragraph) => end_paragraph(&mut events, &pictures),
            event => events.push(event),
        }
    }
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    html
}

fn safe(url: CowStr<'_>) -> CowStr<'_> {
    let starts = ["https://", "http://", "mailto:", "/", "#"];
    if starts.iter().any(|start| url.starts_with(start)) {
        url
    } else {
        CowStr::Borrowed("#")
    }
}

/// The text that stands for a picture whose beginning was read, until its end.
fn alternative(parser: &mut Parser<'_>) -> String {
    let mut alt = String::new();
    let mut depth = 1;
    for event in parser {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => alt.push(' '),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    alt
}

/// A picture that is stored here.
struct Picture<'a> {
    address: String,
    alternative: String,
    title: CowStr<'a>,
}

impl Picture<'_> {
    /// It as a figure: its title is the caption, else the text that stands for it, which is then not said twice.
    fn figure(&self) -> String {
        let Self {
            address,
            alternative,
            title,
        } = self;
        let (caption, alternative) = match (title.trim(), alternative.trim()) {
            ("", "") => return format!("<figure>{}</figure>\n", image(address, "")),
            ("", text) => (text, ""),
            (title, text) => (title, text),
        };
        let mut html = format!("<figure>{}<figcaption>", image(address, alternative));
        // Nothing fails that writes to a text.
        _ = escape_html(&mut html, caption);
        html.push_str("</figcaption></figure>\n");
        html
    }
}

fn image(address: &str, alt: &str) -> String {
    let mut html = String::from("<img src=\"");
    // Nothing fails that writes to a text.
    _ = escape_html(&mut html, address);
    html.push_str("\" alt=\"");
    _ = escape_html(&mut html, alt);
    _ = write!(html, "\" loading=\"lazy\">");
    html
}

/// Ends a paragraph: pictures that stand by themselves are figures, and where nothing is left there is no paragraph.
fn end_paragraph(events: &mut Vec<Event<'_>>, pictures: &[Picture<'_>]) {
    let is_start = |event: &Event<'_>| matches!(event, Event::Start(Tag::Paragraph));
    let Some(start) = events.iter().rposition(is_start) else {
        return;
    };
    let is_space = |event: &Event<'_>| matches!(event, Event::SoftBreak | Event::HardBreak);
    let is_picture = |event: &Event<'_>| matches!(event, Event::InlineHtml(_));
    let within = &events[start + 1..];
    if !within
        .iter()
        .all(|event| is_space(event) || is_picture(event))
    {
        events.push(Event::End(TagEnd::Paragraph));
        return;
    }
    events.truncate(start);
    let figures = pictures.iter().map(Picture::figure);
    events.extend(figures.map(|figure| Event::Html(figure.into())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_without_anything_active() {
        assert_eq!(
            html("## 标题\n\n*好* [a](https://x.example)", None),
            "<h2>标题</h2>\n<p><em>好</em> <a href=\"https://x.example\">a</a></p>\n"
        );
        let hostile = html(
            "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](data:text/html,z) <b onclick=1>b</b>",
            None,
        );
        for active in ["<script", "javascript:", "data:", "<b", "<img"] {
            assert!(!hostile.contains(active), "{active} in {hostile}");
        }
    }

    fn path() -> String {
        format!("/media/{}-1200.jpg", "ab".repeat(32))
    }

    fn image(src: &str, alt: &str) -> String {
        format!("<img src=\"{src}\" alt=\"{alt}\" loading=\"lazy\">")
    }

    fn figure(src: &str, alt: &str, caption: &str) -> String {
        let image = image(src, alt);
        format!("<figure>{image}<figcaption>{caption}</figcaption></figure>\n")
    }

    #[test]
    fn pictures_are_those_that_are_stored_here() {
        let path = path();
        for (markdown, expected) in [
            (format!("![在车间]({path})"), figure(&path, "", "在车间")),
            (
                format!("![两个人]({path} \"*在* <车间>\")"),
                figure(&path, "两个人", "*在* &lt;车间&gt;"),
            ),
            (
                format!("![]({path})"),
                format!("<figure>{}</figure>\n", image(&path, "")),
            ),
            // That of the paragraph before is not its own.
            (
                format!("a ![b]({path})\n\n![c]({path})"),
                format!("<p>a {}</p>\n{}", image(&path, "b"), figure(&path, "", "c")),
            ),
            (
                format!("a ![*b* `c` \"<x>\"]({path}) d"),
                format!("<p>a {} d</p>\n", image(&path, "b c &quot;&lt;x&gt;&quot;")),
            ),
            (
                format!("![a]({path})\n![b]({path})"),
                figure(&path, "", "a") + &figure(&path, "", "b"),
            ),
            // A picture in a link stays in it.
            (
                format!("[![a]({path})](https://x.example)"),
                format!(
                    "<p><a href=\"https://x.example\">{}</a></p>\n",
                    image(&path, "a")
                ),
            ),
            (
                format!("- ![a]({path})"),
                format!("<ul>\n<li>{}</li>\n</ul>\n", image(&path, "a")),
            ),
            (
                "a ![b](https://elsewhere.example/b.png) c".to_owned(),
                "<p>a  c</p>\n".to_owned(),
            ),
            (
                "![b](https://elsewhere.example/b.png)".to_owned(),
                String::new(),
            ),
            ("![b](/media/../b.png)".to_owned(), String::new()),
            (format!("![b]({path}?x)"), String::new()),
            (format!("![b](//elsewhere.example{path})"), String::new()),
            (
                format!("![b](https://elsewhere.example{path})"),
                String::new(),
            ),
            ("![a".to_owned(), "<p>![a</p>\n".to_owned()),
        ] {
            assert_eq!(html(&markdown, None), expected, "{markdown}");
        }
    }

    #[test]
    fn pictures_have_the_public_address_whichever_way_they_are_written() {
        let (path, origin) = (path(), "https://vote.example");
        let shown = figure(&format!("{origin}{path}"), "", "a");
        for address in [path.clone(), format!("{origin}{path}")] {
            let markdown = format!("![a]({address})");
            assert_eq!(html(&markdown, Some(origin)), shown);
        }
        assert_eq!(
            html(&format!("![a]({origin}.evil.example{path})"), Some(origin)),
            ""
        );
    }
}
