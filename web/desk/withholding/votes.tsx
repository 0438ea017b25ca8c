// The votes as groups that came from one place: what somebody looks at before a rule is proposed.
import { useEffect, useState } from "preact/hooks";
import { count, locale } from "../../shared/format";
import { execute } from "../../shared/server";
import { zonedToUtc } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { type Nominee, rosterOf } from "../nominees/roster";
import { Combo, foldedText } from "../parts/combo";
import { Choice, TextField } from "../parts/form";
import { Icon } from "../parts/icon";
import { useNarrow } from "../parts/media";
import { Empty, Failed } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath, parameter, setParameters } from "../route";
import { staff } from "../session";
import { t as common } from "../texts";
import { FindVoteGroups, type FindVoteGroupsQuery, type VoteGroupKey } from "./operations";
import { Propose } from "./propose";
import { t } from "./texts";
import { shortKey } from "./words";

type Group = NonNullable<NonNullable<FindVoteGroupsQuery["campaign"]>["desk"]>["voteGroups"][number];

const ways = ["NETWORK", "NETWORK_BLOCK", "PHONE_MODEL"] as const;
/** So many groups are asked for. */
const groupsMax = 50;
const optionsMax = 50;

/** Which votes are looked at; times of day in the zone of the campaign, empty where there is none. */
export interface Look {
  by: VoteGroupKey;
  nomineeId: string;
  from: string;
  until: string;
}

const lookOfAddress = (): Look => ({
  by: ways.find((way) => way === parameter("by")) ?? "NETWORK",
  nomineeId: parameter("nominee"),
  from: parameter("from"),
  until: parameter("until"),
});

/** The window of time, as the server has it. */
export const windowOf = ({ from, until }: Look, timeZone: string) => ({
  from: zonedToUtc(from, timeZone) || null,
  until: zonedToUtc(until, timeZone) || null,
});

interface VotesViewProps {
  campaign: Campaign;
  mayPropose: boolean;
}

export function VotesView({ campaign, mayPropose }: VotesViewProps) {
  const { slug, timeZone } = campaign;
  const roster = rosterOf(campaign.id);
  roster.changed.use();
  const [wish, setWish] = useState(lookOfAddress);
  /** What is shown, which is not yet what has been chosen since. */
  const [look, setLook] = useState(wish);
  const [groups, setGroups] = useState<readonly Group[]>();
  const [failure, setFailure] = useState<unknown>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [proposes, setProposes] = useState<"groups" | "rating">();
  useEffect(() => void roster.readNow(), [roster]);
  /** The group that a signal is about, by whose link somebody came. */
  const origin = parameter("origin");
  const read = async (next: Look, isFirst = false) => {
    setLook(next);
    setGroups(undefined);
    setFailure(undefined);
    setSelected(new Set());
    const { by, nomineeId } = next;
    const variables = { slug, by, nomineeId: nomineeId || null, ...windowOf(next, timeZone) };
    try {
      const { campaign: found } = await execute(FindVoteGroups, variables, { as: staff });
      const all = found?.desk?.voteGroups ?? [];
      // A signal does not say whether its origin is a network or a block of them.
      if (isFirst && origin && by === "NETWORK" && !all.some(({ key }) => key === origin)) {
        setWish((wish) => ({ ...wish, by: "NETWORK_BLOCK" }));
        return void (await read({ ...next, by: "NETWORK_BLOCK" }));
      }
      setGroups(all);
    } catch (error) {
      setFailure(error);
    }
  };
  useEffect(() => void read(wish, true), [slug]);
  const submit = (event: Event) => {
    event.preventDefault();
    const { by, nomineeId, from, until } = wish;
    setParameters({ by: by === "NETWORK" ? "" : by, nominee: nomineeId, from, until });
    void read(wish);
  };
  const chosen = groups?.filter(({ key }) => selected.has(key)) ?? [];
  const nominee = look.nomineeId ? roster.find(look.nomineeId) : undefined;
  return (
    <>
      <a class="back" href={campaignPath(slug, "withholding")}>
        <Icon name="left" />
        {t().toList}
      </a>
      <header class="head">
        <h1>{t().look}</h1>
        <small class="zone">{allTimes(timeZone)}</small>
      </header>
      <div class="stack votes-look">
        <section class="box judge" aria-labelledby="judge">
          <h2 id="judge">{t().lookHintTitle}</h2>
          <ul>
            {t().lookHint.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
        <form class="box look" onSubmit={submit} role="search">
          <NomineeChoice campaign={campaign} value={wish.nomineeId} onChange={(nomineeId) => setWish({ ...wish, nomineeId })} />
          <TextField
            label={t().from}
            type="datetime-local"
            value={wish.from}
            onInput={(from) => setWish((wish) => ({ ...wish, from }))}
          />
          <TextField
            label={t().until}
            type="datetime-local"
            value={wish.until}
            onInput={(until) => setWish((wish) => ({ ...wish, until }))}
          />
          <Choice
            label={t().by}
            value={wish.by}
            options={ways.map((way) => [way, t().bys[way]] as const)}
            onChange={(by) => setWish({ ...wish, by })}
          />
          <button type="submit" class="primary">
            <Icon name="search" />
            {t().lookAction}
          </button>
        </form>
        {failure !== undefined && <Failed error={failure} retry={() => void read(look)} />}
        {failure === undefined && !groups && <Empty isLoading />}
        {groups?.length === 0 && <Empty text={t().noGroups} />}
        {groups && groups.length > 0 && (
          <>
            <Groups by={look.by} groups={groups} origin={origin} selected={selected} onSelect={mayPropose ? setSelected : undefined} />
            <p class="soft">
              {t().byHints[look.by]} {groups.length >= groupsMax && t().most(groupsMax)}
            </p>
          </>
        )}
        {mayPropose && (
          <section class="box rated" aria-labelledby="rated">
            <h2 id="rated">{t().rated}</h2>
            <p class="soft">{t().ratedHint}</p>
            <button type="button" disabled={!!look.nomineeId && !nominee} onClick={() => setProposes("rating")}>
              {t().ratedAction}
            </button>
          </section>
        )}
        {mayPropose && chosen.length > 0 && (
          <div class="selection" role="status">
            <span>{t().selected(chosen.length, chosen.reduce((sum, { votes }) => sum + votes, 0))}</span>
            <button type="button" class="primary" disabled={!!look.nomineeId && !nominee} onClick={() => setProposes("groups")}>
              {t().propose}
            </button>
          </div>
        )}
      </div>
      {proposes && (
        <Propose
          campaign={campaign}
          look={look}
          keys={proposes === "groups" ? chosen.map(({ key }) => key) : []}
          nominee={nominee}
          onClose={() => setProposes(undefined)}
        />
      )}
    </>
  );
}

interface NomineeChoiceProps {
  campaign: Campaign;
  value: string;
  onChange: (id: string) => void;
}

const isOf = ({ number, name, employer }: Nominee, words: readonly string[]) => {
  const text = foldedText(`${number} ${name} ${employer}`);
  return words.every((word) => text.includes(word));
};

function NomineeChoice({ campaign, value, onChange }: NomineeChoiceProps) {
  const roster = rosterOf(campaign.id);
  roster.changed.use();
  const chosen = roster.find(value);
  const find = (words: readonly string[]) => {
    const found = roster.nodes.filter((one) => isOf(one, words)).slice(0, optionsMax);
    const options = found.map(({ id, number, name, employer }) => ({ id, name: t().nominee(number, name), note: employer }));
    return words.length === 0 ? [{ id: "", name: t().allNominees }, ...options] : options;
  };
  return (
    <Combo
      label={t().forNominee}
      chosen={chosen ? t().nominee(chosen.number, chosen.name) : ""}
      placeholders={[t().allNominees, t().findNominee]}
      find={find}
      note={roster.isComplete ? t().noNominee : common().loading}
      onOpen={() => undefined}
      onChoose={onChange}
    />
  );
}

interface GroupsProps {
  by: VoteGroupKey;
  groups: readonly Group[];
  /** The key of the group that a signal is about; empty for none. */
  origin: string;
  selected: ReadonlySet<string>;
  /** None for those who only look. */
  onSelect: ((keys: ReadonlySet<string>) => void) | undefined;
}

/** A part of a group's votes, with its share where that says something. */
function Part({ of, part }: { of: number; part: number }) {
  const share = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 });
  return (
    <>
      {count(part)}
      {part > 0 && <small> {share.format(part / of)}</small>}
    </>
  );
}

