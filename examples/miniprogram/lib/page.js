// What the pages have in common: their words, addresses of pictures, the network, and what a failure looks like.
const { textsOf } = require('./texts.js');
const config = require('../config.js');

const { client } = getApp();
const texts = textsOf(client.language);
const { words } = texts;

/**
 * The data that every page begins with. `state`: loading, ready, failed or missing.
 */
const beginning = { t: words, state: 'loading', isOffline: false };

/**
 * An address of the server as a phone needs it: whole. Where the server's public address is not set, it is a path.
 * @param {string | null} address
 */
function wholeAddress(address) {
  return address && address.startsWith('/') ? client.origin + address : address;
}

/**
 * Follows the network for a page: `isOffline` of its data says that there is none, and what could not be loaded is
 * tried again once there is one.
 * @param {{ data: { isOffline: boolean, state: string }, setData: (change: any) => void }} page
 * @param {() => void} retry
 * @returns {() => void} ends it
 */
function followNetwork(page, retry) {
  const note = (/** @type {boolean} */ isConnected) => {
    const isBack = page.data.isOffline && isConnected;
    if (page.data.isOffline === isConnected) page.setData({ isOffline: !isConnected });
    if (isBack && page.data.state !== 'ready') retry();
  };
  const onChange = (/** @type {any} */ { isConnected }) => note(isConnected);
  wx.onNetworkStatusChange(onChange);
  wx.getNetworkType({ success: ({ networkType }) => note(networkType !== 'none') });
  return () => wx.offNetworkStatusChange(onChange);
}

/** The tab bar in the language of the phone; app.json has it in Chinese. Only a page of the bar may ask for it. */
function nameTabs() {
  if (client.language.startsWith('zh')) return;
  words.tabs.forEach((text, index) => wx.setTabBarItem({ index, text }));
}

/**
 * Shows an error in passing: in the words of a refusal, else in ours.
 * @param {any} error
 * @param {string} own
 */
function showError(error, own) {
  wx.showToast({ title: error.isRetryable === false ? error.message : own, icon: 'none', duration: 3000 });
}

/**
 * Likes what a page shows, or takes it back; gives what the server has now, null where it did not work.
 * @param {{ id: string, viewerHasLiked: boolean | null }} subject
 */
async function like(subject) {
  try {
    const { subject: liked, userErrors } = await client.setLike(subject.id, !subject.viewerHasLiked);
    if (!liked) wx.showToast({ title: userErrors[0].message, icon: 'none' });
    return liked;
  } catch (error) {
    showError(error, words.likeFailed);
    return null;
  }
}

/**
 * Shows the poster of a nominee, to be kept by a long press.
 * @param {number} number
 */
function showPoster(number) {
  const url = `${client.origin}/c/${encodeURIComponent(config.campaign)}/n/${number}/poster.png`;
  wx.previewImage({ urls: [url] });
}

module.exports = { beginning, texts, words, wholeAddress, followNetwork, nameTabs, showError, like, showPoster };
