/** What a member has: points, level, cards, challenges, vouchers, perks, membership, friends, household. */

import { Progress } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Balance, Member, Tier } from '../../client/index.ts'
import { useWords } from '../../web/console/language.tsx'
import { Figure, Figures } from '../../web/console/parts/figure.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { useProgram } from '../../web/console/session.tsx'
import { plain, titled } from './activity-titles.tsx'
import { memberWords } from './screen-words.ts'

/** What can be spent now is the figure; what is on its way, held or owed stands below it. */
export function Balances({ balances }: { balances: readonly Balance[] }) {
  const say = useWords(memberWords)
  const format = useFormats()
  return (
    <Figures>
      {balances.map(({ wallet, decimals, available, pending, held, debt, expiring }) => {
        const points = (units: number) => format.points(units, decimals)
        const beside = [
          pending === 0 ? null : say('pending', { points: points(pending) }),
          held === 0 ? null : say('held', { points: points(held) }),
          debt === 0 ? null : say('debt', { points: points(debt) }),
        ].filter((one) => one !== null)
        return (
          <Figure
            key={wallet}
            label={titled(wallet)}
            value={points(available)}
            note={
              <>
                {beside.length > 0 && <div>{beside.join(' · ')}</div>}
                {expiring.map(({ points: units, at }) => (
                  <div key={at}>
                    {points(units)} {say('good_until', { day: format.time(lastMoment(at), 'day') })}
                  </div>
                ))}
                {available + pending > 0 && expiring.length === 0 && <div>{say('nothing_expires')}</div>}
              </>
            }
          />
        )
      })}
    </Figures>
  )
}

/** What expires at midnight was good until the day before. */
export function lastMoment(at: string): string {
  return new Date(Date.parse(at) - 1).toISOString()
}

