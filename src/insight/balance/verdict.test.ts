/** What is too stingy and what too generous follows from thresholds that are stated and can be set. */

import { describe, expect, test } from 'vitest'
import type { Figures } from './figures.ts'
import { figureText, parseTarget } from './target-text.ts'
import { judge, setThreshold, USUAL_THRESHOLDS } from './verdict.ts'

const FAIR: Figures = {
  reached_share: 0.5,
  regulars_reached: 0.8,
  redeeming_share: 0.4,
  days_to_first: 60,
  orders_to_first: 4,
  reward_rate: 0.02,
  expected_rate: 0.03,
  cost: 2_000,
  expected_cost: 3_000,
  liability_gross: 1_500,
  liability_net: 1_000,
  discounts: 2_000,
  break_even_lift: 0.11,
}

const verdictOf = (over: Partial<Figures>) => judge({ ...FAIR, ...over }, USUAL_THRESHOLDS)

describe('the verdict', () => {
  test('between the thresholds a program is balanced, ends included', () => {
    expect(verdictOf({})).toEqual({ verdict: 'balanced', because: [] })
    const ends = { regulars_reached: 0.5, days_to_first: 180, expected_rate: 0.01, break_even_lift: 0.2 }
    expect(verdictOf(ends).verdict).toBe('balanced')
  })

  test('each condition marks by itself, and says so', () => {
    expect(verdictOf({ regulars_reached: 0.49 })).toEqual({ verdict: 'too_stingy', because: ['least_reached'] })
    expect(verdictOf({ days_to_first: 181 })).toEqual({ verdict: 'too_stingy', because: ['longest_wait'] })
    expect(verdictOf({ expected_rate: 0.009 })).toEqual({ verdict: 'too_stingy', because: ['least_rate'] })
    expect(verdictOf({ break_even_lift: 0.21 })).toEqual({ verdict: 'too_generous', because: ['most_lift'] })
    expect(verdictOf({ break_even_lift: 0.21, regulars_reached: 0.1 })).toEqual({
      verdict: 'both',
      because: ['least_reached', 'most_lift'],
    })
  })

  test('what costs more than the margin no growth pays for; what costs nothing needs none', () => {
    expect(verdictOf({ expected_rate: 0.35, break_even_lift: null }).verdict).toBe('too_generous')
    const nothing = { expected_rate: null, break_even_lift: null, regulars_reached: null, days_to_first: null }
    expect(verdictOf(nothing)).toEqual({ verdict: 'too_stingy', because: ['least_rate'] })
  })
})

describe('thresholds', () => {
  test('are set one by one, shares as people write them', () => {
    expect(setThreshold(USUAL_THRESHOLDS, 'least_reached=40%')).toEqual({ ...USUAL_THRESHOLDS, least_reached: 0.4 })
    expect(setThreshold(USUAL_THRESHOLDS, 'most_lift=0.1')).toEqual({ ...USUAL_THRESHOLDS, most_lift: 0.1 })
    expect(setThreshold(USUAL_THRESHOLDS, 'longest_wait=90')).toEqual({ ...USUAL_THRESHOLDS, longest_wait: 90 })
  })

  test('that make no sense are told with what would', () => {
    expect(setThreshold(USUAL_THRESHOLDS, 'least_reach=40%')).toContain('did you mean least_reached?')
    expect(setThreshold(USUAL_THRESHOLDS, 'most_lift=20')).toBe('most_lift is a share: write 20% for 20 of a hundred.')
    expect(setThreshold(USUAL_THRESHOLDS, 'longest_wait=90%')).toBe('longest_wait is a number of days, such as 90.')
    expect(setThreshold(USUAL_THRESHOLDS, 'much')).toContain('is no threshold such as')
  })
})

describe('targets', () => {
  test('are read by what the figure is: a share, money or a number', () => {
    expect(parseTarget('reward_rate=5%', 2)).toEqual({ figure: 'reward_rate', asked: 0.05 })
    expect(parseTarget('break_even_lift = 0.1', 2)).toEqual({ figure: 'break_even_lift', asked: 0.1 })
    expect(parseTarget('cost=1200.50', 2)).toEqual({ figure: 'cost', asked: 120_050 })
    expect(parseTarget('days_to_first=60', 2)).toEqual({ figure: 'days_to_first', asked: 60 })
  })

  test('that make no sense are told with what would', () => {
    expect(parseTarget('reward_rates=5%', 2)).toContain('did you mean reward_rate?')
    expect(parseTarget('reward_rate', 2)).toContain('takes figure=value')
    expect(parseTarget('reward_rate=5', 2)).toBe('reward_rate cannot be “5”: write a share such as 5%.')
    expect(parseTarget('cost=1.234', 2)).toBe('cost cannot be “1.234”: write an amount such as 12000.00.')
    expect(parseTarget('days_to_first=2 weeks', 2)).toContain('write a whole number such as 60')
  })

  test('are shown as people read them', () => {
    expect(figureText('reward_rate', 0.0431, 2)).toBe('4.31%')
    expect(figureText('reached_share', 0.61234, 2)).toBe('61.2%')
    expect(figureText('cost', 1_234_567, 2)).toBe('12,345.67')
    expect(figureText('days_to_first', 1_200, 2)).toBe('1,200')
    expect(figureText('break_even_lift', null, 2)).toBe('–')
  })
})
