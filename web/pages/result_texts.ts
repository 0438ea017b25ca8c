// The texts of the result, in both languages.
import { count } from "../shared/format";
import { language } from "../shared/language";
import type { IdentityKind, WithholdingKind } from "./operations";

const many = (n: number, one: string, more: string) => `${count(n)} ${n === 1 ? one : more}`;
const ordinals = ["First", "Second", "Third"];
const numerals = ["一", "二", "三"];
/** Names in a sentence. */
const joined = (names: string[], between: string, last: string) =>
  [names.slice(0, -1).join(between), ...names.slice(-1)].filter(Boolean).join(last);

const english = {
  result: "Result",
  publicChoice: "The public’s choice",
  published: "The result is published.",
  provisional: "Voting has closed. The organisers have yet to publish the result: these figures are provisional.",
  counting: "The votes are being counted. The result appears here in a moment.",
  beforeTitle: "The result comes when voting has closed",
  beforeOpen: (time: string) => `Voting is open until ${time}. The result will then appear on this page.`,
  beforeUpcoming: (opens: string, closes: string) =>
    `Voting opens ${opens} and closes ${closes}. The result will then appear on this page.`,
  beforePaused: (time: string) => `Voting is paused; it closes ${time}. The result will then appear on this page.`,
  beforeHidden: "Under the rules of this vote the figures are not made public; the organisers announce who was chosen.",
  toVote: "Vote now",
  toNominees: "See the nominees",
  toBoard: "The standing now",
  toStories: "Read their stories",
  hiddenTitle: "The figures of this vote are not public",
  hidden:
    "Under the rules of this vote, votes and places are seen by the organisers only. They announce who was chosen.",
  hiddenPublished:
    "The result is out. Under the rules of this vote, votes and places are seen by the organisers only.",
  place: (n: number) => `${ordinals[n - 1] ?? `No. ${n}`} place`,
  placeTied: (n: number) => `${ordinals[n - 1] ?? `No. ${n}`} place, tied`,
  /** The same above a portrait, where there is little room. */
  step: (n: number, isTied: boolean) => `${ordinals[n - 1] ?? `No. ${n}`}${isTied ? ", tied" : ""}`,
  rank: (n: number) => `Place ${n}`,
  tied: "tied",
  undecided: "undecided",
  votes: (n: number): string => (n === 1 ? "vote" : "votes"),
  podium: "The first places",
  list: "The whole list",
  cutLine: (n: number) => `The top ${count(n)} are chosen`,
  everybody: (n: number) => `All ${count(n)} are chosen`,
  cutTied: (rank: number, tied: number, open: number) =>
    `${count(tied)} nominees share place ${rank}, and ${count(open)} of them can be chosen. ` +
    "The votes do not decide between them; the organisers do, by their rules.",
  showAll: (n: number) => `Show the other ${count(n)}`,
  showFewer: "Show fewer",
  noVotes: "No votes were cast in this category.",
  noNominees: "No nominees in this category.",
  turnout: "Turnout",
  voters: "Voters",
  counted: "Votes that count",
  raw: "Votes in all",
  withheld: "Withheld",
  withheldHint: "Withheld votes are held back by a rule to be checked; they do not count towards the places above.",
  withholdings: "Withheld, and why",
  withholding: (n: number, time: string, kind: WithholdingKind): string => {
    const grounds: Record<WithholdingKind, string> = {
      SELECTED: "by the organisers’ own judgement",
      SIGNALS: "by the way they were cast",
      PLATFORM_RISK: "by the platform’s rating of the accounts",
    };
    return `${many(n, "vote", "votes")}, since ${time}: ${grounds[kind]}`;
  },
  /** Between two sentences. */
  between: " ",
  withdrawn: "For nominees no longer listed",
  guests: (n: number, all: number) => `${count(n)} of ${many(all, "vote", "votes")} came from guests, who need no account.`,
  votersHint: "A voter is an account or a device that has voted at least once.",
  howCounted: "How it was counted",
  who: (admits: readonly IdentityKind[]): string => {
    const names: Record<IdentityKind, string> = {
      WECHAT_MINI_PROGRAM: "users of the WeChat mini-program",
      WECHAT_WEB: "users of WeChat",
      DOUYIN: "users of the Douyin mini-program",
      ALIPAY: "users of the Alipay mini-program",
      PHONE: "owners of a phone number",
      OIDC: "holders of an account with the organiser",
      GUEST: "guests in a browser",
    };
    return `Open to ${joined(admits.map((kind) => names[kind]), ", ", " and ")}.`;
  },
  span: (opens: string, closes: string) =>
    `Votes count from ${opens} to ${closes}. A vote cast before the close counts even if it is stored a moment later.`,
  order: "Nominees are ranked by votes within their category. Equal votes share a place, and the next place is skipped: 1, 2, 2, 4.",
  cut: "If more nominees share the last place than can be chosen, the votes do not decide between them.",
  rulesNow: "The rules of the vote",
  quota: (n: number, isDaily: boolean, isByCategory: boolean) =>
    `Each voter has ${many(n, "vote", "votes")}${isDaily ? " a day" : ""}${isByCategory ? " in each category" : ""}, ` +
    `and can vote for a nominee once${isDaily ? " a day" : ""}.`,
  certificate: "Certificate",
  certificateOf: (name: string) => `Certificate of ${name}`,
  certificateHint: "Hold the picture to save or send it.",
  certificateText: (name: string, employer: string, campaign: string, category: string, place: string, votes: string) =>
    `${name}, ${employer}: ${place} of ${category} in the public vote of ${campaign}, with ${votes}.`,
  certificateHead: "The public’s choice",
  votesWritten: (n: number) => many(n, "vote", "votes"),
  votingUntil: (day: string) => `Voting closed on ${day}`,
  save: "Save the picture",
  close: "Close",
};

