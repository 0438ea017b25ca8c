// The live board, for a projector and for the organiser's phone.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clockTime, count, left, t } from "./texts";
import { now } from "./clock";
import { type State, watch } from "./live";
import { NotFound } from "./missing";
import { Board, type BoardQuery, type BoardTallyFragment, Roster, WatchTally } from "./operations";
import { Failed } from "./parts";
import { pathOf } from "./route";
import { Failure, execute, pause } from "./server";
import { SignInRefused, signInStaff, staff } from "./session";
import { useTick } from "./store";

type Campaign = NonNullable<BoardQuery["campaign"]>;
type Category = Campaign["categories"][number];

interface Candidate {
  number: number;
  name: string;
  employer: string;
  categoryId: string;
}

interface Standing {
  votes: number;
  rank: number;
}

/** The figures, from whichever way they came. */
interface Figures {
  version: number;
  asOf_ms: number;
  counted: number;
  withheld: number;
  voters: number;
  standings: Map<number, Standing>;
}

const rosterPage = 100;
const poll_ms = 2_000;
/** How often a board whose figures are hidden looks whether they still are. */
const hiddenPoll_ms = 15_000;
/** How long a change of rank is shown. */
const moved_ms = 30_000;
const topRows = 12;

const figuresOf = (tally: BoardTallyFragment): Figures => ({
  version: tally.version,
  asOf_ms: Date.parse(tally.asOf),
  counted: tally.countedVotes,
  withheld: tally.withheldVotes,
  voters: tally.voters,
  standings: new Map(tally.entries.map(({ nominee, votes, rank }) => [nominee.number, { votes, rank }])),
});

/** The public tally as it is polled: most answers are "not modified". */
class PublicTally {
  #etag: string | null = null;

  constructor(private readonly slug: string) {}

  /** The figures, where they are newer than the last ones. Throws when they cannot be had. */
  async poll(): Promise<Figures | undefined> {
    const response = await fetch(`/campaigns/${encodeURIComponent(this.slug)}/tally.json`, {
      cache: "no-store",
      headers: this.#etag ? { "if-none-match": this.#etag } : {},
    });
    if (response.status === 304) return undefined;
    if (!response.ok) throw new Failure(response.status === 404 ? "NOT_FOUND" : "UNAVAILABLE", "no tally");
    this.#etag = response.headers.get("etag");
    const tally = (await response.json()) as {
      version: number;
      asOf: string;
      countedVotes: number;
      withheldVotes: number;
      voters: number;
      categories: { entries: (Standing & { number: number })[] }[];
    };
    const entries = tally.categories.flatMap((category) => category.entries);
    return {
      version: tally.version,
      asOf_ms: Date.parse(tally.asOf),
      counted: tally.countedVotes,
      withheld: tally.withheldVotes,
      voters: tally.voters,
      standings: new Map(entries.map(({ number, votes, rank }) => [number, { votes, rank }])),
    };
  }
}

async function readBoard(slug: string): Promise<Campaign | null> {
  return (await execute(Board, { slug }, { as: staff })).campaign;
}

async function readRoster(slug: string): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof readRosterPage>> = await readRosterPage(slug, after);
    candidates.push(...(answer?.nodes ?? []).map(({ category, ...nominee }) => ({ ...nominee, categoryId: category.id })));
    after = answer?.pageInfo.hasNextPage ? answer.pageInfo.endCursor : null;
  } while (after !== null);
  return candidates;
}

const readRosterPage = async (slug: string, after: string | null) =>
  (await execute(Roster, { slug, first: rosterPage, after }, { as: staff })).campaign?.nominees;

export default function BoardView({ slug }: { slug: string }) {
  const [campaign, setCampaign] = useState<Campaign | null | "failed">();
  const [roster, setRoster] = useState<Candidate[]>([]);
  const [signedIn, setSignedIn] = useState(staff.isOpen());
  const load = async () => {
    try {
      const found = await readBoard(slug);
      if (found?.tally) setRoster(await readRoster(slug));
      setCampaign(found);
      if (found) document.title = `${found.title} · ${t().board}`;
      setSignedIn(staff.isOpen());
    } catch {
      setCampaign((before) => before ?? "failed");
    }
  };
  useEffect(() => {
    void load();
  }, [slug, signedIn]);
  if (campaign === undefined) return <p class="empty">{t().loading}</p>;
  if (campaign === "failed") return <Failed retry={() => void load()} />;
  if (campaign === null) return <NotFound slug={slug} />;
  const account = <StaffAccount isOpen={signedIn} onChange={() => setSignedIn(staff.isOpen())} />;
  return campaign.tally ? (
    <LiveBoard
      key={String(signedIn)}
      slug={slug}
      campaign={campaign}
      tally={campaign.tally}
      roster={roster}
      account={account}
      reload={load}
    />
  ) : (
    <HiddenBoard campaign={campaign} account={account} reload={load} />
  );
}

