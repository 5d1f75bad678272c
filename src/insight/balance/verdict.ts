/** Whether a variant gives its members too little, costs too much, or lies between; by conditions that are stated. */

import { nearest } from '../../core/nearest.ts'
import type { Figures } from './figures.ts'

/** Where the region between begins and ends. The reasons for these figures stand in docs/balance.md. */
export interface Thresholds {
  /** Too stingy below: the share of members with three orders or more who ever reach a reward. */
  least_reached: number
  /** Too stingy above: the days after which half of those who reach a reward have their first one. */
  longest_wait: number
  /** Too stingy below: what members get of what they spend, by what is expected to be redeemed in the end. */
  least_rate: number
  /** Too generous above: by how much sales must grow for the program to pay for itself. */
  most_lift: number
}

export const USUAL_THRESHOLDS: Thresholds = { least_reached: 0.5, longest_wait: 180, least_rate: 0.01, most_lift: 0.2 }

export type Condition = keyof Thresholds

export interface Judgement {
  verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both'
  /** Which conditions are not met. */
  because: Condition[]
}

export function judge(figures: Figures, thresholds: Thresholds): Judgement {
  const stingy: Condition[] = []
  const { regulars_reached, days_to_first, expected_rate, break_even_lift } = figures
  // Where nobody comes three times there is nobody to ask it of.
  if (regulars_reached !== null && regulars_reached < thresholds.least_reached) stingy.push('least_reached')
  if (days_to_first !== null && days_to_first > thresholds.longest_wait) stingy.push('longest_wait')
  if ((expected_rate ?? 0) < thresholds.least_rate) stingy.push('least_rate')
  // A program that costs more than the margin can be carried by no growth.
  const isDear = break_even_lift === null ? (expected_rate ?? 0) > 0 : break_even_lift > thresholds.most_lift
  const generous: Condition[] = isDear ? ['most_lift'] : []
  const because = [...stingy, ...generous]
  if (because.length === 0) return { verdict: 'balanced', because }
  if (generous.length === 0) return { verdict: 'too_stingy', because }
  return { verdict: stingy.length === 0 ? 'too_generous' : 'both', because }
}

/** Reads `least_reached=40%` or `longest_wait=90` into the thresholds; otherwise a sentence on what would be right. */
export function setThreshold(thresholds: Thresholds, text: string): Thresholds | string {
  const [, name, number, percent] = /^([a-z_]+)=(\d{1,6}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? []
  const names = Object.keys(USUAL_THRESHOLDS)
  if (name === undefined) return `“${text}” is no threshold such as least_reached=40% or longest_wait=90.`
  if (!names.includes(name)) {
    const meant = nearest(name, names)
    return `There is no threshold ${name}${meant === undefined ? '' : ` (did you mean ${meant}?)`}. There are: ${names.join(', ')}.`
  }
  const isShare = name !== 'longest_wait'
  if (!isShare && percent === '%') return 'longest_wait is a number of days, such as 90.'
  // Nobody means a growth of 2,000% by 20, and everybody 20%.
  if (isShare && percent === '' && Number(number) > 1)
    return `${name} is a share: write ${number}% for ${number} of a hundred.`
  return { ...thresholds, [name]: percent === '%' ? Number(number) / 100 : Number(number) }
}
