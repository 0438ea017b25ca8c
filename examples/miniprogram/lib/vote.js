// Voting as the list and the nominee's page share it, with the messages to the voter.
const { client } = getApp();

/**
 * Casts a vote and tells its voter the outcome.
 * @param {{ id: string, name: string }} nominee
 * @returns {Promise<{ isVoted: boolean, votes?: number, quota?: any }>} whether the nominee has the vote now
 */
async function vote(nominee) {
  try {
    const { nominee: counted, quota, userErrors } = await client.castVote(nominee.id);
    const refusal = userErrors[0];
    wx.showToast({ title: refusal ? refusal.message : '投票成功', icon: refusal ? 'none' : 'success' });
    const isVoted = !refusal || refusal.code === 'ALREADY_VOTED';
    return { isVoted, votes: counted && counted.votes, quota };
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

module.exports = { vote, showError };
