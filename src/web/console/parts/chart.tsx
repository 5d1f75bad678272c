/** A picture by ECharts, which is loaded only where there is one; the same figures stand beside it as a table for those who do not see it. */

import { Skeleton } from '@mantine/core'
import type { EChartsCoreOption } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import './chart.css'
import type { Picked } from './drawing.ts'

export interface ChartProps {
  /** What it shows, in a sentence. */
  title: string
  option: EChartsCoreOption
  height_px?: number
  /** The same figures, row by row, for readers who hear the page; the first row are the headings. */
  rows: readonly (readonly string[])[]
  /** Told of a mark that was clicked; whatever it does can be done without the picture, too. */
  onPick?: (mark: Picked) => void
}

export function Chart({ title, option, height_px = 280, rows, onPick }: ChartProps) {
  const picked = useRef(onPick)
  picked.current = onPick
  const place = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState(false)
  useEffect(() => {
    let stop: (() => void) | null = null
    let ended = false
    void import('./drawing.ts').then(({ draw }) => {
      if (ended || place.current === null) return
      stop = draw(place.current, option, (mark) => picked.current?.(mark))
      setDrawn(true)
    })
    return () => {
      ended = true
      stop?.()
    }
  }, [option])
  const [head = [], ...body] = rows
  return (
    <figure className="chart">
      <figcaption className="chart-title">{title}</figcaption>
      {!drawn && <Skeleton height={height_px} />}
      <div ref={place} aria-hidden="true" style={{ height: drawn ? height_px : 0 }} />
      <div className="chart-table">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              {head.map((cell) => (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row have only their place.
                  <td key={i}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
