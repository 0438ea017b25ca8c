//! The messages of spreadsheets that cannot be read, and of their rows that cannot be taken.

use super::Language;
use crate::app::desk::{ApplyRefusal, NewImportRefusal};
use crate::domain::import::columns::HeaderError;
use crate::domain::import::staged::{ImportFailure, RowFaults};
use crate::domain::import::{ImportError, RowFaultReason};
use crate::domain::sheet::{CELL_BYTES_MAX, COLUMNS_MAX, CellFault, SheetError};
use crate::domain::story::fields::StoryField;

impl Language {
    /// The name of a story's field.
    #[must_use]
    pub fn story_field(self, field: StoryField) -> &'static str {
        match field {
            StoryField::Title => self.pick("title", "标题"),
            StoryField::Summary => self.pick("summary", "摘要"),
            StoryField::Body => self.pick("body", "正文"),
            StoryField::Nominee => self.pick("nominee number", "候选人编号"),
            StoryField::PublishAt => self.pick("time of publication", "发布时间"),
        }
    }

    /// The message of a sheet that cannot be planned; `name` gives the names of its fields.
    #[must_use]
    pub fn import_error<F: Copy>(
        self,
        error: &ImportError<F>,
        name: impl Fn(Self, F) -> &'static str,
    ) -> String {
        match error {
            ImportError::Sheet(error) => self.sheet_error(*error).to_owned(),
            ImportError::Header(error) => self.header_error(error, name),
        }
    }

    fn header_error<F: Copy>(
        self,
        error: &HeaderError<F>,
        name: impl Fn(Self, F) -> &'static str,
    ) -> String {
        match error {
            HeaderError::Missing(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| name(self, *field)).collect();
                match self {
                    Self::English => format!(
                        "The first 20 rows have no header with these columns: {}. Take the template.",
                        names.join(", ")
                    ),
                    Self::Chinese => format!(
                        "前20行中没有找到包含这些列的表头：{}。请使用模板。",
                        names.join("、")
                    ),
                }
            }
            HeaderError::Twice(field) => {
                let name = name(self, *field);
                match self {
                    Self::English => format!("Two columns are the {name}: delete one of them."),
                    Self::Chinese => format!("有两列都是{name}，请删去一列。"),
                }
            }
        }
    }

    /// The message of an import that has no plan.
    pub(in crate::graphql) fn import_failure(self, failure: &ImportFailure) -> String {
        match failure {
            ImportFailure::Sheet(error) => self.sheet_error(*error).to_owned(),
            ImportFailure::NomineeHeader(error) => self.header_error(error, Self::nominee_field),
            ImportFailure::StoryHeader(error) => self.header_error(error, Self::story_field),
            ImportFailure::WrongState => self.import_over().to_owned(),
            ImportFailure::FileLost => self.file_lost().to_owned(),
            ImportFailure::ReaderFailed => self
                .pick(
                    "The server could not read the file: send it again, or ask the server's operator.",
                    "服务器未能读取该文件，请重新上传，或联系运维人员。",
                )
                .to_owned(),
        }
    }

    /// The messages of a row's faults, one after the other.
    #[must_use]
    pub fn row_faults(self, faults: &RowFaults) -> String {
        let texts: Vec<String> = match faults {
            RowFaults::Nominees(faults) => faults
                .iter()
                .map(|fault| self.row_fault(self.nominee_field(fault.field), fault.reason))
                .collect(),
            RowFaults::Stories(faults) => faults
                .iter()
                .map(|fault| self.row_fault(self.story_field(fault.field), fault.reason))
                .collect(),
        };
        texts.join(" ")
    }

    /// The code and the message of a file that is not there.
    pub(crate) fn no_such_file(self) -> (&'static str, &'static str) {
        let text = self.pick("There is no such file.", "没有这个文件。");
        ("FILE_NOT_FOUND", text)
    }

    /// The code and the message of a link whose time is over.
    pub(crate) fn link_expired(self) -> (&'static str, &'static str) {
        let text = self.pick(
            "The link has expired: open it from the desk again.",
            "链接已过期，请从管理页面重新打开。",
        );
        ("LINK_EXPIRED", text)
    }

    fn import_over(self) -> &'static str {
        self.pick(
            "The result of the campaign is out: its list stays as it is.",
            "活动结果已公布，名单不能再修改。",
        )
    }

    fn file_lost(self) -> &'static str {
        self.pick(
            "The file is not there any more: send it again.",
            "文件已不存在，请重新上传。",
        )
    }

    /// The message of an import that was not made.
    pub(in crate::graphql) fn new_import_refusal(self, why: NewImportRefusal) -> &'static str {
        match why {
            NewImportRefusal::Upload(why) => self.upload_refusal(why).1,
            NewImportRefusal::WrongState => self.import_over(),
            NewImportRefusal::TooManyImports => self.pick(
                "Too many imports of the campaign are not applied: apply one, or wait until they are removed after a week.",
                "该活动未应用的导入过多，请先应用，或等待一周后自动清除。",
            ),
            NewImportRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to something else: use a new one.",
                "该幂等键已用于其他操作，请更换。",
            ),
        }
    }

    /// The message of a plan that was not applied.
    pub(in crate::graphql) fn apply_import_refusal(self, why: ApplyRefusal) -> &'static str {
        match why {
            ApplyRefusal::NotChecked => self.pick(
                "The sheet is still being read: wait until it is checked.",
                "表格仍在读取中，请等待检查完成。",
            ),
            ApplyRefusal::NoPlan => self.pick(
                "The sheet could not be read: mend it and send it again.",
                "表格未能读取，请修改后重新上传。",
            ),
            ApplyRefusal::StaleObject | ApplyRefusal::PlanChanged => self.pick(
                "The campaign has changed meanwhile, and with it what the sheet would do: look at the new plan.",
                "活动内容已有变化，导入计划随之更新，请重新查看后再应用。",
            ),
            ApplyRefusal::FaultyRows => self.pick(
                "Rows are faulty: mend them in the sheet and send it again.",
                "部分行有问题，请在表格中修改后重新上传。",
            ),
            ApplyRefusal::NothingToApply => self.pick(
                "The sheet changes nothing: everything is there as it says.",
                "表格内容与现有数据一致，无需应用。",
            ),
            ApplyRefusal::ReasonRequired => self.pick(
                "Votes are cast, and names, numbers or employers would change: give a reason of at most 500 characters.",
                "已有投票，修改姓名、编号或单位须填写理由，最多500个字。",
            ),
            ApplyRefusal::WrongState => self.import_over(),
            ApplyRefusal::FileLost => self.file_lost(),
        }
    }

    /// The message of a row's field, by its name, that cannot be taken.
    #[must_use]
    pub fn row_fault(self, name: &str, reason: RowFaultReason) -> String {
        let (english, chinese) = match reason {
            RowFaultReason::Field(reason) => return self.field_fault(name, reason),
            RowFaultReason::Cell(fault) => return self.cell_fault(name, fault),
            RowFaultReason::Duplicate { row } => {
                return match self {
                    Self::English => {
                        format!("The {name} is that of row {row}: delete one of the two.")
                    }
                    Self::Chinese => format!("{name}与第{row}行重复，请删去其中一行。"),
                };
            }
            RowFaultReason::NotANumber => ("must be a whole number", "必须是整数"),
            RowFaultReason::UnknownCategory => (
                "is none of the campaign: write a category's name or key",
                "在本活动中不存在，请填写类别的名称或代码",
            ),
            RowFaultReason::AmbiguousCategory => (
                "is the name of several categories: write its key",
                "有多个同名，请填写类别的代码",
            ),
            RowFaultReason::CategoryFixed => (
                "stays as it is: the nominee has votes",
                "不能更改：该候选人已有得票",
            ),
            RowFaultReason::AmbiguousNominee => (
                "is needed: several nominees have this name and employer",
                "不能为空：有多位候选人姓名和单位相同",
            ),
            RowFaultReason::UnknownNominee => ("is no nominee's", "没有对应的候选人"),
            RowFaultReason::AmbiguousStory => (
                "is that of several stories: change it here or there",
                "与多篇报道相同，请改名",
            ),
            RowFaultReason::NotATime => (
                "is no time that can be read: write it as 2022-10-25 09:00",
                "无法识别，请写成 2022-10-25 09:00",
            ),
            RowFaultReason::SkippedTime => (
                "is skipped by the clocks of the campaign's time zone",
                "在活动的时区中不存在（夏令时跳过）",
            ),
        };
        self.sentence(name, english, chinese)
    }

    fn cell_fault(self, name: &str, fault: CellFault) -> String {
        let (english, chinese) = match fault {
            CellFault::FormulaWithoutValue => (
                "is a formula without a result: open the file in Excel, save it, or paste the values",
                "是没有计算结果的公式，请在Excel中打开后保存，或粘贴为数值",
            ),
            CellFault::ErrorValue => ("is an error such as #N/A", "是错误值（例如 #N/A）"),
            CellFault::TooLong => {
                return match self {
                    Self::English => {
                        format!("The {name} has more than {CELL_BYTES_MAX} bytes: shorten it.")
                    }
                    Self::Chinese => format!("{name}超过{CELL_BYTES_MAX}字节，请缩短。"),
                };
            }
            CellFault::NumberTooLong => (
                "is a number of more than 15 digits, which Excel does not keep: make the cell a text",
                "是超过15位的数字，Excel无法保留，请将单元格设为文本",
            ),
            CellFault::NoDate => (
                "is formatted as a date and is none",
                "设为日期格式但不是日期",
            ),
        };
        self.sentence(name, english, chinese)
    }

    fn sentence(self, name: &str, english: &str, chinese: &str) -> String {
        match self {
            Self::English => format!("The {name} {english}."),
            Self::Chinese => format!("{name}{chinese}。"),
        }
    }

    /// The message of a file that cannot be read.
    #[must_use]
    #[allow(clippy::too_many_lines, reason = "one text an error, side by side")]
    pub fn sheet_error(self, error: SheetError) -> &'static str {
        const { assert!(COLUMNS_MAX == 64, "the texts below name it") }
        match error {
            SheetError::Empty => self.pick(
                "There is nothing to import in the file: fill in the rows below the header.",
                "文件中没有可导入的内容，请在表头下面填写。",
            ),
            SheetError::FileTooLarge => self.pick(
                "The file has more than 10 MiB: remove pictures and other sheets, or split it.",
                "文件超过10 MiB，请删去图片和其他工作表，或拆分文件。",
            ),
            SheetError::ArchiveTooLarge => self.pick(
                "The workbook is too large when it is unpacked: copy the rows into a new workbook.",
                "工作簿解压后过大，请将内容复制到新的工作簿。",
            ),
            SheetError::OldFormat => self.pick(
                "This is an .xls file of an old Excel: save it as an Excel workbook (.xlsx).",
                "这是旧版Excel的.xls文件，请另存为Excel工作簿（.xlsx）。",
            ),
            SheetError::BinaryFormat => self.pick(
                "This is an .xlsb file: save it as an Excel workbook (.xlsx).",
                "这是.xlsb文件，请另存为Excel工作簿（.xlsx）。",
            ),
            SheetError::OpenDocument => self.pick(
                "This is an .ods file: save it as an Excel workbook (.xlsx).",
                "这是.ods文件，请另存为Excel工作簿（.xlsx）。",
            ),
            SheetError::Encrypted => self.pick(
                "The file is protected by a password: save it without one.",
                "文件设有密码，请取消密码后再保存。",
            ),
            SheetError::NotASpreadsheet => self.pick(
                "This is neither an .xlsx nor a CSV file: open it in Excel and save it as an Excel workbook (.xlsx).",
                "这不是.xlsx或CSV文件，请用Excel打开并另存为Excel工作簿（.xlsx）。",
            ),
            SheetError::Damaged => self.pick(
                "The file is damaged: open it in Excel, save it again, and upload that.",
                "文件已损坏，请用Excel打开并重新保存后再上传。",
            ),
            SheetError::NoVisibleSheet => self.pick(
                "All worksheets of the file are hidden: show the one to import.",
                "文件中没有可见的工作表，请取消隐藏要导入的工作表。",
            ),
            SheetError::TooManyRows => self.pick(
                "The sheet has more than 10,000 rows: split it.",
                "表格超过10,000行，请拆分。",
            ),
            SheetError::TooManyColumns => self.pick(
                "The sheet has more than 64 columns: delete those that are not imported.",
                "表格超过64列，请删去不需要导入的列。",
            ),
            SheetError::TooMuchText => self.pick(
                "The sheet has more than 16 MiB of text: split it.",
                "表格的文字超过16 MiB，请拆分。",
            ),
            SheetError::UnknownEncoding => self.pick(
                "The text is neither UTF-8 nor GB18030: save the file as CSV UTF-8, or as .xlsx.",
                "文件编码既不是UTF-8也不是GB18030，请另存为CSV UTF-8或.xlsx。",
            ),
            SheetError::TooDemanding => self.pick(
                "The file takes too much memory or time to read: copy the rows into a new workbook.",
                "读取该文件所需的内存或时间过多，请将内容复制到新的工作簿。",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::FieldFaultReason;
    use crate::domain::nominee::NomineeField;

    #[test]
    fn faults_are_sentences_in_both_languages() {
        let texts = |reason| {
            [Language::English, Language::Chinese].map(|language| {
                language.row_fault(language.nominee_field(NomineeField::Name), reason)
            })
        };
        let too_long = FieldFaultReason::TooLong { chars_max: 200 };
        assert_eq!(
            texts(RowFaultReason::Field(too_long)),
            [
                "The name has more than 200 characters: shorten it.",
                "姓名超过200个字，请缩短。"
            ]
        );
        assert_eq!(
            texts(RowFaultReason::Duplicate { row: 3 }),
            [
                "The name is that of row 3: delete one of the two.",
                "姓名与第3行重复，请删去其中一行。"
            ]
        );
        let error = ImportError::Header(HeaderError::Missing(vec![
            NomineeField::Name,
            NomineeField::Employer,
        ]));
        assert_eq!(
            Language::Chinese.import_error(&error, Language::nominee_field),
            "前20行中没有找到包含这些列的表头：姓名、单位。请使用模板。"
        );
    }
}