function Groups({ by, groups, origin, selected, onSelect }: GroupsProps) {
  const isPhone = useNarrow();
  const isAll = groups.every(({ key }) => selected.has(key));
  const set = (key: string, isIn: boolean) => {
    const next = new Set(selected);
    if (isIn) next.add(key);
    else next.delete(key);
    onSelect?.(next);
  };
  const box = (key: string) =>
    onSelect && (
      <input
        type="checkbox"
        aria-label={t().select(shortKey(key))}
        checked={selected.has(key)}
        onChange={(event) => set(key, event.currentTarget.checked)}
      />
    );
  const mark = (key: string) => key === origin && <span class="tag warning">{t().ofSignal}</span>;
  const parts = (group: Group) =>
    [
      [t().unseen, group.unseen],
      [t().fast, group.fast],
      [t().guests, group.guests],
      [t().withheld, group.withheld],
    ] as const;
  if (isPhone) {
    return (
      <ul class="groups">
        {groups.map((group) => (
          <li key={group.key} class={selected.has(group.key) ? "box chosen" : "box"} data-key={group.key}>
            <label>
              {box(group.key)}
              <code>{shortKey(group.key)}</code>
              {mark(group.key)}
              <span>
                <b>{t().votesHeld(group.votes)}</b>
                <small class="block">{t().votersOf(group.voters)}</small>
              </span>
            </label>
            <dl>
              {parts(group).map(([name, part]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <Part of={group.votes} part={part} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    );
  }
  const heads = [t().votes, t().voters, t().unseen, t().fast, t().guests, t().withheld];
  return (
    <div class="table">
      <table class="groups">
        <thead>
          <tr>
            {onSelect && (
              <th class="pick">
                <input
                  type="checkbox"
                  aria-label={t().selectAll}
                  checked={isAll}
                  onChange={() => onSelect(new Set(isAll ? [] : groups.map(({ key }) => key)))}
                />
              </th>
            )}
            <th scope="col">{t().ofBy[by]}</th>
            {heads.map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr
              key={group.key}
              class={selected.has(group.key) ? "chosen" : undefined}
              data-key={group.key}
              onClick={(event) => {
                if ((event.target as Element).tagName !== "INPUT") set(group.key, !selected.has(group.key));
              }}
            >
              {onSelect && <td class="pick">{box(group.key)}</td>}
              <th scope="row">
                <code title={group.key}>{shortKey(group.key)}</code> {mark(group.key)}
              </th>
              <td class="number">
                <b>{count(group.votes)}</b>
              </td>
              <td class="number">{count(group.voters)}</td>
              {parts(group).map(([name, part]) => (
                <td key={name} class="number">
                  <Part of={group.votes} part={part} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
