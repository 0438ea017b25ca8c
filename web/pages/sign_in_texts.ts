// The texts of signing in to vote, in both languages.
import { language } from "../shared/language";

const english = {
  title: "Sign in to vote",
  why: (name: string) => `Your vote for ${name} counts as soon as you have signed in.`,
  kept: "One person, one voter. All we keep of your account is a code that nobody can turn back into it: no name, no number.",
  wechat: "Sign in with WeChat",
  oidc: (name: string | null) => (name ? `Sign in with ${name}` : "Sign in with your account"),
  scanHead: "With WeChat on your phone",
  scanOrCopy: "Scan the code, or open this page in WeChat.",
  /** On the phone that would have to scan itself. */
  copyHead: "In WeChat",
  copyOrScan: "Copy the address and open it in WeChat, or scan the code with another phone.",
  code: "A code that leads to this page",
  copy: "Copy the address",
  or: "or",
  failed: "You could not be signed in. Please try again.",
  refused: {
    SNAPSHOT_USER: "This is WeChat’s preview of the page. Tap “使用完整服务” at the bottom, then vote.",
    DECLINED: "You have not signed in: your vote was not cast.",
    SIGN_IN_EXPIRED: "The sign-in took too long. Please vote again.",
    INVALID_CODE: "This sign-in has expired. Please vote again.",
    HIGH_RISK: "The platform has blocked this account from signing in.",
    PLATFORM_BUSY: "Many people are signing in. Please try again in a minute.",
    PLATFORM_UNAVAILABLE: "The sign-in service does not answer. Please try again shortly.",
    RATE_LIMITED: "Many people are signing in. Please try again in a minute.",
  } as Record<string, string>,
};

const chinese: typeof english = {
  title: "登录后投票",
  why: (name) => `登录后，您投给${name}的一票即刻计入。`,
  kept: "一个账号算一位投票人。我们只保存由账号生成、无法还原的编码，不保存姓名和手机号。",
  wechat: "微信登录",
  oidc: (name) => (name ? `用 ${name} 登录` : "用账号登录"),
  scanHead: "用手机微信投票",
  scanOrCopy: "用微信扫描二维码，或在微信中打开本页。",
  copyHead: "在微信中投票",
  copyOrScan: "复制网址，发到微信里打开；也可用另一部手机扫码。",
  code: "通往本页的二维码",
  copy: "复制网址",
  or: "或",
  failed: "登录未成功，请重试。",
  refused: {
    SNAPSHOT_USER: "当前为微信的网页快照：请点击底部的“使用完整服务”，再投票。",
    DECLINED: "您取消了登录，这一票没有投出。",
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
