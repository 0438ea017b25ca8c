// A signal of a case: its number, its chart, the behaviours of its votes, and the rules that are offered for them.
import { useMemo, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, moment } from "../../shared/format";
import { ApiError } from "../../shared/server";
import type { Campaign } from "../campaign";
import { Chart } from "../parts/chart";
import { campaignPath } from "../route";
import { Proposal } from "../withholding/proposal";
import { Names, namedOf } from "../withholding/words";
import type { Case } from "./case";
import { t } from "./texts";
import { numberOf, unitOf, votesPath } from "./words";

type Signal = Case["signals"][number];
type Finding = Signal["findings"][number];
export type Offer = Signal["offers"][number];

/** Charts of a day have a point each half-hour. */
const usualStepMs = 1_800_000;

interface SignalBoxProps {
  signal: Signal;
  /** Whether the case is named after it, and has others. */
  leads: boolean;
  campaign: Campaign;
  /** Whether a rule of the case stands already. */
  hasRule: boolean;
  /** Proposes what is offered; none for those who only look. */
  onPropose: ((offer: Offer) => void) | undefined;
}

export function SignalBox({ signal, leads, campaign, hasRule, onPropose }: SignalBoxProps) {
  const { kind, sentence, votes, voters, nominees, findings } = signal;
  const groups = votesPath(signal, campaign);
  return (
    <section class="box signal" data-signal={kind}>
      <header>
        <h2>{t().kinds[kind]}</h2>
        {leads && <span class="tag">{t().leads}</span>}
      </header>
      <p class="sentence">{sentence}</p>
      <div class="shown">
        <div class="told">
          <Numbers signal={signal} />
          <dl class="names">
            <div>
              <dt>{t().nominees}</dt>
              <dd class="nominees">
                {nominees.map(({ id, number, name }) => (
                  <a key={id} href={campaignPath(campaign.slug, "nominees", id)}>
                    {t().nominee(number, name)}
                  </a>
                ))}
              </dd>
            </div>
            <div>
              <dt>{t().votesHead}</dt>
              <dd>{t().votesOf(votes, voters)}</dd>
            </div>
          </dl>
          {groups && (
            <p>
              <a href={groups}>{t().lookGroups}</a>
            </p>
          )}
        </div>
        {signal.points.length > 0 && <SignalChart signal={signal} timeZone={campaign.timeZone} />}
      </div>
      <h3>{t().howCast}</h3>
      <Findings findings={findings} />
      <Offers signal={signal} campaign={campaign} hasRule={hasRule} onPropose={onPropose} />
    </section>
  );
}

/** The number beside what would be usual. */
function Numbers({ signal: { kind, number, expected } }: { signal: Signal }) {
  const unit = t().units[unitOf(kind)];
  const ratio = expected > 0 ? number / expected : undefined;
  return (
    <div class="numbers">
      <p>
        <span class="figure" data-figure="number">
          {numberOf(number)}
        </span>{" "}
        <span class="soft">{unit(number)}</span>
      </p>
      <p class="soft" data-figure="expected">
        {t().aboutUsual(numberOf(expected))}
        {ratio !== undefined && ratio >= 2 && <b class="block">{t().times(numberOf(ratio))}</b>}
      </p>
    </div>
  );
}

