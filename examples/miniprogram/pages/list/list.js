const documents = require('../../lib/documents.js');
const { clockOf } = require('../../lib/clock.js');
const { beginning, texts, words, wholeAddress, followNetwork, nameTabs, showPoster } = require('../../lib/page.js');
const { figure } = require('../../lib/texts.js');
const voting = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 30;
const SEARCH_DELAY_MS = 300;
/** A campaign that is due is read again after this and up to as much more, so that not all phones come at once. */
const RELOAD_MS = 3000;
/** A vote that is not open is read again this often: it may open earlier or be prolonged. */
const CLOSED_POLL_MS = 60000;
/** Figures are looked at this often. */
const TALLY_POLL_MS = 5000;
/** The head has gone by when so much of the page has: about its height on a narrow phone. */
const HEAD_PX = 260;

Page({
  data: {
    ...beginning,
    /** @type {any} */
    campaign: null,
    /** @type {string | null} */
    cover: null,
    how: '',
    /** @type {{ value: string, label: string }[]} */
    totals: [],
    category: '',
    search: '',
    isSearching: false,
    /** @type {any[]} */
    nominees: [],
    /** What the list of nominees is in: loading, ready or failed. */
    listState: 'loading',
    /** @type {any} */
    quota: null,
    isOver: false,
    isComplete: false,
    /** @type {any} */
    clock: { label: '', blocks: [], short: '' },
    hasScrolled: false,
    /** The nominee whose vote has just been counted. @type {any} */
    thanks: null,
  },

  /** @type {string | null} */
  cursor: null,
  /** The number of lists that were begun: an answer for an earlier one is not for this. */
  listing: 0,
  isLoading: false,
  isShown: false,
  /** @type {any} */
  tickTimer: undefined,
  /** @type {any} */
  searchTimer: undefined,
  /** @type {(() => void) | undefined} */
  stopTally: undefined,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,
  reloadAtMs: 0,
  /** @type {number | undefined} */
  hiddenAtMs: undefined,

  async onLoad() {
    this.stopNetwork = followNetwork(this, () => this.onRetry());
    await this.begin();
  },

  async begin() {
    if (await this.loadCampaign()) await this.restart();
  },

  onShow() {
    nameTabs();
    this.isShown = true;
    // Quotas, phases and closing times may have changed while another page or program was shown.
    if (this.hiddenAtMs !== undefined) this.loadCampaign();
    this.hiddenAtMs = undefined;
    clearInterval(this.tickTimer);
    this.tickTimer = setInterval(() => this.tick(), 1000);
    this.followTally();
  },

  onHide() {
    this.isShown = false;
    this.hiddenAtMs = client.now();
    clearInterval(this.tickTimer);
    this.followTally();
  },

  onUnload() {
    this.onHide();
    clearTimeout(this.searchTimer);
    if (this.stopNetwork) this.stopNetwork();
  },

  async onPullDownRefresh() {
    await this.begin();
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    this.loadMore();
  },

  /** @param {{ scrollTop: number }} event */
  onPageScroll({ scrollTop }) {
    const hasScrolled = scrollTop > HEAD_PX;
    if (hasScrolled !== this.data.hasScrolled) this.setData({ hasScrolled });
  },

  onShareAppMessage() {
    return { title: this.data.campaign ? this.data.campaign.title : '', path: '/pages/list/list' };
  },

  /** The one button of what has failed. */
  onRetry() {
    if (!this.data.campaign) {
      this.setData({ state: 'loading' });
      this.begin();
    } else if (this.data.listState === 'failed') this.loadMore();
  },

  /** Reads the campaign, at first or again; gives whether that worked. */
  async loadCampaign() {
    try {
      const { campaign } = await client.query(documents.Campaign, { slug: config.campaign });
      if (!campaign) throw new Error(`no campaign ${config.campaign}`);
      wx.setNavigationBarTitle({ title: campaign.title });
      client.noteArrival(null);
      const before = this.data.campaign;
      this.setData({
        campaign,
        state: 'ready',
        category: this.data.category || campaign.categories[0].id,
        cover: wholeAddress(campaign.coverUrl),
        how: texts.how(campaign.rules),
        isOver: ['ENDED', 'PUBLISHED', 'ARCHIVED'].includes(campaign.phase),
        clock: clockOf(campaign, client.now()),
      });
      if (before) this.noteQuotas(before.viewerQuotas, campaign.viewerQuotas);
      this.showTotals(campaign.tally);
      this.showQuota();
      this.followTally();
      this.reloadAtMs = client.now() + (campaign.phase === 'VOTING' ? RELOAD_MS : CLOSED_POLL_MS) * (1 + Math.random());
      return true;
    } catch (error) {
      if (!this.data.campaign) this.setData({ state: 'failed' });
      return false;
    }
  },

  /** Lists from the beginning. */
  restart() {
    this.cursor = null;
    this.isLoading = false;
    this.listing += 1;
    this.setData({ nominees: [], isComplete: false });
    return this.loadMore();
  },

  async loadMore() {
    if (this.isLoading || this.data.isComplete || !this.data.campaign) return;
    this.isLoading = true;
    this.setData({ listState: 'loading' });
    const { listing } = this;
    const { category, search } = this.data;
    try {
      const { campaign } = await client.query(documents.Nominees, {
        slug: config.campaign,
        first: PAGE_SIZE,
        after: this.cursor,
        category: search ? null : category,
        search: search || null,
        orderBy: 'SHUFFLED',
        seed: client.seed(),
      });
      // Another list may have been begun while this page was on its way.
      if (listing !== this.listing) return;
      const { nodes, pageInfo } = campaign.nominees;
      this.cursor = pageInfo.endCursor;
      const added = nodes.map((/** @type {any} */ nominee) => voting.cardOf(nominee, this.data.campaign));
      const nominees = [...this.data.nominees, ...added];
      this.setData({ nominees, isComplete: !pageInfo.hasNextPage, listState: 'ready' });
      this.showQuota();
      const pending = client.pendingVotes();
      for (const nominee of added) if (pending.includes(nominee.id)) this.castVote(nominee);
    } catch (error) {
      if (listing === this.listing) this.setData({ listState: 'failed' });
    } finally {
      if (listing === this.listing) this.isLoading = false;
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onCategory(event) {
    this.choose(event.currentTarget.dataset.id);
  },

  /** @param {string} category */
  choose(category) {
    clearTimeout(this.searchTimer);
    this.setData({ category, search: '', isSearching: false });
    this.showQuota();
    this.restart();
  },

  onSearchOpen() {
    this.setData({ isSearching: true });
  },

  /** Back from a search to the category. */
  onSearchClose() {
    const { category, search } = this.data;
    if (search) this.choose(category);
    else {
      clearTimeout(this.searchTimer);
      this.setData({ isSearching: false });
    }
  },

  /** @param {WechatMiniprogram.Input} event */
  onSearch(event) {
    const search = event.detail.value.trim();
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => {
      this.setData({ search });
      this.restart();
    }, SEARCH_DELAY_MS);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onVote(event) {
    return this.castVote(this.data.nominees[event.currentTarget.dataset.index]);
  },

  /** @param {any} nominee */
  async castVote(nominee) {
    this.patch(nominee.id, (/** @type {any} */ card) => ({ ...card, isBusy: true, refusal: null, state: 'sending' }));
    const outcome = await voting.vote(nominee);
    const { quota, isOutdated, isNew } = outcome;
    const known = this.data.campaign.viewerQuotas;
    if (quota) {
      this.setData({ 'campaign.viewerQuotas': voting.withQuota(known, quota) });
      this.noteQuotas(known, [quota]);
    }
    this.patch(nominee.id, (/** @type {any} */ card) => voting.settled(card, outcome, this.data.campaign));
    this.showQuota();
    if (isNew) {
      const { text } = voting.quotaView(quota) || { text: '' };
      this.setData({ thanks: { number: nominee.number, title: texts.votedFor(nominee.name), text } });
    }
    const isComplete = !quota || (known && this.data.campaign.viewerQuotas.length >= known.length);
    if (isOutdated || !isComplete) this.loadCampaign();
  },

  onPoster() {
    showPoster(this.data.thanks.number);
  },

  onThanksClose() {
    this.setData({ thanks: null });
  },

  /** Puts the opening into the phone's calendar. */
  onRemind() {
    const { title, votingOpensAt } = this.data.campaign;
    wx.addPhoneCalendar({
      title,
      startTime: Math.floor(Date.parse(votingOpensAt) / 1000),
      fail: () => wx.showToast({ title: words.remindFailed, icon: 'none', duration: 3000 }),
    });
  },

  /**
   * @param {string} id
   * @param {(card: any) => any} change
   */
  patch(id, change) {
    const index = this.data.nominees.findIndex((nominee) => nominee.id === id);
    if (index >= 0) this.setData({ [`nominees[${index}]`]: change(this.data.nominees[index]) });
  },

  /**
   * In a new period this voter has voted for nobody.
   * @param {any[] | null} before
   * @param {any[] | null} after
   */
  noteQuotas(before, after) {
    const isNewPeriod = after && after.length > 0 && voting.periodEndMs(after) > voting.periodEndMs(before);
    if (!isNewPeriod) return;
    const anew = (/** @type {any} */ nominee) => ({ ...nominee, viewerHasVoted: false, refusal: null });
    this.setData({ nominees: this.data.nominees.map(anew), thanks: null });
  },

  /** Shows the quota of the list, and what it and the campaign's phase mean for each button. */
  showQuota() {
    const { campaign, category, search, nominees } = this.data;
    // A search finds nominees of several categories, and no quota is theirs together.
    const found = new Set(nominees.map((nominee) => nominee.category.id));
    const shown = search ? (found.size === 1 ? [...found][0] : null) : category;
    /** @type {Record<string, any>} */
    const change = { quota: voting.quotaView(voting.quotaOf(campaign.viewerQuotas, shown)) };
    nominees.forEach((nominee, index) => {
      const state = voting.stateOf(nominee, campaign);
      if (state !== nominee.state) change[`nominees[${index}].state`] = state;
    });
    this.setData(change);
  },

  /** @param {{ countedVotes: number, voters: number } | null} tally null where the rules hide it */
  showTotals(tally) {
    const { categories } = this.data.campaign;
    const count = categories.reduce((/** @type {number} */ sum, /** @type {any} */ { nomineeCount }) => sum + nomineeCount, 0);
    const totals = tally
      ? [
          { value: figure(tally.countedVotes), label: words.totalVotes },
          { value: figure(tally.voters), label: words.voters },
        ]
      : [];
    this.setData({ totals: [...totals, { value: figure(count), label: words.nominees }] });
  },

  /** Polls the figures while the page is shown, voting is open and everybody may see them. */
  followTally() {
    const { campaign } = this.data;
    const isWanted = Boolean(this.isShown && campaign && campaign.tally && campaign.phase === 'VOTING');
    if (isWanted === Boolean(this.stopTally)) return;
    if (this.stopTally) this.stopTally();
    const onTally = (/** @type {any} */ tally) => this.showTally(tally);
    this.stopTally = isWanted ? client.pollTally(config.campaign, onTally, TALLY_POLL_MS) : undefined;
  },

  /** @param {any} tally */
  showTally(tally) {
    const entries = tally.categories.flatMap((/** @type {any} */ { entries }) => entries);
    const standings = new Map(entries.map((/** @type {any} */ entry) => [entry.number, entry]));
    /** @type {Record<string, any>} */
    const change = {};
    this.data.nominees.forEach((nominee, index) => {
      const entry = standings.get(nominee.number);
      if (!entry) return;
      // Figures that were read before the voter's own vote do not take it back.
      const votes = nominee.viewerHasVoted ? Math.max(entry.votes, nominee.votes) : entry.votes;
      if (votes === nominee.votes && entry.rank === nominee.rank) return;
      const standing = Object.entries(voting.standingOf({ votes, rank: entry.rank }));
      for (const [key, value] of standing) change[`nominees[${index}].${key}`] = value;
    });
    this.setData(change);
    this.showTotals(tally);
  },

  tick() {
    const { campaign } = this.data;
    if (!campaign) return;
    const clock = clockOf(campaign, client.now());
    this.setData({ clock });
    // The next quota, opening or end is the server's to say. A vote that is not open may open earlier or be prolonged.
    const isDue =
      campaign.phase !== 'VOTING' || clock.ms <= 0 || voting.periodEndMs(campaign.viewerQuotas) <= client.now();
    if (isDue && client.now() >= this.reloadAtMs) {
      this.reloadAtMs = client.now() + RELOAD_MS * (1 + Math.random());
      this.loadCampaign();
    }
  },
});
