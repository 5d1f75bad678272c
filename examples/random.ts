/**
 * A small seeded source of random draws for made-up data. It uses integer steps, sums and products only:
 * no logarithm and no cosine, whose last digit engines may choose, so that a seed gives the same draws everywhere.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private d: number

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring streams, so the state is filled by another generator (splitmix32).
    let state = seed | 0
    const split = () => {
      state = (state + 0x9e3779b9) | 0
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      return z ^ (z >>> 15)
    }
    this.a = split()
    this.b = split()
    this.c = split()
    this.d = split()
  }

  /** The next 32 bits as an integer from 0 to 2³²−1 (xoshiro128**, Blackman & Vigna 2018). */
  bits(): number {
    const product = Math.imul(this.b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const shifted = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= shifted
    this.d = (this.d << 11) | (this.d >>> 21)
    return result >>> 0
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.bits() / 4294967296
  }

  /** A uniform integer from 0 to `count − 1`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count)
  }

  /** A uniform integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** One of the list, each as likely as its weight says; weights need not add up to anything. */
  weighted<T>(list: readonly T[], weight: (item: T) => number): T {
    let total = 0
    for (const item of list) total += weight(item)
    let left = this.fraction() * total
    for (const item of list) {
      left -= weight(item)
      if (left < 0) return item
    }
    return list.at(-1)!
  }

  /** Close to a standard normal: twelve uniforms, whose variances add up to one. */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.fraction()
    return sum
  }

  /** Gamma with shape `halves / 2` and mean 1: squares of normals, which is what a chi-square is. */
  gamma(halves: number): number {
    let sum = 0
    for (let i = 0; i < halves; i++) sum += this.normal() ** 2
    return sum / halves
  }

  /** How many of many unlikely things happened when `mean` do on average (a binomial that comes close to a Poisson). */
  count(mean: number): number {
    const trials = Math.ceil(mean * 4)
    let happened = 0
    for (let i = 0; i < trials; i++) if (this.chance(mean / trials)) happened++
    return happened
  }
}
