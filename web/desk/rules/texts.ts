// The texts of rules and times, in both languages.
import { count } from "../../shared/format";
import type { TallyVisibility } from "../operations";
import { texts } from "../texts";

const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A length of time in its two largest units, from parts of which the first are the largest. */
const largest = (parts: [number, string][]) => {
  const first = parts.findIndex(([n]) => n > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown.filter(([n], index) => n > 0 || (index === 0 && first < 0));
};

function partsOf(ms: number): [days: number, hours: number, minutes: number] {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
}

interface RulesInWords {
  votes: number;
  isDaily: boolean;
  isEach: boolean;
  tallyVisibility: TallyVisibility;
}

const english = {
  readHint: "Rules and times as they are. Owners and organisers change them.",
  life: "Progress",
  stages: {
    draft: "Draft",
    announced: "Announced",
    voting: "Voting",
    closed: "Closed",
    published: "Published",
    archived: "Archived",
  },
  pausedSince: (time: string) => `paused since ${time}`,
  duration: (ms: number) => {
    const [days, hours, minutes] = partsOf(ms);
    const parts: [number, string][] = [
      [days, plural(days, "day")],
      [hours, plural(hours, "hour")],
      [minutes, plural(minutes, "minute")],
    ];
    return largest(parts)
      .map(([, text]) => text)
      .join(" ");
  },
  opensIn: (duration: string) => `Voting opens in ${duration}, by itself.`,
  closesIn: (duration: string) => `Voting closes in ${duration}, by itself.`,
  closedSince: "Voting has closed. It is not opened again.",
  votesAMinute: (n: number) =>
    n < 1 ? "Hardly anybody is voting at the moment." : `About ${plural(n, "vote")} a minute at the moment.`,
  steps: {
    announce: "Announce",
    announceEffect: (nominees: number, categories: number, path: string) =>
      `Shows ${plural(nominees, "nominee")} in ${plural(categories, "category", "categories")} to everybody at ${path}.`,
    announceTimes: (opens: string, closes: string) => `Voting then opens by itself on ${opens} and closes on ${closes}.`,
    announceFixed: "From then on the address cannot be changed, and the campaign cannot be deleted.",
    announceTitle: "Announce the campaign?",
    guide: "What is missing?",
    waiting: "Nothing to do until voting opens",
    waitingHint: "Times and rules can be changed below until the first vote.",
    pause: "Pause voting",
    pauseEffect: "Votes are refused at once, until you resume. The closing time stays as it is.",
    pauseTitle: "Pause voting?",
    pauseVoters: "Voters read “Voting is paused”. Votes that were cast stay.",
    resume: "Resume voting",
    resumeEffect: (duration: string) => `Votes count again at once. It has been paused for ${duration}.`,
    resumeTitle: "Resume voting?",
    extend: "Extend voting",
    extendEffect: (closes: string) =>
      `Lets voting close later than ${closes}. A closed vote is never opened again, so extend in time.`,
    extendTitle: "Extend voting",
    extendBy: (duration: string) => `${duration} longer`,
    extendNote:
      "The pages show the new time at once. The reason goes to the log; after the first vote the public reads it, too.",
    hour: "+1 hour",
    day: "+1 day",
    notLater: "Choose a time after the present closing.",
    close: "Close voting now",
    closeShort: "Close now",
    closeEffect: (duration: string) => `Voting ends ${duration} early, and cannot be opened again.`,
    closeTitle: "Close voting now, for good?",
    closeVotes: (votes: number, voters: number) =>
      `${plural(votes, "vote")} of ${plural(voters, "voter")} count; no more can be cast.`,
    closeTime: (duration: string, closes: string) => `Voting ends ${duration} early: it was to close on ${closes}.`,
    closeFinal: "Nobody can open a closed vote again.",
    result: "Result and report",
    resultEffect: "The next step, publishing the result, is on the page of the result.",
    publishedEffect: "The result is out. The report and the archive are on the page of the result.",
    archivedEffect: "Kept for the record. Nothing can be changed any more.",
  },
  what: "Basics",
  title: "Title",
  summary: "Summary",
  summaryHint: "A few sentences on its subject, at most 2,000 characters.",
  address: "Address",
  addressHint: "Lower-case letters, digits and hyphens. Fixed once the campaign is announced.",
  cover: "Cover",
  coverHint: "16:9, from 1,200 × 675 px; JPEG, PNG or WebP. Drop it here, or choose a file.",
  coverChoose: "Choose a picture",
  coverReplace: "Replace",
  coverDone: "Cover updated.",
  coverRemoved: "Cover removed.",
  coverSending: (percent: number) => `Sending… ${percent} %`,
  when: "Times",
  timeZone: "Time zone",
  timeZoneHint: "A day in the rules begins at midnight there. The times below keep their hour when it changes.",
  opens: "Opening",
  closes: "Closing",
  lasts: (duration: string) => `Open for ${duration}.`,
  timeMissing: "Give a date and a time.",
  rules: "Rules of the vote",
  quota: "Votes per voter",
  quotaOf: (period: string) => `Votes per voter · ${period.toLowerCase()}`,
  quotaBounds: "1 to 1,000.",
  period: "How often",
  periods: { DAY: "Each day", CAMPAIGN: "Once, for the whole campaign" },
  votesFor: (n: number, period: string) => `${plural(n, "vote")}, ${period.toLowerCase()}`,
  scope: "Counted",
  scopes: { CATEGORY: "In each category", CAMPAIGN: "Over all categories" },
  visibility: "Who sees the votes",
  visibilities: {
    LIVE: "Everybody, at all times",
    AFTER_CLOSE: "Everybody, once voting has closed",
    STAFF_ONLY: "The organisers only",
  },
  admits: "Who may vote",
  challenge: "Check before a vote",
  challenges: { NEVER: "Nobody", GUESTS: "Guests", SUSPICIOUS: "Guests and suspicious voters", ALWAYS: "Everybody" },
  challengeHint:
    "The voter’s phone or computer works for about half a second before the vote is taken; nobody has to do anything. It slows scripts down, and tells no people from machines.",
  nobody: "nobody",
  inWords: ({ votes, isDaily, isEach, tallyVisibility }: RulesInWords) => {
    const many = `${plural(votes, "vote")} ${isDaily ? "a day" : "in all"}${isEach ? " in each category" : ""}`;
    const once = isDaily ? "at most one a day for each nominee" : "at most one for each nominee";
    const shown = {
      LIVE: "The votes are shown to everybody at all times.",
      AFTER_CLOSE: "The votes are shown once voting has closed.",
      STAFF_ONLY: "The votes are shown to the organisers only.",
    };
    return `A voter has ${many}, and ${once}. ${shown[tallyVisibility]}`;
  },
  fixedAnnounced: "Fixed since the campaign was announced.",
  fixedVote: "Fixed since the first vote.",
  fixedVoteAmend: "Fixed since the first vote: what can still change is changed by an amendment, which the public reads.",
  fixedOver: "Fixed since voting has closed.",
  fixedOverAmend: "Fixed since voting has closed; only who sees the votes can still change, by an amendment.",
  fixesSoon: "Times and rules are fixed from the first vote on.",
  lostChange: (fields: string) => `Not saved, and fixed by now: ${fields}.`,
  unsaved: (fields: string) => `Not saved yet: ${fields}`,
  categories: "Categories",
  categoriesEmpty: "No categories yet. Nominees are in categories, and each category has its own winners: add the first.",
  categoriesHint: "In the order of the pages. Drag them, or use the arrows. ",
  categoriesFixed:
    "Names, keys and order are fixed since the first vote. Numbers of places can change, with a reason that the public reads.",
  name: "Name",
  key: "Key",
  keyHint: "Keys are used in addresses and sheets.",
  shortlist: "Places",
  places: (n: number): string => (n === 1 ? "place" : "places"),
  nominees: (n: number) => plural(n, "nominee"),
  inUse: "It has nominees: move them first.",
  addCategory: "Add a category",
  moveUp: (name: string) => `Move ${name} up`,
  moveDown: (name: string) => `Move ${name} down`,
  moved: (name: string, place: number) => `${name} is number ${place} now.`,
  removeCategory: (name: string) => `Remove ${name}`,
  unnamed: "the new category",
  invalidKey: "Letters, digits, - and _ only.",
  repeatedKey: "This key stands twice.",
  invalidName: "1 to 100 characters.",
  invalidShortlist: "1 to 10,000.",
  saveCategories: "Save the categories",
  amend: "Amend the rules",
  amendEllipsis: "Amend the rules…",
  amendHint: "Voters can be given more votes, never fewer. It holds at once, for everybody.",
  amendOver: "Voting has closed: only who sees the votes can still change.",
  amendAction: "Amend, publicly",
  notLowered: (n: number) => `More than ${count(n)}: votes are never taken away.`,
  publicSentence: "The public will read",
  publicEmpty: "Change something above, and the sentence is shown here.",
  reasonHolder: "…",
  publicStays: "It stays on the voting page from then on, and cannot be taken back.",
  reasonHint: "At most 500 characters.",
  amended: "The rules are amended; the public reads why.",
  amendments: "Amendments so far",
  amendmentsEmpty: "None. What changes after the first vote is shown here and on the voting page, each with its reason.",
  phaseMoved: "The campaign has moved on meanwhile: it is shown as it stands now.",
  done: {
    announce: "The campaign is announced.",
    pause: "Voting is paused.",
    resume: "Voting goes on.",
    extend: "Voting closes later.",
    close: "Voting has closed.",
  },
};

const chinese: typeof english = {
  readHint: "当前的规则与时间。如需修改，请联系负责人或组织者。",
  life: "活动进度",
  stages: { draft: "草稿", announced: "已公布", voting: "投票", closed: "截止", published: "公示结果", archived: "归档" },
  pausedSince: (time) => `${time} 起暂停`,
  duration: (ms) => {
    const [days, hours, minutes] = partsOf(ms);
    return largest([
      [days, `${days} 天`],
      [hours, `${hours} 小时`],
      [minutes, `${minutes} 分钟`],
    ])
      .map(([, text]) => text)
      .join(" ");
  },
  opensIn: (duration) => `${duration}后自动开始投票。`,
  closesIn: (duration) => `${duration}后自动截止。`,
  closedSince: "投票已经截止，不能再次开启。",
  votesAMinute: (n) => (n < 1 ? "目前几乎没有人在投票。" : `目前每分钟约有 ${count(n)} 票。`),
  steps: {
    announce: "公布活动",
    announceEffect: (nominees, categories, path) =>
      `向所有人公开 ${count(categories)} 个类别的 ${count(nominees)} 位候选人，网址为 ${path}。`,
    announceTimes: (opens, closes) => `投票将于 ${opens} 自动开始，${closes} 自动截止。`,
    announceFixed: "公布后不能再修改网址，也不能删除活动。",
    announceTitle: "公布活动？",
    guide: "还缺什么？",
    waiting: "投票开始前无需操作",
    waitingHint: "在第一票投出之前，可以在下方修改时间和规则。",
    pause: "暂停投票",
    pauseEffect: "立即停止接收投票，直到您恢复；截止时间不变。",
    pauseTitle: "暂停投票？",
    pauseVoters: "投票人会看到“投票已暂停”，已投的票保留。",
    resume: "恢复投票",
    resumeEffect: (duration) => `立即恢复接收投票。已暂停 ${duration}。`,
    resumeTitle: "恢复投票？",
    extend: "延长投票",
    extendEffect: (closes) => `把截止时间推迟到 ${closes} 之后。投票截止后不能再次开启，请及时延长。`,
    extendTitle: "延长投票",
    extendBy: (duration) => `延长 ${duration}`,
    extendNote: "公众页面会立即显示新的时间。原因写入操作记录；产生第一张选票之后，原因也会向公众公开。",
    hour: "+1 小时",
    day: "+1 天",
    notLater: "请选择晚于当前截止时间的时间。",
    close: "立即截止投票",
    closeShort: "立即截止",
    closeEffect: (duration) => `投票时间将减少 ${duration}，且不能再次开启。`,
    closeTitle: "立即截止投票？此操作不可撤销",
    closeVotes: (votes, voters) => `${count(voters)} 人投出的 ${count(votes)} 票有效，此后不能再投票。`,
    closeTime: (duration, closes) => `投票时间减少 ${duration}：原定 ${closes} 截止。`,
    closeFinal: "投票截止后，任何人都不能再次开启。",
    result: "结果与报告",
    resultEffect: "下一步是公示结果，请前往结果页面。",
    publishedEffect: "结果已公示。报告和归档请前往结果页面。",
    archivedEffect: "已归档留存，不能再作任何修改。",
  },
  what: "基本信息",
  title: "标题",
  summary: "简介",
  summaryHint: "用几句话介绍活动，最多 2,000 个字。",
  address: "网址",
  addressHint: "小写字母、数字和连字符。活动公布后不能再修改。",
  cover: "封面",
  coverHint: "16:9，不小于 1,200 × 675 像素；JPEG、PNG 或 WebP。可拖放到此处，或选择文件。",
  coverChoose: "选择图片",
  coverReplace: "更换",
  coverDone: "封面已更新。",
  coverRemoved: "封面已移除。",
  coverSending: (percent) => `正在上传… ${percent}%`,
  when: "时间",
  timeZone: "时区",
  timeZoneHint: "每天的票数按该时区重新计算。更换时区后，下方的钟面时间不变。",
  opens: "开始时间",
  closes: "截止时间",
  lasts: (duration) => `投票持续 ${duration}。`,
  timeMissing: "请填写日期和时间。",
  rules: "投票规则",
  quota: "每人票数",
  quotaOf: (period) => `每人票数 · ${period}`,
  quotaBounds: "1 至 1,000。",
  period: "周期",
  periods: { DAY: "每天", CAMPAIGN: "整个活动期间" },
  votesFor: (n, period) => `${period} ${count(n)} 票`,
  scope: "计票范围",
  scopes: { CATEGORY: "每个类别分别计算", CAMPAIGN: "所有类别合并计算" },
  visibility: "谁能看到票数",
  visibilities: { LIVE: "所有人，全程可见", AFTER_CLOSE: "所有人，截止后可见", STAFF_ONLY: "仅主办方可见" },
  admits: "谁可以投票",
  challenge: "投票前校验",
  challenges: { NEVER: "不校验", GUESTS: "访客", SUSPICIOUS: "访客及可疑投票人", ALWAYS: "所有人" },
  challengeHint: "投票前，投票人的手机或电脑会自动运算约半秒，无需任何操作。校验能拖慢刷票脚本，但不能区分真人与机器。",
  nobody: "无",
  inWords: ({ votes, isDaily, isEach, tallyVisibility }) => {
    const many = `${isEach ? "在每个类别" : ""}${isDaily ? "每天" : "共"}有 ${count(votes)} 票`;
    const once = `${isDaily ? "每天" : ""}对同一位候选人最多投 1 票`;
    const shown = {
      LIVE: "票数实时向所有人公开。",
      AFTER_CLOSE: "票数在投票截止后公开。",
      STAFF_ONLY: "票数仅主办方可见。",
    };
    return `每位投票人${many}，${once}。${shown[tallyVisibility]}`;
  },
  fixedAnnounced: "活动公布后不能再修改。",
  fixedVote: "第一票投出后不能再修改。",
  fixedVoteAmend: "第一票投出后不能直接修改；可以调整的规则须通过“修订规则”进行，并向公众说明。",
  fixedOver: "投票截止后不能再修改。",
  fixedOverAmend: "投票截止后不能再修改；只有票数是否公开，还可以通过“修订规则”调整。",
  fixesSoon: "第一票投出后，时间和规则不能再直接修改。",
  lostChange: (fields) => `以下修改未保存，且现已不能修改：${fields}。`,
  unsaved: (fields) => `尚未保存：${fields}`,
  categories: "类别",
  categoriesEmpty: "还没有类别。候选人按类别参评，每个类别分别产生入选者。请先添加一个类别。",
  categoriesHint: "按公众页面的顺序排列。可以拖动，或使用箭头。",
  categoriesFixed: "第一票投出后，名称、代码和顺序不能再修改。入选名额可以调整，须说明原因并向公众公开。",
  name: "名称",
  key: "代码",
  keyHint: "代码用于网址和表格。",
  shortlist: "入选名额",
  places: () => "个入选名额",
  nominees: (n) => `${count(n)} 位候选人`,
  inUse: "该类别中还有候选人，请先移走。",
  addCategory: "添加类别",
  moveUp: (name) => `上移${name}`,
  moveDown: (name) => `下移${name}`,
  moved: (name, place) => `${name}现在排第 ${place} 位。`,
  removeCategory: (name) => `移除${name}`,
  unnamed: "新类别",
  invalidKey: "只能使用字母、数字、- 和 _。",
  repeatedKey: "代码重复。",
  invalidName: "1 至 100 个字。",
  invalidShortlist: "1 至 10,000。",
  saveCategories: "保存类别",
  amend: "修订规则",
  amendEllipsis: "修订规则…",
  amendHint: "票数只能增加，不能减少。修订立即对所有人生效。",
  amendOver: "投票已截止，只能调整票数是否公开。",
  amendAction: "公开修订",
  notLowered: (n) => `须多于 ${count(n)} 票：票数不能减少。`,
  publicSentence: "公众将读到",
  publicEmpty: "请先在上方修改，这里会显示公众读到的文字。",
  reasonHolder: "……",
  publicStays: "此后一直显示在投票页面，不能撤回。",
  reasonHint: "最多 500 个字。",
  amended: "规则已修订，原因已向公众公开。",
  amendments: "修订记录",
  amendmentsEmpty: "暂无修订。第一票投出后的变更及其原因，会显示在这里和投票页面上。",
  phaseMoved: "活动状态已发生变化，现显示最新状态。",
  done: {
    announce: "活动已公布。",
    pause: "投票已暂停。",
    resume: "投票已恢复。",
    extend: "截止时间已推迟。",
    close: "投票已截止。",
  },
};

export const r = texts(english, chinese);
