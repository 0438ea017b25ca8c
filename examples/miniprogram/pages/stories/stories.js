const { documents } = require('../../lib/acclaim.js');
const { showError } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 10;

Page({
  data: {
    /** @type {any[]} */
    stories: [],
    isComplete: false,
    newer: 0,
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

  async onLoad() {
    this.firstPage = this.loadMore();
    await this.firstPage;
  },

  onShow() {
    if (this.stop) this.checkForNewer();
  },

  onUnload() {
    if (this.stop) this.stop();
  },

  onReachBottom() {
    this.loadMore();
  },

  async loadMore() {
    if (this.isLoading || this.data.isComplete) return;
    this.isLoading = true;
    try {
      const page = { slug: config.campaign, first: PAGE_SIZE, after: this.cursor };
      const { campaign } = await client.query(documents.Stories, page);
      const { edges, pageInfo } = campaign.stories;
      if (!this.cursor && edges[0]) this.newest = edges[0].cursor;
      this.cursor = pageInfo.endCursor;
      const stories = edges.map((/** @type {any} */ edge) => edge.node);
      this.setData({ stories: [...this.data.stories, ...stories], isComplete: !pageInfo.hasNextPage });
      if (!this.stop) this.watch(campaign.id);
    } catch (error) {
      showError(error, '加载失败，请上拉重试。');
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
      this.waiting = [...edges.map((/** @type {any} */ edge) => edge.node), ...this.waiting];
      this.setData({ newer: this.waiting.length });
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
    const { index } = event.currentTarget.dataset;
    const story = this.data.stories[index];
    try {
      const { subject, userErrors } = await client.setLike(story.id, !story.viewerHasLiked);
      if (!subject) {
        wx.showToast({ title: userErrors[0].message, icon: 'none' });
        return;
      }
      const stories = this.data.stories.map((other) => (other.id === story.id ? { ...other, ...subject } : other));
      this.setData({ stories });
    } catch (error) {
      showError(error, '操作未成功，请稍后再试。');
    }
  },
});
