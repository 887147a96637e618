const apart = /[\s/›·.,:_-]+/;

/**
 * How well a label fits what was typed, 0: not at all. Every typed word must begin one of the
 * label's words, stand in it, or have its letters there in order; the first is worth most.
 */
export function scoreOf(label: string, typed: string): number {
  const wanted = wordsOf(typed);
  if (wanted.length === 0) return 1;
  const words = wordsOf(label);
  let score = 0;
  for (const word of wanted) {
    const best = Math.max(0, ...words.map((each, index) => fit(each, word, index)));
    if (best === 0) return 0;
    score += best;
  }
  return score / wanted.length;
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(apart)
    .filter((word) => word !== "");
}

function fit(word: string, wanted: string, index: number): number {
  if (word === wanted) return 5 - Math.min(index, 9) / 10;
  if (word.startsWith(wanted)) return 4 - Math.min(index, 9) / 10;
  if (wanted.length >= 2 && word.includes(wanted)) return 2;
  return wanted.length >= 3 && hasInOrder(word, wanted) ? 1 : 0;
}

function hasInOrder(word: string, wanted: string): boolean {
  let at = 0;
  for (const letter of word) if (letter === wanted[at]) at += 1;
  return at === wanted.length && word.startsWith(wanted.charAt(0));
}
