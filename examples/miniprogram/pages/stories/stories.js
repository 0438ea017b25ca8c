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
  isLoading: false,
  /** @type {(() => void) | undefined} */
  stop: undefined,

  async onLoad() {
    await this.loadMore();
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
    // What comes out is announced only; it is read from the feed, so that nothing is missed or repeated.
    this.stop = client.subscribe(documents.WatchStories, { campaignId }, { next: () => this.checkForNewer() });
  },

  async checkForNewer() {
    if (!this.newest) return;
    const page = { slug: config.campaign, last: 100, before: this.newest };
    const { campaign } = await client.query(documents.Stories, page).catch(() => ({ campaign: null }));
    const edges = campaign ? campaign.stories.edges : [];
    if (!edges[0]) return;
    this.newest = edges[0].cursor;
    this.waiting = [...edges.map((/** @type {any} */ edge) => edge.node), ...this.waiting];
    this.setData({ newer: this.waiting.length });
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
