/** The rewards of the program: what each costs and gives, how it was used lately, and how many are left. */

import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { RewardInUse } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useLanguage, useWords } from '../../web/console/language.tsx'
import { Empty } from '../../web/console/parts/empty.tsx'
import { Page } from '../../web/console/parts/page.tsx'
import { Answered } from '../../web/console/parts/problem.tsx'
import { useFormats } from '../../web/console/parts/values.tsx'
import { useSession } from '../../web/console/session.tsx'
import './screen.css'
import { rewardWords } from './screen-words.ts'

export default function RewardsScreen() {
  const say = useWords(rewardWords)
  const { language } = useLanguage()
  const { may } = useSession()
  const rewards = useAsk(['rewards', language], () => api.listRewards({ language }))
  const toProgram = (
    <Button renderRoot={(props) => <Link {...props} to={'/program' as never} />}>{say('to_program')}</Button>
  )
  return (
    <Page title={say('title')} lead={say('lead')} actions={may('draft') ? toProgram : undefined}>
      <Answered ask={rewards}>
        {({ data, since }) =>
          data.length === 0 ? (
            <Empty title={say('none')} action={may('draft') ? toProgram : undefined}>
              {say('none_more')}
            </Empty>
          ) : (
            <ul className="rewards">
              {data.map((reward) => (
                <Reward key={reward.reward} reward={reward} since={since} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Page>
  )
}

function Reward({ reward, since }: { reward: RewardInUse; since: string }) {
  const say = useWords(rewardWords)
  const { money, points, count, time } = useFormats()
  const { name, text, cost, money: besides, wallet, decimals, stock, left, used, taken_off } = reward
  const price = [
    ...(cost === null ? [] : [cost === 0 ? say('free') : `${points(cost, decimals)} ${wallet}`]),
    ...(besides === 0 ? [] : [money(besides)]),
  ].join(' + ')
  return (
    <li>
      <div className="reward-head">
        <h2>{name}</h2>
        <b>{price === '' ? say('given') : price}</b>
      </div>
      <p>{text}</p>
      <p className="reward-use">
        {used === 0
          ? say('unused', { since: time(`${since}T12:00:00Z`, 'day') })
          : say('used', { count: used, shown: count(used), since: time(`${since}T12:00:00Z`, 'day') })}
        {taken_off > 0 && ` ${say('taken_off', { amount: money(taken_off) })}`}
        {stock !== null && left !== null && ` ${say('left', { left: count(left), stock: count(stock) })}`}{' '}
        {used > 0 && (
          <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to={'/today' as never} />}>
            {say('today')}
          </Anchor>
        )}
      </p>
    </li>
  )
}
