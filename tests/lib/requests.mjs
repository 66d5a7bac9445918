// A request to every route there is, as somebody would send it: with parameters and a body that make sense.
import { randomUUID } from 'node:crypto'
import { daysAgo, lastDays } from './http.mjs'
import { CRON_TOKEN } from './world.mjs'

export const range = lastDays(30)
const bodies = {
  'POST /v1/auth/login': { email: 'a@example.org', password: 'a password' },
  'POST /v1/auth/setup': { code: 'abc', email: 'a@example.org', password: 'a password' },
  'POST /v1/auth/tokens': { name: 'mine', expires_in_days: 3 },
  'POST /v1/auth/password': { old: 'a', new: 'b' },
  'POST /v1/users': { email: 'ben@example.org', role: 'user' },
  'PATCH /v1/users/{id}': { role: 'user' },
  'PUT /v1/settings': { zone: 'Europe/Berlin', week_start: 'monday', numbers: null },
  'POST /v1/dashboard/layout': { version: 3, widgets: [{ id: 'a', key: 'ga4.users', x: 0, y: 0, w: 3, h: 2 }] },
  'POST /v1/dashboard/layout/import': {
    version: 3,
    widgets: [{ id: 'a', key: 'custom.cac' }],
    custom: { 'custom.cac': { title: 'CAC', formula: 'meta.spend / ga4.conversions' } },
  },
  'POST /v1/widgets/preview': { title: 'Seen', formula: 'meta.spend / ga4.conversions', dimension: 'day' },
  'PUT /v1/widgets/{key}': { title: 'Made', formula: '1000 * meta.spend / meta.impressions', unit: 'percent' },
  'POST /mcp': {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'get_widget', arguments: { key: 'meta.roas' } },
  },
  'POST /v1/targets': { widget: 'ga4.sessions', period: 'range', start: daysAgo(30), end: daysAgo(3), value: 1000 },
  'PATCH /v1/targets/{id}': { value: 5 },
  'POST /v1/annotations': { date: daysAgo(20), end: daysAgo(19), text: 'a note', widget: 'ga4.users' },
  'PATCH /v1/annotations/{id}': { text: 'another' },
  'POST /v1/connections': {
    source: 'ga4',
    external_id: '123456',
    credential: { type: 'refresh_token', refresh_token: 'CANARY-refresh' },
    verify: false,
  },
  'PATCH /v1/connections/{id}': {
    status: 'paused',
    credential: { type: 'refresh_token', refresh_token: 'CANARY-other' },
  },
  'POST /v1/connect/{source}/credential': { credential: { type: 'access_token', access_token: 'CANARY-access' } },
  'POST /v1/connect/{id}/accounts': { accounts: ['123456'] },
}
const queries = {
  reconcile: range,
  data: `${range}&compare=previous_period&widgets=ga4.users`,
  annotations: range,
  jobs: 'limit=3&before=2026-01-01T00:00:00Z',
}
queries.explain = `${range}&by=campaign`
queries.insights = `${range}&sensitivity=high`
queries.callback = 'state=abc&code=def'
queries.export = `${range}&format=csv`
queries.targets = `date=${daysAgo(10)}`

const segments = {
  '{source}': ['ga4', 'meta', 'instagram', 'all'],
  '{key}': ['ga4.sessions', 'meta.roas', 'ig.content_perf', 'custom.cac'],
}

// { method, path, headers: [[name, value]], body: text }. ids: of things that are there; pick: one of a list.
export function requestFor(route, { ids, token, host, pick }) {
  const body = bodies[`${route.method} ${route.path}`]
  const path = route.path.replace(/\{\w+\}/g, name => pick(segments[name] ?? [...ids, randomUUID()]))
  const query = queries[route.path.split('/').at(-1)] ?? (route.path === '/v1/widgets/{key}' ? range : '')
  const headers = [
    ['Host', host],
    ['Authorization', `Bearer ${token}`],
    ['Connection', 'close'],
    ...(body
      ? [
          ['Content-Type', 'application/json'],
          ['Accept', 'application/json, text/event-stream'],
        ]
      : []),
    ...(route.policy === 'cron' ? [['X-CRON-TOKEN', CRON_TOKEN]] : []),
  ]
  return { method: route.method, path: query ? `${path}?${query}` : path, headers, body: body && JSON.stringify(body) }
}

// Adds what requests may be about, and says its ids.
export async function idsOf(user) {
  const note = await user.post('/v1/annotations', { date: daysAgo(10), text: 'a note' })
  const target = await user.post('/v1/targets', { widget: 'ga4.users', period: 'week', value: 9 })
  const { connections } = await user.get('/v1/connections')
  return [note.json.id, target.json.id, ...connections.map(one => one.id)]
}
