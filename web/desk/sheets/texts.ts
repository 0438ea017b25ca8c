// The texts of imports and exports, in both languages.
import { count } from "../../shared/format";
import type { ExportFormat, ExportKind, ExportStatus, ImportChange, ImportKind, ImportStatus } from "./operations";
import { texts } from "../texts";

const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** What an import does, by rows. */
interface Plan {
  kind: ImportKind;
  creates: number;
  updates: number;
  unchanged: number;
  faulty: number;
}

const things = (kind: ImportKind, n: number) => (kind === "NOMINEES" ? plural(n, "nominee") : plural(n, "story", "stories"));
const thingsChinese = (kind: ImportKind, n: number) => (kind === "NOMINEES" ? `${count(n)} 位候选人` : `${count(n)} 篇故事`);

const english = {
  // Imports.
  importIntro: "Fill in a template, send it, look at what it would do, then apply it. Nothing changes before that.",
  stepSheet: "1. Fill in a template",
  stepSend: "2. Send it",
  templates: { NOMINEES: "Template for nominees", STORIES: "Template for stories" } as Record<ImportKind, string>,
  templateHint:
    "A row matches a nominee by number, else by name and employer, and a story by its headline. " +
    "A column that you delete changes nothing; an empty cell empties its field.",
  kind: "What is in the rows",
  kinds: { NOMINEES: "Nominees", STORIES: "Stories" } as Record<ImportKind, string>,
  drop: "Drop the sheet here, or",
  chooseSheet: "Choose a sheet",
  sheetHint: ".xlsx or .csv, at most 10 MB and 10,000 rows",
  dropNow: "Let go to send it",
  sending: (name: string) => `Sending ${name}…`,
  noSheet: "This is no .xlsx and no .csv file. Save it as one of them, and send that.",
  sheetTooLarge: (megabytes: string) => `The sheet has ${megabytes} MB; at most 10 MB can be sent.`,
  sheetEmpty: "The file is empty.",
  oneSheet: "One sheet at a time.",
  earlier: "Earlier imports",
  noneYet: "No sheet has been sent yet.",
  allImports: "All imports",
  importOf: (kind: ImportKind): string => (kind === "NOMINEES" ? "Sheet of nominees" : "Sheet of stories"),
  statuses: {
    READING: "Being read",
    CHECKED: "Not applied yet",
    APPLYING: "Being applied",
    APPLIED: "Applied",
    FAILED: "Cannot be read",
  } as Record<ImportStatus, string>,
  faultyTag: (n: number) => `${plural(n, "faulty row")}`,
  columnsOfList: { sheet: "Sheet", sent: "Sent", state: "State", rows: "Rows" },
  reading: (read: number, total: number) =>
    total > 0 ? `${count(read)} of ${plural(total, "row")} checked` : "The sheet is being opened…",
  applying: "The changes are being made…",
  leave: "You can leave this page. The import goes on; you will find it in the list of imports.",
  failedTitle: "There is no plan for this sheet",
  sendAnother: "Send another sheet",
  figures: { creates: "New", updates: "Changed", unchanged: "Unchanged", faulty: "Faulty" },
  unknownColumns: (names: readonly string[]) =>
    (names.length === 1 ? "One column is not known, and is" : `${count(names.length)} columns are not known, and are`) +
    ` not imported: ${names.map((name) => `“${name}”`).join(", ")}.`,
  mend: (n: number) =>
    `Nothing is applied while ${n === 1 ? "a row is" : `${count(n)} rows are`} faulty. ` +
    "Download the sheet with a column that says what is wrong, correct it there, and send it again.",
  annotated: "Download the sheet with faults",
  sendMended: "Send the corrected sheet",
  linkGone: "There is no such sheet any more: send it again.",
  nothingToDo: "All rows are as they are in the campaign: there is nothing to apply.",
  apply: "Apply",
  applyTitle: "Apply this sheet",
  applyCount: ({ creates, updates }: Plan) => `Apply ${plural(creates + updates, "row")}…`,
  applyEffect: ({ kind, creates, updates, unchanged }: Plan) =>
    [
      creates > 0 &&
        (kind === "NOMINEES"
          ? `Puts ${things(kind, creates)} on the list`
          : `Makes ${things(kind, creates)} as ${creates === 1 ? "a draft" : "drafts"}`),
      updates > 0 && `${creates > 0 ? "changes" : "Changes"} ${things(kind, updates)}`,
      unchanged > 0 && `${things(kind, unchanged)} ${unchanged === 1 ? "stays as it is" : "stay as they are"}`,
    ]
      .filter(Boolean)
      .join("; ") + ". All of it, or nothing.",
  applyPublic:
    "Votes have been cast: where names, numbers or employers change, the public reads what was changed, with your reason.",
  applyStories: "You will be the author of the stories, so somebody else approves them. What was approved goes back to review.",
  applied: ({ creates, updates, kind }: Plan) => `Applied: ${things(kind, creates)} new, ${count(updates)} changed.`,
  appliedTitle: "The sheet is applied",
  toNominees: "To the nominees",
  toStories: "To the stories",
  planChanged: "The campaign has changed meanwhile, and the plan with it. Check it again, then apply it.",
  onlyFaulty: "Only faulty rows",
  rowsTitle: "Row by row",
  rowColumns: { number: "Row", label: "Name", change: "What it does", details: "Details" },
  changes: { CREATE: "New", UPDATE: "Changed", UNCHANGED: "Unchanged", FAULTY: "Faulty" } as Record<ImportChange, string>,
  noRows: "The rows of an import that was applied are kept for a week.",
  noFaultyRows: "No row is faulty.",
  moreRows: "More rows",
  unnamed: "(without name)",
  fields: {
    number: "Number",
    name: "Name",
    employer: "Employer",
    city: "City",
    title: "Post",
    summary: "Reasons",
    categoryId: "Category",
  } as Record<string, string>,
  storyFields: {
    title: "Headline",
    summary: "Summary",
    body: "Text",
    nomineeId: "Nominee",
    publishAt: "Time",
  } as Record<string, string>,
  // Exports.
  exportIntro:
    "Each file shows the figures of one moment. It is written in the background and kept for seven days; every download is logged.",
  exportKinds: {
    TALLY: "Result",
    TURNOUT: "Turnout",
    BALLOTS: "Votes",
    STORIES: "Stories",
    AUDIT_LOG: "Log",
  } as Record<ExportKind, string>,
  exportHints: {
    TALLY: "All nominees with their votes, withheld votes and rank; withdrawn ones last.",
    TURNOUT: "Votes by minute, nominee and source (mini-program, web page, other), with city and category.",
    BALLOTS: "Every single vote. A voter is a pseudonym: the same in all exports of this campaign, another in any other.",
    STORIES: "All stories with their likes and views.",
    AUDIT_LOG: "Who did what, and why: all entries about this campaign, oldest first.",
  } as Record<ExportKind, string>,
  make: (format: ExportFormat): string => (format === "XLSX" ? "Excel" : "CSV"),
  makeOf: (kind: string, format: string) => `${kind} as ${format}`,
  exportStatuses: {
    WAITING: "Waiting",
    WRITING: "Being written",
    READY: "Ready",
    FAILED: "Failed",
  } as Record<ExportStatus, string>,
  newest: "Recent files",
  noExports: "No file yet. Choose a table above; it is here within seconds.",
  exportColumns: { table: "Table", made: "Requested", rows: "Rows", size: "Size", state: "State", get: "Download" },
  download: "Download",
  downloadOf: (kind: string, format: string) => `Download: ${kind}, ${format}`,
  fileGone: "The file is not there any more: ask for it again.",
  exportAsked: (kind: string) => `${kind} is being written. You can leave this page.`,
  makeAgain: "Export again",
};

