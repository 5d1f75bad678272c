/** A mistake of our own, as opposed to a refusal: it stops the decision and is never shown as the caller's fault. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`)
}
