/** Who comes to Corner Coffee: the habits a person keeps, and what a member tells about themself when joining. */
import type { Random } from '../random.ts'
import { type Item, MENU } from './menu.ts'

export const SHOPS = [
  { id: 'bleecker', weight: 42 },
  { id: 'court-street', weight: 35 },
  { id: 'ditmars', weight: 23 },
] as const

/** Location ids as orders and visits carry them. */
export type Shop = (typeof SHOPS)[number]['id']

/** What somebody does again and again, whether or not they are a member. */
export interface Habits {
  home: Shop
  /** How likely each weekday is, Monday first, beside an average day's 1. */
  weekdays: readonly number[]
  /** The usual minute of the day. */
  minute: number
  commutes: boolean
  hot: Item
  iced: Item
  /** Added to the month's share of cold drinks. */
  icedLean: number
  likesPumpkin: boolean
  appetite: number
  ownCup: boolean
  pays: 'card' | 'cash' | 'preloaded'
}

/** A member as the generator follows them; what they told the business is in `details`. */
export interface Person extends Habits {
  reference: `external:${string}`
  details: MemberDetails
  /** The chance of a visit on an average day, as long as they are a customer. */
  daily: number
  /** The chance that a purchase was the last one. */
  dropout: number
  writesReviews: boolean
  /** The id of the reward they save for, or null when they never redeem. */
  savesFor: string | null
  /** The stars they think they have. They count one a dollar and know nothing of tiers or expiry. */
  stars: number
  /** True once they have made their last purchase. */
  gone: boolean
}

export interface MemberDetails {
  external_id: string
  name: string
  email?: string
  phone: string
  birthday?: string
  locale?: string
}

export function drawHabits(random: Random): Habits {
  const rhythm = random.weighted(RHYTHMS, (kind) => kind.weight)
  const pays = random.weighted(TENDERS, (tender) => tender.weight).type
  return {
    home: random.weighted(SHOPS, (shop) => shop.weight).id,
    weekdays: rhythm.weekdays,
    minute: random.between(rhythm.earliest, rhythm.latest),
    commutes: rhythm.commutes,
    hot: random.weighted(HOT, (item) => item.weight),
    iced: random.weighted(ICED, (item) => item.weight),
    icedLean: random.normal() * 0.15,
    likesPumpkin: random.chance(0.25),
    appetite: random.gamma(4),
    ownCup: random.chance(0.08),
    pays,
  }
}

/**
 * A new member. Purchase rates are gamma-distributed and drop-out after each purchase is beta-distributed between people,
 * as in BG/NBD (Fader, Hardie & Lee 2005), so that models of customer lifetime find what they expect to find.
 */
export function drawPerson(random: Random, number: number, areaCodes: readonly string[]): Person {
  const details = drawDetails(random, number, areaCodes)
  const leaving = random.gamma(1) * 0.5
  const staying = random.gamma(26) * 13
  const habits = drawHabits(random)
  return {
    ...habits,
    pays: habits.pays === 'card' && random.chance(0.4) ? 'preloaded' : habits.pays,
    reference: `external:${details.external_id}`,
    details,
    daily: random.gamma(1) * 0.135,
    dropout: leaving / (leaving + staying),
    writesReviews: random.chance(0.12),
    savesFor: random.weighted(GOALS, (goal) => goal.weight).reward,
    stars: 0,
    gone: false,
  }
}

/** The area codes that this many members need: a hundred numbers of each are reserved for stories (555-0100 to 555-0199). */
export function areaCodesFor(members: number): string[] {
  const needed = Math.ceil(members / 100)
  if (needed > AREA_CODES.length) {
    throw new RangeError(`there are fictional phone numbers for ${AREA_CODES.length * 100} members, not for ${members}`)
  }
  return AREA_CODES.slice(0, needed)
}

function drawDetails(random: Random, number: number, areaCodes: readonly string[]): MemberDetails {
  const people = random.weighted(COMMUNITIES, (community) => community.weight)
  const given = random.pick(people.given)
  // Families mix: one in eight carries a family name from elsewhere.
  const family = random.pick(random.chance(0.125) ? random.pick(COMMUNITIES).family : people.family)
  const details: MemberDetails = {
    external_id: `cc-${String(number).padStart(5, '0')}`,
    name: `${given} ${family}`,
    phone: phoneOf(number, areaCodes),
  }
  // The number keeps two people of one name apart.
  if (random.chance(0.72)) details.email = `${ascii(given)}.${ascii(family)}.${number}@example.com`
  if (random.chance(0.6)) details.birthday = drawBirthday(random)
  if (random.chance(0.3)) details.locale = random.chance(0.6) ? people.locale : 'en-US'
  return details
}

/** Each number once: members go round the area codes, and each round takes the next of the hundred, from another start. */
function phoneOf(number: number, areaCodes: readonly string[]): string {
  const place = (number - 1) % areaCodes.length
  const round = Math.floor((number - 1) / areaCodes.length)
  const last = (round + place * 37) % 100
  return `+1${areaCodes[place]}55501${String(last).padStart(2, '0')}`
}

