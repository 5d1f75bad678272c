/** Something for each local day that was asked for. Days lie close together, and a list is read far faster than a map. */

/** Days of two centuries: whoever asks about days further apart gets the same answers, made each time. */
const MOST_DAYS = 73_050

export class ByDay<T> {
  private readonly make: (day: number) => T
  /** The day of the first item. */
  private first = 0
  private items: (T | undefined)[] = []

  constructor(make: (day: number) => T) {
    this.make = make
  }

  of(day: number): T {
    const place = day - this.first
    const known = place >= 0 && place < this.items.length ? this.items[place] : undefined
    return known ?? this.keep(day)
  }

  private keep(day: number): T {
    const made = this.make(day)
    if (this.items.length === 0) this.first = day
    const last = this.first + this.items.length - 1
    if (Math.max(day, last) - Math.min(day, this.first) >= MOST_DAYS) return made
    if (day < this.first) {
      this.items = [...new Array<undefined>(this.first - day).fill(undefined), ...this.items]
      this.first = day
    }
    while (this.first + this.items.length <= day) this.items.push(undefined)
    this.items[day - this.first] = made
    return made
  }
}
