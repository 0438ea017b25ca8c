// The card that WeChat shows of a page that is sent on: set by the platform's own script, since it reads no tags of a
// page. Without the script, or a signature, the page is sent on as an address.
import { execute } from "../shared/server";
import { FindShareSignature } from "./operations";

const script = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";
const apis = ["updateAppMessageShareData", "updateTimelineShareData"];

interface Card {
  title: string;
  desc: string;
  link: string;
  imgUrl: string;
}

/** The part of the platform's script that is used. */
interface WeixinScript {
  config(settings: object): void;
  ready(then: () => void): void;
  updateAppMessageShareData(card: Card): void;
  updateTimelineShareData(card: Omit<Card, "desc">): void;
}

declare global {
  var wx: WeixinScript | undefined;
}

let loading: Promise<WeixinScript | undefined> | undefined;

const load = () =>
  (loading ??= new Promise((resolve) => {
    const element = document.createElement("script");
    element.src = script;
    element.onload = () => resolve(globalThis.wx);
    element.onerror = () => resolve(undefined);
    document.head.append(element);
  }));

/** The address that the window came by: on iPhones the platform signs and checks that one, whatever comes after. */
const cameBy = location.href;
const isApple = /iPhone|iPad/.test(navigator.userAgent);
const withoutFragment = (url: string) => url.split("#")[0]!;

const meta = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[property="og:${name}"]`)?.content ?? "";

/** Sets the card of the page that is shown. */
export async function setShareCard(): Promise<void> {
  const link = withoutFragment(location.href);
  const url = isApple ? withoutFragment(cameBy) : link;
  const signed = execute(FindShareSignature, { url }, { isBackground: true }).catch(() => undefined);
  const [wx, answer] = await Promise.all([load(), signed]);
  const signature = answer?.shareSignature;
  if (!wx || !signature) return;
  const { appId, nonce, timestamp, signature: text } = signature;
  wx.config({ debug: false, appId, timestamp, nonceStr: nonce, signature: text, jsApiList: apis });
  wx.ready(() => {
    const card = { title: document.title, desc: meta("description"), link, imgUrl: meta("image") };
    wx.updateAppMessageShareData(card);
    const { desc: _, ...short } = card;
    wx.updateTimelineShareData(short);
  });
}
