// The texts of signing in by a telephone number, in both languages. Refusals come with the server's own words.
import { language } from "../shared/language";

const english = {
  head: "With your phone number",
  phone: "Phone number",
  phoneHint: "With + and the country’s code, unless it is in mainland China.",
  code: "Code",
  getCode: "Get a code",
  getAnother: "Another code",
  another: (rest: string) => `Another in ${rest}`,
  seconds: (n: number) => `${n} s`,
  sending: "Sending",
  sent: "The code is on its way by text message. It is good for five minutes.",
  submit: "Sign in and vote",
  wrongCode: "This is not the code, or it is good no more. Check it, or get another one.",
  codeMissing: "Enter the six digits of the code.",
  failed: "You could not be signed in. Please try again.",
};

const chinese: typeof english = {
  head: "手机号登录",
  phone: "手机号",
  phoneHint: "境外号码请以“+”和国家或地区代码开头。",
  code: "验证码",
  getCode: "获取验证码",
  getAnother: "重新获取",
  another: (rest) => `${rest}后重新获取`,
  seconds: (n) => `${n} 秒`,
  sending: "发送中",
  sent: "验证码已通过短信发出，5分钟内有效。",
  submit: "登录并投票",
  wrongCode: "验证码有误或已失效，请核对，或重新获取。",
  codeMissing: "请输入6位数字验证码。",
  failed: "登录未成功，请重试。",
};

/** The texts in the language in force. */
export const p = (): typeof english => (language() === "zh" ? chinese : english);