const chinese: typeof english = {
  importIntro: "填写表格，上传，核对系统给出的结果，再应用。应用之前不会有任何改动。",
  stepSheet: "1. 下载并填写模板",
  stepSend: "2. 上传表格",
  templates: { NOMINEES: "候选人表格模板", STORIES: "人物故事表格模板" },
  templateHint: "候选人先按编号匹配，没有编号的按姓名和单位匹配；故事按标题匹配。删去的列不作改动，留空的单元格会清空对应内容。",
  kind: "表格内容",
  kinds: { NOMINEES: "候选人", STORIES: "人物故事" },
  drop: "把表格拖到这里，或",
  chooseSheet: "选择表格",
  sheetHint: ".xlsx 或 .csv，不超过 10 MB、10,000 行",
  dropNow: "松开即上传",
  sending: (name) => `正在上传 ${name}…`,
  noSheet: "不是 .xlsx 或 .csv 文件，请另存为其中一种格式后再上传。",
  sheetTooLarge: (megabytes) => `表格大小 ${megabytes} MB，超过 10 MB 上限。`,
  sheetEmpty: "文件是空的。",
  oneSheet: "一次只能上传一个表格。",
  earlier: "历次导入",
  noneYet: "还没有上传过表格。",
  allImports: "全部导入",
  importOf: (kind) => (kind === "NOMINEES" ? "候选人表格" : "人物故事表格"),
  statuses: { READING: "读取中", CHECKED: "待应用", APPLYING: "应用中", APPLIED: "已应用", FAILED: "无法读取" },
  faultyTag: (n) => `${count(n)} 行有误`,
  columnsOfList: { sheet: "表格", sent: "上传时间", state: "状态", rows: "行数" },
  reading: (read, total) => (total > 0 ? `已检查 ${count(read)} / ${count(total)} 行` : "正在打开表格…"),
  applying: "正在应用…",
  leave: "可以离开本页，导入会继续进行，之后可在导入列表中找到。",
  failedTitle: "这个表格无法导入",
  sendAnother: "上传另一个表格",
  figures: { creates: "新增", updates: "修改", unchanged: "不变", faulty: "有误" },
  unknownColumns: (names) => `有 ${count(names.length)} 列无法识别，不会导入：${names.map((name) => `“${name}”`).join("、")}。`,
  mend: (n) => `有 ${count(n)} 行有误，改正之前不会应用任何内容。请下载带错误说明的表格，在其中改好后直接重新上传。`,
  annotated: "下载带错误说明的表格",
  sendMended: "上传改好的表格",
  linkGone: "这个表格已不存在，请重新上传。",
  nothingToDo: "所有行都与现有内容一致，无需应用。",
  apply: "应用",
  applyTitle: "应用这个表格",
  applyCount: ({ creates, updates }) => `应用 ${count(creates + updates)} 行…`,
  applyEffect: ({ kind, creates, updates, unchanged }) =>
    [
      creates > 0 && (kind === "NOMINEES" ? `将 ${thingsChinese(kind, creates)}加入名单` : `新建 ${thingsChinese(kind, creates)}（草稿）`),
      updates > 0 && `修改 ${thingsChinese(kind, updates)}`,
      unchanged > 0 && `${thingsChinese(kind, unchanged)}保持不变`,
    ]
      .filter(Boolean)
      .join("，") + "。要么全部生效，要么全部不生效。",
  applyPublic: "已经有人投票：如果姓名、编号或单位有变动，变动内容会连同您填写的原因向公众公示。",
  applyStories: "您将是这些故事的作者，须由他人审核。已通过审核的故事如有改动，会退回待审核。",
  applied: ({ creates, updates, kind }) => `已应用：新增 ${thingsChinese(kind, creates)}，修改 ${count(updates)} 项。`,
  appliedTitle: "表格已应用",
  toNominees: "查看候选人",
  toStories: "查看人物故事",
  planChanged: "在此期间评选内容有变动，导入结果也随之改变。请重新核对后再应用。",
  onlyFaulty: "只看有误的行",
  rowsTitle: "逐行结果",
  rowColumns: { number: "行", label: "名称", change: "结果", details: "说明" },
  changes: { CREATE: "新增", UPDATE: "修改", UNCHANGED: "不变", FAULTY: "有误" },
  noRows: "已应用的导入，逐行结果保留一周。",
  noFaultyRows: "没有错误的行。",
  moreRows: "更多行",
  unnamed: "（无名称）",
  fields: { number: "编号", name: "姓名", employer: "单位", city: "城市", title: "职务", summary: "推荐理由", categoryId: "类别" },
  storyFields: { title: "标题", summary: "摘要", body: "正文", nomineeId: "候选人", publishAt: "发布时间" },
  exportIntro: "每个文件都是同一时刻的完整数据，在后台生成，保留七天；每次下载都会记入操作记录。",
  exportKinds: { TALLY: "结果", TURNOUT: "投票趋势", BALLOTS: "投票明细", STORIES: "人物故事", AUDIT_LOG: "操作记录" },
  exportHints: {
    TALLY: "全部候选人的得票、暂扣票数和名次，已撤下的排在最后。",
    TURNOUT: "按分钟、候选人和来源（小程序、网页、其他）统计的票数，附城市和类别。",
    BALLOTS: "每一张选票。投票人以化名表示：同一评选的各次导出中相同，不同评选之间不同。",
    STORIES: "全部故事及其点赞数和阅读量。",
    AUDIT_LOG: "谁在何时做了什么、为什么：与本评选有关的全部记录，按时间先后排列。",
  },
  make: (format) => (format === "XLSX" ? "Excel" : "CSV"),
  makeOf: (kind, format) => `导出${kind} ${format}`,
  exportStatuses: { WAITING: "等待中", WRITING: "生成中", READY: "可下载", FAILED: "失败" },
  newest: "最近的文件",
  noExports: "还没有文件。请在上方选择一种数据，几秒钟后就会出现在这里。",
  exportColumns: { table: "数据", made: "导出时间", rows: "行数", size: "大小", state: "状态", get: "下载" },
  download: "下载",
  downloadOf: (kind, format) => `下载 ${kind} ${format}`,
  fileGone: "文件已不存在，请重新导出。",
  exportAsked: (kind) => `正在生成${kind}，可以离开本页。`,
  makeAgain: "重新导出",
};

export const t = texts(english, chinese);
