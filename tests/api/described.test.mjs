// The description of the API: it lints, it holds the whole route table, and each operation answers as it says.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { description } from '../lib/described.mjs'
import { Events } from '../lib/events.mjs'
import { Mailbox } from '../lib/mailbox.mjs'
import { daysAgo, lastDays, problem, succeeded } from '../lib/http.mjs'
import { root } from '../lib/programs.mjs'
import { routes } from '../lib/routes.mjs'
import { CRON_TOKEN, onBothEngines, onEngine } from '../lib/world.mjs'

const folder = join(root, 'openapi')
const named = routes().map(({ method, path }) => `${method} ${path}`)
const operationsOf = document =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
  )

describe('openapi/', () => {
  const files = readdirSync(folder).filter(name => name.endsWith('.json'))
  const said = files.flatMap(name => Object.keys(JSON.parse(readFileSync(join(folder, name), 'utf8')).operations ?? {}))

  it('describes every route, and nothing that is none', () => {
    assert.deepEqual(
      named.filter(name => !said.includes(name)),
      [],
      'a route of src/api/routes.c is not described: see docs/adding-a-route.md',
    )
    assert.deepEqual(
      said.filter(name => !named.includes(name)),
      [],
      'what is described is no route',
    )
  })
})

onEngine('sqlite', 'the description itself', { sim: null }, (world, test) => {
  const read = async () => succeeded(await world.ask('/openapi.json'))

  test('lints with Redocly: no error and no warning', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        'operation-tag-defined': 'error',
        'no-invalid-schema-examples': { severity: 'error', allowAdditionalProperties: true }, // as the schema itself says
        // The older routes of jobs (/v1/sync/job/{id}) stand beside those of sources (/v1/sync/{source}/meta). No source
        // is called job, so that nobody is ever in doubt.
        'no-ambiguous-paths': 'off',
      },
    })
    const source = JSON.stringify(await read())
    const found = await lintFromString({ source, absoluteRef: join(root, 'openapi.json'), config })
    assert.deepEqual(
      found.map(one => `${one.ruleId}: ${one.message} at ${one.location[0].pointer}`),
      [],
    )
  })

  test('says of every operation what it is called, takes and answers', async () => {
    const operations = operationsOf(await read())
    assert.deepEqual(operations.map(one => one.name).sort(), [...named].sort())
    for (const { name, operationId, tags, summary, parameters, responses, requestBody } of operations) {
      assert.match(operationId ?? '', /^[a-z]+([A-Z][a-z0-9]+|[A-Z])*$/, name)
      assert.ok(tags?.length === 1 && summary, name)
      for (const parameter of parameters) assert.ok(parameter.schema, `${name}: ${parameter.name} has no schema`)
      const good = Object.entries(responses).filter(([status]) => /^[23]/.test(status))
      assert.ok(good.length, `${name} has no success`)
      for (const [status, response] of good)
        for (const [type, { schema }] of Object.entries(response.content ?? {}))
          assert.ok(schema && Object.keys(schema).length, `${name}: ${status} ${type} has no schema`)
      for (const { schema } of Object.values(requestBody?.content ?? {})) assert.ok(schema.$ref, name)
    }
  })

  test('is the same each time', async () => assert.deepEqual(await read(), await read()))
})

const box = await new Mailbox().start()
after(() => box.stop())
const mail = { ...box.environment(), PUBLIC_URL: 'http://daymark.example.org' }
const layout = { version: 1, widgets: [{ id: 'a', key: 'ga4.users', x: 0, y: 0, w: 3, h: 2 }, { id: 'meta.roas' }] }
const RANGE = lastDays(20)
const ours = { 'sec-fetch-site': 'same-origin' }
const password = 'correct horse battery staple'

