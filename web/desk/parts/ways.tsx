// The ways in of voters: their names for people, and the choice of those that a campaign admits.
import "./ways.css";
import { useId } from "preact/hooks";
import { locale } from "../../shared/format";
import { signInWays } from "../campaign";
import type { IdentityKind } from "../operations";
import { texts } from "../texts";
import { Icon } from "./icon";

/** All of them, in the order in which the server has them. */
const kinds: readonly IdentityKind[] = ["WECHAT_MINI_PROGRAM", "WECHAT_WEB", "DOUYIN", "ALIPAY", "PHONE", "OIDC", "GUEST"];
/** The one that a server is most likely to have once it has one. */
const firstKind: IdentityKind = "WECHAT_MINI_PROGRAM";

const english = {
  names: {
    WECHAT_MINI_PROGRAM: "WeChat mini-program",
    WECHAT_WEB: "WeChat on the web",
    DOUYIN: "Douyin mini-program",
    ALIPAY: "Alipay mini-program",
    PHONE: "Phone number",
    OIDC: "Single sign-on",
    GUEST: "Guests, without signing in",
  } as Record<IdentityKind, string>,
  hints: {
    WECHAT_MINI_PROGRAM: "Inside WeChat, in your mini-program.",
    WECHAT_WEB: "In WeChat’s own browser, by the official account.",
    DOUYIN: "Inside Douyin, in your mini-program.",
    ALIPAY: "Inside Alipay, in your mini-program.",
    PHONE: "By a code that is sent as a text message.",
    OIDC: "In any browser, with an account of this provider.",
    GUEST: "In any browser; only the device tells them apart.",
  } as Record<IdentityKind, string>,
  /** The way in within a sentence that begins with “Vote”. */
  by: {
    WECHAT_MINI_PROGRAM: "in the WeChat mini-program",
    WECHAT_WEB: "on the web in WeChat",
    DOUYIN: "in the Douyin mini-program",
    ALIPAY: "in the Alipay mini-program",
    PHONE: "with your phone number",
    GUEST: "in any browser without signing in",
  } as Partial<Record<IdentityKind, string>>,
  byName: (name: string) => `with your account of ${name}`,
  guestsInList: "Guests",
  ssoWithin: "single sign-on",
  vote: (ways: string) => `Vote ${ways}.`,
  notSetUp: "This server is not set up for it: nobody can vote this way.",
  notYetSetUp: "This server is yet to be set up for it: your operator does that (For organisers, “Ways in”).",
  oneNeeded: "Tick at least one account: a campaign cannot be for guests alone.",
  twoAccounts: "Somebody who has two of these accounts may count as two voters.",
  guestsWarning:
    "A guest is a browser, not a person: one person can make as many as they like, and vote with each. " +
    "Good for a rehearsal or a small circle; for prizes that matter, leave it off.",
};

const chinese: typeof english = {
  names: {
    WECHAT_MINI_PROGRAM: "微信小程序",
    WECHAT_WEB: "微信网页",
    DOUYIN: "抖音小程序",
    ALIPAY: "支付宝小程序",
    PHONE: "手机号",
    OIDC: "统一身份认证",
    GUEST: "访客（无需登录）",
  },
  hints: {
    WECHAT_MINI_PROGRAM: "在微信里打开小程序投票。",
    WECHAT_WEB: "在微信内打开网页投票，通过公众号登录。",
    DOUYIN: "在抖音里打开小程序投票。",
    ALIPAY: "在支付宝里打开小程序投票。",
    PHONE: "通过短信验证码登录。",
    OIDC: "在任意浏览器中，使用该机构的账号登录。",
    GUEST: "在任意浏览器中投票，仅以设备区分。",
  },
  by: {
    WECHAT_MINI_PROGRAM: "微信小程序",
    WECHAT_WEB: "微信网页",
    DOUYIN: "抖音小程序",
    ALIPAY: "支付宝小程序",
    PHONE: "手机号",
    GUEST: "浏览器（无需登录）",
  },
  byName: (name) => `${name}账号`,
  guestsInList: "访客",
  ssoWithin: "统一身份认证",
  vote: (ways) => `可通过${ways}投票。`,
  notSetUp: "本服务器未配置此方式，无人能以此方式投票。",
  notYetSetUp: "本服务器尚未配置此方式，须由运维人员完成（见《组织者手册》“登录方式”一节）。",
  oneNeeded: "请至少勾选一种账号：评选不能只面向访客。",
  twoAccounts: "同一个人若有其中两种账号，可能计为两位投票人。",
  guestsWarning: "访客只识别浏览器，不识别本人：同一个人可以不断生成新的访客身份，反复投票。适合彩排或小范围活动；正式评奖请不要开启。",
};

