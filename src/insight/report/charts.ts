/**
 * Pictures for reports, drawn by ECharts as SVG while the report is written: it needs no script to be read. Their
 * colours are variables of the page's style sheet, so that they follow light and dark.
 */

import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { Html, html, NOTHING } from '../../core/html.ts'
import { compact, monthName } from './words.ts'

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer])

export interface Size {
  width: number
  height: number
  /** Fit for a phone, or for a narrow column on paper. */
  narrow: boolean
}

export interface Picture {
  /** A plain word, its own on the page. */
  id: string
  title: string
  /** What to see in it, in a sentence. */
  reading: string
  /** What the picture shows, for those who do not see it; its figures stand in a table of the report. */
  description: string
  legend?: readonly { name: string; colour: string }[]
  /** Heights in a wide and in a narrow place; 300 and 260 unless said. */
  heights?: { wide: number; narrow: number }
  draw: (size: Size) => EChartsCoreOption
}

/** A picture with its title, in two drawings: whichever fits the place that it stands in is shown. */
export function figure({ id, title, reading, description, legend = [], heights, draw }: Picture): Html {
  const { wide = 300, narrow = 260 } = heights ?? {}
  const keys = legend.map(
    ({ name, colour }) => html`<li><span class="key" style="background:${colour}"></span>${name}</li>`,
  )
  return html`<figure class="picture">
<figcaption><h3>${title}</h3><p>${reading}</p></figcaption>
${keys.length === 0 ? NOTHING : html`<ul class="legend" aria-hidden="true">${keys}</ul>`}
<div role="img" aria-label="${description}">
<div class="wide">${render(`${id}-wide`, draw, { width: 620, height: wide, narrow: false })}</div>
<div class="narrow">${render(`${id}-narrow`, draw, { width: 340, height: narrow, narrow: true })}</div>
</div>
</figure>
`
}

function render(id: string, draw: Picture['draw'], size: Size): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: size.width, height: size.height })
  try {
    chart.setOption({ animation: false, silent: true, textStyle: { fontFamily: 'inherit' }, ...draw(size) })
    return new Html(inlined(id, chart.renderToSVGString(), size))
  } finally {
    chart.dispose()
  }
}

/** The drawing as a part of a page: as wide as its place, without what scripts would use, with ids of its own. */
function inlined(id: string, svg: string, { width, height }: Size): string {
  const inside = svg
    .replace(/^<svg[^>]*>/, '')
    .replaceAll(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, `${id}-`)
    .replaceAll(/>\s*\n\s*</g, '>\n<')
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false">${inside}`
}

const QUIET = 'var(--quiet)'
const HAIR = 'var(--hair)'

/** Where the drawing stands; labels find their room by themselves. */
export function area(place: { top?: number; bottom?: number; height?: number; left?: number; right?: number } = {}) {
  return { left: 44, right: 8, top: 12, bottom: 34, ...place }
}

/** An axis of values with few, quiet lines. */
export function valueAxis(format: (value: number) => string = compact, more: object = {}) {
  return {
    type: 'value',
    splitNumber: 3,
    axisLabel: { color: QUIET, fontSize: 12, formatter: format },
    splitLine: { lineStyle: { color: HAIR } },
    axisLine: { show: false },
    ...more,
  }
}

/** An axis of calendar months such as `2026-05`: the year stands below the first that is named of it. */
export function monthAxis(months: readonly string[], { narrow }: Size, more: object = {}) {
  const step = Math.ceil(months.length / (narrow ? 5 : 10))
  const named = months.filter((_, i) => i % step === 0)
  const label = (month: string, i: number) => {
    if (i % step !== 0) return ''
    const before = named[named.indexOf(month) - 1]
    const name = monthName(month).slice(0, 3)
    return before?.slice(0, 4) === month.slice(0, 4) ? name : `${name}\n${month.slice(0, 4)}`
  }
  return {
    type: 'category',
    data: months,
    axisLabel: { color: QUIET, fontSize: 12, lineHeight: 15, interval: 0, formatter: label, hideOverlap: true },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: 'var(--line)' } },
    ...more,
  }
}

/** An axis of names, the first at the top. */
export function nameAxis(names: readonly string[], more: object = {}) {
  return {
    type: 'category',
    inverse: true,
    data: names,
    axisLabel: { color: 'var(--ink)', fontSize: 12 },
    axisTick: { show: false },
    axisLine: { show: false },
    ...more,
  }
}

export function bars(name: string, colour: string, data: readonly number[], more: object = {}) {
  return { type: 'bar', name, data, itemStyle: { color: colour }, barCategoryGap: '28%', ...more }
}

export function line(name: string, colour: string, data: readonly number[], more: object = {}) {
  return {
    type: 'line',
    name,
    data,
    // A history of one month is a line of one point.
    symbol: data.length === 1 ? 'circle' : 'none',
    itemStyle: { color: colour, borderWidth: 0 },
    lineStyle: { color: colour, width: 2.25 },
    ...more,
  }
}

/** A figure in words at the end of a bar or beside a point. */
export function told(format: (value: number) => string, more: object = {}) {
  return {
    show: true,
    position: 'right',
    color: 'var(--ink)',
    fontSize: 12,
    formatter: ({ value }: { value: number }) => format(value),
    ...more,
  }
}