// Each asks its operations once with success; ask() throws when an answer is not as described.
const walks = {
  'for everybody': async ({ world }) => {
    for (const path of ['/healthz', '/readyz', '/version', '/metrics', '/openapi.json', '/docs', '/', '/v1/auth/setup'])
      succeeded(await world.ask(path))
  },

  'of accounts': async ({ world }) => {
    const as = (cookie, method, path, body) => world.ask(path, { method, body, cookie, headers: ours })
    const [, code] = await world.server.says(/#setup=(\S+)/)
    const owner = { email: 'owner@example.org', password }
    succeeded(await as(undefined, 'POST', '/v1/auth/setup', { code, ...owner }))
    const signedIn = await as(undefined, 'POST', '/v1/auth/login', owner)
    const cookie = signedIn.headers.get('set-cookie').split(';')[0]
    const ask = async (method, path, body, status = 200) => succeeded(await as(cookie, method, path, body), status)

    await ask('GET', '/v1/auth/me')
    await ask('PUT', '/v1/settings', { zone: 'Europe/Berlin', numbers: null })
    await ask('GET', '/v1/settings')
    const { id: token } = await ask('POST', '/v1/auth/tokens', { name: 'front end', expires_in_days: 9 }, 201)
    await ask('GET', '/v1/auth/tokens')
    await ask('DELETE', `/v1/auth/tokens/${token}`)
    await ask('POST', '/v1/auth/password', { current: password, password: password + '!' })
    await ask('GET', '/v1/auth/sessions')
    await ask('DELETE', '/v1/auth/sessions')
    const { id: ben } = await ask('POST', '/v1/users', { email: 'ben@example.org' }, 201)
    await ask('GET', '/v1/users')
    await ask('PATCH', `/v1/users/${ben}`, { role: 'admin' })
    await ask('POST', `/v1/users/${ben}/reset`)
    await ask('DELETE', `/v1/users/${ben}`)
    await ask('POST', '/v1/auth/logout')
  },

  'of the dashboard': async ({ user }) => {
    await user.get('/v1/dashboard/meta')
    succeeded(await user.post('/v1/dashboard/layout', layout))
    const saved = await user.call('/v1/dashboard/layout')
    const headers = { 'if-none-match': saved.headers.get('etag') }
    assert.equal((await user.call('/v1/dashboard/layout', { headers })).status, 304)
    const file = await user.get('/v1/dashboard/layout/export')
    succeeded(await user.post('/v1/dashboard/layout/import?dry=1', { ...file, version: 2 }))
    const { widgets } = await user.get('/v1/widgets')
    const all = widgets.map(widget => widget.key).join(',')
    await user.get(`/v1/dashboard/data?${RANGE}&compare=previous_period&widgets=${all}`)
  },

  'of links': async ({ world, user }) => {
    succeeded(await user.post('/v1/dashboard/layout', layout))
    const wish = { name: 'For Acme', expires_in_days: 3, period: 'last_7_days', sources: 'ga4', insights: true }
    const { id, secret } = succeeded(await user.post('/v1/shares', wish), 201)
    await user.get('/v1/shares')
    for (const path of ['/s', '/v1/shared', '/v1/shared/data', '/v1/shared/insights'])
      succeeded(await world.ask(path, { headers: { authorization: `Share ${secret}` } }))
    succeeded(await user.call(`/v1/shares/${id}`, { method: 'DELETE' }))
  },

  'of widgets': async ({ user }) => {
    const roi = { title: 'ROI', formula: 'meta.revenue / meta.spend', dimension: 'campaign', chart: 'table' }
    await user.get('/v1/metrics')
    succeeded(await user.post(`/v1/widgets/preview?${RANGE}`, roi))
    succeeded(await user.call('/v1/widgets/custom.roi', { method: 'PUT', body: roi }))
    const { widgets } = await user.get('/v1/widgets')
    const shapes = new Set()
    for (const { key, shape, explain } of widgets) {
      shapes.add(shape)
      for (const more of ['', '&compare=previous_period', '&compare=previous_period&sources=ga4'])
        await user.get(`/v1/widgets/${key}?${RANGE}${more}`)
      if (explain.length) await user.get(`/v1/widgets/${key}/explain?${RANGE}`)
      const { status, text } = await user.call(`/v1/widgets/${key}/export?${RANGE}&format=csv`)
      assert.ok(status === 200 && text.includes(','), key)
    }
    assert.deepEqual([...shapes].sort(), ['breakdown', 'funnel', 'metrics', 'pair', 'ratio', 'series', 'table'])
    succeeded(await user.call('/v1/widgets/custom.roi', { method: 'DELETE' }))
    problem(await user.call(`/v1/widgets/ga4.nothing?${RANGE}`), 404, 'unknown-widget')
  },

  'of insights, also for assistants': async ({ user }) => {
    const { facts } = await user.get(`/v1/insights?${RANGE}&sensitivity=high`)
    assert.ok(facts.length)
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_widgets' } }
    assert.equal(succeeded(await user.post('/mcp', call)).result.isError, false)
    assert.equal((await user.post('/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' })).status, 202)
    assert.equal((await user.call('/mcp', { method: 'POST', raw: 'no' })).json.error.code, -32700)
  },

  'of targets and annotations': async ({ user }) => {
    const wanted = { widget: 'ga4.sessions', period: 'month', value: 30000 }
    const note = { date: daysAgo(9), end: daysAgo(8), text: 'Sale', widget: 'ga4.sessions' }
    for (const [path, body, change] of [
      ['/v1/targets', wanted, { value: 40000 }],
      ['/v1/annotations', note, { end: null }],
    ]) {
      const { id } = succeeded(await user.post(path, body), 201)
      await user.get(path)
      await user.get(`${path}/${id}`)
      succeeded(await user.call(`${path}/${id}`, { method: 'PATCH', body: change }))
      // A day alone lies within the target's window, so that the answer carries both marks.
      const { target, annotations } = await user.get(
        `/v1/widgets/ga4.sessions?startDate=${daysAgo(9)}&endDate=${daysAgo(9)}`,
      )
      assert.ok(path === '/v1/targets' ? target : annotations)
      succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
    }
  },

  'of reports and alerts': async ({ world, user }) => {
    const recipients = [`a-${world.engine}@example.org`]
    for (const [path, body, change] of [
      [
        '/v1/reports',
        { name: 'Weekly', recipients, repeats: 'weekly' },
        { repeats: 'monthly', day: 31, active: false },
      ],
      ['/v1/alerts', { name: 'Odd', recipients, kind: 'unusual_day' }, { kind: 'target_missed', when: 'projected' }],
    ]) {
      const { id } = succeeded(await user.post(path, body), 201)
      await user.get(path)
      await user.get(`${path}/${id}`)
      succeeded(await user.call(`${path}/${id}`, { method: 'PATCH', body: change }))
      if (path === '/v1/reports') {
        assert.equal((await user.call(`${path}/${id}/preview`)).status, 200)
        succeeded(await user.call(`${path}/${id}/send`, { method: 'POST' }), 202)
        assert.equal((await user.get(`${path}/${id}/mails`)).mails.length, 1)
        const [{ raw }] = await box.for(recipients[0])
        const way = raw.match(/<http:\/\/daymark\.example\.org(\/unsubscribe\/\S+)>/)[1]
        assert.equal((await world.ask(way)).status, 200)
        const body = { method: 'POST', raw: 'List-Unsubscribe=One-Click' }
        assert.equal((await world.ask(way, body)).status, 200)
        assert.equal((await user.get(`${path}/${id}`)).left.length, 1)
        succeeded(await user.call(`${path}/${id}`, { method: 'PATCH', body: { recipients, readmit: recipients } }))
      } else await user.get(`${path}/${id}/mails`)
      succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
    }
  },

  'of connections': async ({ world, user, other }) => {
    const { connections } = await user.get('/v1/connections')
    const path = `/v1/connections/${connections.find(one => one.source === 'ga4').id}`
    await user.get(path)
    succeeded(await user.post(`${path}/test`))
    assert.equal((await user.get(`${path}/reconcile?${lastDays(3)}`)).source, 'ga4')
    succeeded(await user.call(path, { method: 'PATCH', body: { status: 'paused' } }))
    succeeded(await user.call(path, { method: 'DELETE' }))

    await other.get('/v1/connect')
    const given = succeeded(await other.post('/v1/connect/ga4/credential', { credential: world.credential() }), 201)
    const accounts = `/v1/connect/${given.id}/accounts`
    const [first] = (await other.get(accounts)).accounts
    succeeded(await other.post(accounts, { external_ids: [first.external_id] }), 201)
    succeeded(await world.accountsToChoose(world.user(), 'meta'))
  },

  'of demo data': async ({ world }) => {
    const guest = world.user()
    const { job_id: id } = succeeded(await guest.post('/v1/demo', {}), 202)
    succeeded(await guest.call(`/v1/sync/job/${id}/cancel`, { method: 'POST' }), 202)
    await guest.finished(id)
    succeeded(await guest.call('/v1/demo', { method: 'DELETE' }))
  },

  'of syncs': async ({ world, user, job }) => {
    const { id } = job
    await user.get('/v1/sync/jobs?limit=5')
    const one = await user.call(`/v1/sync/ga4/job/${id}`)
    const headers = { 'if-none-match': one.headers.get('etag') }
    assert.equal((await user.call(`/v1/sync/ga4/job/${id}`, { headers })).status, 304)
    await user.get('/v1/sync/meta/meta')
    await user.finished(succeeded(await user.call('/v1/sync/instagram/run', { method: 'POST' }), 202).job_id)
    for (const path of [`/v1/sync/job/${id}/events`, `/v1/sync/all/job/${id}/events`]) await followed(world, user, path)
    const cron = { headers: { 'x-cron-token': CRON_TOKEN } }
    for (const source of ['all', 'ga4'])
      for (const method of ['GET', 'POST']) {
        const { status } = await world.ask(`/v1/sync/${source}/daily`, { method, ...cron })
        assert.ok([200, 202].includes(status), `${method} ${source}: ${status}`)
      }
  },
}

