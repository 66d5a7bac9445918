// Lists in cards: parts of a whole with their share, and tables with bars in the cells.
import { Delta, goodOf } from './delta.tsx'
import { dayYear, exact, shareText } from './format.ts'
import { OTHER_HUE, type Plot } from './plot.ts'
import { texts, word } from './texts.ts'
import type { Answer, Part, Unit, WidgetKind } from './model.ts'

function Bar({ share, hue }: { share: number; hue: number }) {
  return (
    <span class="bar" aria-hidden="true">
      <i class={`hue-${hue}`} style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  )
}

/** The parts wear the colours they have in the chart; those it put together are grey. */
export function Parts({
  parts,
  plot,
  unit,
  currency,
}: {
  parts: Part[]
  plot: Plot | null
  unit: Unit
  currency: string | null
}) {
  const hues = new Map(plot?.lines.map(line => [line.name, line.hue]))
  const ordered = [...parts].sort((a, b) => b.value - a.value)
  const most = Math.max(...ordered.map(part => part.value), 0)
  const compared = ordered.some(part => part.delta !== null)
  return (
    <div class="table-frame" tabIndex={0}>
      <table>
        <thead class="hidden">
          <tr>
            <th scope="col">{texts.columns['name']}</th>
            <th scope="col">{texts.columns['value']}</th>
            <th scope="col">{texts.share}</th>
            {compared && <th scope="col">{texts.change}</th>}
          </tr>
        </thead>
        <tbody>
          {ordered.map(part => {
            const hue = hues.get(part.name) ?? OTHER_HUE
            return (
              <tr key={part.name}>
                <th scope="row">
                  <span class="cell-name">
                    <i class={`swatch hue-${hue}`} aria-hidden="true" />
                    <span title={part.name}>{part.name}</span>
                  </span>
                  <Bar share={most > 0 ? part.value / most : 0} hue={hue} />
                </th>
                <td>{exact(part.value, unit, currency)}</td>
                <td class="quiet">{part.share === null ? '' : shareText(part.share)}</td>
                {compared && (
                  <td>
                    {part.delta !== null && <Delta delta={part.delta} value={part.value} unit={unit} good="up" />}
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

const NAMES = ['name', 'landing_page', 'campaign', 'caption', 'title']
const RATES = /rate|ctr|share/
const MONEY = /spend|revenue|cpc|cpm|cpa|cost/
const unitOf = (column: string): Unit =>
  RATES.test(column) ? 'percent' : MONEY.test(column) ? 'money' : column === 'roas' ? 'ratio' : 'count'

/** A column is worth a place if it is a figure and has a name of its own. */
function figures(items: Record<string, unknown>[]): string[] {
  const all = [...new Set(items.flatMap(item => Object.keys(item)))]
  return all.filter(
    column => word(texts.columns, column) !== undefined && items.some(item => typeof item[column] === 'number'),
  )
}

function Item({
  item,
  name,
  columns,
  most,
  currency,
}: {
  item: Record<string, unknown>
  name: string
  columns: string[]
  most: number
  currency: string | null
}) {
  const posted = typeof item['posted_at'] === 'string' ? dayYear(item['posted_at'].slice(0, 10)) : ''
  const text = String(item[name] ?? '') || posted || '\u2013'
  const first = columns[0],
    weight = first ? Number(item[first] ?? 0) : 0
  return (
    <tr>
      <th scope="row">
        <span class="cell-name">
          <span title={text}>{text}</span>
        </span>
        <Bar share={most > 0 ? weight / most : 0} hue={1} />
      </th>
      {columns.map(column => (
        <td>{exact(typeof item[column] === 'number' ? item[column] : null, unitOf(column), currency)}</td>
      ))}
    </tr>
  )
}

export function Items({
  items,
  room,
  currency,
}: {
  items: Record<string, unknown>[]
  room: number
  currency: string | null
}) {
  const name = NAMES.find(column => items.some(item => item[column])) ?? 'name'
  const columns = figures(items).slice(0, room)
  const most = columns[0] ? Math.max(...items.map(item => Number(item[columns[0]!] ?? 0)), 0) : 0
  return (
    <div class="table-frame" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.columns[name] ?? texts.columns['name']}</th>
            {columns.map(column => (
              <th scope="col">{texts.columns[column]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item, i) => (
            <Item key={i} item={item} name={name} columns={columns} most={most} currency={currency} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The side figures of a widget: CPC, CPM, CTR, CPA. */
export function Metrics({
  metrics,
  kind,
  currency,
}: {
  metrics: NonNullable<Answer['metrics']>
  kind: WidgetKind
  currency: string | null
}) {
  return (
    <dl class="metrics">
      {Object.entries(metrics).map(([name, { value, delta }]) => (
        <div key={name}>
          <dt>{word(texts.columns, name) ?? name}</dt>
          <dd>
            {exact(value, unitOf(name), currency)}{' '}
            {delta !== null && <Delta delta={delta} value={value} unit={unitOf(name)} good={goodOf(kind, name)} />}
          </dd>
        </div>
      ))}
    </dl>
  )
}
