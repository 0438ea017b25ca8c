//! Workbooks made by hand, so that they can be what no program writes.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parts of a workbook.
pub struct Workbook {
    /// Name, state (`visible`, `hidden`) and XML of each sheet.
    pub sheets: Vec<(&'static str, &'static str, String)>,
    pub shared_strings: String,
    pub properties: &'static str,
    pub others: Vec<(String, Vec<u8>)>,
}

/// Number formats by their index: 0 general, 1 a date, 2 a date with time, 3 a time.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/></cellXfs></styleSheet>"#;
const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"#;

/// The XML of a sheet with these rows, and what comes after them.
pub fn sheet_xml(rows: &str, after: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{after}</worksheet>"#
    )
}

/// A cell with a text of its own.
pub fn text_cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

impl Workbook {
    /// A workbook with one sheet of these rows.
    pub fn of_rows(rows: &str) -> Self {
        Self::of_sheet(sheet_xml(rows, ""))
    }

    pub fn of_sheet(xml: String) -> Self {
        Self {
            sheets: vec![("Sheet1", "visible", xml)],
            shared_strings: String::new(),
            properties: "",
            others: Vec::new(),
        }
    }

    #[allow(clippy::format_push_string, reason = "a few sheets")]
    pub fn bytes(&self) -> Vec<u8> {
        let mut entries: Vec<(String, Vec<u8>)> = vec![
            ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
            ("_rels/.rels".to_owned(), RELATIONSHIPS.into()),
            ("xl/styles.xml".to_owned(), STYLES.into()),
        ];
        let (mut sheets, mut relationships) = (String::new(), String::new());
        for (number, (name, state, xml)) in (1..).zip(&self.sheets) {
            sheets.push_str(&format!(
                r#"<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>"#
            ));
            relationships.push_str(&format!(
                r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            ));
            let path = format!("xl/worksheets/sheet{number}.xml");
            entries.push((path, xml.clone().into()));
        }
        let workbook = format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{}<sheets>{sheets}</sheets></workbook>"#,
            self.properties
        );
        let relationships = format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relationships}</Relationships>"#
        );
        entries.push(("xl/workbook.xml".to_owned(), workbook.into()));
        entries.push((
            "xl/_rels/workbook.xml.rels".to_owned(),
            relationships.into(),
        ));
        if !self.shared_strings.is_empty() {
            entries.push((
                "xl/sharedStrings.xml".to_owned(),
                self.shared_strings.clone().into(),
            ));
        }
        entries.extend(self.others.iter().cloned());
        archive(&entries)
    }
}

/// A ZIP archive of these entries.
pub fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in entries {
        archive
            .start_file(path, SimpleFileOptions::default())
            .expect("an entry");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}
