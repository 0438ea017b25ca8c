// The voters by the way that they came in.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Campaign, mayHere } from "../campaign";
import { Bars } from "../parts/bars";
import { Failed } from "../parts/states";
import { wayNameInList } from "../parts/ways";
import { staff } from "../session";
import { FindVotersByWay, type FindVotersByWayQuery } from "./operations";
import { t } from "./texts";

type Ways = NonNullable<NonNullable<FindVotersByWayQuery["campaign"]>["desk"]>["votersByWay"];

/** The server counts once a minute. */
const rereadMs = 60_000;

interface VotersByWay {
  /** The ways that have voters; none before the first answer. */
  ways: Ways | undefined;
  error: unknown;
  retry: () => void;
}

function useVotersByWay({ slug }: Campaign): VotersByWay {
  const [ways, setWays] = useState<Ways>();
  const [error, setError] = useState<unknown>();
  const wanted = useRef<object | undefined>(undefined);
  const isShown = mayHere("READ_FIGURES");
  const read = async () => {
    if (!isShown) return;
    const mine = (wanted.current = {});
    try {
      const { campaign: found } = await execute(FindVotersByWay, { slug }, { as: staff, isBackground: true });
      if (mine !== wanted.current) return;
      setWays(found?.desk?.votersByWay ?? []);
      setError(undefined);
    } catch (failure) {
      if (mine === wanted.current) setError(failure);
    }
  };
  useEffect(() => {
    setWays(undefined);
    void read();
    return () => (wanted.current = undefined);
  }, [slug, isShown]);
  useLookAgain(rereadMs, () => void read());
  return { ways, error, retry: () => void read() };
}

/** The voters by the first of their ways in. */
export function WaysBox({ campaign }: { campaign: Campaign }) {
  const { ways, error, retry } = useVotersByWay(campaign);
  const bars = ways?.filter(({ voters }) => voters > 0);
  const total = bars?.reduce((sum, { voters }) => sum + voters, 0) ?? 0;
  const nameOf = (kind: Ways[number]["kind"]) => (kind ? wayNameInList(kind) : t().wayNotKept);
  return (
    <section class="box voters-by-way" aria-labelledby="voters-by-way">
      <header>
        <h2 id="voters-by-way">{t().byWay}</h2>
        <small>{t().byWayHint}</small>
      </header>
      {!bars && error !== undefined && <Failed error={error} retry={retry} />}
      {!bars && error === undefined && <p class="soft">{t().waiting}</p>}
      {bars && total === 0 && <p class="soft">{t().noVotersYet}</p>}
      {bars && total > 0 && (
        <Bars
          caption={t().byWay}
          heads={[t().way, t().voters, t().share]}
          bars={bars.map(({ kind, voters }) => ({ name: nameOf(kind), value: voters }))}
          total={total}
        />
      )}
    </section>
  );
}
