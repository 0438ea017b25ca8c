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
            Event::Start(Tag::Image { dest_url, .. }) => {
                let alt = alternative(&mut parser);
                if let Some(file) = MediaFile::at(&dest_url, origin) {
                    let picture = picture(&file.address(origin), &alt);
                    events.push(Event::InlineHtml(picture.into()));
                }
            }
            Event::End(TagEnd::Paragraph) => end_paragraph(&mut events),
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

fn picture(address: &str, alt: &str) -> String {
    let mut html = String::from("<img src=\"");
    // Nothing fails that writes to a text.
    _ = escape_html(&mut html, address);
    html.push_str("\" alt=\"");
    _ = escape_html(&mut html, alt);
    _ = write!(html, "\" loading=\"lazy\">");
    html
}

/// Ends a paragraph: pictures that stand by themselves are figures, and where nothing is left there is no paragraph.
fn end_paragraph(events: &mut Vec<Event<'_>>) {
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
    let within = events.split_off(start).into_iter().skip(1);
    events.extend(within.filter_map(|event| match event {
        Event::InlineHtml(picture) => {
            Some(Event::Html(format!("<figure>{picture}</figure>\n").into()))
        }
        _ => None,
    }));
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

    #[test]
    fn pictures_are_those_that_are_stored_here() {
        let path = path();
        for (markdown, expected) in [
            (
                format!("![在车间]({path})"),
                format!("<figure>{}</figure>\n", image(&path, "在车间")),
            ),
            (
                format!("a ![*b* `c` \"<x>\"]({path}) d"),
                format!("<p>a {} d</p>\n", image(&path, "b c &quot;&lt;x&gt;&quot;")),
            ),
            (
                format!("![a]({path})\n![b]({path})"),
                format!(
                    "<figure>{}</figure>\n<figure>{}</figure>\n",
                    image(&path, "a"),
                    image(&path, "b")
                ),
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
        let shown = format!(
            "<figure>{}</figure>\n",
            image(&format!("{origin}{path}"), "a")
        );
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
