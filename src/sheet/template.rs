//! Templates to fill in: a line that explains, the header, an example that an import skips.

use rust_xlsxwriter::{Format, Workbook};

use super::table::WriteError;
use crate::domain::export::TableFormat;
use crate::domain::import::columns::Header;
use crate::domain::import::{EXAMPLE_MARK, nominee, story};

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Nominees.
    Nominees,
    /// Stories.
    Stories,
}

const NOMINEES: &str = "每行一位候选人。已有的候选人按编号匹配，未填编号的按姓名和单位匹配。删去的列保持不变，空单元格会清空内容。\
    示例行不会导入。 One nominee a row. A row matches a nominee by number, else by name and employer. A column that you \
    delete changes nothing, an empty cell empties its field. The example row is not imported.";
const STORIES: &str = "每行一篇报道，已有的报道按标题匹配。正文用 Markdown，时间按活动的时区，例如 2022-10-25 09:00，可以不填。\
    示例行不会导入。 One story a row; a row matches a story by title. The text is Markdown, the time is in the \
    campaign's time zone, such as 2022-10-25 09:00, and may be left out. The example row is not imported.";

/// A file to fill in.
///
/// # Errors
/// None that is known: the library's.
pub fn template(template: Template, format: TableFormat) -> Result<Vec<u8>, WriteError> {
    match template {
        Template::Nominees => {
            let name = format!("{EXAMPLE_MARK}：李明 Li Ming");
            let example = [
                "1",
                "类别的名称或代码 name or key of a category",
                &name,
                "示例电力公司 Example Power Co.",
                "南京 Nanjing",
                "总工程师 Chief engineer",
                "一两句话 A sentence or two",
            ];
            write(format, NOMINEES, &nominee::HEADERS, &example)
        }
        Template::Stories => {
            let title = format!("{EXAMPLE_MARK}：一个标题 A headline");
            let example = [
                title.as_str(),
                "一两句话 A sentence or two",
                "**正文** Text",
                "1",
                "2022-10-25 09:00",
            ];
            write(format, STORIES, &story::HEADERS, &example)
        }
    }
}

fn write<F>(
    format: TableFormat,
    explanation: &str,
    headers: &[Header<F>],
    example: &[&str],
) -> Result<Vec<u8>, WriteError> {
    match format {
        TableFormat::Xlsx => write_workbook(explanation, headers, example),
        TableFormat::Csv => write_csv(explanation, headers, example),
    }
}

fn write_workbook<F>(
    explanation: &str,
    headers: &[Header<F>],
    example: &[&str],
) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let bold = Format::new().set_bold();
    sheet.write_string(0, 0, explanation)?;
    for (column, (header, example)) in (0..).zip(headers.iter().zip(example)) {
        sheet.set_column_width(column, 24)?;
        sheet.write_string_with_format(1, column, header.title(), &bold)?;
        sheet.write_string(2, column, *example)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    Ok(workbook.save_to_buffer()?)
}

/// CSV with a byte order mark, which Excel needs.
fn write_csv<F>(
    explanation: &str,
    headers: &[Header<F>],
    example: &[&str],
) -> Result<Vec<u8>, WriteError> {
    let mut file: Vec<u8> = "\u{feff}".into();
    let mut writer = csv::WriterBuilder::new();
    let writer = writer.terminator(csv::Terminator::CRLF).flexible(true);
    let mut writer = writer.from_writer(&mut file);
    let titles: Vec<String> = headers.iter().map(Header::title).collect();
    let written = writer
        .write_record([explanation])
        .and_then(|()| writer.write_record(&titles))
        .and_then(|()| writer.write_record(example));
    written.map_err(std::io::Error::from)?;
    writer.flush()?;
    drop(writer);
    Ok(file)
}
