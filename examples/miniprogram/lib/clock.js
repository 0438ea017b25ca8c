// The time left until voting opens or closes.
const { texts, words } = require('./page.js');

/**
 * What a campaign's clock shows at a moment of the server's: a countdown in blocks, or a line where nothing runs.
 * @param {{ phase: string, votingOpensAt: string, votingClosesAt: string }} campaign
 * @param {number} nowMs
 */
function clockOf({ phase, votingOpensAt, votingClosesAt }, nowMs) {
  const isUpcoming = phase === 'UPCOMING';
  const ms = Date.parse(isUpcoming ? votingOpensAt : votingClosesAt) - nowMs;
  if (!isUpcoming && phase !== 'VOTING') return { ms, label: texts.phases[phase] || '', blocks: [], short: '' };
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const days = Math.floor(seconds / 86400);
  const parts = [String(days), ...[Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two)];
  const time = parts.slice(1).join(':');
  return {
    ms,
    label: isUpcoming ? texts.opensIn : texts.closesIn,
    blocks: parts.map((value, i) => ({ value, unit: words.units[i] })),
    short: days > 0 ? `${texts.days(days)} ${time}` : time,
  };
}

module.exports = { clockOf };
