//! Files that are broken, of other kinds, or made to hurt: each is refused with its reason.

use acclaim::domain::sheet::SheetError;

use super::files::{Workbook, archive, sheet_xml, text_cell};
use super::{read, row, texts_of};

async fn assert_refused(what: &str, file: &[u8], error: SheetError) {
    assert_eq!(read(file).await.err(), Some(error), "{what}");
}

/// The beginning of an OLE compound file, and the name of a stream in it.
fn compound_file(stream: &str) -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.extend([0; 512]);
    file.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    file
}

fn good() -> Vec<u8> {
    let cells = text_cell("A1", "a");
    Workbook::of_rows(&format!(r#"<row r="1">{cells}</row>"#)).bytes()
}

#[tokio::test]
async fn files_of_other_kinds_are_told_what_to_save_them_as() {
    let entry = |path: &str, content: &str| (path.to_owned(), content.as_bytes().to_vec());
    let document = entry("[Content_Types].xml", "<Types/>");
    let opened = entry("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    let binary = archive(&[document.clone(), entry("xl/workbook.bin", "")]);
    let word = archive(&[document, entry("word/document.xml", "<w/>")]);
    for (what, file, error) in [
        ("nothing", Vec::new(), SheetError::Empty),
        (
            "a byte order mark",
            b"\xef\xbb\xbf\n".to_vec(),
            SheetError::Empty,
        ),
        ("commas", b",,\n,,\n".to_vec(), SheetError::Empty),
        (".xls", compound_file("Workbook"), SheetError::OldFormat),
        (
            "encrypted",
            compound_file("EncryptedPackage"),
            SheetError::Encrypted,
        ),
        (".ods", archive(&[opened]), SheetError::OpenDocument),
        (".xlsb", binary, SheetError::BinaryFormat),
        (".docx", word, SheetError::NotASpreadsheet),
        (
            "a ZIP",
            archive(&[entry("a.txt", "a")]),
            SheetError::NotASpreadsheet,
        ),
        (
            "HTML",
            b"\n<html><table>".to_vec(),
            SheetError::NotASpreadsheet,
        ),
        (
            "a PNG",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            SheetError::NotASpreadsheet,
        ),
        ("zeros", vec![0; 1_000], SheetError::NotASpreadsheet),
    ] {
        assert_refused(what, &file, error).await;
    }
}

#[tokio::test]
async fn broken_files_are_damaged() {
    let good = good();
    assert_eq!(texts_of(&good).await, [row(1, &["a"])]);
    assert_refused("half", &good[..good.len() / 2], SheetError::Damaged).await;
    assert_refused(
        "without its end",
        &good[..good.len() - 1],
        SheetError::Damaged,
    )
    .await;
    assert_refused("a beginning", b"PK\x03\x04", SheetError::Damaged).await;
    for rows in [
        r#"<row r="1"><c r="A1"><v>1</v>"#,
        r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="s"><v>7</v></c></row>"#,
        r#"<row r="1"><c r="A0"><v>1</v></c></row>"#,
        r#"<row r="99999999999"><c><v>1</v></c></row>"#,
    ] {
        let file = Workbook::of_rows(rows).bytes();
        assert_refused(rows, &file, SheetError::Damaged).await;
    }
    // The library takes unclosed elements for nothing: they are only to hurt nobody.
    let nested = Workbook::of_rows(&"<a>".repeat(1_000_000)).bytes();
    assert_refused("nested", &nested, SheetError::Empty).await;
}

#[tokio::test]
async fn bytes_that_were_changed_are_read_or_refused() {
    let good = good();
    let mut state: u64 = 1;
    for _ in 0..60 {
        let mut file = good.clone();
        for _ in 0..4 {
            // Numbers that look random and are the same each time.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(state >> 33).expect("it is small") % file.len();
            file[place] ^= state.to_le_bytes()[3] | 1;
        }
        // A failure of the reader itself panics.
        let _ = read(&file).await;
    }
}

#[tokio::test]
async fn archives_that_unpack_to_much_are_not_unpacked() {
    let mut workbook = Workbook::of_rows("");
    let bomb = ("xl/media/image1.png".to_owned(), vec![0; 65 * 1024 * 1024]);
    workbook.others.push(bomb);
    let file = workbook.bytes();
    assert!(file.len() < 1024 * 1024, "it is small: {}", file.len());
    assert_refused("a bomb", &file, SheetError::ArchiveTooLarge).await;
    let entry = |number: u32| (format!("xl/media/{number}"), Vec::new());
    workbook.others = (0..200).map(entry).collect();
    assert_refused(
        "many entries",
        &workbook.bytes(),
        SheetError::ArchiveTooLarge,
    )
    .await;
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    assert_refused("a large file", &large, SheetError::FileTooLarge).await;
}

#[tokio::test]
async fn what_a_sheet_says_of_its_size_is_not_believed() {
    let dimension = r#"<dimension ref="A1:XFD1048576"/>"#;
    let cells = text_cell("A1", "a") + &text_cell("B1", "b");
    let row_xml = format!(r#"<row r="1">{cells}</row>"#);
    let xml =
        sheet_xml(&row_xml, "").replacen("<sheetData>", &format!("{dimension}<sheetData>"), 1);
    assert_eq!(
        texts_of(&Workbook::of_sheet(xml).bytes()).await,
        [row(1, &["a", "b"])]
    );
    // Two cells that are far apart span the whole sheet.
    let far = format!(r#"<row r="1048576">{}</row>"#, text_cell("A1048576", "z"));
    let texts = texts_of(&Workbook::of_rows(&(row_xml.clone() + &far)).bytes()).await;
    assert_eq!(texts, [row(1, &["a", "b"]), row(1_048_576, &["z"])]);
    let wide = format!(r#"<row r="2">{}</row>"#, text_cell("XFD2", "z"));
    let file = Workbook::of_rows(&(row_xml + &wide)).bytes();
    assert_refused("a far column", &file, SheetError::TooManyColumns).await;
}

/// The library reserves memory for as many strings as the file says: the child's limit is what holds.
#[tokio::test]
async fn memory_is_limited() {
    for (count, error) in [
        ("40000000", SheetError::TooDemanding),
        ("99999999999999", SheetError::TooDemanding),
        ("9999999999999999999", SheetError::Damaged),
    ] {
        let mut workbook = Workbook::of_rows("");
        workbook.shared_strings = format!(r#"<sst uniqueCount="{count}"><si><t>a</t></si></sst>"#);
        let refused = read(&workbook.bytes()).await.err();
        assert_eq!(refused, Some(error), "{count}");
    }
}

#[tokio::test]
async fn strings_that_are_used_often_are_counted_each_time() {
    let text = "长".repeat(2_700);
    let mut workbook = Workbook::of_rows("");
    workbook.shared_strings = format!("<sst><si><t>{text}</t></si></sst>");
    let cells: String = (b'A'..=b'Z').map(|_| r#"<c t="s"><v>0</v></c>"#).collect();
    let row = |number: u32| format!(r#"<row r="{number}">{cells}</row>"#);
    let rows: String = (1..=100).map(row).collect();
    workbook.sheets[0].2 = sheet_xml(&rows, "");
    assert_refused("repeated", &workbook.bytes(), SheetError::TooMuchText).await;
}

#[tokio::test]
async fn rows_columns_and_merged_areas_are_bounded() {
    let rows = |count: u32| {
        (0..count)
            .map(|number| format!("{number},a\n"))
            .collect::<Vec<_>>()
            .concat()
    };
    let read_rows = read(rows(10_020).as_bytes()).await.expect("they are read");
    assert_eq!(read_rows.len(), 10_020);
    assert_refused("rows", rows(10_021).as_bytes(), SheetError::TooManyRows).await;
    let numbered =
        |number: u32| format!(r#"<row r="{number}"><c r="A{number}"><v>1</v></c></row>"#);
    let many: String = (1..=10_021).map(numbered).collect();
    assert_refused(
        "rows",
        &Workbook::of_rows(&many).bytes(),
        SheetError::TooManyRows,
    )
    .await;
    let columns = |count: usize| vec!["a"; count].join(",");
    assert_eq!(
        read(columns(64).as_bytes()).await.expect("they are read")[0]
            .cells
            .len(),
        64
    );
    assert_refused(
        "columns",
        columns(65).as_bytes(),
        SheetError::TooManyColumns,
    )
    .await;
    let area = r#"<mergeCell ref="A1:XFD1048576"/>"#;
    let areas = format!("<mergeCells>{}</mergeCells>", area.repeat(20_001));
    let file = Workbook::of_sheet(sheet_xml(&numbered(1), &areas)).bytes();
    assert_refused("merged areas", &file, SheetError::TooDemanding).await;
}

#[tokio::test]
async fn entities_of_a_document_type_are_not_expanded() {
    let mut workbook = Workbook::of_rows(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#);
    let entities =
        r#"<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    workbook.shared_strings = format!("{entities}<sst><si><t>&b;&b;</t></si></sst>");
    if let Ok(rows) = read(&workbook.bytes()).await {
        assert!(!format!("{rows:?}").contains("aaaaaaaaaa"), "{rows:?}");
    }
}
