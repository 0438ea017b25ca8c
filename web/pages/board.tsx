// The view of the live board, for a projector and for the organiser's phone.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { now } from "../shared/clock";
import { clockTime, count, remainingTime } from "../shared/format";
import { type ConnectionState, watch } from "../shared/live";
import { ApiError, execute, request } from "../shared/server";
import { SignInRefused, signInStaff, staff } from "../shared/session";
import { useAlarm, useReturn, useTick } from "../shared/store";
import { NotFound } from "./missing";
import { type BoardTallyFragment, FindBoard, type FindBoardQuery, ListRoster, WatchTally } from "./operations";
import { Failed } from "./parts";
import { pathOf } from "./route";
import { t } from "./texts";

type Campaign = NonNullable<FindBoardQuery["campaign"]>;
type Category = Campaign["categories"][number];

interface Nominee {
  number: number;
  name: string;
  employer: string;
  categoryId: string;
}

interface Standing {
  votes: number;
  rank: number;
}

/** The figures of the board, by whichever transport they came. */
interface Figures {
  version: number;
  asOfMs: number;
  counted: number;
  /** The part of them that is of nominees who are listed no more. */
  withdrawn: number;
  withheld: number;
  voters: number;
  standings: Map<number, Standing>;
}

const rosterPageSize = 100;
const pollMs = 2_000;
/** The interval at which a board checks whether its figures are still hidden. */
const hiddenPollMs = 15_000;
/** The time for which a change of rank is listed. */
const rankChangeMs = 30_000;
/** Rows change places at most this often, so that they can be followed. */
const orderMs = 2_000;
/** Nominees are renamed, moved and withdrawn, and votes prolonged, without a change of the figures. */
const rosterPollMs = 30_000;
/** Nominees that the roster lacks are looked for this often; the server's own reading of campaigns takes a moment. */
const mismatchPollMs = 2_000;
/** Controls are hidden on a projector that has not been touched for so long. */
const idleMs = 5_000;
const topRows = 12;

const figuresOf = (tally: BoardTallyFragment): Figures => ({
  version: tally.version,
  asOfMs: Date.parse(tally.asOf),
  counted: tally.countedVotes,
  withdrawn: tally.withdrawnVotes,
  withheld: tally.withheldVotes,
  voters: tally.voters,
  standings: new Map(tally.entries.map(({ nominee, votes, rank }) => [nominee.number, { votes, rank }])),
});

/** The public tally as it is polled: most answers are "not modified". */
class PublicTally {
  #etag: string | null = null;

  constructor(private readonly slug: string) {}

  /** The figures, where they are newer than the last ones. Throws when they cannot be had. */
  poll(): Promise<Figures | undefined> {
    const headers: HeadersInit = this.#etag ? { "if-none-match": this.#etag } : {};
    const path = `/campaigns/${encodeURIComponent(this.slug)}/tally.json`;
    return request(path, { cache: "no-store", headers }, (response) => this.#read(response));
  }

  async #read(response: Response): Promise<Figures | undefined> {
    if (response.status === 304) return undefined;
    if (!response.ok) throw new ApiError(response.status === 404 ? "NOT_FOUND" : "UNAVAILABLE", "no tally");
    this.#etag = response.headers.get("etag");
    const tally = (await response.json()) as {
      version: number;
      asOf: string;
      countedVotes: number;
      withdrawnVotes: number;
      withheldVotes: number;
      voters: number;
      categories: { entries: (Standing & { number: number })[] }[];
    };
    const entries = tally.categories.flatMap((category) => category.entries);
    return {
      version: tally.version,
      asOfMs: Date.parse(tally.asOf),
      counted: tally.countedVotes,
      withdrawn: tally.withdrawnVotes,
      withheld: tally.withheldVotes,
      voters: tally.voters,
      standings: new Map(entries.map(({ number, votes, rank }) => [number, { votes, rank }])),
    };
  }
}

async function readBoard(slug: string): Promise<Campaign | null> {
  return (await execute(FindBoard, { slug }, { as: staff })).campaign;
}

async function readRoster(slug: string): Promise<Nominee[]> {
  const nominees: Nominee[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof readRosterPage>> = await readRosterPage(slug, after);
    nominees.push(...(answer?.nodes ?? []).map(({ category, ...nominee }) => ({ ...nominee, categoryId: category.id })));
    after = answer?.pageInfo.hasNextPage ? answer.pageInfo.endCursor : null;
  } while (after !== null);
  return nominees;
}

/** A campaign with its nominees, as far as its figures are shown. */
export async function loadBoard(slug: string): Promise<{ campaign: Campaign | null; roster: Nominee[] }> {
  const campaign = await readBoard(slug);
  return { campaign, roster: campaign?.tally ? await readRoster(slug) : [] };
}