/** The board while the rules hide its figures. */
function HiddenBoard(props: { campaign: Campaign; account: preact.JSX.Element; reload: () => Promise<void> }) {
  const { campaign, account, reload } = props;
  useEffect(() => {
    const timer = setInterval(() => void reload(), hiddenPoll_ms);
    return () => clearInterval(timer);
  }, [campaign]);
  return (
    <div class="board">
      <header class="bar">
        <h1>{campaign.title}</h1>
        <Clock campaign={campaign} onEnd={reload} />
      </header>
      <p class="empty" role="status">
        {campaign.rules.tallyVisibility === "AFTER_CLOSE" ? t().hiddenUntilClose : t().hidden}
      </p>
      <footer class="bar">{account}</footer>
    </div>
  );
}

interface LiveProps {
  slug: string;
  campaign: Campaign;
  tally: BoardTallyFragment;
  roster: Candidate[];
  account: preact.JSX.Element;
  reload: () => Promise<void>;
}

function LiveBoard({ slug, campaign, tally, roster, account, reload }: LiveProps) {
  const [figures, setFigures] = useState(() => figuresOf(tally));
  const [state, setState] = useState<State>("connecting");
  const [heard_ms, setHeard] = useState(now);
  const [showsAll, setShowsAll] = useState(false);
  const history = useRef<History>(new History());
  const take = (next: Figures) => {
    setHeard(now());
    setFigures((before) => (next.version > before.version || next.asOf_ms > before.asOf_ms ? next : before));
  };
  useEffect(() => {
    const publicTally = new PublicTally(slug);
    return watch({
      operation: WatchTally,
      variables: { campaignId: campaign.id },
      as: staff,
      onData: ({ tallyChanged }) => take(figuresOf(tallyChanged)),
      onState: (next) => {
        setState(next);
        if (next !== "lost") setHeard(now());
      },
      poll: async () => {
        if (staff.isOpen()) {
          const polled = await readBoard(slug);
          if (polled?.tally) take(figuresOf(polled.tally));
          else await reload();
          return;
        }
        const polled = await publicTally.poll().catch(async (error: Failure) => {
          // Hidden from now on: the campaign says why.
          if (error.code === "NOT_FOUND") await reload();
          throw error;
        });
        if (polled) take(polled);
      },
      poll_ms,
    });
  }, [campaign.id]);
  const known = useMemo(() => new Set(roster.map(({ number }) => number)), [roster]);
  const isNew = [...figures.standings.keys()].some((number) => !known.has(number));
  useEffect(() => {
    // Nominees that were added since; not more often than the server's campaigns are read anew.
    if (isNew) void pause(1_000).then(reload);
  }, [isNew]);
  // Time passes without news, too: votes a minute fall. Not while nothing is heard, which is not the same as no votes.
  useTick(now);
  if (state !== "lost") history.current.note(figures);
  return (
    <div class={showsAll ? "board all" : "board"}>
      <header class="bar">
        <h1>{campaign.title}</h1>
        <Totals figures={figures} history={history.current} />
        <Clock campaign={campaign} onEnd={reload} />
      </header>
      <div class="columns">
        {campaign.categories.map((category) => (
          <Ranking
            key={category.id}
            category={category}
            candidates={roster.filter(({ categoryId }) => categoryId === category.id)}
            figures={figures}
            history={history.current}
            rows={showsAll ? Infinity : Math.max(topRows, category.shortlistSize + 2)}
          />
        ))}
      </div>
      <footer class="bar">
        <Freshness state={state} figures={figures} heard_ms={heard_ms} timeZone={campaign.timeZone} />
        <span class="spread" />
        <button class="quiet" type="button" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? t().showTop : t().showAll}
        </button>
        <a class="quiet button" href={pathOf({ view: "voting", slug })}>
          {t().nominees}
        </a>
        {account}
        <figure class="scan">
          <img src={`${pathOf({ view: "voting", slug })}/qr.svg`} alt={t().scan} width="96" height="96" />
          <figcaption>{t().scan}</figcaption>
        </figure>
      </footer>
    </div>
  );
}

