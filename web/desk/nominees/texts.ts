// The texts of nominees and their portraits, in both languages.
import { count } from "../../shared/format";
import type { NomineeStatus } from "./operations";
import { texts } from "../texts";

const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** What a sentence about a step says of the nominee. */
interface Subject {
  number: number;
  name: string;
  /** None where the member does not see the tally. */
  votes: number | null;
}

const who = ({ number, name }: Subject) => `no. ${number} ${name}`;
const whoChinese = ({ number, name }: Subject) => `${number} 号“${name}”`;

const english = {
  // The list.
  search: "Name, employer, post, city or number",
  allCategories: "All categories",
  allStatuses: "All states",
  withoutPortrait: "Without portrait",
  statuses: { ACTIVE: "On the list", FROZEN: "Frozen", WITHDRAWN: "Withdrawn" } as Record<NomineeStatus, string>,
  shown: (shown: number, total: number) =>
    shown === total ? plural(total, "nominee") : `${count(shown)} of ${plural(total, "nominee")}`,
  reading: (read: number, total: number) => `Reading ${count(read)} of ${count(total)}…`,
  none: "Nobody is on the list yet. Import all nominees at once from a sheet, or add them here one by one.",
  noneRead: "Nobody is on the list yet.",
  nothingFound: "No nominee matches.",
  clearFilters: "Show all",
  importSheet: "Import a sheet",
  sortBy: "Sort by",
  sortedBy: (column: string) => `Sort by: ${column}`,
  columns: {
    portrait: "Portrait",
    number: "No.",
    name: "Name",
    employer: "Employer",
    title: "Post",
    city: "City",
    category: "Category",
    status: "State",
    votes: "Votes",
    actions: "Edit",
  },
  sorts: {
    number: "Number",
    name: "Name",
    employer: "Employer",
    title: "Post",
    city: "City",
    category: "Category",
    status: "State",
    votes: "Votes",
  },
  gridHint: "Arrow keys go from cell to cell, Enter edits a cell and saves it, Escape leaves it as it was.",
  editCell: (field: string, value: string) => `${field}: ${value || "empty"}`,
  editNominee: (name: string) => `Edit ${name}`,
  openNominee: (name: string) => `Show ${name}`,
  cellStale: (theirs: string) => `Meanwhile somebody wrote “${theirs}”. Enter puts yours in its place, Escape keeps theirs.`,
  saveKeys: "Enter saves, Escape leaves",
  // One nominee.
  create: "New nominee",
  created: (name: string) => `${name} is on the list.`,
  createdBefore: (name: string) => `${name} is on the list. Save what you have typed meanwhile, too.`,
  nextNumber: "Left empty, it is the next one.",
  fields: {
    name: "Name",
    number: "Number",
    employer: "Employer",
    city: "City",
    title: "Post or rank",
    summary: "Why this person was nominated",
    categoryId: "Category",
  },
  summaryHint: "A few sentences; the public reads them on the nominee's page.",
  wrongNumber: "A whole number from 1 to 999,999.",
  isNeeded: "This is required.",
  categoryFixed: "A nominee who has votes stays in the category.",
  publicChange: "Votes have been cast: a change of name, number or employer is shown to the public, with your reason.",
  publicReads: "The public will read",
  reasonMissing: "Say why: the public reads it.",
  noReasonYet: "(your reason)",
  saveChange: "Save the change",
  foundDraft: "Here are changes of yours that were not saved.",
  votesNow: (n: number) => plural(n, "vote"),
  state: "Place on the list",
  stateHints: {
    ACTIVE: "Shown on the list, and can be voted for.",
    FROZEN: "Shown on the list, but cannot be voted for.",
    WITHDRAWN: "Not shown to the public. The votes are kept.",
  } as Record<NomineeStatus, string>,
  publicPage: "Public page",
  // Steps.
  freeze: "Freeze",
  unfreeze: "Unfreeze",
  withdraw: "Withdraw",
  restore: "Restore",
  stepTitle: (step: string, name: string) => `${step}: ${name}`,
  freezeEffect: (s: Subject) =>
    `From now on nobody can vote for ${who(s)}. ${
      s.votes === null ? "The nominee and the votes stay" : `The nominee and ${plural(s.votes, "vote")} stay`
    } on the list until this is taken back.`,
  unfreezeEffect: (s: Subject) =>
    `From now on ${who(s)} can be voted for again${s.votes === null ? "" : `, from ${plural(s.votes, "vote")} on`}.`,
  withdrawEffect: (s: Subject) =>
    s.votes === null
      ? `Takes ${who(s)} off the list; the votes stay.`
      : `Takes ${who(s)} with ${plural(s.votes, "vote")} off the list; the ${
          s.votes === 1 ? "vote stays, and counts" : "votes stay, and count"
        } in the total.`,
  withdrawMore: "The page of the nominee is gone for the public within a second. You can put the nominee on the list again.",
  restoreEffect: (s: Subject) =>
    `Puts ${who(s)} on the list again${
      s.votes === null ? "" : `, with ${plural(s.votes, "vote")}`
    }. The nominee can be voted for.`,
  reasonLogged: "The reason is kept in the log.",
  frozen: (name: string) => `${name} is frozen.`,
  unfrozen: (name: string) => `${name} can be voted for again.`,
  withdrawn: (name: string) => `${name} is off the list.`,
  restored: (name: string) => `${name} is on the list again.`,
  undone: (name: string) => `Taken back: ${name} is as before.`,
  // Portraits.
  portraits: "Portraits",
  portrait: "Portrait",
  choosePicture: "Choose a picture",
  otherPicture: "Another picture",
  removePortrait: "Remove the portrait",
  removePortraitEffect: (name: string) => `${name} is shown with the first letter of the name instead of a picture.`,
  portraitRemoved: (name: string) => `The portrait of ${name} is removed.`,
  portraitSaved: (name: string) => `The portrait of ${name} is there.`,
  portraitHint: "JPEG, PNG or WebP, at most 20 MB. Upright, 3:4, shows best. Place and camera are taken out of the file.",
  sendingPicture: "Sending the picture…",
  dropHere: "Drop the portraits here",
  dropHint:
    "They are matched by number or name in the file's name: 037.jpg, 37 高沐晴.png, 高沐晴.jpg. " +
    "You see the plan before anything is sent.",
  portraitPlan: "Send portraits",
  portraitIntro:
    "Choose as many pictures as you like, or drop them on the list. They are matched by the number or the name in the " +
    "file's name: 037.jpg, 37 高沐晴.png, 高沐晴.jpg.",
  chooseFiles: "Choose pictures",
  addFiles: "Add pictures",
  planCounts: (matched: number, open: number, refused: number) =>
    [
      `${plural(matched, "picture")} matched`,
      open > 0 && `${count(open)} to be chosen`,
      refused > 0 && `${count(refused)} that cannot be sent`,
    ]
      .filter(Boolean)
      .join(" · "),
  planReplaces: (n: number) => `${plural(n, "portrait")} that ${n === 1 ? "is" : "are"} there will be replaced.`,
  matchedBy: {
    number: "by number",
    name: "by name",
    both: "by number and name",
    chosen: "chosen",
    left: "left out",
    none: "no nominee has this name or number",
    unclear: "more than one nominee fits",
    apart: "number and name are those of two nominees",
  },
  twice: "More than one picture for this nominee: keep one.",
  replaces: "replaces the present one",
  nomineeOf: (file: string) => `Nominee of ${file}`,
  chooseNominee: "Number or name",
  leaveOut: "Leave out",
  sendPortraits: (n: number) => (n === 0 ? "Send" : `Send ${plural(n, "picture")}`),
  sendingPortraits: (done: number, all: number) => `${count(done)} of ${plural(all, "picture")} sent`,
  refusedPortraits: (n: number) => `${count(n)} refused`,
  allSent: (n: number) => `${plural(n, "portrait")} sent.`,
  someRefused: (sent: number, refused: number) => `${plural(sent, "portrait")} sent, ${count(refused)} refused.`,
  againAll: "Try the refused ones again",
  details: "Details",
  keepOpen: "Keep this page open until all are sent; the rest of the desk can be used meanwhile.",
  waiting: "waiting",
  sent: "sent",
  noPicture: "This is no JPEG, PNG or WebP.",
  tooLarge: (megabytes: string) => `The picture has ${megabytes} MB; at most 20 MB can be sent.`,
  emptyFile: "The file is empty.",
  otherPortrait: "Somebody gave this nominee another portrait meanwhile. Try again to replace it.",
};