const readRosterPage = async (slug: string, after: string | null) =>
  (await execute(ListRoster, { slug, first: rosterPageSize, after }, { as: staff })).campaign?.nominees;

interface BoardViewProps {
  slug: string;
  /** The board as it was read before the page was drawn. */
  first?: Awaited<ReturnType<typeof loadBoard>> | undefined;
}

export default function BoardView({ slug, first }: BoardViewProps) {
  const [campaign, setCampaign] = useState<Campaign | null | Error | undefined>(first?.campaign);
  const [roster, setRoster] = useState<Nominee[]>(first?.roster ?? []);
  const [signedIn, setSignedIn] = useState(staff.isOpen());
  const load = async () => {
    try {
      const found = await loadBoard(slug);
      setRoster(found.roster);
      setCampaign(found.campaign);
      setSignedIn(staff.isOpen());
    } catch (error) {
      setCampaign((before) => before ?? (error as Error));
    }
  };
  const isFresh = useRef(first !== undefined);
  useEffect(() => {
    if (!isFresh.current) void load();
    isFresh.current = false;
  }, [slug, signedIn]);
  useReturn(0, () => void load());
  useEffect(() => {
    const timer = setInterval(() => void load(), rosterPollMs * (1 + Math.random() / 4));
    return () => clearInterval(timer);
  }, [slug]);
  const title = campaign instanceof Error ? undefined : campaign?.title;
  useEffect(() => {
    if (title) document.title = `${title} · ${t().board}`;
  }, [title]);
  if (campaign === undefined) return <p class="empty">{t().loading}</p>;
  if (campaign instanceof Error) return <Failed error={campaign} retry={() => void load()} />;
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
    const timer = setInterval(() => void reload(), hiddenPollMs);
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
  roster: Nominee[];
  account: preact.JSX.Element;
  reload: () => Promise<void>;
}

/** The figures of now, with the state of the connection that they come by. */
function useFigures({ slug, campaign, tally, reload }: LiveProps) {
  const [figures, setFigures] = useState(() => figuresOf(tally));
  const [state, setState] = useState<ConnectionState>("connecting");
  const [lastContactMs, setLastContact] = useState(now);
  const takeFigures = (next: Figures) => {
    setLastContact(now());
    setFigures((before) => (next.version > before.version || next.asOfMs > before.asOfMs ? next : before));
  };
  useEffect(() => {
    const publicTally = new PublicTally(slug);
    return watch({
      operation: WatchTally,
      variables: { campaignId: campaign.id },
      as: staff,
      onData: ({ tallyChanged }) => takeFigures(figuresOf(tallyChanged)),
      onState: (next) => {
        setState(next);
        if (next !== "lost") setLastContact(now());
      },
      poll: async () => {
        if (staff.isOpen()) {
          const polled = await readBoard(slug);
          if (polled?.tally) takeFigures(figuresOf(polled.tally));
          else await reload();
          return;
        }
        const polled = await publicTally.poll().catch(async (error: ApiError) => {
          // Hidden from now on: the campaign says why.
          if (error.code === "NOT_FOUND") await reload();
          throw error;
        });
        if (polled) takeFigures(polled);
      },
      pollMs,
    });
  }, [campaign.id]);
  return { figures, state, lastContactMs };
}

/** Reads the roster again while it has other nominees than the figures: some were added or withdrawn. */
function useMatchingRoster(roster: Nominee[], figures: Figures, reload: () => Promise<void>): void {
  const rosterNumbers = useMemo(() => new Set(roster.map(({ number }) => number)), [roster]);
  const isMismatch =
    rosterNumbers.size !== figures.standings.size || [...rosterNumbers].some((number) => !figures.standings.has(number));
  useEffect(() => {
    if (!isMismatch) return;
    const timer = setInterval(() => void reload(), mismatchPollMs);
    return () => clearInterval(timer);
  }, [isMismatch]);
}

function LiveBoard(props: LiveProps) {
  const { slug, campaign, roster, account, reload } = props;
  const { figures, state, lastContactMs } = useFigures(props);
  const [showsAll, setShowsAll] = useState(false);
  const history = useRef<History>(new History());
  useMatchingRoster(roster, figures, reload);
  const ordered = useOrder(figures);
  useIdle();
  // Time passes without news, too: votes a minute fall. Not while nothing is heard, which is not the same as no votes.
  useTick();
  if (state !== "lost") history.current.note(figures);
  history.current.noteRanks(ordered);
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
            nominees={roster.filter(({ number, categoryId }) => categoryId === category.id && figures.standings.has(number))}
            figures={figures}
            ordered={ordered}
            history={history.current}
            rows={showsAll ? Infinity : Math.max(topRows, category.shortlistSize + 2)}
          />
        ))}
      </div>
      <footer class="bar">
        <Freshness state={state} figures={figures} lastContactMs={lastContactMs} timeZone={campaign.timeZone} />
        <span class="spread" />
        <div class="controls">
          <button class="quiet" type="button" onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? t().showTop : t().showAll}
          </button>
          <a class="quiet button" href={pathOf({ view: "voting", slug })}>
            {t().nominees}
          </a>
          {account}
        </div>
        <figure class="scan">
          <img src={`${pathOf({ view: "voting", slug })}/qr.svg`} alt={t().scan} width="96" height="96" />
          <figcaption>{t().scan}</figcaption>
        </figure>
      </footer>
    </div>
  );
}