/** What has been seen so far: for votes a minute, and for who has risen or fallen. */
class History {
  static readonly bin_ms = 10_000;
  static readonly binsMax = 61;
  /** Votes at the end of each bin of time, oldest first. */
  #bins: { bin: number; votes: number }[] = [];
  #ranks = new Map<number, number>();
  #moves = new Map<number, { up: boolean; at_ms: number }>();
  #version = -1;

  /** Takes notice of figures; the same ones again only move time. */
  note(figures: Figures): void {
    const bin = Math.floor(now() / History.bin_ms);
    // What was there when the board was opened is where counting begins.
    if (this.#bins.length === 0) this.#bins = [{ bin: bin - 1, votes: figures.counted }];
    const last = this.#bins.at(-1);
    if (last?.bin === bin) last.votes = figures.counted;
    else this.#bins = [...this.#bins, { bin, votes: figures.counted }].slice(-History.binsMax);
    if (figures.version === this.#version) return;
    for (const [number, { rank }] of figures.standings) {
      const before = this.#ranks.get(number);
      if (before !== undefined && before !== rank) this.#moves.set(number, { up: rank < before, at_ms: now() });
      this.#ranks.set(number, rank);
    }
    this.#version = figures.version;
  }

  /** How a nominee has moved lately. */
  move(number: number): "up" | "down" | undefined {
    const move = this.#moves.get(number);
    return move && now() - move.at_ms < moved_ms ? (move.up ? "up" : "down") : undefined;
  }

  /** The rate in votes a minute in each bin of the last ten minutes, oldest first. */
  rates(): number[] {
    const perMinute = 60_000 / History.bin_ms;
    return this.#bins.slice(1).map(({ bin, votes }, i) => {
      const before = this.#bins[i]!;
      return ((votes - before.votes) * perMinute) / (bin - before.bin);
    });
  }

  /** The votes of the last minute. */
  lastMinute(): number {
    const last = this.#bins.at(-1);
    const since = this.#bins.find(({ bin }) => last && bin >= last.bin - 60_000 / History.bin_ms);
    return last && since ? last.votes - since.votes : 0;
  }
}

function Totals({ figures, history }: { figures: Figures; history: History }) {
  const rates = history.rates();
  const highest = Math.max(1, ...rates);
  // As wide as what there is, once there are two minutes of it.
  const step = 120 / Math.max(12, rates.length - 1);
  const points = rates.map((rate, i) => `${i * step},${30 - (rate / highest) * 28}`).join(" ");
  return (
    <dl class="totals">
      <div>
        <dt>{t().totalVotes}</dt>
        <dd data-figure="votes">{count(figures.counted)}</dd>
        {figures.withheld > 0 && <dd class="aside">{t().withheld(figures.withheld)}</dd>}
      </div>
      <div>
        <dt>{t().voters}</dt>
        <dd data-figure="voters">{count(figures.voters)}</dd>
      </div>
      <div>
        <dt>{t().perMinute}</dt>
        <dd>
          <span data-figure="rate">{count(history.lastMinute())}</span>
          <svg class="spark" viewBox="0 0 120 32" aria-hidden="true">
            <polyline points={points} />
          </svg>
        </dd>
      </div>
    </dl>
  );
}

interface RankingProps {
  category: Category;
  candidates: Candidate[];
  figures: Figures;
  history: History;
  rows: number;
}

