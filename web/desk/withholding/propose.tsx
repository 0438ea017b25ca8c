// A proposal to withhold votes of the groups that were selected, or of accounts that a platform rates highest.
import { useState } from "preact/hooks";
import type { Campaign } from "../campaign";
import type { Nominee } from "../nominees/roster";
import type { VoteBehaviour } from "./operations";
import { Proposal } from "./proposal";
import { t } from "./texts";
import { type Look, windowOf } from "./votes";
import type { Named } from "./words";

const behaviours = ["UNSEEN", "FAST"] as const;
/** The rank at which a platform itself advises not to count; no rule takes a lower one. */
const highestRank = 4;

interface ProposeProps {
  campaign: Campaign;
  look: Look;
  /** The keys of the groups; none where the rating alone is to say it. */
  keys: readonly string[];
  nominee: Nominee | undefined;
  onClose: () => void;
}

export function Propose({ campaign, look, keys, nominee, onClose }: ProposeProps) {
  const { by, nomineeId } = look;
  const window = windowOf(look, campaign.timeZone);
  // A place and a behaviour: the narrower rule is the one to begin with.
  const [wanted, setWanted] = useState<readonly VoteBehaviour[]>(keys.length > 0 ? ["UNSEEN"] : []);
  const [isRated, setIsRated] = useState(keys.length === 0);
  const [wholeVisit, setWholeVisit] = useState(false);
  const named: Named = {
    nominees: nominee ? [nominee] : [],
    keys: [[by, keys]],
    riskRankMin: null,
    namedVoters: 0,
    ...window,
    behaviours: [],
    wholeVisit: false,
  };
  const groups = keys.length > 0 ? [...keys] : null;
  const selection = {
    nomineeIds: nomineeId ? [nomineeId] : null,
    networks: by === "NETWORK" ? groups : null,
    networkBlocks: by === "NETWORK_BLOCK" ? groups : null,
    phoneModels: by === "PHONE_MODEL" ? groups : null,
    ...window,
    behaviours: wanted.length > 0 ? [...wanted] : null,
    wholeVisit,
    riskRankMin: isRated ? highestRank : null,
  };
  const toggle = (behaviour: VoteBehaviour, isIn: boolean) =>
    setWanted(behaviours.filter((one) => (one === behaviour ? isIn : wanted.includes(one))));
  const visit = (
    <>
      <label class="check">
        <input type="checkbox" checked={isRated} onChange={(event) => setIsRated(event.currentTarget.checked)} />
        {t().proposeRated}
      </label>
      <label class="check">
        <input type="checkbox" checked={wholeVisit} onChange={(event) => setWholeVisit(event.currentTarget.checked)} />
        {t().proposeVisit}
      </label>
      {wholeVisit && <small class="block">{t().proposeVisitHint}</small>}
    </>
  );
  return (
    <Proposal campaign={campaign} named={named} votes={{ selection }} mayStayActive choices={visit} onClose={onClose}>
      <fieldset>
        <legend>{t().which}</legend>
        {behaviours.map((behaviour) => (
          <label key={behaviour} class="check">
            <input
              type="checkbox"
              checked={wanted.includes(behaviour)}
              onChange={(event) => toggle(behaviour, event.currentTarget.checked)}
            />
            {t().proposeBehaviours[behaviour]}
          </label>
        ))}
        <small class="block">{t().whichHint}</small>
      </fieldset>
    </Proposal>
  );
}