/** The figures whose order is shown: newer ones take their place at most every `orderMs`. */
function useOrder(figures: Figures): Figures {
  const [ordered, setOrdered] = useState(figures);
  const changedMs = useRef(-Infinity);
  useEffect(() => {
    if (figures === ordered) return;
    const wait = Math.max(0, changedMs.current + orderMs - performance.now());
    const timer = setTimeout(() => {
      changedMs.current = performance.now();
      setOrdered(figures);
    }, wait);
    return () => clearTimeout(timer);
  }, [figures, ordered]);
  return ordered;
}

/** Marks the page as idle while nobody touches it: on a projector its controls are hidden then. */
function useIdle(): void {
  useEffect(() => {
    const { classList } = document.documentElement;
    let timer: ReturnType<typeof setTimeout>;
    const wake = () => {
      clearTimeout(timer);
      classList.remove("idle");
      timer = setTimeout(() => classList.add("idle"), idleMs);
    };
    const events = ["pointermove", "pointerdown", "keydown", "focusin"];
    events.forEach((name) => addEventListener(name, wake));
    wake();
    return () => {
      clearTimeout(timer);
      classList.remove("idle");
      events.forEach((name) => removeEventListener(name, wake));
    };
  }, []);
}

/** The figures that have been seen: for votes a minute, and for changes of rank. */
class History {
  static readonly binMs = 10_000;
  static readonly binsMax = 61;
  /** Votes at the end of each bin of time, oldest first. */
  #bins: { bin: number; votes: number }[] = [];
  #ranks = new Map<number, number>();
  #moves = new Map<number, { up: boolean; atMs: number }>();
  #version = -1;

  /** Takes notice of figures; the same ones again only move time. */
  note(figures: Figures): void {
    const bin = Math.floor(now() / History.binMs);
    // What was there when the board was opened is where counting begins.
    if (this.#bins.length === 0) this.#bins = [{ bin: bin - 1, votes: figures.counted }];
    const last = this.#bins.at(-1);
    if (last?.bin === bin) last.votes = figures.counted;
    else this.#bins = [...this.#bins, { bin, votes: figures.counted }].slice(-History.binsMax);
  }

  /** Takes notice of the ranks that are shown. */
  noteRanks(figures: Figures): void {
    if (figures.version === this.#version) return;
    for (const [number, { rank }] of figures.standings) {
      const before = this.#ranks.get(number);
      if (before !== undefined && before !== rank) this.#moves.set(number, { up: rank < before, atMs: now() });
      this.#ranks.set(number, rank);
    }
    this.#version = figures.version;
  }

  /** The direction in which a nominee has moved lately. */
  move(number: number): "up" | "down" | undefined {
    const move = this.#moves.get(number);
    return move && now() - move.atMs < rankChangeMs ? (move.up ? "up" : "down") : undefined;
  }

  /** The rate in votes a minute in each bin of the last ten minutes, oldest first. */
  rates(): number[] {
    const perMinute = 60_000 / History.binMs;
    return this.#bins.slice(1).map(({ bin, votes }, i) => {
      const before = this.#bins[i]!;
      return ((votes - before.votes) * perMinute) / (bin - before.bin);
    });
  }