function Ranking({ category, candidates, figures, history, rows }: RankingProps) {
  const of = ({ number }: Candidate) => figures.standings.get(number) ?? { votes: 0, rank: candidates.length };
  const ranked = [...candidates].sort((a, b) => of(a).rank - of(b).rank || a.number - b.number);
  const shown = ranked.slice(0, rows);
  const most = Math.max(1, ...shown.map((candidate) => of(candidate).votes));
  const cut = category.shortlistSize;
  const hasCut = shown.length > cut;
  // The line has half a row to itself.
  const top = (place: number) => String(place < cut ? place : place + 0.5);
  // In the order of numbers, so that a row keeps its element and moves to its place.
  const inDom = shown.map((candidate, place) => ({ candidate, place })).sort((a, b) => a.candidate.number - b.candidate.number);
  return (
    <section class="ranking" aria-label={category.name}>
      <h2>{category.name}</h2>
      <ol style={{ "--rows": String(shown.length + (hasCut ? 0.5 : 0)) }}>
        {inDom.map(({ candidate, place }) => {
          const { votes, rank } = of(candidate);
          const move = history.move(candidate.number);
          return (
            <li
              key={candidate.number}
              class={place < cut ? "row" : "row below"}
              style={{ "--place": top(place), "--part": String(votes / most) }}
              data-number={candidate.number}
            >
              <span class="place">{rank}</span>
              <span class="name">
                {candidate.name} <small>{candidate.employer}</small>
              </span>
              {move && (
                <span class={`move ${move}`} role="img" aria-label={t()[move]}>
                  {move === "up" ? "▲" : "▼"}
                </span>
              )}
              <span class="figure">{count(votes)}</span>
              <span class="fill" />
            </li>
          );
        })}
        {hasCut && (
          <li class="cut" style={{ "--place": String(cut) }}>
            {t().cutLine(cut)}
          </li>
        )}
      </ol>
    </section>
  );
}

/** The server's clock and what is left of the vote; at its end the campaign is read again. */
function Clock({ campaign, onEnd }: { campaign: Campaign; onEnd: () => Promise<void> }) {
  const time = useTick(now);
  const edges = { UPCOMING: campaign.votingOpensAt, VOTING: campaign.votingClosesAt } as Partial<Record<string, string>>;
  const edge = edges[campaign.phase];
  const remaining = edge ? Date.parse(edge) - time : undefined;
  const isDue = remaining !== undefined && remaining <= 0;
  useEffect(() => {
    if (!isDue) return;
    const timer = setInterval(() => void onEnd(), 1_000);
    return () => clearInterval(timer);
  }, [isDue]);
  return (
    <dl class="totals clock">
      <div>
        <dt>{t().serverClock}</dt>
        <dd>{clockTime(time, campaign.timeZone)}</dd>
      </div>
      <div>
        <dt>{campaign.phase === "UPCOMING" ? t().timeUntil : t().timeLeft}</dt>
        <dd>{remaining === undefined ? t().over : left(remaining)}</dd>
      </div>
    </dl>
  );
}

interface FreshnessProps {
  state: State;
  figures: Figures;
  heard_ms: number;
  timeZone: string;
}

/** Whether the figures are those of now, and how old they are when not. */
function Freshness({ state, figures, heard_ms, timeZone }: FreshnessProps) {
  const time = useTick(now);
  const isCurrent = state === "live" || state === "polling";
  const age = Math.max(0, Math.round((time - (isCurrent ? figures.asOf_ms : heard_ms)) / 1_000));
  const words = { live: t().live, polling: t().polling, connecting: t().connecting, lost: t().lost };
  return (
    <p class={`freshness ${state}`} data-state={state}>
      <i aria-hidden="true" /> <span role="status">{words[state]}</span> · {t().asOf(clockTime(figures.asOf_ms, timeZone))} ({t().ago(age)})
    </p>
  );
}

function StaffAccount({ isOpen, onChange }: { isOpen: boolean; onChange: () => void }) {
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: preact.TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    try {
      await signInStaff(String(data.get("email")), String(data.get("password")));
      setAsks(false);
      onChange();
    } catch (error) {
      setRefusal(error instanceof SignInRefused ? error.message : t().failed);
    }
  };
  if (isOpen) {
    const leave = () => void staff.close().finally(onChange);
    return (
      <button class="quiet" type="button" onClick={leave}>
        {t().staffSignOut}
      </button>
    );
  }
  if (!asks) {
    return (
      <button class="quiet" type="button" onClick={() => setAsks(true)}>
        {t().staffSignIn}
      </button>
    );
  }
  return (
    <form class="sign-in" aria-label={t().staffSignIn} onSubmit={(event) => void submit(event)}>
      <input name="email" type="email" required autocomplete="username" placeholder={t().email} aria-label={t().email} />
      <input
        name="password"
        type="password"
        required
        autocomplete="current-password"
        placeholder={t().password}
        aria-label={t().password}
      />
      <button class="primary" type="submit">
        {t().signIn}
      </button>
      <button class="quiet" type="button" onClick={() => setAsks(false)}>
        {t().cancel}
      </button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  );
}