const placeChinese = (n: number) => `第${numerals[n - 1] ?? ` ${n} `}名`;

const chinese: typeof english = {
  result: "评选结果",
  publicChoice: "公众之选",
  published: "评选结果已公布。",
  provisional: "投票已结束，主办方尚未公布结果，以下票数仅供参考。",
  counting: "正在计票，结果稍后在此显示。",
  beforeTitle: "投票结束后公布结果",
  beforeOpen: (time) => `投票进行中，${time} 截止；之后可在本页查看结果。`,
  beforeUpcoming: (opens, closes) => `投票 ${opens} 开始，${closes} 截止；之后可在本页查看结果。`,
  beforePaused: (time) => `投票已暂停，${time} 截止；之后可在本页查看结果。`,
  beforeHidden: "按照本次评选的规则，票数不公开，入选名单由主办方公布。",
  toVote: "去投票",
  toNominees: "查看候选人",
  toBoard: "查看实时榜单",
  toStories: "阅读人物故事",
  hiddenTitle: "本次投票的票数不公开",
  hidden: "按照本次评选的规则，票数和名次只有主办方可见，入选名单由主办方公布。",
  hiddenPublished: "评选结果已公布。按照本次评选的规则，票数和名次只有主办方可见。",
  place: placeChinese,
  placeTied: (n) => `并列${placeChinese(n)}`,
  step: (n, isTied) => `${isTied ? "并列" : ""}${placeChinese(n)}`,
  rank: (n) => `第 ${n} 名`,
  tied: "并列",
  undecided: "待定",
  votes: () => "票",
  podium: "前三名",
  list: "完整名单",
  cutLine: (n) => `前 ${count(n)} 名入选`,
  everybody: (n) => `全部 ${count(n)} 位入选`,
  cutTied: (rank, tied, open) =>
    `第 ${rank} 名有 ${count(tied)} 人并列，剩余名额 ${count(open)} 个。票数相同，无法以票数区分，由主办方按规则确定。`,
  showAll: (n) => `显示其余 ${count(n)} 位`,
  showFewer: "收起",
  noVotes: "本类别没有投票。",
  noNominees: "本类别没有候选人。",
  turnout: "投票情况",
  voters: "投票人数",
  counted: "有效票",
  raw: "投票总数",
  withheld: "暂扣票",
  withheldHint: "按规则暂扣待核查的票，未计入以上名次。",
  withholdings: "暂扣的票及理由",
  withholding: (n, time, kind) => {
    const grounds: Record<WithholdingKind, string> = {
      SELECTED: "由主办方自行判断",
      SIGNALS: "依据投票方式",
      PLATFORM_RISK: "依据平台对账号的评级",
    };
    return `${count(n)} 票，${time} 起暂扣，${grounds[kind]}`;
  },
  between: "",
  withdrawn: "投给已不在名单中的候选人",
  guests: (n, all) => `${count(all)} 张有效票中，${count(n)} 票来自访客（无需登录）。`,
  votersHint: "投票人指至少投过一票的账号或设备。",
  howCounted: "计票办法",
  quota: (n, isDaily, isByCategory) =>
    `每位投票人${isDaily ? "每天" : "全程"}${isByCategory ? "每个类别" : ""}可投 ${count(n)} 票，` +
    `对同一位候选人${isDaily ? "每天" : "全程"}限投一票。`,
  who: (admits) => {
    const names: Record<IdentityKind, string> = {
      WECHAT_MINI_PROGRAM: "微信小程序用户",
      WECHAT_WEB: "微信用户",
      DOUYIN: "抖音小程序用户",
      ALIPAY: "支付宝小程序用户",
      PHONE: "手机号用户",
      OIDC: "主办方账号用户",
      GUEST: "浏览器访客",
    };
    return `${joined(admits.map((kind) => names[kind]), "、", "和")}均可投票。`;
  },
  span: (opens, closes) => `投票时间为 ${opens} 至 ${closes}；截止前投出的票，即使稍后入库，同样计入。`,
  order: "各类别按有效票数排名；票数相同者名次并列，并空出其后的名次：1、2、2、4。",
  cut: "末位并列人数超过剩余名额时，无法以票数区分。",
  rulesNow: "投票规则",
  certificate: "喜报",
  certificateOf: (name) => `${name}的喜报`,
  certificateHint: "长按图片保存或发送。",
  certificateText: (name, employer, campaign, category, place, votes) =>
    `${name}（${employer}）在“${campaign}”${category}类别的公众投票中获${place}，得票 ${votes}。`,
  certificateHead: "公众之选",
  votesWritten: (n) => `${count(n)} 票`,
  votingUntil: (day) => `投票截止于 ${day}`,
  save: "保存图片",
  close: "关闭",
};

/** The texts in the language in force. */
export const r = (): typeof english => (language() === "zh" ? chinese : english);
