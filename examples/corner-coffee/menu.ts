/** What Corner Coffee sells, what it costs, and when in the year people want it. */
import type { Day } from './calendar.ts'

export type Category = 'drinks' | 'food' | 'beans' | 'merchandise' | 'gift-cards'

export interface Item {
  sku: string
  name: string
  category: Category
  /** US cents, before tax. */
  price: number
  /** How often it is chosen beside others of its category. */
  weight: number
  /** New York taxes prepared food and drink and most goods, yet neither groceries, clothing under $110 nor gift cards. */
  taxed: boolean
  iced: boolean
  /** `MM-DD` of the first and the last day it is sold; the whole year without them. */
  season?: readonly [first: string, last: string]
}

/** New York City's 8.875% as an exact fraction: 71/800. */
export function salesTax(item: Item, net: number): number {
  return item.taxed ? Math.floor((net * 71 + 400) / 800) : 0
}

/** The part of the menu that is sold on this day. */
export function soldOn(items: readonly Item[], day: Day): Item[] {
  const today = day.date.slice(5)
  return items.filter(({ season }) => season === undefined || (season[0] <= today && today <= season[1]))
}

/** The share of cold drinks in each month: a quarter of all in winter, four of five in July. */
export const ICED_SHARE = [0.16, 0.17, 0.24, 0.34, 0.5, 0.68, 0.8, 0.78, 0.6, 0.38, 0.24, 0.17]

export const MENU: readonly Item[] = [
  hot('drip-12', 'Drip coffee, 12 oz', 325, 20),
  hot('drip-16', 'Drip coffee, 16 oz', 375, 14),
  hot('espresso', 'Espresso', 350, 5),
  hot('americano', 'Americano', 400, 9),
  hot('cortado', 'Cortado', 450, 6),
  hot('cappuccino', 'Cappuccino', 500, 11),
  hot('latte', 'Latte', 525, 18),
  hot('oat-latte', 'Oat milk latte', 595, 13),
  hot('mocha', 'Mocha', 575, 6),
  hot('chai', 'Chai latte', 550, 6),
  hot('matcha', 'Matcha latte', 595, 5),
  hot('tea', 'Pot of tea', 375, 6),
  hot('hot-chocolate', 'Hot chocolate', 475, 4, ['10-01', '12-31']),
  hot('pumpkin-latte', 'Pumpkin spice latte', 625, 9, ['08-28', '11-26']),
  hot('peppermint-mocha', 'Peppermint mocha', 625, 7, ['11-15', '12-31']),
  iced('cold-brew', 'Cold brew', 475, 22),
  iced('iced-latte', 'Iced latte', 575, 18),
  iced('iced-americano', 'Iced americano', 425, 10),
  iced('iced-matcha', 'Iced matcha latte', 625, 8),
  iced('iced-tea', 'Iced tea', 400, 8),
  iced('lemonade', 'Mint lemonade', 450, 6, ['05-01', '09-30']),
  food('croissant', 'Butter croissant', 425, 18),
  food('almond-croissant', 'Almond croissant', 525, 9),
  food('muffin', 'Blueberry muffin', 425, 11),
  food('bagel', 'Bagel with cream cheese', 475, 14),
  food('cookie', 'Chocolate chip cookie', 350, 13),
  food('banana-bread', 'Banana bread', 450, 8),
  food('egg-sandwich', 'Egg and cheese sandwich', 795, 12),
  food('avocado-toast', 'Avocado toast', 1095, 6),
  food('turkey-sandwich', 'Turkey and apple sandwich', 1150, 6),
  food('soup', 'Soup of the day', 850, 5),
  { ...goods('house-blend', 'House blend, 12 oz bag', 'beans', 1700, 10), taxed: false },
  { ...goods('ethiopia', 'Single origin Ethiopia, 12 oz bag', 'beans', 2150, 6), taxed: false },
  { ...goods('decaf', 'Decaf, 12 oz bag', 'beans', 1800, 3), taxed: false },
  goods('mug', 'Stoneware mug', 'merchandise', 1600, 6),
  goods('tumbler', 'Steel tumbler', 'merchandise', 2800, 4),
  goods('dripper', 'Pour-over dripper', 'merchandise', 2400, 2),
  { ...goods('t-shirt', 'Corner Coffee T-shirt', 'merchandise', 2500, 2), taxed: false },
  { ...goods('gift-25', 'Gift card, $25', 'gift-cards', 2500, 6), taxed: false },
  { ...goods('gift-50', 'Gift card, $50', 'gift-cards', 5000, 2), taxed: false },
]

function hot(sku: string, name: string, price: number, weight: number, season?: Item['season']): Item {
  return { sku, name, category: 'drinks', price, weight, taxed: true, iced: false, season }
}

function iced(sku: string, name: string, price: number, weight: number, season?: Item['season']): Item {
  return { ...hot(sku, name, price, weight, season), iced: true }
}

function food(sku: string, name: string, price: number, weight: number): Item {
  return { sku, name, category: 'food', price, weight, taxed: true, iced: false }
}

function goods(sku: string, name: string, category: Category, price: number, weight: number): Item {
  return { sku, name, category, price, weight, taxed: true, iced: false }
}
