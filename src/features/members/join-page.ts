/** The pages on which people join by themselves, and the poster that leads there: plain HTML that needs no script. */

import { renderSVG } from 'uqr'
import { Html, html, htmlDocument, NOTHING } from '../../core/html.ts'
import type { Program } from '../../core/program.ts'
import { pointsText, promiseOfRule, termsOf } from '../../core/terms.ts'
import { COLOURS } from '../../core/tokens.ts'

/** What somebody typed, as it was typed. */
export interface JoinForm {
  /** Names this form, so that sending it twice joins once. */
  token: string
  /** The code of whoever sent them here. */
  ref: string
  name: string
  phone: string
  email: string
  consent: boolean
}

export type JoinErrors = Partial<Record<'name' | 'phone' | 'email' | 'consent' | 'form', string>>

export function joinPage(program: Program, form: JoinForm, errors: JoinErrors = {}): string {
  return page(
    `Join ${program.name}`,
    html`<main class="card">
      <header><h1>${program.name}</h1><p class="lead">Join in a minute. It is free.</p></header>
      ${promises(program)}
      ${summary(errors)}
      <form method="post" novalidate>
        <input type="hidden" name="token" value="${form.token}">
        ${form.ref === '' ? NOTHING : html`<input type="hidden" name="ref" value="${form.ref}">`}
        ${field('name', 'Your name', 'text', 'name', form.name, errors)}
        ${field('phone', 'Phone', 'tel', 'tel', form.phone, errors)}
        <p class="or">or</p>
        ${field('email', 'E-mail', 'email', 'email', form.email, errors)}
        ${consent(program, form.consent, errors)}
        <button>Join</button>
      </form>
      <p class="more"><a href="${program.id}/terms">Members’ terms</a></p>
    </main>`,
  )
}

const MOST_PROMISES = 4

function promises(program: Program): Html {
  const { rules, offers } = termsOf(program)
  const earn = rules.slice(0, MOST_PROMISES).map((rule) => html`<li>${capital(promiseOfRule(rule, program))}</li>`)
  const get = offers
    .slice(0, MOST_PROMISES)
    .map(({ name, wallet, cost }) => html`<li><b>${name}</b> for ${pointsText(cost, program, wallet)}</li>`)
  return html`${list('You collect', earn)}${list('You get', get)}`
}

