// A front-end developer's program, typed by what the server says of itself (tests/api/client.test.mjs generates api.d.ts
// beside it). What must not compile is marked: a mark that is not needed is an error too.
import createClient from 'openapi-fetch'
import type { components, paths } from './api'

declare const process: { env: Record<string, string | undefined> }

type Schemas = components['schemas']

const { SERVER, TOKEN } = process.env
const api = createClient<paths>({ baseUrl: SERVER!, headers: { Authorization: `Bearer ${TOKEN}` } })
const query = { startDate: process.env.START!, endDate: process.env.END!, compare: 'previous_period' } as const

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`)
  return value
}

// Which shape it is, is known by what it has.
function describe(answer: Schemas['WidgetAnswer']): string {
  if ('breakdown' in answer) return `${answer.breakdown.length} parts`
  if ('items' in answer) return `${answer.items.length} of ${answer.total_items} items`
  if ('metrics' in answer) return Object.keys(answer.metrics).join()
  if ('steps' in answer) return answer.steps.map(step => step.key).join()
  if ('lag' in answer) return `lag ${answer.lag?.days ?? 'unknown'}`
  return `${answer.series[0]?.points.length ?? 0} days`
}

async function look() {
  const { widgets } = need((await api.GET('/v1/widgets')).data, 'registry')
  const shapes: Partial<Record<Schemas['Widget']['shape'], string>> = {}
  for (const { key, shape } of widgets) {
    const { data } = await api.GET('/v1/widgets/{key}', { params: { path: { key }, query } })
    shapes[shape] = describe(need(data, key))
  }
  return shapes
}

async function board() {
  const layout: Schemas['Layout'] = { version: 1, widgets: [{ id: 'a', key: 'ga4.sessions' }] }
  await api.POST('/v1/dashboard/layout', { body: layout })
  const { widgets } = need((await api.GET('/v1/dashboard/data', { params: { query } })).data, 'dashboard')
  return need(widgets['a'], 'widget').stats.value
}

async function annotate() {
  const body = { date: query.startDate, text: 'Sale began', source: 'meta' as const }
  const note = need((await api.POST('/v1/annotations', { body })).data, 'note')
  const params = { path: { id: note.id } }
  const { data } = await api.DELETE('/v1/annotations/{id}', { params })
  const { error } = await api.GET('/v1/annotations/{id}', { params })
  return { text: note.text, deleted: data?.ok, gone: error?.code satisfies string | undefined }
}

// A problem's code is one of those that the operation has.
async function refused() {
  const { error } = await api.POST('/v1/targets', { body: { widget: 'no.such', period: 'month', value: 1 } })
  if (!error) throw new Error('it was not refused')
  switch (error.code) {
    case 'unknown-widget':
      return { status: error.status, detail: error.detail }
    // @ts-expect-error: no target is answered so
    case 'last-admin':
    default:
      throw new Error(error.detail)
  }
}

// Never called: it only has to be compiled.
export async function wrong() {
  // @ts-expect-error: there is no such route
  await api.GET('/v1/widget')
  // @ts-expect-error: endDate is missing
  await api.GET('/v1/widgets/{key}', { params: { path: { key: 'ga4.users' }, query: { startDate: '2026-01-01' } } })
  // @ts-expect-error: nothing is compared sideways
  await api.GET('/v1/dashboard/data', { params: { query: { ...query, compare: 'sideways' } } })
  // @ts-expect-error: a note has a text
  await api.POST('/v1/annotations', { body: { date: '2026-01-01' } })
  // @ts-expect-error: and no colour
  const note: Schemas['NewAnnotation'] = { date: '2026-01-01', text: 'x', colour: 'red' }
  await api.POST('/v1/annotations', { body: note })
  const { data } = await api.GET('/v1/dashboard/meta')
  // @ts-expect-error: it may be null
  data!.last_sync_at.slice(0, 10)
  const answer = (await api.GET('/v1/widgets/{key}', { params: { path: { key: 'x' }, query } })).data!
  // @ts-expect-error: not every answer has parts
  answer.breakdown.length
  // @ts-expect-error: a value that is not known is null
  answer.stats.value.toFixed(2)
}

console.log(
  JSON.stringify({ shapes: await look(), value: await board(), note: await annotate(), refused: await refused() }),
)
