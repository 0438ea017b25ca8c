// The sheet with a nominee's poster: to save, to send on, or to share as a link.
import "./share_sheet.css";
import { useState } from "preact/hooks";
import { Icon } from "./parts";
import { Sheet } from "./sheet";
import { type SharedPoster, copyLink, posterPath, shareOrCopy, sharedPoster } from "./sharing";
import { t } from "./texts";

export function ShareSheet({ name, path }: SharedPoster) {
  return (
    <Sheet title={name} onClose={() => sharedPoster.set(undefined)}>
      <Poster name={name} path={path} />
      <div class="ways">
        <button class="primary" type="button" onClick={() => void copyLink(path)}>
          <Icon sign="i-link" /> {t().copyLink}
        </button>
        {"share" in navigator && (
          <button type="button" onClick={() => void shareOrCopy(name, path)}>
            <Icon sign="i-share" /> {t().shareOn}
          </button>
        )}
      </div>
    </Sheet>
  );
}

/** The poster, in its place while it is being drawn; it can be asked for again. */
function Poster({ name, path }: SharedPoster) {
  const [state, setState] = useState<"drawing" | "ready" | "failed">("drawing");
  const [attempt, setAttempt] = useState(0);
  const address = posterPath(path);
  if (state === "failed") {
    const again = () => {
      setAttempt(attempt + 1);
      setState("drawing");
    };
    return (
      <div class="poster" role="alert">
        <p>{t().posterFailed}</p>
        <button type="button" onClick={again}>
          {t().tryAgain}
        </button>
      </div>
    );
  }
  return (
    <>
      <div class={`poster ${state}`}>
        {state === "drawing" && (
          <p role="status">
            <Icon sign="ring" /> {t().loading}
          </p>
        )}
        <img
          key={attempt}
          src={attempt > 0 ? `${address}?attempt=${attempt}` : address}
          alt={t().posterOf(name)}
          width="750"
          height="1200"
          onLoad={() => setState("ready")}
          onError={() => setState("failed")}
        />
      </div>
      <p class="hold">{t().holdToSave}</p>
      <a class="button save" href={address} download={`${name}.png`}>
        <Icon sign="i-save" /> {t().savePoster}
      </a>
    </>
  );
}
