//! Files as people make them.

use acclaim::domain::sheet::SheetError;

use super::files::{Workbook, sheet_xml, text_cell};
use super::{read, row, texts_of};

#[tokio::test]
async fn numbers_and_truths_are_texts_as_people_see_them() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1.38E10</v></c><c r="C1"><v>0.30000000000000004</v></c>
        <c r="D1"><v>110101199001011234</v></c><c r="E1" t="b"><v>1</v></c><c r="F1" t="e"><v>#N/A</v></c></row>"#;
    let texts = texts_of(&Workbook::of_rows(rows).bytes()).await;
    let expected = [
        "1",
        "13800000000",
        "0.3",
        "<NumberTooLong>",
        "TRUE",
        "<ErrorValue>",
    ];
    assert_eq!(texts, [row(1, &expected)]);
}

#[tokio::test]
async fn dates_are_read_in_both_epochs() {
    let rows = r#"<row r="1"><c r="A1" s="1"><v>44859</v></c><c r="B1" s="2"><v>44859.375</v></c>
        <c r="C1" s="3"><v>0.375</v></c><c r="D1" t="d"><v>2022-10-25T09:00:00</v></c></row>"#;
    let mut workbook = Workbook::of_rows(rows);
    let texts = texts_of(&workbook.bytes()).await;
    let expected = [
        "2022-10-25",
        "2022-10-25T09:00:00",
        "09:00:00",
        "2022-10-25T09:00:00",
    ];
    assert_eq!(texts, [row(1, &expected)]);
    workbook.properties = r#"<workbookPr date1904="1"/>"#;
    workbook.sheets[0].2 = sheet_xml(
        r#"<row r="1"><c r="A1" s="2"><v>43397.375</v></c></row>"#,
        "",
    );
    let texts = texts_of(&workbook.bytes()).await;
    assert_eq!(texts, [row(1, &["2022-10-25T09:00:00"])]);
}

#[tokio::test]
async fn the_first_sheet_that_is_shown_is_read() {
    let sheet = |text| {
        sheet_xml(
            &format!(r#"<row r="1">{}</row>"#, text_cell("A1", text)),
            "",
        )
    };
    let mut workbook = Workbook::of_sheet(sheet("hidden"));
    workbook.sheets[0].1 = "hidden";
    assert_eq!(
        read(&workbook.bytes()).await,
        Err(SheetError::NoVisibleSheet)
    );
    workbook
        .sheets
        .push(("Very", "veryHidden", sheet("very hidden")));
    workbook.sheets.push(("Shown", "visible", sheet("shown")));
    workbook.sheets.push(("Later", "visible", sheet("later")));
    assert_eq!(texts_of(&workbook.bytes()).await, [row(1, &["shown"])]);
}

#[tokio::test]
async fn merged_cells_have_their_value_everywhere_and_blank_rows_none() {
    let cells = |number: u32, cells: &[(&str, &str)]| {
        let cells: String = cells
            .iter()
            .map(|(column, text)| text_cell(&format!("{column}{number}"), text))
            .collect();
        format!(r#"<row r="{number}">{cells}</row>"#)
    };
    let rows = [
        cells(1, &[("A", "编号"), ("B", "姓名"), ("C", "单位信息")]),
        cells(2, &[("C", "单位"), ("D", "职务")]),
        cells(4, &[("A", "1"), ("B", "李明"), ("C", "电力公司")]),
        cells(5, &[("A", "2"), ("B", "王伟"), ("D", "班长")]),
    ];
    let merged = r#"<mergeCells count="4"><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:D1"/>
        <mergeCell ref="C4:C9"/></mergeCells>"#;
    let workbook = Workbook::of_sheet(sheet_xml(&rows.concat(), merged));
    let expected = [
        row(1, &["编号", "姓名", "单位信息", "单位信息"]),
        row(2, &["编号", "姓名", "单位", "职务"]),
        row(4, &["1", "李明", "电力公司"]),
        row(5, &["2", "王伟", "电力公司", "班长"]),
    ];
    assert_eq!(texts_of(&workbook.bytes()).await, expected);
}

#[tokio::test]
async fn formulas_have_the_value_that_was_computed() {
    let rows = r#"<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>
        <c r="C1"><f>1+1</f></c><c r="D1"><f t="shared" si="0"/></c><c r="E1"/></row>"#;
    let texts = texts_of(&Workbook::of_rows(rows).bytes()).await;
    let unknown = "<FormulaWithoutValue>";
    assert_eq!(texts, [row(1, &["2", "ab", unknown, unknown])]);
}

#[tokio::test]
async fn a_long_cell_is_a_fault_and_the_row_is_read() {
    let long = "长".repeat(3_000);
    let csv = format!("a,{long}\nb,{}\n", "长".repeat(2_730));
    let texts = texts_of(csv.as_bytes()).await;
    assert_eq!(texts[0], row(1, &["a", "<TooLong>"]));
    assert_eq!(texts[1].1[1].chars().count(), 2_730);
}

#[tokio::test]
async fn texts_are_read_in_the_encodings_of_their_programs() {
    let text = "编号,姓名\r\n1,李明\r\n";
    let utf_16: Vec<u8> = ['\u{feff}']
        .into_iter()
        .chain(text.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
    for file in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        gb18030.into_owned(),
        utf_16,
    ] {
        let expected = [row(1, &["编号", "姓名"]), row(2, &["1", "李明"])];
        assert_eq!(texts_of(&file).await, expected, "{file:?}");
    }
    // Latin-1, whose bytes are characters of no other encoding here.
    let latin = read(b"name\nJos\xe9\n").await;
    assert_eq!(latin, Err(SheetError::UnknownEncoding));
}

#[tokio::test]
async fn rows_of_a_text_have_the_numbers_that_programs_show() {
    let csv = "标题,正文\n\n一,\"两\n行\"\n ,\n二,\"引号\"\"\"\n'=1,'x\n";
    let expected = [
        row(1, &["标题", "正文"]),
        row(3, &["一", "两\n行"]),
        row(5, &["二", "引号\""]),
        row(6, &["=1", "'x"]),
    ];
    assert_eq!(texts_of(csv.as_bytes()).await, expected);
}
