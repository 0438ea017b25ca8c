// What people read where the server has no word for it, in Chinese and in English.
const texts = {
  loginCancelled: ["您没有登录，投票需要先登录。", "You have not signed in: to vote, sign in."],
  guest: [
    "游客不能转到网页：请先 signOut()，再 signIn()，用平台账号登录。",
    "A guest cannot be handed over: call signOut(), then signIn(), for the platform's account.",
  ],
  captchaUnsolved: [
    "验证没有完成，本次未计票，请重试。",
    "The check was not finished, and this vote was not counted. Please try again.",
  ],
  challengeUnknown: [
    "这个版本的小程序无法完成投票前的校验，本次未计票。请更新小程序后再试。",
    "This version cannot do the check before a vote, which was not counted. Update the mini-program, then try again.",
  ],
} as const;

/** A text in a language. */
export const textOf = (name: keyof typeof texts, language: string): string =>
  texts[name][language.startsWith("zh") ? 0 : 1];
