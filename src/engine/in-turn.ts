/** Turns within this process: for work that would hold a connection while it waits for a lock of the database. */

const turns = new Map<string, Promise<unknown>>()

/** One after the other under the same name. */
export async function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const before = turns.get(name) ?? Promise.resolve()
  const mine = before.then(work, work)
  turns.set(name, mine)
  try {
    return await mine
  } finally {
    if (turns.get(name) === mine) turns.delete(name)
  }
}