function drawBirthday(random: Random): string {
  const year = random.between(1948, 2005)
  const month = random.between(1, 12)
  const days = month === 2 ? (year % 4 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(random.between(1, days))}`
}

/** Letters that any mail system takes: accents and apostrophes dropped. */
function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

const HOT = MENU.filter((item) => item.category === 'drinks' && !item.iced && item.season === undefined)
const ICED = MENU.filter((item) => item.iced && item.season === undefined)

const RHYTHMS = [
  { weight: 50, commutes: true, earliest: 415, latest: 555, weekdays: [1.25, 1.3, 1.3, 1.3, 1.15, 0.42, 0.28] },
  { weight: 20, commutes: false, earliest: 560, latest: 760, weekdays: [0.45, 0.45, 0.5, 0.5, 0.7, 2.35, 2.05] },
  { weight: 30, commutes: false, earliest: 690, latest: 1000, weekdays: [0.95, 1, 1.05, 1.05, 1.05, 1.05, 0.85] },
  { weight: 7, commutes: false, earliest: 1010, latest: 1100, weekdays: [1.15, 1.2, 1.2, 1.2, 1.15, 0.6, 0.5] },
]

const TENDERS = [
  { type: 'card', weight: 80 },
  { type: 'cash', weight: 20 },
] as const

const GOALS = [
  { reward: null, weight: 30 },
  { reward: 'two-off', weight: 20 },
  { reward: 'free-treat', weight: 12 },
  { reward: 'twenty-percent', weight: 5 },
  { reward: 'free-coffee', weight: 28 },
  { reward: 'bag-of-beans', weight: 5 },
]

/** The city's own first, then its neighbours', then places people moved from. */
const AREA_CODES = words(`212 646 332 917 718 347 929 516 631 934 914 845 201 551 973 862 732 848 203 475
  908 609 856 860 959 215 267 445 610 484 717 570 412 617 857 781 339 508 774 978 351 413 401 603 802 207
  518 838 315 680 585 716 607 202 301 240 410 443 302 703 571 804 757 919 704 404 305 786 312 773`)

const COMMUNITIES = [
  community(
    22,
    'en-US',
    'Emily Jack Sarah Ben Katie Matt Hannah Luke Megan Will Laura Peter Claire Sam Alice Tom Julia Henry',
    'Miller Clark Anderson Walker Baker Reed Cooper Bennett Foster Hughes Parker Wright Turner Ellis Shaw Palmer',
  ),
  community(
    20,
    'es-US',
    'María José Carmen Luis Sofía Carlos Lucía Diego Valentina Andrés Gabriela Javier Camila Miguel Elena Rafael',
    'García Rodríguez Martínez Hernández López Pérez Sánchez Rivera Torres Ramírez Cruz Reyes Morales Ortiz Santos',
  ),
  community(
    14,
    'en-US',
    'Aaliyah Marcus Imani Darnell Jasmine Andre Nia Terrence Simone Malik Renée Isaiah Monique Curtis Tamara Leon',
    'Johnson Washington Jackson Brooks Coleman Harris Simmons Grant Booker Daniels Franklin Hayes Wallace Dixon',
  ),
  community(
    10,
    'zh-Hans',
    'Wei Mei Jun Grace Kevin Xin Lily Jason Yan Amy Hao Vivian Ming Eric Jing Fiona',
    'Chen Wang Li Zhang Liu Lin Huang Wu Zhou Xu Wong Chan Lau Tang',
  ),
  community(
    9,
    'en-US',
    'Priya Arjun Ananya Rohan Meera Vikram Neha Sanjay Kavya Imran Farah Nikhil Ayesha Rahul Zainab Dev',
    'Patel Sharma Singh Khan Gupta Rao Iyer Ahmed Das Mehta Chowdhury Nair Rahman Kapoor',
  ),
  community(
    8,
    'en-US',
    'Rachel David Leah Daniel Miriam Noah Naomi Ari Irina Boris Anna Mikhail Ruth Alex Olga Ilya',
    'Cohen Levy Rosen Friedman Katz Goldberg Shapiro Klein Petrov Ivanova Novak Kowalski Weiss Stein',
  ),
  community(
    8,
    'en-US',
    'Gina Anthony Maria Frank Siobhán Sean Bridget Kevin Francesca Vincent Nora Patrick Theresa Marco Maeve Declan',
    "Russo Romano Esposito O'Brien Murphy Kelly Ricci Sullivan Gallo Walsh Conti Doyle Marino Byrne",
  ),
  community(
    5,
    'ko-KR',
    'Min-jun Ji-woo Soo-jin Hyun Eun-ji Daniel Yuna Jae Haru Yuki Kenji Aiko Emi Takashi',
    'Kim Lee Park Choi Jung Kang Cho Yoon Tanaka Sato Suzuki Nakamura Mori Ito',
  ),
  community(
    5,
    'en-US',
    'Kwame Ama Chidi Ngozi Tunde Adaeze Kofi Zola Abena Emeka Fatou Samuel Folake Ibrahim',
    'Mensah Okafor Adeyemi Diallo Boateng Eze Owusu Balogun Traoré Asante Nwosu Keita Appiah Osei',
  ),
  community(
    5,
    'en-US',
    'Omar Layla Yusuf Nour Karim Rania Hassan Dina Tariq Salma Sami Mona Ali Leila',
    'Haddad Nasser Mansour Khoury Saleh Farouk Hamdan Aziz Najjar Karimi Hosseini Yilmaz Demir Kaya',
  ),
  community(
    4,
    'fr',
    'Jean Marie Pierre Nadège Wesley Fabiola Réginald Mireille Shanice Devon Keisha Winston Marlon Althea',
    'Baptiste Pierre Joseph Toussaint Charles Louis Campbell Gordon Bailey Morgan Francis Stewart Lewis Reid',
  ),
  community(
    4,
    'en-US',
    'Linh Minh Thu Bao Angel Grace Paolo Jasmine Rico Trang Duc Mai Marisol Tuan',
    'Nguyen Tran Le Pham Hoang Vu Dang Bui Reyes Cruz Bautista Ocampo Mendoza Aquino',
  ),
]

function community(weight: number, locale: string, given: string, family: string) {
  return { weight, locale, given: words(given), family: words(family) }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
