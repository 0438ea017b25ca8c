// The form in which a proposal to withhold votes is made, whatever names its votes.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import type { Campaign } from "../campaign";
import { Dialog } from "../parts/dialog";
import { Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath, go } from "../route";
import { staff } from "../session";
import { t as common } from "../texts";
import { ProposeWithholding, type ProposeWithholdingInput } from "./operations";
import { t } from "./texts";
import { type Named, Names } from "./words";

const reasonMax = 500;

interface ProposalProps {
  campaign: Campaign;
  /** The votes, in words. */
  named: Named;
  /** The same for the server. */
  votes: Pick<ProposeWithholdingInput, "selection" | "offerId">;
  /** Whether it can take votes that are still to come. */
  mayStayActive: boolean;
  /** What is chosen beside the votes. */
  children?: ComponentChildren;
  /** Beside the choice to stay active. */
  choices?: ComponentChildren;
  /** What to tell about an error; none for what is told of every one. */
  explainError?: (error: unknown) => string | undefined;
  onClose: () => void;
}

/** A sheet that proposes a rule, and leads to it. */
export function Proposal({ campaign, named, votes, mayStayActive, children, choices, explainError, onClose }: ProposalProps) {
  const [reason, setReason] = useState("");
  const [isActive, setIsActive] = useState(false);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  // The same wish, sent again because its answer got lost, makes one rule.
  const sent = useRef({ wish: "", key: "" });
  const propose = async (event: Event) => {
    event.preventDefault();
    if (isBusy || reason.trim() === "") return;
    const input = { campaignId: campaign.id, ...votes, reason: reason.trim(), isActive };
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
      setErrors([{ code: "NETWORK", message: explainError?.(error) ?? explain(error) }]);
    }
    setIsBusy(false);
  };
  return (
    <Dialog title={t().proposeTitle} isSheet onClose={onClose}>
      <form class="propose" onSubmit={(event) => void propose(event)}>
        <p class="soft">{t().proposeHint}</p>
        <Names named={named} timeZone={campaign.timeZone} />
        {children}
        {(choices || mayStayActive) && (
          <div>
            {choices}
            {mayStayActive && (
              <label class="check">
                <input type="checkbox" checked={isActive} onChange={(event) => setIsActive(event.currentTarget.checked)} />
                {t().proposeActive}
              </label>
            )}
          </div>
        )}
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
