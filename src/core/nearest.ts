/** Finds the word that somebody probably meant, for the "did you mean" of a message. */

/**
 * The candidate closest to `word`, or undefined when none is close enough to be worth saying.
 *
 * Distance is optimal string alignment (insert, delete, replace, swap two neighbours: each costs one), without
 * regard to case. A third of the word may be wrong, at least one letter and at most four; of equals the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // A hostile word of a megabyte would cost a megabyte of work per candidate, and means no name of ours anyway.
  if (word.length > 100) return undefined
  const sought = word.toLowerCase()
  let limit = Math.min(4, Math.max(1, Math.floor(word.length / 3)))
  let found: string | undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue
    const distance = alignmentDistance(sought, candidate.toLowerCase())
    if (distance > limit || (found !== undefined && distance === limit)) continue
    found = candidate
    limit = distance
    if (distance === 0) break
  }
  return found
}

/** Optimal string alignment distance, by rows: only the last three rows of the table are ever read. */
function alignmentDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
