/** One order: what was bought and taken off, what it came to, whose it is, and what it earned and why. */

import { Link, useParams } from '@tanstack/react-router'
import type { OrderAnswer } from '../../client/index.ts'
import { api, useAsk } from '../../web/console/api.ts'
import { useWords } from '../../web/console/language.tsx'
import { Facts } from '../../web/console/parts/figure.tsx'
import { Page, Section } from '../../web/console/parts/page.tsx'
import { Answered } from '../../web/console/parts/problem.tsx'
import { useFormats, When } from '../../web/console/parts/values.tsx'
import '../../web/console/parts/table.css'
import { orderWords } from './screen-words.ts'

export default function OrderScreen() {
  const say = useWords(orderWords)
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const order = useAsk(['order', id], () => api.getOrder(id))
  return (
    <Page title={say('title', { id })}>
      <Answered ask={order}>{(answer) => <Order answer={answer} />}</Answered>
    </Page>
  )
}

function Order({ answer }: { answer: OrderAnswer }) {
  const say = useWords(orderWords)
  const { money, count } = useFormats()
  const { order, explanation } = answer
  const { member, status, occurred_at, currency, subtotal, discount, tax, total, to_pay, lines } = order
  const amount = (minor: number) => money(minor, 'exact', currency)
  return (
    <>
      <Facts
        facts={[
          [say('when'), <When key="when" at={occurred_at} />],
          [say('status'), say(status)],
          [
            say('member'),
            member === null ? (
              say('nobody')
            ) : (
              <Link key="member" to={'/members/$id' as never} params={{ id: member } as never}>
                {say('to_member')}
              </Link>
            ),
          ],
          [say('subtotal'), amount(subtotal)],
          discount === 0 ? null : [say('discount'), `−${amount(discount)}`],
          tax === 0 ? null : [say('tax'), amount(tax)],
          [say('total'), <b key="total">{amount(total)}</b>],
          to_pay === total ? null : [say('to_pay'), amount(to_pay)],
        ]}
      />
      <Section title={say('lines')} lead={say('lines_lead')}>
        <section className="table-scroll" aria-label={say('lines')}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say('line')}</th>
                <th scope="col" data-numeric>
                  {say('net')}
                </th>
                <th scope="col" data-numeric>
                  {say('off')}
                </th>
                <th scope="col" data-numeric>
                  {say('left')}
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.id}>
                  <td>{line.id}</td>
                  <td data-numeric>{amount(line.net)}</td>
                  <td data-numeric>{amount(line.discount)}</td>
                  <td data-numeric>{count(line.returnable)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Section>
      <Section title={say('why')}>
        {explanation.length === 0 ? (
          <p>{say('nothing')}</p>
        ) : (
          <ul>
            {explanation.map(({ rule, line, wallet, text }) => (
              <li key={`${rule} ${line} ${wallet} ${text}`}>{text}</li>
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}
