// The sheet that asks somebody to sign in who wants to vote: what fits the browser first.
import "./sign_in_sheet.css";
import { type Campaign, type SignInWay, type Votable, signInWays, waysHere } from "./campaign";
import { Icon, nomineePath } from "./parts";
import { PhoneForm } from "./phone_form";
import { copyLink } from "./sharing";
import { Sheet } from "./sheet";
import { isWeChat, leave, wanted } from "./sign_in";
import { s } from "./sign_in_texts";

interface SignInSheetProps {
  slug: string;
  campaign: Campaign;
  nominee: Votable;
}

export function SignInSheet({ slug, campaign, nominee }: SignInSheetProps) {
  const ways = waysHere(campaign, signInWays.use());
  const wechat = ways.find(({ kind }) => kind === "WECHAT_WEB");
  const others = ways.filter(({ kind, path }) => kind !== "WECHAT_WEB" && path !== null);
  const buttons = wechat && isWeChat ? [wechat, ...others] : others;
  const hasPhone = ways.some(({ kind }) => kind === "PHONE");
  return (
    <Sheet title={s().title} look="sign-in" onClose={() => wanted.set(undefined)}>
      <p class="why">{s().why(nominee.name)}</p>
      {buttons.length > 0 && (
        <div class="ways">
          {buttons.map((way, index) => (
            <WayButton key={way.kind} way={way} nominee={nominee} isFirst={index === 0} />
          ))}
        </div>
      )}
      {hasPhone && buttons.length > 0 && <p class="or">{s().or}</p>}
      {hasPhone && <PhoneForm nominee={nominee} hasOthers={buttons.length > 0} />}
      {wechat && !isWeChat && (
        <Scan path={nomineePath(slug, nominee.number)} isAlone={buttons.length === 0 && !hasPhone} />
      )}
      <p class="kept">{s().kept}</p>
    </Sheet>
  );
}

function WayButton({ way, nominee, isFirst }: { way: SignInWay; nominee: Votable; isFirst: boolean }) {
  const text = way.kind === "WECHAT_WEB" ? s().wechat : s().oidc(way.name);
  return (
    <button class={isFirst ? "primary" : ""} type="button" onClick={() => leave(way.path!, nominee)}>
      {text}
    </button>
  );
}

/** The way to WeChat from another browser: by a code, or by the address on the phone that has WeChat itself. */
function Scan({ path, isAlone }: { path: string; isAlone: boolean }) {
  const isPhone = matchMedia("(hover: none) and (pointer: coarse) and (max-width: 599px)").matches;
  const code = <img src={`${path}/qr.svg`} alt={s().code} width={168} height={168} />;
  const copy = (
    <button class={isPhone && isAlone ? "primary" : ""} type="button" onClick={() => void copyLink(path)}>
      <Icon sign="i-link" /> {s().copy}
    </button>
  );
  return (
    <section class="scan">
      {!isAlone && <p class="or">{s().or}</p>}
      <h3>{isPhone ? s().copyHead : s().scanHead}</h3>
      {isPhone ? copy : code}
      <p>{isPhone ? s().copyOrScan : s().scanOrCopy}</p>
      {isPhone ? code : copy}
    </section>
  );
}