  /** The votes of the last minute. */
  lastMinute(): number {
    const last = this.#bins.at(-1);
    const since = this.#bins.find(({ bin }) => last && bin >= last.bin - 60_000 / History.binMs);
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
        {figures.withdrawn > 0 && (
          <dd class="aside" data-figure="withdrawn">
            {t().withdrawn(figures.withdrawn)}
          </dd>
        )}
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
  nominees: Nominee[];
  /** The votes that are shown. */
  figures: Figures;
  /** The ranks that are shown. */
  ordered: Figures;
  history: History;
  rows: number;
}

function Ranking({ category, nominees, figures, ordered, history, rows }: RankingProps) {
  const standingOf = ({ number }: Nominee) => ordered.standings.get(number) ?? { votes: 0, rank: nominees.length };
  const votesOf = ({ number }: Nominee) => figures.standings.get(number)?.votes ?? 0;
  const ranked = [...nominees].sort((a, b) => standingOf(a).rank - standingOf(b).rank || a.number - b.number);
  const listed = ranked.slice(0, rows);
  const most = Math.max(1, ...listed.map(votesOf));
  const cut = category.shortlistSize;
  const hasCut = listed.length > cut;
  const cutVotes = cut > 0 && hasCut ? standingOf(ranked[cut - 1]!).votes : 0;
  const isTie = cutVotes > 0 && standingOf(ranked[cut]!).votes === cutVotes;
  // The line has half a row to itself.
  const top = (place: number) => String(place < cut ? place : place + 0.5);
  // In the order of numbers, so that a row keeps its element and moves to its place.
  const inDom = listed.map((nominee, place) => ({ nominee, place })).sort((a, b) => a.nominee.number - b.nominee.number);
  return (
    <section class="ranking" aria-label={category.name}>
      <h2>{category.name}</h2>
      <ol style={{ "--rows": String(listed.length + (hasCut ? 0.5 : 0)) }}>
        {inDom.map(({ nominee, place }) => {
          const { votes: orderedVotes, rank } = standingOf(nominee);
          const votes = votesOf(nominee);
          const move = history.move(nominee.number);
          return (
            <li
              key={nominee.number}
              class={`row${place < cut ? "" : " below"}${move === "up" ? " rising" : ""}`}
              style={{ "--place": top(place), "--part": String(votes / most) }}
              data-number={nominee.number}
            >
              <span class="place">{rank}</span>
              <span class="name">
                {nominee.name} <small>{nominee.employer}</small>
              </span>
              {move && (
                <span class={`move ${move}`} role="img" aria-label={t()[move]}>
                  {move === "up" ? "▲" : "▼"}
                </span>
              )}
              {isTie && orderedVotes === cutVotes && (
                <span class="tie" role="img" aria-label={t().tied}>
                  =
                </span>
              )}
              <span class="figure">{count(votes)}</span>
              <span class="fill" />
            </li>
          );
        })}
        {hasCut && (
          <li class="cut" style={{ "--place": String(cut) }}>
            {isTie ? t().cutTie(cut) : t().cutLine(cut)}
          </li>
        )}
      </ol>
    </section>
  );
}

/** The server's clock and the time until voting opens or closes; then the campaign is read again. */
function Clock({ campaign, onEnd }: { campaign: Campaign; onEnd: () => Promise<void> }) {
  const time = useTick();
  const edges = { UPCOMING: campaign.votingOpensAt, VOTING: campaign.votingClosesAt } as Partial<Record<string, string>>;
  const edge = edges[campaign.phase];
  const edgeMs = edge ? Date.parse(edge) : undefined;
  const remaining = edgeMs === undefined ? undefined : edgeMs - time;
  useAlarm(edgeMs, () => void onEnd());
  return (
    <dl class="totals clock">
      <div>
        <dt>{t().serverClock}</dt>
        <dd>{clockTime(time, campaign.timeZone)}</dd>
      </div>
      <div>
        <dt>{campaign.phase === "UPCOMING" ? t().timeUntil : t().timeLeft}</dt>
        <dd>{remaining === undefined ? (campaign.phase === "PAUSED" ? t().paused : t().over) : remainingTime(remaining)}</dd>
      </div>
    </dl>
  );
}

interface FreshnessProps {
  state: ConnectionState;
  figures: Figures;
  lastContactMs: number;
  timeZone: string;
}

/** The state of the connection, and the age of the figures. */
function Freshness({ state, figures, lastContactMs, timeZone }: FreshnessProps) {
  const time = useTick();
  const isCurrent = state === "live" || state === "polling";
  const age = Math.max(0, Math.round((time - (isCurrent ? figures.asOfMs : lastContactMs)) / 1_000));
  const words = { live: t().live, polling: t().polling, connecting: t().connecting, lost: t().lost };
  return (
    <p class={`freshness ${state}`} data-state={state}>
      <i aria-hidden="true" /> <span role="status">{words[state]}</span> · {t().asOf(clockTime(figures.asOfMs, timeZone))} ({t().ago(age)})
    </p>
  );
}

function StaffAccount({ isOpen, onChange }: { isOpen: boolean; onChange: () => void }) {
  const [isFormOpen, setFormOpen] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: preact.TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    try {
      await signInStaff(String(data.get("email")), String(data.get("password")));
      setFormOpen(false);
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
  if (!isFormOpen) {
    return (
      <button class="quiet" type="button" onClick={() => setFormOpen(true)}>
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
      <button class="quiet" type="button" onClick={() => setFormOpen(false)}>
        {t().cancel}
      </button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  );
}
