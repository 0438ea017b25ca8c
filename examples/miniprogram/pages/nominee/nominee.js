const documents = require('../../lib/documents.js');
const { beginning, texts, wholeAddress, followNetwork, like, showPoster } = require('../../lib/page.js');
const { figure } = require('../../lib/texts.js');
const voting = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();

Page({
  data: {
    ...beginning,
    /** @type {any} */
    nominee: null,
    /** @type {any} */
    quota: null,
    viewsText: '',
  },

  number: 0,
  isHidden: false,
  /** What the campaign's rules and phase are: they decide on the button. @type {any} */
  campaign: null,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,

  /** @param {{ number?: string, scene?: string }} options */
  onLoad({ number, scene }) {
    // A poster's code brings `c=` slug `&n=` number.
    const scanned = /(?:^|&)n=(\d+)/.exec(decodeURIComponent(scene || ''));
    this.number = Number(number || (scanned && scanned[1]));
    this.stopNetwork = followNetwork(this, () => this.onRetry());
    this.load();
  },

  onShow() {
    // A new day, a vote elsewhere or the end of voting may have come while another page or program was shown.
    if (this.isHidden) this.load();
    this.isHidden = false;
  },

  onHide() {
    this.isHidden = true;
  },

  onUnload() {
    if (this.stopNetwork) this.stopNetwork();
  },

  onShareAppMessage() {
    const { nominee } = this.data;
    const title = nominee ? `${nominee.numberText} ${nominee.name}` : '';
    return { title, path: `/pages/nominee/nominee?number=${this.number}` };
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  async load() {
    try {
      const { campaign } = await client.query(documents.Nominee, { slug: config.campaign, number: this.number });
      const found = campaign && campaign.nominee;
      if (!found) {
        this.setData({ state: 'missing', nominee: null });
        return;
      }
      const isFirst = !this.data.nominee;
      this.campaign = campaign;
      this.setData({
        state: 'ready',
        nominee: this.pageOf(found),
        quota: this.quotaNow(),
        viewsText: texts.views(figure(found.viewCount)),
      });
      wx.setNavigationBarTitle({ title: found.name });
      if (isFirst) {
        client.recordViews([found.id]);
        // A page without one before it was opened by a shared card or a poster.
        client.noteArrival(getCurrentPages().length === 1 ? found.id : null);
      }
      if (client.pendingVotes().includes(found.id)) this.onVote();
    } catch (error) {
      if (!this.data.nominee) this.setData({ state: 'failed' });
    }
  },

  /** @param {any} found */
  pageOf(found) {
    const stories = found.stories.nodes.map((/** @type {any} */ story) => ({ ...story, cover: wholeAddress(story.coverUrl) }));
    const card = voting.cardOf(found, this.campaign);
    const portrait = wholeAddress(found.portraitLargeUrl);
    const post = [found.title, found.employer].filter(Boolean).join(' · ');
    return { ...card, portrait, post, place: [found.category.name, found.city].filter(Boolean).join(' · '), storyList: stories };
  },

  quotaNow() {
    const { viewerQuotas, nominee } = this.campaign;
    return voting.quotaView(voting.quotaOf(viewerQuotas, nominee.category.id));
  },

  async onVote() {
    const { nominee } = this.data;
    this.setData({ nominee: { ...nominee, isBusy: true, refusal: null, state: 'sending' } });
    const outcome = await voting.vote(nominee);
    const { quota, isOutdated } = outcome;
    if (quota) this.campaign = { ...this.campaign, viewerQuotas: voting.withQuota(this.campaign.viewerQuotas, quota) };
    this.setData({ nominee: voting.settled(this.data.nominee, outcome, this.campaign), quota: this.quotaNow() });
    if (isOutdated) await this.refresh();
  },

  /** Reads what a refusal says has changed; the refusal stays in sight. */
  async refresh() {
    const { refusal } = this.data.nominee;
    await this.load();
    if (this.data.nominee) this.setData({ 'nominee.refusal': refusal });
  },

  async onLike() {
    const liked = await like(this.data.nominee);
    if (liked) this.setData({ 'nominee.likeCount': liked.likeCount, 'nominee.viewerHasLiked': liked.viewerHasLiked });
  },

  onPoster() {
    showPoster(this.number);
  },
});
