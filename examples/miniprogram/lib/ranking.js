// A category's ranking: the podium, the list, its cut line and its ties.
const { texts, words, wholeAddress } = require('./page.js');
const { standingOf, initialOf } = require('./vote.js');

/** The places of a podium. */
const PODIUM = 3;

/**
 * What a result shows of a category.
 * @param {any[]} nominees of the category, best first, with votes and ranks
 * @param {number} shortlistSize the number of them that are selected
 */
function rankingOf(nominees, shortlistSize) {
  const cutVotes = shortlistSize > 0 && nominees.length > shortlistSize ? nominees[shortlistSize - 1].votes : 0;
  const isCutTied = cutVotes > 0 && nominees[shortlistSize].votes === cutVotes;
  const rows = nominees.map((nominee, place) => {
    const isTied = nominee.votes > 0 && nominees.filter(({ rank }) => rank === nominee.rank).length > 1;
    return {
      ...nominee,
      ...standingOf(nominee),
      portrait: wholeAddress(nominee.portraitUrl),
      initial: initialOf(nominee.name),
      tone: (nominee.number % 5) + 1,
      numberText: texts.number(nominee.number),
      isTied,
      isIn: place < shortlistSize && nominee.votes > 0,
      cut: place === shortlistSize && cutVotes > 0 ? (isCutTied ? texts.cutTie : texts.cut)(shortlistSize) : '',
    };
  });
  const winners = winnersOf(rows);
  const [first, second, third] = winners;
  const podium = [second, first, third].filter(Boolean).map((row) => ({
    ...row,
    placeText: row.isTied ? `${texts.rank(row.rank)} · ${words.tied}` : texts.rank(row.rank),
    isFirst: row === first,
  }));
  return { podium, rows: rows.slice(winners.length), hasVotes: rows.some(({ votes }) => votes > 0) };
}

/**
 * The rows on the podium: the first three places, but for one that is shared by more than fit. None who shares a place
 * stands there without the others.
 * @param {any[]} rows
 */
function winnersOf(rows) {
  let count = 0;
  while (count < PODIUM && rows[count] && rows[count].votes > 0) {
    const end = rows.filter(({ rank }) => rank <= rows[count].rank).length;
    if (end > PODIUM) break;
    count = end;
  }
  return rows.slice(0, count);
}

module.exports = { rankingOf };
