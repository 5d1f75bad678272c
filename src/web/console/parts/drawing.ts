/** What draws pictures: the parts of ECharts that the console uses, in the design's colours. */

import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import {
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  BarChart,
  LineChart,
  ScatterChart,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
])

/** A mark of a picture: which one of which series. */
export interface Picked {
  seriesType: string
  dataIndex: number
}

/** Draws into the element until the function that comes back is called; it follows the size and the colours of the page. */
export function draw(place: HTMLElement, option: EChartsCoreOption, onPick: (mark: Picked) => void): () => void {
  const begin = () => {
    const begun = init(place, theme(), { renderer: 'svg' })
    begun.setOption({ ...option, animation: false })
    begun.on('click', (mark) => onPick(mark as Picked))
    return begun
  }
  let chart = begin()
  const size = new ResizeObserver(() => chart.resize())
  size.observe(place)
  const colours = new MutationObserver(() => {
    chart.dispose()
    chart = begin()
  })
  colours.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] })
  return () => {
    size.disconnect()
    colours.disconnect()
    chart.dispose()
  }
}

function theme(): object {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const axis = {
    axisLine: { lineStyle: { color: colour('line') } },
    axisTick: { show: false },
    axisLabel: { color: colour('quiet') },
    splitLine: { lineStyle: { color: colour('hair') } },
  }
  // ECharts would put an outline around what stands beside a mark.
  const label = { color: colour('ink'), textBorderWidth: 0 }
  return {
    color: ['accent', 'ochre', 'blue', 'clay', 'plum', 'sand'].map(colour),
    textStyle: { fontFamily: style.getPropertyValue('--font'), color: colour('ink') },
    legend: { textStyle: { color: colour('quiet') }, icon: 'roundRect', itemHeight: 10, itemWidth: 10 },
    grid: { containLabel: true, left: 0, right: 8, top: 32, bottom: 8 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    bar: { label },
    scatter: { label },
    tooltip: {
      backgroundColor: colour('raised'),
      borderColor: colour('hair'),
      textStyle: { color: colour('ink') },
    },
  }
}
