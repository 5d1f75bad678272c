/** Luck that repeats: each number is made of what it is about, so neither order nor threads change it. */

/** A number that stands for a text: FNV-1a (Fowler, Noll & Vo), its bits mixed. */
export function numberOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mixed(hash)
}

/** A chance in [0, 1) for an occasion of somebody, and for the n-th question at it. */
export function chanceOf(seed: number, who: number, occasion: number, n = 0): number {
  return (mixed(mixed(mixed(mixed(seed) ^ who) + occasion) ^ Math.imul(n + 1, 0x9e3779b9)) >>> 0) / 2 ** 32
}

/** Every bit of the answer depends on every bit of what was asked (the finalizer of MurmurHash3, Appleby). */
function mixed(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
