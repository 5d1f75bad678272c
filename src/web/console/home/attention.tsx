/** What needs somebody: what waits for an approval, runs out or will expire. Each leads to where it is done. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../../../client/index.ts'
import { formatShare } from '../../ui/format.ts'
import { api, useAsk } from '../api.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Section } from '../parts/page.tsx'
import { useFormats } from '../parts/values.tsx'
import { useSession } from '../session.tsx'
import { homeWords } from './words.ts'

/** A budget, or a reward of which there are only so many, is nearly used up from here on. */
const NEARLY = 0.8
const MOST_WAITING = 20

export function Attention({ overview }: { overview: Overview }) {
  const say = useWords(homeWords)
  const { language } = useLanguage()
  const { points, count } = useFormats()
  const { may } = useSession()
  const waiting = useAsk(
    ['adjustments', 'waiting'],
    () => api.listAdjustments({ status: 'pending_approval', limit: MOST_WAITING }),
    { when: may('approve') },
  )
  const budgets = useAsk(['budgets'], () => api.listBudgets())
  const shops = useAsk(['shops', 'unnamed'], () => api.getUnnamedLocations(), { when: may('shops') })
  const rewards = useAsk(['rewards', language], () => api.listRewards({ language }))
  const items: ReactNode[] = []
  const waits = waiting.data?.data.length ?? 0
  if (waits > 0)
    items.push(
      <Link key="waiting" to={'/approvals' as never}>
        {say(waiting.data!.has_more ? 'waiting_more' : 'waiting', { count: waits })}
      </Link>,
    )
  for (const { id, name, used, total } of budgets.data?.data ?? [])
    if (total > 0 && used / total >= NEARLY)
      items.push(
        <Link key={`budget ${id}`} to={'/program' as never}>
          {say('budget', { name, share: formatShare(used / total, language) })}
        </Link>,
      )
  for (const { reward, name, stock, left } of rewards.data?.data ?? [])
    if (stock !== null && left !== null && stock > 0 && 1 - left / stock >= NEARLY)
      items.push(
        <Link key={`reward ${reward}`} to={'/rewards' as never}>
          {say('stock', { name, left: count(left) })}
        </Link>,
      )
  for (const { wallet, name, decimals, points: open } of overview.expiring)
    items.push(
      <Link key={`expiring ${wallet}`} to={'/members' as never}>
        {say('expiring', { points: points(open, decimals), name })}
      </Link>,
    )
  const unnamed = shops.data?.unnamed.length ?? 0
  if (unnamed > 0)
    items.push(
      <Link key="unnamed" to={'/shops' as never}>
        {say('unnamed', { count: unnamed })}
      </Link>,
    )
  return (
    <Section title={say('attention')}>
      {items.length === 0 ? (
        <p className="home-quiet">{say('attention_none')}</p>
      ) : (
        <ul className="home-attention">
          {items.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the links have keys of their own.
            <li key={place}>{item}</li>
          ))}
        </ul>
      )}
    </Section>
  )
}