function SignalChart({ signal: { kind, points }, timeZone }: { signal: Signal; timeZone: string }) {
  const [showsTable, setShowsTable] = useState(false);
  const times = useMemo(() => points.map(({ at }) => Date.parse(at)), [points]);
  const values = useMemo(() => points.map(({ votes }) => votes), [points]);
  const usual = useMemo(() => points.map(({ expected }) => expected), [points]);
  const when = (index: number) => moment(times[index]!, timeZone, now());
  const sum = values.reduce((one, other) => one + other, 0);
  const most = values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
  return (
    <div class="drawn">
      <p class="legend" aria-hidden="true">
        <span>
          <i class="bar" />
          {t().legendVotes}
        </span>
        <span>
          <i class="line" />
          {t().legendExpected}
        </span>
      </p>
      <Chart
        label={t().chart(t().kinds[kind])}
        times={times}
        values={values}
        usual={usual}
        timeZone={timeZone}
        stepMs={times.length > 1 ? times[1]! - times[0]! : usualStepMs}
        isBars
        say={(index) => t().chartPoint(when(index), values[index]!, numberOf(usual[index]!))}
        summary={t().chartSummary(sum, values[most]!, when(most))}
      />
      <details class="under" onToggle={(event) => setShowsTable(event.currentTarget.open)}>
        <summary>{t().asTable}</summary>
        {showsTable && (
          <div class="scrolled" role="region" aria-label={t().kinds[kind]} tabIndex={0}>
            <table>
              <caption class="unseen">{t().tableCaption}</caption>
              <thead>
                <tr>
                  <th scope="col">{t().time}</th>
                  <th scope="col" class="number">
                    {t().votesHead}
                  </th>
                  <th scope="col" class="number">
                    {t().expected}
                  </th>
                </tr>
              </thead>
              <tbody>
                {points.map(
                  ({ at, votes, expected }, index) =>
                    votes > 0 && (
                      <tr key={at}>
                        <th scope="row">{when(index)}</th>
                        <td class="number">{count(votes)}</td>
                        <td class="number">{numberOf(expected)}</td>
                      </tr>
                    ),
                )}
              </tbody>
            </table>
          </div>
        )}
      </details>
    </div>
  );
}

/** A dot on the part of a line where a number tells something; the sentence has both numbers. */
function Meter({ behaviour, number, threshold }: Pick<Finding, "behaviour" | "number" | "threshold">) {
  const place = (part: number) => `${Math.min(1, Math.max(0, part)) * 100}%`;
  // Times that are too even vary too little.
  const telling = behaviour === "PACE" ? { left: 0, width: place(threshold) } : { left: place(threshold), right: 0 };
  return (
    <span class="meter" aria-hidden="true">
      <i style={telling} />
      <b style={{ left: place(number) }} />
    </span>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p class="soft">{t().onlyConcentrated}</p>;
  return (
    <>
      <ul class="findings">
        {findings.map(({ behaviour, sentence, number, threshold, isWeak }) => (
          <li key={behaviour} data-behaviour={behaviour}>
            <Meter behaviour={behaviour} number={number} threshold={threshold} />
            <span>
              {sentence}
              {isWeak && <span class="tag">{t().weak}</span>}
            </span>
          </li>
        ))}
      </ul>
      {findings.some(({ isWeak }) => isWeak) && <small class="block">{t().weakHint}</small>}
    </>
  );
}

/** Why there is no offer. */
function noOfferOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return t().noOffer.concentration;
  return findings.length === 1 && findings[0]!.isWeak ? t().noOffer.weak : t().noOffer.other;
}

type OffersProps = Omit<SignalBoxProps, "leads">;

function Offers({ signal, campaign, hasRule, onPropose }: OffersProps) {
  const { offers, findings } = signal;
  const groups = votesPath(signal, campaign);
  if (offers.length === 0) {
    return (
      <p class="no-offer" role="note">
        {noOfferOf(findings)} {onPropose && groups && <a href={groups}>{t().noOfferWay}</a>}
      </p>
    );
  }
  return (
    <div class="offers">
      <h3>{offers.length > 1 ? t().offers : t().offer}</h3>
      <p class="soft">{t().offerHint}</p>
      <ul>
        {offers.map((offer) => (
          <li key={offer.id} data-offer={offer.id}>
            <Names named={namedOf(offer)} timeZone={campaign.timeZone} />
            {onPropose && (
              <button type="button" class={hasRule ? undefined : "primary"} onClick={() => onPropose(offer)}>
                {t().propose}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface OfferProposalProps {
  offer: Offer;
  campaign: Campaign;
  onClose: () => void;
}

/** The proposal of what is offered. */
export function OfferProposal({ offer, campaign, onClose }: OfferProposalProps) {
  const { behaviours, until } = offer.selection;
  const explainError = (error: unknown) =>
    error instanceof ApiError && error.code === "NOT_FOUND" ? t().offerGone : undefined;
  return (
    <Proposal
      campaign={campaign}
      named={namedOf(offer)}
      votes={{ offerId: offer.id }}
      // Without a behaviour, its window ends it.
      mayStayActive={behaviours.length > 0 || !until || Date.parse(until) > now()}
      explainError={explainError}
      onClose={onClose}
    />
  );
}
