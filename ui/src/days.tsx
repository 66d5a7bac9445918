// A chart's days as a table: the same figures, for those who don't see the chart or want to
// read it exactly. Newest day first.
import { change, dayNamed, exact, rangeText } from './format.ts'
import type { Line, Plot } from './plot.ts'
import { texts } from './texts.ts'

interface Props {
  title: string
  plot: Plot
  currency: string | null
}

export function moved(line: Line, day: number): string {
  const value = line.values[day] ?? null,
    before = line.before?.[day] ?? null
  return value !== null && before ? change((value - before) / before, value, line.unit).text : ''
}

/** One line: the day beside the one it is compared with. */
function Pairs({ plot, currency }: Props) {
  const line = plot.lines[0]!
  const before = line.before && plot.daysBefore
  return (
    <>
      <thead>
        <tr>
          <th scope="col">{texts.day}</th>
          <th scope="col">{line.name}</th>
          {before && <th scope="col">{texts.beforeThat}</th>}
          {before && <th scope="col">{texts.change}</th>}
        </tr>
      </thead>
      <Rows plot={plot}>
        {day => (
          <>
            <td>{exact(line.values[day] ?? null, line.unit, currency)}</td>
            {before && (
              <td class="quiet" title={dayNamed(before[day]!)}>
                {exact(line.before![day] ?? null, line.unit, currency)}
              </td>
            )}
            {before && <td class="quiet">{moved(line, day)}</td>}
          </>
        )}
      </Rows>
    </>
  )
}

/** Several: a column each, and their total. */
function Columns({ plot, currency }: Props) {
  const lines = plot.total ? [...plot.lines, plot.total] : plot.lines
  return (
    <>
      <thead>
        <tr>
          <th scope="col">{texts.day}</th>
          {lines.map(line => (
            <th scope="col" key={line.name}>
              {line.name}
            </th>
          ))}
        </tr>
      </thead>
      <Rows plot={plot}>
        {day => lines.map(line => <td key={line.name}>{exact(line.values[day] ?? null, line.unit, currency)}</td>)}
      </Rows>
    </>
  )
}

function Rows({ plot, children }: { plot: Plot; children: (day: number) => preact.ComponentChildren }) {
  const order = plot.days.map((_, i) => plot.days.length - 1 - i)
  return (
    <tbody>
      {order.map(day => (
        <tr key={day}>
          <th scope="row">
            {dayNamed(plot.days[day]!)}
            {day >= plot.provisional && <span class="quiet"> {texts.provisionalShort}</span>}
          </th>
          {children(day)}
        </tr>
      ))}
    </tbody>
  )
}

export function DayTable(props: Props) {
  const { title, plot } = props
  const range = rangeText({ start: plot.days[0]!, end: plot.days.at(-1)! })
  const label = texts.tableOf(title, range)
  return (
    <div class="table-frame day-table" tabIndex={0} role="group" aria-label={label}>
      <table>
        <caption class="hidden">{label}</caption>
        {plot.lines.length === 1 ? <Pairs {...props} /> : <Columns {...props} />}
      </table>
    </div>
  )
}
