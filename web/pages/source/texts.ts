// The texts of the pages, in both languages.
import { type Language, language } from "../../shared/language";

const english = {
  switchLanguage: "中文",
  loading: "Loading…",
  tryAgain: "Try again",
  failed: "The server cannot be reached. Check your connection, then try again.",
  notFound: "There is nothing at this address.",
  nominees: "Nominees",
  stories: "Stories",
  board: "Live board",
  categories: "Categories",
  search: "Name, employer or number",
  order: "Order",
  orderShuffled: "Fair order",
  orderNumber: "By number",
  orderVotes: "By votes",
  noneFound: "No nominee matches.",
  number: (n: number) => `No. ${n}`,
  votes: (n: number) => `${count(n)} ${n === 1 ? "vote" : "votes"}`,
  views: (n: number) => `${count(n)} ${n === 1 ? "view" : "views"}`,
  rank: (n: number) => `Rank ${n}`,
  vote: "Vote",
  voteFor: (name: string) => `Vote for ${name}`,
  voting: "Sending…",
  voted: "Voted",
  votedFor: (name: string) => `Your vote for ${name} counts.`,
  frozen: "On hold",
  spent: "None left",
  voteInMiniProgram: "Votes are cast in the WeChat mini-program: scan the code on a nominee's poster.",
  like: "Like",
  share: "Share",
  copied: "The link is copied.",
  copyThis: "Copy this link:",
  quotaLeft: (remaining: number, limit: number) => `${remaining} of ${limit} votes left`,
  quotaDay: (n: number) => `${n} votes a day`,
  quotaCampaign: (n: number) => `${n} votes`,
  perCategory: "in each category",
  resetsAt: (time: string) => `new votes at ${time}`,
  opensIn: (time: string) => `Voting opens in ${time}`,
  closesIn: (time: string) => `Voting closes in ${time}`,
  closed: "Voting has closed.",
  paused: "Voting is paused.",
  notSent: (name: string) =>
    `We do not know yet whether your vote for ${name} arrived. Tap again: it cannot count twice.`,
  likeFailed: "That did not work. Try again in a moment.",
  refused: "The server did not accept that. Try again, or load the page anew.",
  stuck: "No answer from the server. Trying again…",
  slowDown: "That was a little fast. Wait a moment, then try again.",
  watch: "Watch",
  listen: "Listen",
  poster: "Poster to share",
  noStories: "No stories yet.",
  end: "That is everything.",
  newStories: (n: number) => `${n} new ${n === 1 ? "story" : "stories"}`,
  about: (name: string) => `About ${name}`,
  back: "Back",
  totalVotes: "Votes",
  voters: "Voters",
  perMinute: "Votes a minute",
  withdrawn: (n: number) => `${count(n)} of them for nominees no longer listed`,
  withheld: (n: number) => `${count(n)} withheld`,
  timeLeft: "Time left",
  timeUntil: "Opens in",
  over: "Closed",
  cutLine: (n: number) => `Top ${n}`,
  cutTie: (n: number) => `Top ${n}: tie at the line`,
  tied: "tied",
  live: "Live",
  polling: "Refreshing",
  connecting: "Connecting…",
  lost: "Connection lost, trying again",
  asOf: (time: string) => `figures of ${time}`,
  ago: (seconds: number) =>
    seconds < 60 ? `${seconds} s ago` : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`,
  showAll: "Show all",
  showTop: "Show the top only",
  hiddenUntilClose: "The figures are shown when voting has closed.",
  hidden: "The figures of this vote are not public.",
  staffSignIn: "Staff sign-in",
  staffSignOut: "Sign out",
  email: "E-mail",
  password: "Password",
  signIn: "Sign in",
  cancel: "Cancel",
  scan: "Scan to vote",
  serverClock: "Server time",
  up: "up",
  down: "down",
  days: (n: number) => `${n} d`,
};

const chinese: typeof english = {
  switchLanguage: "English",
  loading: "加载中…",
  tryAgain: "重试",
  failed: "无法连接服务器，请检查网络后重试。",
  notFound: "这个地址没有内容。",
  nominees: "候选人",
  stories: "人物故事",
  board: "实时大屏",
  categories: "类别",
  search: "姓名、单位或编号",
  order: "排序",
  orderShuffled: "公平随机",
  orderNumber: "按编号",
  orderVotes: "按票数",
  noneFound: "没有符合条件的候选人。",
  number: (n) => `${n}号`,
  votes: (n) => `${count(n)} 票`,
  views: (n) => `${count(n)} 次浏览`,
  rank: (n) => `第 ${n} 名`,
  vote: "投票",
  voteFor: (name) => `为${name}投票`,
  voting: "提交中…",
  voted: "已投",
  votedFor: (name) => `您为${name}投的一票已计入。`,
  frozen: "暂停投票",
  spent: "票已投完",
  voteInMiniProgram: "本次评选在微信小程序中投票：请扫描候选人海报上的码。",
  like: "点赞",
  share: "分享",
  copied: "链接已复制。",
  copyThis: "请复制此链接：",
  quotaLeft: (remaining, limit) => `剩余 ${remaining} / ${limit} 票`,
  quotaDay: (n) => `每天 ${n} 票`,
  quotaCampaign: (n) => `共 ${n} 票`,
  perCategory: "（每个类别）",
  resetsAt: (time) => `${time} 恢复`,
  opensIn: (time) => `距投票开始 ${time}`,
  closesIn: (time) => `距投票结束 ${time}`,
  closed: "投票已经结束。",
  paused: "投票已暂停。",
  notSent: (name) => `暂时无法确认您为${name}投的票是否送达，请再点一次，不会重复计票。`,
  likeFailed: "操作未成功，请稍后再试。",
  refused: "服务器没有接受这个请求，请重试或刷新页面。",
  stuck: "服务器没有响应，正在重试…",
  slowDown: "操作太快了，请稍等片刻再试。",
  watch: "观看视频",
  listen: "收听",
  poster: "分享海报",
  noStories: "还没有故事。",
  end: "已经到底了。",
  newStories: (n) => `${n} 篇新故事`,
  about: (name) => `人物：${name}`,
  back: "返回",
  totalVotes: "总票数",
  voters: "投票人数",
  perMinute: "每分钟票数",
  withdrawn: (n) => `其中 ${count(n)} 票投给已不在名单中的候选人`,
  withheld: (n) => `其中 ${count(n)} 票待核`,
  timeLeft: "剩余时间",
  timeUntil: "距开始",
  over: "已结束",
  cutLine: (n) => `前 ${n} 名`,
  cutTie: (n) => `前 ${n} 名：线上票数相同`,
  tied: "并列",
  live: "实时",
  polling: "定时刷新",
  connecting: "连接中…",
  lost: "连接中断，正在重连",
  asOf: (time) => `数据时间 ${time}`,
  ago: (seconds) =>
    seconds < 60 ? `${seconds} 秒前` : seconds < 3600 ? `${Math.floor(seconds / 60)} 分钟前` : `${Math.floor(seconds / 3600)} 小时前`,
  showAll: "显示全部",
  showTop: "只看前列",
  hiddenUntilClose: "投票结束后公布票数。",
  hidden: "本次投票的票数不公开。",
  staffSignIn: "工作人员登录",
  staffSignOut: "退出登录",
  email: "邮箱",
  password: "密码",
  signIn: "登录",
  cancel: "取消",
  scan: "扫码投票",
  serverClock: "服务器时间",
  up: "上升",
  down: "下降",
  days: (n) => `${n}天`,
};

const locales: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };

/** The texts in the language in force. */
export const t = (): typeof english => (language() === "zh" ? chinese : english);

/** A number with its thousands apart. */
export const count = (n: number) => n.toLocaleString(locales[language()]);

/** A moment as people say it, in a time zone: the day only where it is not today's. */
export function moment(time: number, timeZone: string, today: number): string {
  const day = (ms: number) => new Intl.DateTimeFormat("sv", { timeZone }).format(ms);
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const options = day(time) === day(today) ? clock : ({ month: "short", day: "numeric", ...clock } as const);
  return new Intl.DateTimeFormat(locales[language()], { timeZone, hourCycle: "h23", ...options }).format(time);
}

/** A day as people say it, in a time zone. */
export const date = (time: number, timeZone: string) =>
  new Intl.DateTimeFormat(locales[language()], { timeZone, year: "numeric", month: "short", day: "numeric" }).format(time);

/** A time of day to the second, in a time zone. */
export const clockTime = (time: number, timeZone: string) =>
  new Intl.DateTimeFormat(locales[language()], { hourCycle: "h23", timeStyle: "medium", timeZone }).format(time);

/** A remaining time: days, then hours, minutes and seconds as a clock has them. */
export function remainingTime(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return days > 0 ? `${t().days(days)} ${clock}` : clock;
}