const t = texts(english, chinese);

/** The operator's name for a way in; none where it has no name of its own. */
const ownName = (kind: IdentityKind) => signInWays.value.find((way) => way.kind === kind)?.name ?? undefined;

/** The name of a way in for people. */
export const wayName = (kind: IdentityKind) => ownName(kind) ?? t().names[kind];

/** The same where there is little room. */
export const wayNameInList = (kind: IdentityKind) => (kind === "GUEST" ? t().guestsInList : wayName(kind));

/** Whether a text is the name of a way in, by which the API has it. */
export const isWay = (name: string): name is IdentityKind => (kinds as readonly string[]).includes(name);

/** The names of ways in for people. */
export const wayNames = (admits: readonly IdentityKind[]) => admits.map(wayName).join(locale() === "zh-CN" ? "、" : " · ");

/** The sentence on how to vote, for voters. */
export function waysSentence(admits: readonly IdentityKind[]): string {
  const by = (kind: IdentityKind) => t().by[kind] ?? t().byName(ownName(kind) ?? t().ssoWithin);
  return t().vote(new Intl.ListFormat(locale(), { type: "disjunction" }).format(admits.map(by)));
}

/** Whether there is an account among them, which a campaign needs. */
export const hasAccount = (admits: readonly IdentityKind[]) => admits.some((kind) => kind !== "GUEST");

/** The ways in that the server has, guests too. */
const kindsHere = () => signInWays.value.map(({ kind }) => kind);

/** The ways in of a new campaign: every account that the server has. */
export function waysAtFirst(): IdentityKind[] {
  const accounts = kindsHere().filter((kind) => kind !== "GUEST");
  return accounts.length > 0 ? accounts : [firstKind];
}

/** What is missing; none where nothing is. */
export const waysProblem = (admits: readonly IdentityKind[]) => (hasAccount(admits) ? undefined : t().oneNeeded);

/** The warning that stands wherever guests are admitted. */
export const guestsWarning = () => t().guestsWarning;

interface WaysChoiceProps {
  legend: string;
  admits: readonly IdentityKind[];
  /** Those that are offered even where the server does not have them: the campaign admits them already. */
  kept?: readonly IdentityKind[];
  /** The server's refusal. */
  error?: string | undefined;
  onChange: (admits: IdentityKind[]) => void;
}

/** A tick for each way in that the server has, and for those that the campaign admits anyway. */
export function WaysChoice({ legend, admits, kept = [], error, onChange }: WaysChoiceProps) {
  const id = useId();
  signInWays.use();
  const here = kindsHere();
  const isFresh = !hasAccount(here);
  const isOffered = (kind: IdentityKind) =>
    here.includes(kind) || admits.includes(kind) || kept.includes(kind) || (isFresh && kind === firstKind);
  const toggle = (kind: IdentityKind) =>
    onChange(kinds.filter((other) => (other === kind ? !admits.includes(other) : admits.includes(other))));
  const problem = waysProblem(admits) ?? error;
  const accounts = admits.filter((kind) => kind !== "GUEST");
  return (
    <fieldset class="ways-in" aria-describedby={problem ? id : undefined}>
      <legend>{legend}</legend>
      {kinds.filter(isOffered).map((kind) => {
        const isHere = here.includes(kind);
        const note = isHere ? t().hints[kind] : isFresh && kind === firstKind ? t().notYetSetUp : t().notSetUp;
        return (
          <label class="way-in" key={kind}>
            <input type="checkbox" checked={admits.includes(kind)} onChange={() => toggle(kind)} />
            <span>
              <strong>{wayName(kind)}</strong>
              <small class={isHere ? "" : "missing"}>{note}</small>
            </span>
          </label>
        );
      })}
      {problem && (
        <p class="refusal" role="alert" id={id}>
          {problem}
        </p>
      )}
      {accounts.length > 1 && <p class="soft">{t().twoAccounts}</p>}
      {admits.includes("GUEST") && (
        <p class="guests-warning" role="status">
          <Icon name="warning" />
          <span>{t().guestsWarning}</span>
        </p>
      )}
    </fieldset>
  );
}
