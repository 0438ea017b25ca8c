// What the pages tell their user in passing, at the lower edge.
import { useEffect } from "preact/hooks";
import { isStuck } from "../shared/server";
import { notice, useQuota } from "./campaign";
import { Icon } from "./parts";
import { sharePoster } from "./sharing";
import { t } from "./texts";

const noticeMs = 6_000;
/** One that offers something to do stays longer. */
const offerMs = 12_000;

/** The latest message, and that the server does not answer; above the bar of a page that has one there. */
export function Notice({ slug, isRaised }: { slug: string; isRaised: boolean }) {
  const message = notice.use();
  const isWaiting = isStuck.use();
  const votedFor = message?.votedFor;
  const quota = useQuota(votedFor?.category.id);
  const dismiss = () => notice.set(undefined);
  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(dismiss, votedFor ? offerMs : noticeMs);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div class={isRaised ? "notice raised" : "notice"} role="status" aria-live="polite">
      {isWaiting && <p class="toast stuck">{t().stuck}</p>}
      {message && (
        <div class={message.isBad ? "toast bad" : "toast"}>
          <p>
            {message.text}
            {votedFor && quota && <small>{t().leftNow(quota.remaining)}</small>}
          </p>
          {votedFor && (
            <button
              type="button"
              onClick={() => {
                dismiss();
                sharePoster(slug, votedFor);
              }}
            >
              {t().sharePoster}
            </button>
          )}
          <button class="quiet" type="button" aria-label={t().close} onClick={dismiss}>
            <Icon sign="i-close" />
          </button>
        </div>
      )}
    </div>
  );
}
