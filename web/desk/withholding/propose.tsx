// A proposal to withhold votes of the groups that were selected, or of accounts that a platform rates highest.
import { useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import type { Campaign } from "../campaign";
import type { Nominee } from "../nominees/roster";
import { Dialog } from "../parts/dialog";
import { Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath, go } from "../route";
import { staff } from "../session";
import { t as common } from "../texts";
import { ProposeWithholding, type VoteBehaviour } from "./operations";
import { t } from "./texts";
import { type Look, windowOf } from "./votes";
import { type Named, Names } from "./words";

const behaviours = ["UNSEEN", "FAST"] as const;
const reasonMax = 500;
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
  const [reason, setReason] = useState("");
  // A place and a behaviour: the narrower rule is the one to begin with.
  const [wanted, setWanted] = useState<readonly VoteBehaviour[]>(keys.length > 0 ? ["UNSEEN"] : []);
  const [isRated, setIsRated] = useState(keys.length === 0);
  const [wholeVisit, setWholeVisit] = useState(false);
  const [isActive, setIsActive] = useState(false);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  // The same wish, sent again because its answer got lost, makes one rule.
  const sent = useRef({ wish: "", key: "" });
  const named: Named = {
    nominees: nominee ? [nominee] : [],
    keys: [[by, keys]],
    riskRankMin: null,
    namedVoters: 0,
    ...window,
    behaviours: [],
    wholeVisit: false,
  };
  const propose = async (event: Event) => {
    event.preventDefault();
    if (isBusy || reason.trim() === "") return;
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
    const input = { campaignId: campaign.id, selection, reason: reason.trim(), isActive };
    const wish = JSON.stringify(input);
    if (sent.current.wish !== wish) sent.current = { wish, key: randomUuid() };
    setIsBusy(true);
    try {
      const variables = { input: { ...input, idempotencyKey: sent.current.key } };
      const { rule, userErrors } = (await execute(ProposeWithholding, variables, { as: staff })).proposeWithholding;
      setErrors(userErrors);
      if (rule && userErrors.length === 0) {
        tell(t().proposed);
        return go(campaignPath(campaign.slug, "withholding", rule.id));
      }
    } catch (error) {
      setErrors([{ code: "NETWORK", message: explain(error) }]);
    }
    setIsBusy(false);
  };
  const toggle = (behaviour: VoteBehaviour, isIn: boolean) =>
    setWanted(behaviours.filter((one) => (one === behaviour ? isIn : wanted.includes(one))));
  return (
    <Dialog title={t().proposeTitle} isSheet onClose={onClose}>
      <form class="propose" onSubmit={(event) => void propose(event)}>
        <p class="soft">{t().proposeHint}</p>
        <Names named={named} timeZone={campaign.timeZone} />
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
        <div>
          <label class="check">
            <input type="checkbox" checked={isRated} onChange={(event) => setIsRated(event.currentTarget.checked)} />
            {t().proposeRated}
          </label>
          <label class="check">
            <input type="checkbox" checked={wholeVisit} onChange={(event) => setWholeVisit(event.currentTarget.checked)} />
            {t().proposeVisit}
          </label>
          {wholeVisit && <small class="block">{t().proposeVisitHint}</small>}
          <label class="check">
            <input type="checkbox" checked={isActive} onChange={(event) => setIsActive(event.currentTarget.checked)} />
            {t().proposeActive}
          </label>
        </div>
        <TextField
          label={common().publicReason}
          rows={3}
          isNeeded
          maxLength={reasonMax}
          value={reason}
          hint={t().reasonHint}
          error={errorOf(errors, "reason")}
          onInput={setReason}
        />
        <Refusals errors={otherErrors(errors, ["reason"])} />
        <footer>
          <button type="button" onClick={onClose}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={isBusy || reason.trim() === ""}>
            {t().proposeAction}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
