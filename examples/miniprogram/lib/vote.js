// Voting and quotas as the list and the nominee's page share them, with the messages to the voter.
const { client } = getApp();

/**
 * Casts a vote and tells its voter the outcome.
 * @param {{ id: string, name: string }} nominee
 * @returns {Promise<{ isVoted: boolean, isOutdated?: boolean, votes?: number, quota?: any }>}
 *   `isVoted`: the nominee has the vote now; `isOutdated`: the rules are no longer those that the page shows
 */
async function vote(nominee) {
  try {
    const { nominee: counted, quota, userErrors } = await client.castVote(nominee.id);
    const refusal = userErrors[0];
    wx.showToast({ title: refusal ? refusal.message : '投票成功', icon: refusal ? 'none' : 'success' });
    const isVoted = !refusal || refusal.code === 'ALREADY_VOTED';
    return { isVoted, isOutdated: !isVoted, votes: counted && counted.votes, quota };
  } catch (error) {
    showError(error, '暂时无法确认这一票是否送达，请再点一次，不会重复计票。');
    return { isVoted: false };
  }
}

/**
 * Shows an error: in the words of a refusal, else in ours.
 * @param {any} error
 * @param {string} words
 */
function showError(error, words) {
  wx.showToast({ title: error.isRetryable === false ? error.message : words, icon: 'none', duration: 3000 });
}

/**
 * The quota of a category; null where the voter is unknown.
 * @param {any[] | null} quotas
 * @param {string | null} category
 */
function quotaOf(quotas, category) {
  return (quotas || []).find((quota) => !quota.category || quota.category.id === category) || null;
}

/**
 * The moment at which quotas are granted anew; Infinity where none is.
 * @param {any[] | null} quotas
 */
function periodEndMs(quotas) {
  return Math.min(...(quotas || []).map((quota) => (quota.resetsAt ? Date.parse(quota.resetsAt) : Infinity)));
}

/**
 * The first character of a name, rare ones too, which are two units of a string.
 * @param {string} name
 */
function initialOf(name) {
  return Array.from(name)[0] || '';
}

module.exports = { vote, showError, quotaOf, periodEndMs, initialOf };
