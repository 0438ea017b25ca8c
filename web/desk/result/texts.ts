// The texts of the result and its report, in both languages.
import { count } from "../../shared/format";
import { texts } from "../texts";

const many = (n: number, one: string, more: string) => `${count(n)} ${n === 1 ? one : more}`;

export const t = texts(
  {
    before: (time: string) => `Voting closes ${time}. After that you find here:`,
    beforeWhat: [
      "The places in each category, with ties and the line of selection",
      "Publishing the result, and archiving the campaign afterwards",
      "The report: one document with all figures, to read, to print and to check",
    ],
    draft: "Once the campaign is announced and voting has closed, you find here:",
    toOverview: "To the overview",
    exportsHint: "Tables of votes, turnout, stories and the log are under",
    publish: "Publish the result…",
    publishTitle: "Publish the result?",
    publishAction: "Publish",
    publishWhat: (lists: string, votes: number, voters: number) =>
      `Publishes ${lists}: ${many(votes, "vote counts", "votes count")}, of ${many(voters, "voter", "voters")}.`,
    lists: (sizes: number[]) =>
      new Set(sizes).size === 1
        ? `${many(sizes.length, "winners’ list", "winners’ lists")} of ${count(sizes[0] ?? 0)}`
        : `winners’ lists of ${sizes.map(count).join(", ")}`,
    publishTies: (names: string) => `Places are shared across the line in: ${names}. Those lists are longer than their size.`,
    publishVisible: "From then on everybody reads it as the final result. It cannot be taken back.",
    publishHidden:
      "The public reads that the result is out; the votes, by the rules, only the organisers do. It cannot be taken back.",
    published: "The result is published.",
    archive: "Archive…",
    archiveTitle: "Archive the campaign?",
    archiveAction: "Archive",
    archiveWhat: (nominees: number, votes: number) =>
      `Keeps ${many(nominees, "nominee", "nominees")} and ${many(votes, "vote", "votes")} for the record. ` +
      "Nothing of the campaign can be changed any more, and it cannot be taken back.",
    archived: "The campaign is archived.",
    changed: "Somebody else has changed the campaign meanwhile. Look at it again, then decide.",
    counted: "Votes that count",
    voters: "Voters",
    withheld: "Votes withheld",
    withheldHint: "held back by a rule, not counted",
    withdrawnVotes: "For withdrawn nominees",
    withdrawnHint: "counted, and in no category’s list",
    rawHint: (raw: number) => `of ${many(raw, "vote", "votes")} in all`,
    votesEach: (n: string) => `${n} ${n === "1" ? "vote" : "votes"} per voter`,
    place: "Place",
    nominee: "Nominee",
    votes: "Votes",
    share: "Share",
    tied: "tied",
    taken: (cut: number, all: number) =>
      cut < all ? `top ${count(cut)} of ${count(all)}` : many(all, "nominee", "nominees"),
    cutLine: (n: number) => `Line of selection: the top ${count(n)} are selected`,
    cutTied: (n: number, votes: number, tied: number) =>
      `${count(tied)} nominees share place ${count(n)} across the line, with ${many(votes, "vote", "votes")} each: ` +
      "all of them are selected, or your rules decide",
    showAll: (n: number) => `Show all ${count(n)}`,
    showFewer: "Show fewer",
    noNominees: "No nominees in this category.",
    withdrawn: (n: number) => many(n, "nominee was withdrawn", "nominees were withdrawn"),
    waiting: "Loading…",
    report: "Report",
    reportWhat:
      "One snapshot of all figures as they are now: results, ties, turnout, cities, stories, amendments. " +
      "To read on a phone, to print on A4, to check by its SHA-256.",
    noReport: "No report has been made yet. ",
    make: "Make the report",
    makeAgain: "Make a new one",
    makeAgainHint: "What was made before stays as it is; the newest one is shown here.",
    making: "Reading all figures…",
    counting: "The last votes are being stored, which takes some seconds after the close. The report is made right after.",
    made: "The report is made.",
    madeBy: (time: string, name: string | null) => `Made ${time}${name ? ` by ${name}` : ""}`,
    open: "Open",
    sheet: "Excel",
    languages: { en: "English", zh: "Chinese" },
    linksHint: "Links are for you alone, and last ten minutes: a click asks for a new one.",
    copy: "Copy",
  },
  {
    before: (time) => `投票将于 ${time} 截止，之后这里会显示：`,
    beforeWhat: ["各类别的名次、并列情况和入选线", "公示结果，之后可以归档", "评选报告：全部数据汇成一份，可阅读、打印、核对"],
    draft: "公布评选并在投票截止之后，这里会显示：",
    toOverview: "返回概览",
    exportsHint: "票数、趋势、故事和操作记录的表格在：",
    publish: "公示结果…",
    publishTitle: "公示结果？",
    publishAction: "公示",
    publishWhat: (lists, votes, voters) => `将公示${lists}，共计入 ${count(votes)} 票，来自 ${count(voters)} 位投票人。`,
    lists: (sizes) =>
      new Set(sizes).size === 1
        ? ` ${count(sizes.length)} 份入选名单，每份 ${count(sizes[0] ?? 0)} 名`
        : ` ${count(sizes.length)} 份入选名单（${sizes.map(count).join("、")} 名）`,
    publishTies: (names) => `以下类别有并列跨越入选线：${names}，名单会多于规定名额。`,
    publishVisible: "公示后，所有人看到的就是最终结果，不能撤回。",
    publishHidden: "按规则票数仅主办方可见：公众会看到结果已公示，但看不到票数。公示后不能撤回。",
    published: "结果已公示。",
    archive: "归档…",
    archiveTitle: "归档这次评选？",
    archiveAction: "归档",
    archiveWhat: (nominees, votes) =>
      `保留 ${count(nominees)} 位候选人和 ${count(votes)} 票作为记录，之后不能再修改任何内容。归档后不能撤回。`,
    archived: "评选已归档。",
    changed: "在此期间有人修改了这次评选，请重新查看后再决定。",
    counted: "计入票数",
    voters: "投票人",
    withheld: "暂扣票数",
    withheldHint: "因规则暂扣，不计入",
    withdrawnVotes: "已撤下候选人的票",
    withdrawnHint: "已计入总数，不在各类别名单内",
    rawHint: (raw) => `总票数 ${count(raw)}`,
    votesEach: (n) => `人均 ${n} 票`,
    place: "名次",
    nominee: "候选人",
    votes: "票数",
    share: "占比",
    tied: "并列",
    taken: (cut, all) => (cut < all ? `前 ${count(cut)} 名入选 · 共 ${count(all)} 名` : `共 ${count(all)} 名`),
    cutLine: (n) => `入选线：前 ${count(n)} 名入选`,
    cutTied: (n, votes, tied) =>
      `${count(tied)} 位候选人并列第 ${count(n)} 名（各 ${count(votes)} 票），跨越入选线：一并入选，或按评选办法决定`,
    showAll: (n) => `显示全部 ${count(n)} 名`,
    showFewer: "收起",
    noNominees: "这个类别没有候选人。",
    withdrawn: (n) => `${count(n)} 位候选人已撤下`,
    waiting: "加载中…",
    report: "评选报告",
    reportWhat:
      "把当前全部数据定格为一份：名次、并列与入选线、投票趋势、各地情况、人物故事和规则变更。手机可读，可打印为 A4，可凭 SHA-256 核对。",
    noReport: "还没有生成报告。",
    make: "生成报告",
    makeAgain: "重新生成",
    makeAgainHint: "之前生成的报告保持不变，这里显示最新的一份。",
    making: "正在读取全部数据…",
    counting: "截止后还有几秒钟用于保存最后的选票，完成后会自动生成报告。",
    made: "报告已生成。",
    madeBy: (time, name) => `${time}${name ? ` 由${name}` : ""}生成`,
    open: "打开",
    sheet: "Excel",
    languages: { en: "英文", zh: "中文" },
    linksHint: "链接只供您本人使用，10 分钟内有效；每次点击都会获取新的链接。",
    copy: "复制",
  },
);
