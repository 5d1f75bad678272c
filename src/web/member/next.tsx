/** @jsxImportSource preact */
/** What is next: what can be had, how far the rest is, what ends soon, and what else is the member's. */

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Card } from '../../client/index.ts'
import { formatCount } from '../ui/format.ts'
import { useSpeech } from './speech.ts'

export function Next({ card }: { card: Card }) {
  const { say } = useSpeech()
  return (
    <>
      <Expiring card={card} />
      <Rewards card={card} />
      <Stamps card={card} />
      <Vouchers card={card} />
      <Level card={card} />
      {card.perks.length > 0 && (
        <Block title={say('perks')}>
          <ul class="plain">
            {card.perks.map((perk) => (
              <li key={perk}>{capital(perk)}</li>
            ))}
          </ul>
        </Block>
      )}
      <Challenges card={card} />
      <Friends card={card} />
    </>
  )
}

function Block({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="block">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** A bar is for the eye; the words beside it say the same. */
function Bar({ have, need }: { have: number; need: number }) {
  const percent = need <= 0 ? 100 : Math.min(100, Math.max(0, (have / need) * 100))
  return (
    <div class="track" aria-hidden="true">
      <div style={{ width: `${percent}%` }} />
    </div>
  )
}

const FIRST_REWARDS = 3

function Rewards({ card }: { card: Card }) {
  const { say, points } = useSpeech()
  const [all, setAll] = useState(false)
  const open = card.rewards.filter(({ for_level }) => for_level)
  if (open.length === 0) return null
  // Ready ones of the dearest first, then the nearest goal.
  const ready = open.filter(({ missing }) => missing === 0).reverse()
  const goals = open.filter(({ missing }) => missing > 0)
  const shown = all ? [...ready, ...goals] : [...ready.slice(0, FIRST_REWARDS - 1), ...goals].slice(0, FIRST_REWARDS)
  return (
    <Block title={say('next')}>
      <ul class="goals">
        {shown.map(({ reward, name, wallet, decimals, cost, missing }) => (
          <li key={reward}>
            <div class="row">
              <b>{name}</b>
              <span class={missing === 0 ? 'ready' : 'quiet'}>
                {missing === 0 ? say('ready') : say('missing', { points: points(missing, wallet, decimals) })}
              </span>
            </div>
            {missing > 0 && <Bar have={cost - missing} need={cost} />}
          </li>
        ))}
      </ul>
      {!all && open.length > shown.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {say('all_rewards')}
        </button>
      )}
    </Block>
  )
}

function Expiring({ card }: { card: Card }) {
  const { say, points, time } = useSpeech()
  const soon = card.balances.flatMap(({ wallet, decimals, expiring }) =>
    expiring
      .slice(0, 2)
      .map(({ points: units, at }) => ({ key: `${wallet} ${at}`, text: points(units, wallet, decimals), at })),
  )
  if (soon.length === 0) return null
  return (
    <Block title={say('expiring')}>
      <ul class="plain">
        {soon.map(({ key, text, at }) => (
          <li key={key}>{say('expires', { points: text, day: time(lastDay(at), 'day') })}</li>
        ))}
      </ul>
    </Block>
  )
}

/** Points are good up to a moment; the last day on which they can be used is that of the moment before. */
function lastDay(at: string): string {
  return new Date(Date.parse(at) - 1).toISOString()
}

function Stamps({ card }: { card: Card }) {
  const { say } = useSpeech()
  return card.cards.map(({ card: id, name, stamps, of, reward }) => (
    <Block key={id} title={name}>
      <div class="stamps" role="img" aria-label={say('stamps', { have: stamps, of })}>
        {Array.from({ length: of }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stamp is its place.
          <i key={i} class={i < stamps ? 'stamped' : ''} />
        ))}
      </div>
      <p class="quiet">
        {say('stamps_more', { count: Math.max(0, of - stamps), reward: capital(reward.replaceAll('-', ' ')) })}
      </p>
    </Block>
  ))
}

function Vouchers({ card }: { card: Card }) {
  const { say, time } = useSpeech()
  if (card.vouchers.length === 0) return null
  return (
    <Block title={say('vouchers')}>
      <ul class="goals">
        {card.vouchers.map(({ code, name, expires_at }) => (
          <li key={code}>
            <div class="row">
              <b>{name}</b>
              {expires_at !== null && (
                <span class="quiet">{say('voucher_until', { day: time(lastDay(expires_at), 'day') })}</span>
              )}
            </div>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Block>
  )
}

function Level({ card: { tier, next_level } }: { card: Card }) {
  const { say, time, language, money } = useSpeech()
  if (tier === null) return null
  const written = (measure: string, value: number) =>
    /spend|money/.test(measure) ? money(value) : formatCount(value, language)
  return (
    <Block title={say('level')}>
      <p>
        <b>{tier.name}</b>
        {tier.until !== null && <span class="quiet"> · {say('until', { day: time(lastDay(tier.until), 'day') })}</span>}
      </p>
      {tier.next === null ? <p class="quiet">{say('top')}</p> : null}
      {next_level !== null &&
        (tier.progress ?? []).map(({ measure, have, need }) => (
          <div key={measure}>
            <div class="row">
              <span>{say('to_level', { level: next_level })}</span>
              <span class="quiet">
                {say('to_level_of', { have: written(measure, have), need: written(measure, need) })}
              </span>
            </div>
            <Bar have={have} need={need} />
          </div>
        ))}
    </Block>
  )
}

function Challenges({ card }: { card: Card }) {
  const { say, language, money } = useSpeech()
  const open = card.challenges.filter(({ state }) => state === 'open')
  if (open.length === 0) return null
  const written = (count: string, value: number) => (count === 'spend' ? money(value) : formatCount(value, language))
  return (
    <Block title={say('challenges')}>
      <ul class="goals">
        {open.map(({ id, name, have, need, count }) => (
          <li key={id}>
            <div class="row">
              <b>{name}</b>
              <span class="quiet">
                {say('to_level_of', { have: written(count, have), need: written(count, need) })}
              </span>
            </div>
            <Bar have={have} need={need} />
          </li>
        ))}
      </ul>
    </Block>
  )
}

function Friends({ card: { referral } }: { card: Card }) {
  const { say } = useSpeech()
  const [copied, setCopied] = useState(false)
  if (referral === null) return null
  const address = new URL(referral.link, location.origin).href
  const pass = async () => {
    if (navigator.share !== undefined) return navigator.share({ url: address }).catch(() => undefined)
    await navigator.clipboard.writeText(address)
    setCopied(true)
  }
  return (
    <Block title={say('friends')}>
      <p class="quiet">{say('friends_more')}</p>
      <p class="address">{address}</p>
      <button type="button" class="second" onClick={() => void pass()}>
        {say(copied ? 'copied' : 'share' in navigator ? 'share' : 'copy')}
      </button>
    </Block>
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
