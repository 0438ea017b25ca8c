//! Files that are written, read again.

use std::io::{Read as _, Seek as _};

use acclaim::domain::export::TableFormat;
use acclaim::domain::import::columns::{FAULTS_TITLE, Header};
use acclaim::domain::import::{EXAMPLE_MARK, nominee, story};
use acclaim::domain::sheet::{Cell, CellFault, SheetRow};
use acclaim::sheet::{AnnotatedSheet, TableWriter, Template, Value, template};
use proptest::prelude::*;

use super::{row, texts_of};

fn table(format: TableFormat, rows: &[Vec<Value<'_>>]) -> Vec<u8> {
    let mut file = tempfile::tempfile().expect("a file");
    let mut writer =
        TableWriter::new(format, file.try_clone().expect("a handle")).expect("a table");
    for row in rows {
        writer.write(row).expect("written");
    }
    writer.finish().expect("finished");
    file.rewind().expect("rewound");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).expect("read");
    bytes
}

/// The XML of the only worksheet.
fn worksheet(workbook: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).expect("an archive");
    let mut entry = archive
        .by_name("xl/worksheets/sheet1.xml")
        .expect("a sheet");
    let mut xml = String::new();
    entry.read_to_string(&mut xml).expect("text");
    xml
}

#[tokio::test]
async fn texts_that_look_like_formulas_stay_texts() {
    let hostile = [
        "=HYPERLINK(\"http://x\")",
        "+86",
        "-1",
        "@SUM(A1)",
        "'=1",
        "{=1}",
        "a,\"b\"\nc",
    ];
    let rows = [
        hostile.map(Value::Text).to_vec(),
        vec![Value::Number(-5), Value::Text("1")],
    ];
    for format in [TableFormat::Csv, TableFormat::Xlsx] {
        let file = table(format, &rows);
        let expected = [row(1, &hostile), row(2, &["-5", "1"])];
        let read: Vec<_> = texts_of(&file)
            .await
            .into_iter()
            .zip(1..)
            .map(|((_, cells), n)| (n, cells))
            .collect();
        assert_eq!(read, expected, "{format:?}");
    }
    let csv = String::from_utf8(table(TableFormat::Csv, &rows)).expect("text");
    assert!(csv.starts_with("\u{feff}\"'=HYPERLINK("), "{csv}");
    assert!(csv.ends_with("\r\n-5,1\r\n"), "{csv}");
    let xml = worksheet(&table(TableFormat::Xlsx, &rows));
    assert!(
        !xml.contains("<f>") && xml.contains("'=HYPERLINK("),
        "{xml}"
    );
}

#[test]
fn a_cell_takes_what_programs_take() {
    let long = "😀".repeat(20_000);
    let xml = worksheet(&table(TableFormat::Xlsx, &[vec![Value::Text(&long)]]));
    assert_eq!(xml.matches('😀').count(), 16_383);
}

#[tokio::test]
async fn an_annotated_sheet_has_its_rows_in_place_and_is_read_again() {
    let cells = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Cell::Text((*text).to_owned()))
            .collect()
    };
    let mut faulty: Vec<Cell> = cells(&["=1", "李明"]);
    faulty.push(Cell::Fault(CellFault::FormulaWithoutValue));
    let rows = [
        (
            SheetRow {
                number: 2,
                cells: cells(&["编号", "姓名", "单位"]),
            },
            FAULTS_TITLE,
        ),
        (
            SheetRow {
                number: 4,
                cells: faulty,
            },
            "编号必须是整数。",
        ),
        (
            SheetRow {
                number: 5,
                cells: cells(&["1", "", "电力公司"]),
            },
            "",
        ),
    ];
    let expected = [
        row(2, &[FAULTS_TITLE, "编号", "姓名", "单位"]),
        row(4, &["编号必须是整数。", "=1", "李明", "#VALUE!"]),
        row(5, &["", "1", "", "电力公司"]),
    ];
    for format in [TableFormat::Xlsx, TableFormat::Csv] {
        let mut sheet = AnnotatedSheet::new(format).expect("a sheet");
        for (row, note) in &rows {
            sheet.write(row, note).expect("written");
        }
        let mut file = std::io::Cursor::new(Vec::new());
        sheet.finish(&mut file).expect("finished");
        assert_eq!(texts_of(file.get_ref()).await, expected, "{format:?}");
    }
}

#[tokio::test]
async fn templates_have_the_columns_and_an_example_that_is_not_imported() {
    let titles_of = |template| match template {
        Template::Nominees => nominee::HEADERS.iter().map(Header::title).collect(),
        Template::Stories => story::HEADERS.iter().map(Header::title).collect::<Vec<_>>(),
    };
    for kind in [Template::Nominees, Template::Stories] {
        for format in [TableFormat::Xlsx, TableFormat::Csv] {
            let file = template(kind, format).expect("a file");
            let rows = texts_of(&file).await;
            assert_eq!(rows[1].1, titles_of(kind), "{format:?}");
            let example = &rows[2].1;
            let is_marked = example.iter().any(|cell| cell.starts_with(EXAMPLE_MARK));
            assert!(is_marked && rows.len() == 3, "{example:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn a_table_is_read_as_it_was_written(cells in prop::collection::vec("[a\"',=+@\\n\u{674e}-]{0,6}z", 1..5)) {
        let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        for format in [TableFormat::Csv, TableFormat::Xlsx] {
            let texts = runtime.block_on(texts_of(&table(format, std::slice::from_ref(&values))));
            let trimmed: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
            prop_assert_eq!(&texts[0].1, &trimmed, "{:?}", format);
        }
    }
}
