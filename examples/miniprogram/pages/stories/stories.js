const documents = require('../../lib/documents.js');
const { beginning, texts, words, wholeAddress, followNetwork, nameTabs, like } = require('../../lib/page.js');
const { initialOf } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 10;

/** @param {{ cursor: string, node: any }} edge */
function itemOf({ cursor, node }) {
  const at = new Date(node.publishedAt);
  const { nominee } = node;
  return {
    ...node,
    url: `/pages/story/story?id=${encodeURIComponent(node.id)}&cursor=${encodeURIComponent(cursor)}`,
    cover: wholeAddress(node.coverUrl),
    date: texts.date(at.getFullYear(), at.getMonth() + 1, at.getDate()),
    portrait: nominee && wholeAddress(nominee.portraitUrl),
    initial: nominee && initialOf(nominee.name),
    tone: nominee ? (nominee.number % 5) + 1 : 0,
  };
}

Page({
  data: {
    ...beginning,
    /** @type {any[]} */
    stories: [],
    isComplete: false,
    newer: 0,
    newerText: '',
  },

  /** @type {string | null} */
  cursor: null,
  /** @type {string | null} */
  newest: null,
  /** @type {any[]} */
  waiting: [],
  /** @type {Promise<void> | undefined} */
  firstPage: undefined,
  /** @type {Promise<void> | undefined} */
  checking: undefined,
  isCheckWanted: false,
  isLoading: false,
  /** @type {(() => void) | undefined} */
  stop: undefined,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,

  async onLoad() {
    wx.setNavigationBarTitle({ title: words.tabs[1] });
    this.stopNetwork = followNetwork(this, () => this.onRetry());
    this.firstPage = this.loadMore();
    await this.firstPage;
  },

  onShow() {
    nameTabs();
    if (this.stop) this.checkForNewer();
  },

  onUnload() {
    if (this.stop) this.stop();
    if (this.stopNetwork) this.stopNetwork();
  },

  onReachBottom() {
    this.loadMore();
  },

  onShareAppMessage() {
    return { title: words.tabs[1], path: '/pages/stories/stories' };
  },

  onRetry() {
    this.loadMore();
  },

  async loadMore() {
    if (this.isLoading || this.data.isComplete) return;
    this.isLoading = true;
    this.setData({ state: 'loading' });
    try {
      const page = { slug: config.campaign, first: PAGE_SIZE, after: this.cursor };
      const { campaign } = await client.query(documents.Stories, page);
      const { edges, pageInfo } = campaign.stories;
      if (!this.cursor && edges[0]) this.newest = edges[0].cursor;
      this.cursor = pageInfo.endCursor;
      this.setData({
        state: 'ready',
        stories: [...this.data.stories, ...edges.map(itemOf)],
        isComplete: !pageInfo.hasNextPage,
      });
      if (!this.stop) this.watch(campaign.id);
    } catch (error) {
      this.setData({ state: 'failed' });
    } finally {
      this.isLoading = false;
    }
  },

  /** @param {string} campaignId */
  watch(campaignId) {
    // What comes out is announced only; it is read from the feed, so that nothing is missed or repeated. A socket that
    // has come back was away meanwhile.
    const check = () => void this.checkForNewer();
    this.stop = client.subscribe(documents.WatchStories, { campaignId }, { next: check, open: check });
  },

  /** Reads newer stories: one read at a time, and one more after it for what was announced meanwhile. */
  async checkForNewer() {
    this.isCheckWanted = true;
    this.checking = this.checking || this.readNewer().finally(() => (this.checking = undefined));
    await this.checking;
  },

  async readNewer() {
    await this.firstPage;
    while (this.isCheckWanted) {
      this.isCheckWanted = false;
      // A feed that was empty has no newest story: all that are there now are newer.
      const range = this.newest ? { last: 100, before: this.newest } : { first: 100 };
      const page = { slug: config.campaign, ...range };
      const { campaign } = await client.query(documents.Stories, page).catch(() => ({ campaign: null }));
      const edges = campaign ? campaign.stories.edges : [];
      if (!edges[0]) continue;
      this.newest = edges[0].cursor;
      this.waiting = [...edges.map(itemOf), ...this.waiting];
      this.setData({ newer: this.waiting.length, newerText: texts.newStories(this.waiting.length) });
      // There may be more than one page of them.
      if (range.before && campaign.stories.pageInfo.hasPreviousPage) this.isCheckWanted = true;
    }
  },

  onNewer() {
    this.setData({ stories: [...this.waiting, ...this.data.stories], newer: 0 });
    this.waiting = [];
    wx.pageScrollTo({ scrollTop: 0 });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async onLike(event) {
    const story = this.data.stories[event.currentTarget.dataset.index];
    const liked = await like(story);
    if (!liked) return;
    this.setData({ stories: this.data.stories.map((other) => (other.id === story.id ? { ...other, ...liked } : other)) });
  },
});
