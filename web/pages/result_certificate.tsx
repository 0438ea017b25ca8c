// The certificate of a nominee who is chosen: a picture to keep and to share, drawn here.
import { useEffect, useRef, useState } from "preact/hooks";
import { date } from "../shared/format";
import type { Campaign } from "./campaign";
import { ShareButton, nomineePath } from "./parts";
import { drawCertificate } from "./result_drawing";
import type { Entry } from "./result_places";
import { r } from "./result_texts";

export interface Chosen {
  entry: Entry;
  /** Whether others share the place. */
  isTied: boolean;
}

interface CertificateProps {
  slug: string;
  campaign: Campaign;
  category: string;
  chosen: Chosen;
  onClose: () => void;
}

export function Certificate({ slug, campaign, category, chosen, onClose }: CertificateProps) {
  const { entry, isTied } = chosen;
  const { nominee, rank, votes } = entry;
  const dialog = useRef<HTMLDialogElement>(null);
  const [picture, setPicture] = useState<string>();
  const place = isTied ? r().placeTied(rank) : r().place(rank);
  const text = r().certificateText(nominee.name, nominee.employer, campaign.title, category, place, r().votesWritten(votes));
  useEffect(() => {
    const opened = dialog.current!;
    // Phones of before 2022 have no such dialogs: there it lies on the page.
    if (opened.showModal) opened.showModal();
    else opened.setAttribute("open", "");
  }, []);
  useEffect(() => {
    let isWanted = true;
    const words = {
      head: r().certificateHead,
      campaign: campaign.title,
      name: nominee.name,
      employer: nominee.employer,
      place: `${category} · ${place}`,
      votes: r().votesWritten(votes),
      foot: r().votingUntil(date(Date.parse(campaign.votingClosesAt), campaign.timeZone)),
      address: location.host + nomineePath(slug, nominee.number),
    };
    void drawCertificate(words, nominee.portraitUrl).then((drawn) => isWanted && setPicture(drawn));
    return () => {
      isWanted = false;
    };
  }, [text]);
  return (
    <dialog
      ref={dialog}
      class="certificate"
      aria-label={r().certificateOf(nominee.name)}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div>
        <div class="certificate-picture">{picture && <img src={picture} alt={text} width={1080} height={1440} />}</div>
        <p class="hint">{r().certificateHint}</p>
        <div class="actions">
          {picture && (
            <a class="button primary save" href={picture} download={`${slug}-${nominee.number}.png`}>
              {r().save}
            </a>
          )}
          <ShareButton title={text} path={nomineePath(slug, nominee.number)} />
          <button type="button" class="quiet" onClick={onClose}>
            {r().close}
          </button>
        </div>
      </div>
    </dialog>
  );
}