// A stream is read by other means than ask(), and so looked at here: each event is a job.
async function followed(world, user, path) {
  const stream = await Events.open(world.url, path, { token: user.token })
  await stream.until(({ ended }) => ended, 'the stream of an ended job did not end')
  const told = await description(world.url)
  const faults = told.faults({
    path,
    answer: { status: stream.status, headers: new Headers(stream.headers), text: stream.text },
  })
  for (const job of stream.states) faults.push(...(told.why('#/components/schemas/Job', job) ?? []))
  assert.ok(stream.states.length)
  assert.deepEqual(faults, [])
}

onBothEngines(
  'every operation',
  { together: true, sim: ['--days', '60'], env: { BACKFILL_DAYS: '45', ...mail } },
  (world, test) => {
    const walk = { world }

    test('begins with numbers of all sources', async () => {
      walk.user = world.user()
      walk.other = world.user()
      await walk.user.connectAll()
      walk.job = await walk.user.sync('/v1/sync/all/run')
      assert.equal(walk.job.status, 'success')
    })

    for (const [title, body] of Object.entries(walks)) test(`answers as described: those ${title}`, () => body(walk))

    test('was looked at', async () => {
      const { document, checked } = await description(world.url)
      const good = id => [...(checked.get(id) ?? [])].some(status => status < 400)
      assert.deepEqual(
        operationsOf(document)
          .filter(({ operationId }) => !good(operationId))
          .map(({ name }) => name),
        [],
        'no test here has asked these with success: add them to the walks',
      )
    })
  },
)

