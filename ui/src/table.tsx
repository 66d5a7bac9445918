// Lists in cards: parts of a whole with their share, and tables with bars in the cells.
import { Delta, goodOf, whyOf } from './delta.tsx'
import { dayYear, exact, shareText } from './format.ts'
import { isUnit, OTHER_HUE, type Plot } from './plot.ts'
import { texts, word } from './texts.ts'
import type { Answer, Field, Part, Unit, WidgetKind } from './model.ts'

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
  kind,
  currency,
}: {
  parts: Part[]
  plot: Plot | null
  kind: WidgetKind
  currency: string | null
}) {
  const { unit } = kind
  const hues = new Map(plot?.lines.map(line => [line.name, line.hue]))
  const size = (part: Part) => part.value ?? 0
  const ordered = [...parts].sort((a, b) => size(b) - size(a))
  const most = Math.max(...ordered.map(size), 0)
  const compared = ordered.some(part => part.delta !== null)
  return (
    <div class="table-frame" tabIndex={0} role="group" aria-label={kind.title}>
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
                  <Bar share={most > 0 ? size(part) / most : 0} hue={hue} />
                </th>
                <td>{exact(part.value, unit, currency)}</td>
                <td class="quiet">{part.share === null ? '' : shareText(part.share)}</td>
                {compared && (
                  <td>
                    {part.delta !== null && (
                      <Delta delta={part.delta} value={part.value} unit={unit} good={goodOf(kind)} />
                    )}
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

/** What a row is called by: the first text that people read. */
const UNREADABLE = new Set(['id', 'permalink', 'media_type', 'product_type', 'currency'])
const nameOf = (columns: Field[]): Field | undefined =>
  columns.find(column => column.unit === 'text' && !UNREADABLE.has(column.key) && !column.key.endsWith('_id'))

type Row = Record<string, unknown>
const figure = (item: Row, key: string) => (typeof item[key] === 'number' ? item[key] : null)

function nameText(item: Row, name: Field | undefined): string {
  const posted = item['posted_at']
  const text = name ? String(item[name.key] ?? '').trim() : ''
  return text || (typeof posted === 'string' ? dayYear(posted.slice(0, 10)) : '\u2013')
}

interface ItemProps {
  item: Row
  name: Field | undefined
  columns: Field[]
  most: number
  currency: string | null
}

function Item({ item, name, columns, most, currency }: ItemProps) {
  const text = nameText(item, name)
  const weight = columns[0] ? (figure(item, columns[0].key) ?? 0) : 0
  const own = typeof item['currency'] === 'string' ? item['currency'] : currency
  return (
    <tr>
      <th scope="row">
        <span class="cell-name">
          <span title={text}>{text}</span>
        </span>
        <Bar share={most > 0 ? weight / most : 0} hue={1} />
      </th>
      {columns.map(column => (
        <td key={column.key}>{exact(figure(item, column.key), column.unit as Unit, own)}</td>
      ))}
    </tr>
  )
}

interface ItemsProps {
  answer: Answer
  kind: WidgetKind
  room: number // columns of figures
  currency: string | null
}

export function Items({ answer, kind, room, currency }: ItemsProps) {
  const { items = [], columns = kind.fields } = answer
  const name = nameOf(columns)
  const shown = columns.filter(column => isUnit(column.unit)).slice(0, room)
  const most = shown[0] ? Math.max(...items.map(item => figure(item, shown[0]!.key) ?? 0), 0) : 0
  return (
    <div class="table-frame" tabIndex={0} role="group" aria-label={kind.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{name?.title ?? texts.columns['name']}</th>
            {shown.map(column => (
              <th scope="col" key={column.key}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item, i) => (
            <Item key={i} item={item} name={name} columns={shown} most={most} currency={currency} />
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
      {Object.entries(metrics).map(([name, { value, delta }]) => {
        const field = kind.fields.find(one => one.key === name)
        const unit = isUnit(field?.unit) ? field.unit : 'count'
        const good = goodOf(kind, name)
        return (
          <div key={name}>
            <dt>{field?.title ?? word(texts.columns, name) ?? name}</dt>
            <dd>
              {exact(value, unit, currency)}{' '}
              {delta !== null && <Delta delta={delta} value={value} unit={unit} good={good} why={whyOf(kind, name)} />}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