export function Standing({ member }: { member: Member }) {
  const { tier, cards, challenges, badges, vouchers, entitlements, perks, membership, referral, pool, choices } = member
  const say = useWords(memberWords)
  const format = useFormats()
  const program = useProgram()
  const counted = new Set(entitlements.map(({ perk }) => perk))
  return (
    <>
      {tier !== null && <Level tier={tier} />}
      <Part title={say('cards')} show={cards.length > 0}>
        {cards.map(({ card, name, stamps, of, ends_at }) => (
          <Bar key={card} name={name} have={stamps} need={of} text={say('stamps', { stamps, of })}>
            {ends_at !== null && say('good_until', { day: format.time(ends_at, 'day') })}
          </Bar>
        ))}
      </Part>
      <Part title={say('challenges')} show={challenges.length > 0}>
        {challenges.map(({ id, name, state, have, need, by }) => (
          <Bar
            key={id}
            name={name}
            have={have}
            need={need}
            text={
              state === 'done'
                ? say('done')
                : state === 'to_join'
                  ? say('to_join')
                  : say('stamps', { stamps: have, of: need })
            }
          >
            {by !== null && state !== 'done' && say('need_by', { day: format.time(by, 'day') })}
          </Bar>
        ))}
      </Part>
      <Part title={say('badges')} show={badges.length > 0}>
        <p className="member-plain">{badges.map(({ name }) => name).join(' · ')}</p>
      </Part>
      <Part title={say('vouchers')} show={vouchers.length > 0}>
        <ul className="member-list">
          {vouchers.map(({ code, name, starts_at, expires_at }) => (
            <li key={code}>
              <span>{name}</span>
              <small>
                <code>{code}</code>{' '}
                {Date.parse(starts_at) > Date.parse(program.now) &&
                  `${say('from_day', { day: format.time(starts_at, 'day') })} · `}
                {expires_at === null
                  ? say('good_for_ever')
                  : say('good_until', { day: format.time(lastMoment(expires_at), 'day') })}
              </small>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={say('perks')} show={perks.length > 0}>
        <ul className="member-list">
          {entitlements.map(({ perk, name, left, until }) => (
            <li key={perk}>
              <span>{name}</span>
              <small>
                {left !== null && say('left', { count: left })}
                {until !== null && ` · ${say('good_until', { day: format.time(until, 'day') })}`}
              </small>
            </li>
          ))}
          {perks
            .filter((perk) => !counted.has(perk))
            .map((perk) => (
              <li key={perk}>
                <span>{titled(perk)}</span>
              </li>
            ))}
        </ul>
      </Part>
      <Part title={say('membership')} show={membership !== null}>
        {membership !== null && (
          <ul className="member-list">
            <li>
              <span>
                {membership.name}: {say('plan_status', { status: membership.status })}
              </span>
              <small>
                {membership.until === null
                  ? say('good_for_ever')
                  : say('good_until', { day: format.time(membership.until, 'day') })}
                {membership.due !== null &&
                  ` · ${say('due', { amount: format.money(membership.due.amount), day: format.time(membership.due.at, 'day') })}`}
                {membership.saved > 0 && ` · ${say('saved', { amount: format.money(membership.saved) })}`}
              </small>
            </li>
          </ul>
        )}
      </Part>
      <Part title={say('choices')} show={choices.length > 0}>
        <ul className="member-list">
          {choices.map(({ choice, name, option, options }) => (
            <li key={choice}>
              <span>{name}</span>
              <small>{options.find(({ id }) => id === option)?.name ?? option}</small>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={say('referrals')} show={referral !== null}>
        {referral !== null && (
          <p className="member-plain">
            {say('brought', { count: referral.friends })}{' '}
            {referral.rewarded > 0 && say('rewarded', { count: referral.rewarded })}
          </p>
        )}
      </Part>
      <Part title={say('pool')} show={pool !== null}>
        {pool !== null && (
          <p className="member-plain">
            {say('pool_rights', { rights: pool.earn && pool.spend ? 'both' : pool.earn ? 'earn' : 'spend' })}{' '}
            <Link to={'/members/$id' as never} params={{ id: pool.id } as never}>
              {say('open_pool')}
            </Link>
          </p>
        )}
      </Part>
    </>
  )
}

function Level({ tier }: { tier: Tier }) {
  const say = useWords(memberWords)
  const format = useFormats()
  const { name, until, otherwise, progress, next, progress_of, keep, kind } = tier
  return (
    <Part title={say('tier')} show>
      <p className="member-level">{titled(name)}</p>
      <p className="member-quiet">
        {until === null && next !== null && progress !== null && kind === undefined ? say('lowest_for_life') : null}
        {until !== null && say('until', { day: format.time(lastMoment(until), 'day') })}{' '}
        {otherwise !== undefined && otherwise !== tier.level && say('otherwise', { level: titled(otherwise) })}{' '}
        {kind !== undefined && say('given', { kind })}
      </p>
      {next !== null && progress !== null && (
        <Needs title={say('next', { level: titled(next) })} needs={progress} any={progress_of === 'any_of'} />
      )}
      {keep !== undefined && <Needs title={say('keep')} needs={keep} any={false} />}
    </Part>
  )
}

function Needs({ title, needs, any }: { title: string; needs: NonNullable<Tier['progress']>; any: boolean }) {
  const say = useWords(memberWords)
  const format = useFormats()
  const measure = useMeasures()
  return (
    <div className="member-needs">
      <b>{title}</b> {any && needs.length > 1 && <span className="member-quiet">{say('one_of')}</span>}
      {needs.map((need) => {
        const { name, write } = measure(need.measure)
        return (
          <Bar
            key={need.measure}
            name={name}
            have={need.have}
            need={need.need}
            text={say('stamps', { stamps: write(need.have), of: write(need.need) })}
          >
            {need.by !== null && say('need_by', { day: format.time(lastMoment(need.by), 'day') })}
            {need.waiting !== undefined && ` ${say('waiting', { points: write(need.waiting) })}`}
          </Bar>
        )
      })}
    </div>
  )
}

/** What a level asks for, in words, and how its figures are written. */
function useMeasures(): (measure: string) => { name: string; write(figure: number): string } {
  const say = useWords(memberWords)
  const format = useFormats()
  return (measure) => {
    const count = (figure: number) => format.count(figure)
    if (measure === 'spend') return { name: say('spend'), write: (minor) => format.money(minor) }
    if (measure === 'orders' || measure === 'visits') return { name: say(measure), write: count }
    const wallet = /^(.+)_earned$/.exec(measure)?.[1]
    return { name: wallet === undefined ? plain(measure) : say('earned', { wallet: plain(wallet) }), write: count }
  }
}

function Bar({
  name,
  have,
  need,
  text,
  children,
}: {
  name: string
  have: number
  need: number
  text: string
  children?: ReactNode
}) {
  return (
    <div className="member-bar">
      <div>
        <span>{titled(name)}</span>
        <span>{text}</span>
      </div>
      <Progress
        value={need === 0 ? 100 : Math.min(100, Math.max(0, (have / need) * 100))}
        size="sm"
        aria-label={name}
      />
      <small>{children}</small>
    </div>
  )
}

/** A part of the column beside the time line. */
export function Part({ title, show, children }: { title: string; show: boolean; children: ReactNode }) {
  if (!show) return null
  return (
    <section className="member-part">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