describe('an answer that is not as described', () => {
  const document = {
    paths: {
      '/v1/x/{id}': {
        get: {
          operationId: 'getX',
          responses: {
            200: {
              headers: { Location: { $ref: '#/components/headers/Location' } },
              content: { 'application/json': { schema: { $ref: '#/components/schemas/X' } } },
            },
            default: { content: { 'application/problem+json': { schema: { type: 'object', required: ['code'] } } } },
          },
        },
      },
    },
    components: {
      headers: { Location: { required: true, schema: { type: 'string', pattern: '^/' } } },
      schemas: { X: { type: 'object', additionalProperties: false, properties: { n: { type: ['number', 'null'] } } } },
    },
  }
  const good = { status: 200, type: 'application/json', location: '/x', body: { n: 1 } }

  const look = async changes => {
    const { Description } = await import('../lib/described.mjs')
    const { status, type, location, body } = { ...good, ...changes }
    const headers = new Headers({ 'content-type': type, ...(location && { location }) })
    return new Description(document).faults({
      path: '/v1/x/7',
      answer: { status, headers, text: JSON.stringify(body), json: body },
    })
  }

  it('is told from one that is', async () => {
    assert.deepEqual(await look({}), [])
    assert.deepEqual(await look({ status: 404, type: 'application/problem+json', body: { code: 'x' } }), [])
    for (const bad of [
      { body: { n: '1' } },
      { body: { n: 1, more: 2 } },
      { type: 'text/html' },
      { status: 201 },
      { location: null },
      { location: 'x' },
      { status: 404 },
      { status: 404, type: 'application/problem+json', body: {} },
    ])
      assert.equal((await look(bad)).length, 1, JSON.stringify(bad))
  })
})
