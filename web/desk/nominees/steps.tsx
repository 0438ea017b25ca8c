// The steps of a nominee's life: each says what it does before it is done, and can be taken back.
import { useState } from "preact/hooks";
import { execute } from "../../shared/server";
import type { Operation } from "../../shared/server";
import { reloadCampaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { complain, tell } from "../parts/notice";
import { explain } from "../parts/states";
import { staff } from "../session";
import {
  FreezeNominee,
  type NomineeStepFragment,
  type NomineeStepInput,
  type NomineeStatus,
  RestoreNominee,
  UnfreezeNominee,
  WithdrawNominee,
} from "./operations";
import type { Nominee, Roster } from "./roster";
import { t } from "./texts";

type Step = "freeze" | "unfreeze" | "withdraw" | "restore";

const operations: Record<Step, Operation<{ step: NomineeStepFragment }, { input: NomineeStepInput }>> = {
  freeze: FreezeNominee,
  unfreeze: UnfreezeNominee,
  withdraw: WithdrawNominee,
  restore: RestoreNominee,
};

const stepsFrom: Record<NomineeStatus, readonly Step[]> = {
  ACTIVE: ["freeze", "withdraw"],
  FROZEN: ["unfreeze", "withdraw"],
  WITHDRAWN: ["restore"],
};

/** The steps that lead back; a nominee comes back to the list as one that can be voted for. */
function wayBack(step: Step, before: NomineeStatus): Step[] {
  if (step === "withdraw") return before === "FROZEN" ? ["restore", "freeze"] : ["restore"];
  return [step === "freeze" ? "unfreeze" : step === "unfreeze" ? "freeze" : "withdraw"];
}

/** Makes a step; gives the refusal. */
async function make(roster: Roster, step: Step, { id, desk }: Nominee, reason: string): Promise<string | undefined> {
  const input = { nomineeId: id, expectedRevision: desk?.editRevision ?? 0, ...(reason && { reason }) };
  try {
    const { step: done } = await execute(operations[step], { input }, { as: staff });
    if (done.nominee) roster.put(done.nominee);
    return done.userErrors[0]?.message;
  } catch (error) {
    return explain(error);
  }
}

interface StepsProps {
  roster: Roster;
  nominee: Nominee;
}

/** The buttons of the steps that are possible now. */
export function Steps({ roster, nominee }: StepsProps) {
  const [asked, setAsked] = useState<Step>();
  const undo = async (steps: Step[]) => {
    for (const step of steps) {
      const refused = await make(roster, step, roster.find(nominee.id) ?? nominee, "");
      if (refused !== undefined) return complain(refused);
    }
    tell(t().undone(nominee.name));
    void reloadCampaign();
  };
  const done = { freeze: t().frozen, unfreeze: t().unfrozen, withdraw: t().withdrawn, restore: t().restored };
  const confirm = async (step: Step, reason: string) => {
    const refused = await make(roster, step, nominee, reason);
    if (refused !== undefined) return refused;
    tell(done[step](nominee.name), () => void undo(wayBack(step, nominee.status)));
    void reloadCampaign();
    return undefined;
  };
  const effects = {
    freeze: t().freezeEffect,
    unfreeze: t().unfreezeEffect,
    withdraw: t().withdrawEffect,
    restore: t().restoreEffect,
  };
  return (
    <>
      <div class="row">
        {stepsFrom[nominee.status].map((step) => (
          <button key={step} type="button" class={step === "withdraw" ? "danger" : ""} onClick={() => setAsked(step)}>
            {t()[step]}…
          </button>
        ))}
      </div>
      {asked && (
        <Confirm
          title={t().stepTitle(t()[asked], [...nominee.name].slice(0, 40).join(""))}
          action={t()[asked]}
          reason="optional"
          onClose={() => setAsked(undefined)}
          onConfirm={(reason) => confirm(asked, reason)}
        >
          <p>{effects[asked](nominee)}</p>
          {asked === "withdraw" && <p>{t().withdrawMore}</p>}
          <p class="soft">{t().reasonLogged}</p>
        </Confirm>
      )}
    </>
  );
}
