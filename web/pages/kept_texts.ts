// The texts of what is kept of a voter, in both languages.
import { language } from "../shared/language";
import type { IdentityKind } from "./operations";

const english = {
  what: (days: number) =>
    `So that nobody votes twice, we keep a code made of your account, your votes and likes, and when you gave them: no name and no number. ${days} days after the last campaign that you took part in, your votes stay as nobody’s and all else is removed.`,
  nobody: "You have not signed in on this device: nothing is kept of you here.",
  failed: "What is kept could not be read. Please try again.",
  again: "Try again",
  number: "Your number",
  numberNote: "The organiser can have you forgotten by it.",
  ways: "Signed in with",
  since: (date: string) => `since ${date}`,
  votes: (n: number, more: boolean) => `${n}${more ? "+" : ""} ${n === 1 ? "vote" : "votes"}`,
  likes: (n: number, more: boolean) => `${n}${more ? "+" : ""} ${n === 1 ? "like" : "likes"}`,
  gone: "No longer shown",
  forget: "Forget me",
  ask: "Forget you?",
  askText:
    "You are signed out everywhere. Your data goes once the results of your campaigns are settled, so that nobody can vote twice; we say the day next. Your votes count on, as nobody’s.",
  keep: "Keep it",
  notForgotten: "It could not be noted. Please try again.",
  due: (date: string) => `Noted. You are forgotten from ${date} on.`,
  dueNote: "Until then you can sign in, and are the same voter.",
  kinds: {
    WECHAT_MINI_PROGRAM: "WeChat mini-program",
    WECHAT_WEB: "WeChat",
    DOUYIN: "Douyin",
    ALIPAY: "Alipay",
    PHONE: "telephone number",
    OIDC: "account",
    GUEST: "this device, as a guest",
  } satisfies Record<IdentityKind, string>,
};

const chinese: typeof english = {
  what: (days) =>
    `为了保证一人一份票数，我们保存由您的账号生成的编码、您的投票和点赞及其时间，不保存姓名和手机号。您最后参加的活动结束 ${days} 天后，除不再对应任何人的票以外，其余全部删除。`,
  nobody: "您没有在这台设备上登录，这里没有保存您的信息。",
  failed: "暂时读不到保存的信息，请重试。",
  again: "重试",
  number: "您的编号",
  numberNote: "主办方可以凭它为您删除信息。",
  ways: "登录方式",
  since: (date) => `${date} 起`,
  votes: (n, more) => `${n}${more ? "+" : ""} 次投票`,
  likes: (n, more) => `${n}${more ? "+" : ""} 次点赞`,
  gone: "已不再展示",
  forget: "删除我的信息",
  ask: "确定删除吗？",
  askText: "您会立即退出所有设备上的登录。为防止重复投票，待您参加的活动结果确定后，信息即被删除，具体日期随后告知。已投的票仍然有效，但不再对应任何人。",
  keep: "暂不删除",
  notForgotten: "没有登记成功，请重试。",
  due: (date) => `已登记，将于 ${date} 起删除。`,
  dueNote: "在此之前您仍可登录，仍是同一位投票人。",
  kinds: {
    WECHAT_MINI_PROGRAM: "微信小程序",
    WECHAT_WEB: "微信",
    DOUYIN: "抖音",
    ALIPAY: "支付宝",
    PHONE: "手机号",
    OIDC: "账号",
    GUEST: "本设备（游客）",
  },
};

/** The texts in the language of the page. */
export const k = () => (language() === "zh" ? chinese : english);
