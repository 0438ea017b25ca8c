const documents = require('../../lib/documents.js');
const { beginning, texts, wholeAddress, followNetwork, like } = require('../../lib/page.js');
const { richText, readingMinutes } = require('../../lib/story.js');
const { figure } = require('../../lib/texts.js');
const voting = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();

/** @param {{ edges: { cursor: string, node: any }[] }} connection */
function neighbourOf({ edges }) {
  if (!edges[0]) return null;
  const { cursor, node } = edges[0];
  return { title: node.title, url: `/pages/story/story?id=${encodeURIComponent(node.id)}&cursor=${encodeURIComponent(cursor)}` };
}

/** A film that can be played here, by its address; others lead to pages, which the platform does not open. */
const isFilm = (/** @type {string} */ url) => /\.(mp4|m3u8)($|\?)/i.test(url);

Page({
  data: {
    ...beginning,
    /** @type {any} */
    story: null,
    /** The card of the person it is about. @type {any} */
    nominee: null,
    /** @type {any} */
    newer: null,
    /** @type {any} */
    older: null,
  },

  id: '',
  /** Its place in the feed, where it was opened from there: what stands before and after it is known by that. */
  cursor: '',
  /** @type {any} */
  campaign: null,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,

  /** @param {{ id: string, cursor?: string }} options */
  onLoad({ id, cursor }) {
    this.id = decodeURIComponent(id);
    this.cursor = decodeURIComponent(cursor || '');
    this.stopNetwork = followNetwork(this, () => this.onRetry());
    this.load();
  },

  /** A story may have been taken back while somebody looked elsewhere; without an answer it stays. */
  async onShow() {
    if (this.data.story) await this.read().catch(() => undefined);
  },

  onUnload() {
    if (this.stopNetwork) this.stopNetwork();
  },

  onShareAppMessage() {
    const { story } = this.data;
    return { title: story ? story.title : '', path: `/pages/story/story?id=${encodeURIComponent(this.id)}` };
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  async load() {
    try {
      await this.read();
      const { story } = this.data;
      if (!story) return;
      wx.setNavigationBarTitle({ title: story.title });
      client.recordViews([story.id]);
      if (this.data.nominee && client.pendingVotes().includes(this.data.nominee.id)) this.onVote();
      if (this.cursor) await this.loadNeighbours();
    } catch (error) {
      // An id that is none is an error of the API; it leads nowhere all the same.
      const isNone = /** @type {any} */ (error).code === 'BAD_USER_INPUT';
      if (isNone || !this.data.story) this.setData({ state: isNone ? 'missing' : 'failed' });
    }
  },

  async read() {
    const { campaign, story } = await client.query(documents.Story, { slug: config.campaign, id: this.id });
    if (!story) {
      this.setData({ state: 'missing', story: null });
      return;
    }
    this.campaign = campaign;
    const at = new Date(story.publishedAt);
    const date = texts.date(at.getFullYear(), at.getMonth() + 1, at.getDate());
    const facts = [date, texts.minutes(readingMinutes(story.body)), texts.views(figure(story.viewCount))].join(' · ');
    const media = story.media.map((/** @type {any} */ medium, /** @type {number} */ index) => {
      const url = wholeAddress(medium.url) || '';
      return { ...medium, url, key: index, isFilm: medium.kind === 'VIDEO' && isFilm(url) };
    });
    this.setData({
      state: 'ready',
      story: { ...story, media, facts, cover: wholeAddress(story.coverUrl), text: richText(story.body) },
      nominee: story.nominee && campaign ? voting.cardOf(story.nominee, campaign) : null,
    });
  },

  async loadNeighbours() {
    const { campaign } = await client.query(documents.Neighbours, { slug: config.campaign, cursor: this.cursor });
    this.setData({ newer: neighbourOf(campaign.newer), older: neighbourOf(campaign.older) });
  },

  async onVote() {
    const { nominee } = this.data;
    this.setData({ nominee: { ...nominee, isBusy: true, refusal: null, state: 'sending' } });
    const outcome = await voting.vote(nominee);
    const { quota, isOutdated, refusal } = outcome;
    if (quota) this.campaign = { ...this.campaign, viewerQuotas: voting.withQuota(this.campaign.viewerQuotas, quota) };
    this.setData({ nominee: voting.settled(this.data.nominee, outcome, this.campaign) });
    if (!isOutdated) return;
    await this.read().catch(() => undefined);
    if (this.data.nominee) this.setData({ 'nominee.refusal': refusal });
  },

  async onLike() {
    const liked = await like(this.data.story);
    if (liked) this.setData({ 'story.likeCount': liked.likeCount, 'story.viewerHasLiked': liked.viewerHasLiked });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onMedium(event) {
    // The platform opens no foreign address: a picture is shown, another address is copied.
    const { kind, url } = this.data.story.media[event.currentTarget.dataset.index];
    if (kind === 'IMAGE') wx.previewImage({ urls: [url] });
    else wx.setClipboardData({ data: url });
  },
});