const chinese: typeof english = {
  search: "姓名、单位、职务、城市或编号",
  allCategories: "全部类别",
  allStatuses: "全部状态",
  withoutPortrait: "缺照片",
  statuses: { ACTIVE: "在榜", FROZEN: "已冻结", WITHDRAWN: "已撤下" },
  shown: (shown, total) => (shown === total ? `共 ${count(total)} 位候选人` : `${count(shown)} 位，共 ${count(total)} 位`),
  reading: (read, total) => `正在读取，${count(read)} / ${count(total)}…`,
  none: "名单还是空的。可以用表格一次导入全部候选人，也可以在这里逐个添加。",
  noneRead: "名单还是空的。",
  nothingFound: "没有符合条件的候选人。",
  clearFilters: "显示全部",
  importSheet: "导入表格",
  sortBy: "排序",
  sortedBy: (column) => `排序：${column}`,
  columns: {
    portrait: "照片",
    number: "编号",
    name: "姓名",
    employer: "单位",
    title: "职务",
    city: "城市",
    category: "类别",
    status: "状态",
    votes: "票数",
    actions: "编辑",
  },
  sorts: {
    number: "编号",
    name: "姓名",
    employer: "单位",
    title: "职务",
    city: "城市",
    category: "类别",
    status: "状态",
    votes: "票数",
  },
  gridHint: "方向键移动，回车键编辑并保存，Esc 键取消。",
  editCell: (field, value) => `${field}：${value || "空"}`,
  editNominee: (name) => `编辑 ${name}`,
  openNominee: (name) => `查看 ${name}`,
  cellStale: (theirs) => `在此期间有人改成了“${theirs}”。按回车键改为您的内容，按 Esc 键保留对方的内容。`,
  saveKeys: "回车保存，Esc 取消",
  create: "添加候选人",
  created: (name) => `${name} 已加入名单。`,
  createdBefore: (name) => `${name} 已加入名单。您在此期间输入的内容请另行保存。`,
  nextNumber: "不填则自动取下一个编号。",
  fields: {
    name: "姓名",
    number: "编号",
    employer: "单位",
    city: "城市",
    title: "职务或职称",
    summary: "推荐理由",
    categoryId: "类别",
  },
  summaryHint: "几句话即可，公众会在候选人页面上看到。",
  wrongNumber: "请填写 1 到 999,999 的整数。",
  isNeeded: "请填写此项。",
  categoryFixed: "候选人一旦得票，类别就不能再改。",
  publicChange: "已经有人投票：修改姓名、编号或单位会连同原因向公众公示。",
  publicReads: "公众将看到",
  reasonMissing: "请填写原因，公众会看到。",
  noReasonYet: "（您填写的原因）",
  saveChange: "保存修改",
  foundDraft: "这里有您上次未保存的修改。",
  votesNow: (n) => `${count(n)} 票`,
  state: "名单状态",
  stateHints: {
    ACTIVE: "在名单上展示，可以投票。",
    FROZEN: "在名单上展示，但不能投票。",
    WITHDRAWN: "不向公众展示，票数保留。",
  },
  publicPage: "公众页面",
  freeze: "冻结",
  unfreeze: "解除冻结",
  withdraw: "撤下",
  restore: "恢复",
  stepTitle: (step, name) => `${step}：${name}`,
  freezeEffect: (s) =>
    `从现在起不能再给 ${whoChinese(s)} 投票。${s.votes === null ? "候选人和票数" : `候选人和已得的 ${count(s.votes)} 票`}仍在名单上，直到解除冻结。`,
  unfreezeEffect: (s) => `从现在起可以重新给 ${whoChinese(s)} 投票${s.votes === null ? "" : `，目前 ${count(s.votes)} 票`}。`,
  withdrawEffect: (s) =>
    s.votes === null
      ? `将 ${whoChinese(s)} 从名单撤下，票数保留。`
      : `将 ${whoChinese(s)}（${count(s.votes)} 票）从名单撤下；所得票数保留，仍计入总票数。`,
  withdrawMore: "候选人页面会在一秒内对公众消失。之后可以恢复。",
  restoreEffect: (s) => `将 ${whoChinese(s)} 重新列入名单${s.votes === null ? "" : `，保留 ${count(s.votes)} 票`}，并可以投票。`,
  reasonLogged: "原因会写入操作记录。",
  frozen: (name) => `已冻结 ${name}。`,
  unfrozen: (name) => `${name} 可以重新接受投票。`,
  withdrawn: (name) => `已将 ${name} 从名单撤下。`,
  restored: (name) => `${name} 已恢复到名单。`,
  undone: (name) => `已撤销，${name} 恢复原状。`,
  portraits: "批量传照片",
  portrait: "照片",
  choosePicture: "选择照片",
  otherPicture: "换一张",
  removePortrait: "移除照片",
  removePortraitEffect: (name) => `${name} 将以姓名首字代替照片展示。`,
  portraitRemoved: (name) => `已移除 ${name} 的照片。`,
  portraitSaved: (name) => `${name} 的照片已更新。`,
  portraitHint: "JPEG、PNG 或 WebP，不超过 20 MB，3:4 竖版效果最好。文件中的拍摄地点和设备信息会被清除。",
  sendingPicture: "正在上传照片…",
  dropHere: "把照片拖到这里",
  dropHint: "按文件名中的编号或姓名匹配：037.jpg、37 高沐晴.png、高沐晴.jpg。上传前会先给出匹配结果。",
  portraitPlan: "批量上传照片",
  portraitIntro: "可以一次选择多张照片，也可以直接拖到名单上。系统按文件名中的编号或姓名匹配：037.jpg、37 高沐晴.png、高沐晴.jpg。",
  chooseFiles: "选择照片",
  addFiles: "继续添加",
  planCounts: (matched, open, refused) =>
    [`已匹配 ${count(matched)} 张`, open > 0 && `待选择 ${count(open)} 张`, refused > 0 && `不能上传 ${count(refused)} 张`]
      .filter(Boolean)
      .join(" · "),
  planReplaces: (n) => `其中 ${count(n)} 位候选人的现有照片将被替换。`,
  matchedBy: {
    number: "按编号",
    name: "按姓名",
    both: "编号和姓名一致",
    chosen: "手动选择",
    left: "不上传",
    none: "没有对应的姓名或编号",
    unclear: "符合的候选人不止一位",
    apart: "编号和姓名属于两位候选人",
  },
  twice: "这位候选人有多张照片，请只保留一张。",
  replaces: "替换现有照片",
  nomineeOf: (file) => `${file} 对应的候选人`,
  chooseNominee: "编号或姓名",
  leaveOut: "不上传",
  sendPortraits: (n) => (n === 0 ? "上传" : `上传 ${count(n)} 张`),
  sendingPortraits: (done, all) => `已上传 ${count(done)} / ${count(all)} 张`,
  refusedPortraits: (n) => `${count(n)} 张未通过`,
  allSent: (n) => `${count(n)} 张照片已上传。`,
  someRefused: (sent, refused) => `已上传 ${count(sent)} 张，${count(refused)} 张未通过。`,
  againAll: "重试未通过的照片",
  details: "详情",
  keepOpen: "全部上传完之前请不要关闭本页面，工作台的其他部分可以照常使用。",
  waiting: "等待中",
  sent: "已上传",
  noPicture: "不是 JPEG、PNG 或 WebP 图片。",
  tooLarge: (megabytes) => `图片大小 ${megabytes} MB，超过 20 MB 上限。`,
  emptyFile: "文件是空的。",
  otherPortrait: "在此期间有人更换了这位候选人的照片。重试将替换它。",
};

export const t = texts(english, chinese);