function list(title: string, items: readonly Html[]): Html {
  return items.length === 0 ? NOTHING : html`<section><h2>${title}</h2><ul>${items}</ul></section>`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function summary(errors: JoinErrors): Html {
  const fields = Object.keys(errors).filter((name) => name !== 'form')
  if (errors.form !== undefined) return html`<p class="wrong" role="alert">${errors.form}</p>`
  if (fields.length === 0) return NOTHING
  const links = fields.map((name) => html`<li><a href="#${name}">${errors[name as keyof JoinErrors]!}</a></li>`)
  return html`<div class="wrong" role="alert"><p>Please look at this again:</p><ul>${links}</ul></div>`
}

function field(
  name: 'name' | 'phone' | 'email',
  label: string,
  type: string,
  autocomplete: string,
  value: string,
  errors: JoinErrors,
): Html {
  const error = errors[name]
  const described = error === undefined ? NOTHING : html` aria-invalid="true" aria-describedby="${name}-error"`
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="254" value="${value}"${described}>
    ${beside(name, error)}
  </div>`
}

function beside(name: string, error: string | undefined): Html {
  return error === undefined ? NOTHING : html`<p class="error" id="${name}-error">${error}</p>`
}

function consent(program: Program, checked: boolean, errors: JoinErrors): Html {
  const error = errors.consent
  const described = error === undefined ? NOTHING : html` aria-invalid="true" aria-describedby="consent-error"`
  return html`<div class="field consent">
    <input id="consent" name="consent" type="checkbox" value="yes"${checked ? html` checked` : NOTHING}${described}>
    <label for="consent">${program.name} may keep my name, my contact data and what I buy, to run this program.
      I can have it deleted at any time.</label>
    ${beside('consent', error)}
  </div>`
}

export interface Joined {
  /** The number of the card. */
  card: string
  /** The private address of the card. */
  link: string
  /** The address for friends; null where the program has nothing for them. */
  invites: string | null
}

export function thanksPage(program: Program, name: string, { card, link, invites }: Joined): string {
  const groups = card.replace(/(.{4})(?=.)/g, '$1 ')
  return page(
    `Welcome to ${program.name}`,
    html`<main class="card thanks">
      <h1>Welcome${name === '' ? '' : `, ${name}`}</h1>
      <p class="lead">You are a member of ${program.name}. Show this at the counter; a screenshot will do.</p>
      <div class="qr" role="img" aria-label="Your card as a QR code">${qr(card)}</div>
      <p class="number">${groups}</p>
      <a class="button" href="${link}">Open my card</a>
      <p class="note">It shows what you have and what is next, also without a connection. Whoever has its address sees
        your card: keep it to yourself.</p>
      <p>Your phone number or e-mail address works at the counter as well.</p>
      ${invites === null ? NOTHING : html`<p class="invites">Bring a friend with this address: <a href="${invites}">${invites}</a></p>`}
    </main>`,
  )
}

export function messagePage(title: string, text: string): string {
  return page(title, html`<main class="card"><h1>${title}</h1><p class="lead">${text}</p></main>`)
}

/** For the counter, on A4 or Letter: the code, the name, three lines that can be read while waiting. */
export function posterPage(program: Program, address: string): string {
  const { rules, offers } = termsOf(program)
  const [rule, offer] = [rules[0], offers[0]]
  const lines = [
    ...(rule === undefined ? [] : [capital(promiseOfRule(rule, program))]),
    ...(offer === undefined ? [] : [`${offer.name} for ${pointsText(offer.cost, program, offer.wallet)}`]),
    'Scan, join, collect. No app needed.',
  ]
  return page(
    `${program.name}: poster`,
    html`<main class="poster">
      <h1>${program.name}</h1>
      <div class="qr" role="img" aria-label="QR code of ${address}">${qr(address)}</div>
      ${lines.map((line) => html`<p class="line">${line}</p>`)}
      <p class="address">${address}</p>
    </main>`,
    'poster-body',
  )
}

/** Light modules around the code that scanners count on (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4

function qr(text: string): Html {
  return new Html(renderSVG(text, { ecc: 'M', border: QUIET_ZONE, whiteColor: '#fff', blackColor: '#000' }))
}

function page(title: string, body: Html, kind = ''): string {
  const head = html`<meta name="robots" content="noindex">
`
  return htmlDocument({ language: 'en', title, style: STYLE, head, kind, body })
}

const STYLE = new Html(`
:root { color-scheme: light dark; ${COLOURS.light} }
@media (prefers-color-scheme: dark) { :root { ${COLOURS.dark} } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.card { max-width: 27rem; margin: 0 auto; padding: 1.75rem; background: var(--paper); border-radius: 1rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 1.25rem 0 0.25rem; font-size: 0.9375rem; color: var(--quiet); font-weight: 600; }
.lead { margin: 0.5rem 0 0; color: var(--quiet); }
ul { margin: 0; padding-left: 1.2rem; }
form { margin-top: 1.5rem; }
.field { margin-bottom: 1rem; }
label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
input:not([type=checkbox]) { width: 100%; padding: 0.7rem 0.8rem; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--line); border-radius: 0.5rem; }
input[aria-invalid] { border-color: var(--wrong); outline-color: var(--wrong); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.or { margin: -0.5rem 0 0.5rem; color: var(--quiet); }
.consent { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 0.75rem; }
.consent input { width: 1.35rem; height: 1.35rem; margin: 0.1rem 0 0; accent-color: var(--accent); }
.consent label { font-weight: 400; font-size: 0.9375rem; margin: 0; }
.consent .error { grid-column: 2; }
.error { margin: 0.35rem 0 0; color: var(--wrong); font-size: 0.9375rem; }
.wrong { margin: 1.25rem 0 0; padding: 0.75rem 1rem; background: var(--wrong-ground); color: var(--wrong);
  border-radius: 0.5rem; }
.wrong p { margin: 0; }
.wrong a { color: inherit; }
.note { font-size: 0.9375rem; color: var(--quiet); }
.button { display: block; text-decoration: none; text-align: center; }
button, .button { width: 100%; padding: 0.85rem; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 0; border-radius: 0.5rem; cursor: pointer; }
.more { margin: 1.25rem 0 0; text-align: center; font-size: 0.9375rem; }
.more a { color: var(--accent); text-underline-offset: 0.2em; }
.thanks { text-align: center; }
.invites { overflow-wrap: anywhere; }
.invites a { color: inherit; }
.qr { margin: 1.25rem auto; width: min(15rem, 100%); background: #fff; border-radius: 0.75rem; }
.qr svg { display: block; width: 100%; height: auto; }
.number { margin: 0 0 1rem; font-size: 1.25rem; font-variant-numeric: tabular-nums; letter-spacing: 0.06em; }
.poster-body { --ground: #fff; --paper: #fff; --ink: #111; --quiet: #444; background: #fff; color: #111; }
.poster { max-width: 180mm; margin: 0 auto; text-align: center; }
.poster h1 { font-size: min(16mm, 11vw); margin-top: 6mm; }
.poster .qr { width: min(112mm, 100%); margin: 8mm auto; }
.poster .line { margin: 0 0 4mm; font-size: min(9mm, 6vw); line-height: 1.25; text-wrap: balance; }
.poster .address { margin-top: 8mm; font-size: 4.5mm; color: var(--quiet); overflow-wrap: anywhere; }
@page { margin: 12mm; }
@media print { body { padding: 0; } .poster { break-inside: avoid; } }
`)
