// The texts of signing in to vote, in both languages.
import { language } from "../shared/language";

const english = {
  title: "Sign in to vote",
  why: (name: string) => `Your vote for ${name} counts as soon as you have signed in.`,
  kept: "One person, one voter: of your account we keep a code that nobody can turn back into it, no name and no number.",
  wechat: "Sign in with WeChat",
  oidc: (name: string | null) => (name ? `Sign in with ${name}` : "Sign in with your account"),
  scanHead: "With WeChat on your phone",
  scanOrCopy: "Scan the code, or open this page in WeChat.",
  code: "A code that leads to this page",
  copy: "Copy the address",
  or: "or",
  close: "Close",
  failed: "You could not be signed in: please try again.",
  refused: {
    SNAPSHOT_USER: "This is WeChat’s preview of the page: tap “使用完整服务” at the bottom, then vote.",
    DECLINED: "You have not signed in: your vote was not cast.",
    SIGN_IN_EXPIRED: "The sign-in took too long: please vote again.",
    INVALID_CODE: "The sign-in was used before: please vote again.",
    HIGH_RISK: "The platform has blocked this account from signing in.",
    PLATFORM_BUSY: "Many people are signing in: please try again in a minute.",
    PLATFORM_UNAVAILABLE: "The sign-in does not answer: please try again shortly.",
    RATE_LIMITED: "Many people are signing in: please try again in a minute.",
  } as Record<string, string>,
};

const chinese: typeof english = {
  title: "登录后投票",
  why: (name) => `登录后，您投给${name}的一票即刻计入。`,
  kept: "一人一号：我们只保存由账号生成、无法还原的编码，不保存姓名和号码。",
  wechat: "微信登录",
  oidc: (name) => (name ? `用 ${name} 登录` : "用账号登录"),
  scanHead: "用手机微信投票",
  scanOrCopy: "扫描此码，或在微信中打开本页。",
  code: "通往本页的二维码",
  copy: "复制网址",
  or: "或",
  close: "关闭",
  failed: "登录未成功，请重试。",
  refused: {
    SNAPSHOT_USER: "当前为微信的网页快照：请点击底部的“使用完整服务”，再投票。",
    DECLINED: "您取消了登录，选票未投出。",
    SIGN_IN_EXPIRED: "登录超时，请重新投票。",
    INVALID_CODE: "该登录已失效，请重新投票。",
    HIGH_RISK: "该账号存在风险，平台已限制登录。",
    PLATFORM_BUSY: "登录人数较多，请稍后再试。",
    PLATFORM_UNAVAILABLE: "登录平台暂时无响应，请稍后再试。",
    RATE_LIMITED: "登录人数较多，请稍后再试。",
  },
};

/** The texts in the language in force. */
export const s = (): typeof english => (language() === "zh" ? chinese : english);
