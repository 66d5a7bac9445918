// What a platform, or something between it and us, can answer. In the table: how the answer is bad, how the run stands
// afterwards, how often the platform was asked again at once, and when it will be asked again. In each case the numbers
// that were there stay, and when the platform is well again the next try makes everything right.
//
// The parsers' own tests go further: every byte at which an answer can be cut is in tests/unit/sources/test_ga4_pull.c,
// the limits of the HTTP client in tests/unit/fetch/test_curl.c, Retry-After in test_fetch.c.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { eventually } from '../lib/http.mjs'
import { begin, facts, Mock, only, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { withLog } from '../lib/world.mjs'

const REPORT = /:(batchR|r)unReports?$/
const HOUR = 3600
const PEAK_MB = 400 // of a server that was sent a gigabyte

// ---- bad answers ------------------------------------------------------------------------

const answer =
  (status, body = '', headers = {}) =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const google = (code, status, message = 'a reason') => ({ error: { code, status, message } })
const raw = text => (_, response) => response.socket.end(text)
const inAWhile = (_, response) =>
  answer(429, '', { 'retry-after': new Date(Date.now() + 600e3).toUTCString() })(_, response)

// So many bytes, as fast as they are taken.
const flood = (chunk, times, headers) => (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  let sent = 0
  const go = () => {
    while (sent++ < times) if (!response.write(chunk)) return response.once('drain', go)
    response.end()
  }
  go()
}
const cutAt = share => async (request, response, pass, ask) => {
  const { text } = await ask()
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(text.slice(0, Math.floor(text.length * share)))
}
const change = how => async (request, response, pass, ask) => {
  const { text } = await ask()
  answer(200, how(JSON.parse(text)))(request, response)
}
// Each page says that there are more, and is the first one again.
const more = report => {
  const reports = report.reports ?? [report]
  for (const one of reports) one.rowCount = 5e6
  return report
}
// There are rows, it says, but they are not here.
const emptyPage = report => {
  const reports = report.reports ?? [report]
  for (const one of reports) delete one.rows
  return more(report)
}

// ---- the table --------------------------------------------------------------------------

const LATER = 'pending',
  FAILED = 'failed'
const soon = [0, 35],
  minutes = [20, 3 * 60]

// [what, the answer, the run afterwards, asked again at once (least, most), seconds until it is asked again (least, most)]
const table = [
  ['429 without Retry-After', answer(429), LATER, [0, 0], [290, 400]],
  ['429 with Retry-After: 40', answer(429, '', { 'retry-after': '40' }), LATER, [0, 0], [35, 80]],
  [
    '429 with an absurd Retry-After',
    answer(429, '', { 'retry-after': '99999999999' }),
    LATER,
    [0, 0],
    [5 * HOUR, 6.1 * HOUR],
  ],
  ['429 with a Retry-After of nonsense', answer(429, '', { 'retry-after': 'soon' }), LATER, [0, 0], [290, 400]],
  ['429 with a date', inAWhile, LATER, [0, 0], [550, 700]],
  [
    "429 of the hour's quota",
    answer(429, google(429, 'RESOURCE_EXHAUSTED', 'Exhausted property tokens per hour')),
    LATER,
    [0, 0],
    [600, 2 * HOUR],
  ],
  ['500, again and again', answer(500, google(500, 'INTERNAL')), LATER, [0, 1], minutes],
  ['503 of a proxy', answer(503, '<html>busy</html>'), LATER, [0, 1], minutes],
  ['408', answer(408), LATER, [0, 1], minutes],
  [
    'a log-in page, with status 200',
    answer(200, '<html>Welcome to the hotel</html>', { 'content-type': 'text/html' }),
    LATER,
    [0, 2],
    [0, 3 * 60],
  ],
  ['JSON of another shape', answer(200, '[1, 2, 3]'), LATER, [0, 2], [0, 3 * 60]],
  ['no body', answer(200), LATER, [0, 2], [0, 3 * 60]],
  ...[0.01, 0.3, 0.5, 0.9, 0.999].map(share => [
    `JSON that is cut after ${share * 100} %`,
    cutAt(share),
    LATER,
    [0, 2],
    [0, 3 * 60],
  ]),
  [
    'less than its Content-Length says',
    raw('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"rows"'),
    LATER,
    [0, 2],
    soon,
  ],
  [
    'more than its Content-Length says',
    raw('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{"rows":[]}'),
    LATER,
    [0, 2],
    [0, 3 * 60],
  ],
  [
    'a Content-Length that is no number',
    raw('HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}'),
    LATER,
    [0, 2],
    [0, 3 * 60],
  ],
  ['no HTTP', raw('SSH-2.0-OpenSSH_9.2\r\n'), LATER, [0, 2], [0, 3 * 60]],
  ['a connection that is reset', (_, response) => response.socket.resetAndDestroy(), LATER, [0, 2], soon],
  ['a connection that is closed', (_, response) => response.socket.end(), LATER, [0, 2], soon],
  [
    'a gzip bomb of a gigabyte',
    flood(gzipSync(Buffer.alloc(1 << 28, 32)), 4, { 'content-encoding': 'gzip' }),
    LATER,
    [0, 2],
    [0, 3 * 60],
  ],
  ['broken gzip', flood(Buffer.from('not gzip at all'), 1, { 'content-encoding': 'gzip' }), LATER, [0, 2], [0, 3 * 60]],
  ['a gigabyte', flood(Buffer.alloc(1 << 20, 32), 1024), LATER, [0, 2], [0, 3 * 60]],
  [
    'headers without end',
    (_, response) => {
      response.socket.write('HTTP/1.1 200 OK\r\n')
      for (let n = 0; n < 4000; n++) response.socket.write(`x-${n}: ${'y'.repeat(100)}\r\n`)
    },
    LATER,
    [0, 2],
    [0, 3 * 60],
  ],
  ['pages that go round in a circle', change(more), LATER, [0, 1200], [0, 3 * 60]],
  ['an empty page that says there are more', change(emptyPage), LATER, [0, 10], [0, 3 * 60]],
  ["302 to the cloud's metadata", answer(302, '', { location: 'METADATA' }), LATER, [0, 1], minutes],
  ["308 to the cloud's metadata", answer(308, '', { location: 'METADATA' }), LATER, [0, 1], minutes],
  ['400', answer(400, google(400, 'INVALID_ARGUMENT')), FAILED, [0, 0]],
  ['403', answer(403, google(403, 'PERMISSION_DENIED')), FAILED, [0, 0]],
  ['404', answer(404, google(404, 'NOT_FOUND')), FAILED, [0, 0]],
  ['401, also after a new token', answer(401, google(401, 'UNAUTHENTICATED')), FAILED, [1, 1]],
]

const peakOf = program => Number(readFileSync(`/proc/${program.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1]) / 1024

describe('a platform that answers badly', { concurrency: 6 }, () => {
  let sim, from, whole, metadata
  const visits = []
  before(
    async () => {
      sim = await simulator()
      from = await new Seed('sqlite', {
        sim,
        connections: [only.ga4(await sim.demo())],
        env: { BACKFILL_DAYS: '6' },
      }).make()
      whole = await from.whole()
      metadata = createServer(socket => visits.push(socket.end()))
      await new Promise(done => metadata.listen(0, '127.0.0.1', done))
    },
    { timeout: 240000 },
  )
  after(() => {
    metadata?.close()
    return stopAll(from, sim)
  })

  async function aCase(t, how, body) {
    const mock = await new Mock().start(sim.url)
    const world = await from.start({}, { server: false })
    world.env.GA4_DATA_URL = mock.url
    try {
      await withLog(world, async () => {
        await world.startServer()
        assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
        assert.deepEqual(facts(world), whole)
        mock.answer(REPORT, how)
        await body(world, mock)
      })(t)
    } finally {
      await stopAll(world, mock)
    }
  }

  // Where the run stands when this try of it is over.
  const stands = async (world, id) => {
    let state
    await eventually(
      async () => {
        const [line] = await world.query(
          `SELECT status || '|' || coalesce((julianday(not_before) - julianday('now')) * 86400, -1) || '|' || coalesce(message, '') FROM sync_jobs WHERE id = '${id}'`,
        )
        const [status, seconds, message] = line.split('|')
        state = { status, seconds: Number(seconds), message }
        return status === FAILED || status === 'success' || (status === LATER && state.seconds > -1)
      },
      { ms: 90000, every: 150, why: () => `it neither waits nor has it ended: ${JSON.stringify(state)}` },
    )
    return state
  }

  for (const [what, how, status, again, seconds] of table)
    it(`${what}: the run is ${status}`, { timeout: 480000 }, t => {
      const bound = (...all) => {
        const [request, response] = all
        const writeHead = response.writeHead.bind(response)
        response.writeHead = (code, headers) =>
          writeHead(
            code,
            headers?.location
              ? { ...headers, location: `http://127.0.0.1:${metadata.address().port}/latest/meta-data/` }
              : headers,
          )
        return how(request, response, ...all.slice(2))
      }
      return aCase(t, bound, async (world, mock) => {
        const id = await begin(world, '/v1/sync/ga4/run')
        const state = await stands(world, id)
        assert.equal(state.status, status, state.message)
        assert.ok(state.message.length > 20, state.message)
        const asked = mock.count - 1
        assert.ok(asked >= again[0] && asked <= again[1], `asked again ${asked} times`)
        if (seconds)
          assert.ok(
            state.seconds >= seconds[0] && state.seconds <= seconds[1],
            `it waits for ${state.seconds} s: ${state.message}`,
          )
        assert.deepEqual(facts(world), whole, 'what was there has changed')
        assert.equal((await world.ask('/readyz')).status, 200)
        assert.ok(peakOf(world.server) < PEAK_MB, `${peakOf(world.server)} MB`)
        assert.deepEqual(visits, [], 'the redirect was followed')

        mock.answer()
        if (what.startsWith('401')) {
          assert.equal((await world.query('SELECT status FROM connections'))[0], 'reconnect')
          await world
            .owner()
            .call(`/v1/connections/${(await world.query('SELECT id FROM connections'))[0]}/test`, { method: 'POST' })
          return
        }
        // What a quota has refused is not asked again before its time; a process that starts anew knows nothing of it.
        if (what.includes('quota')) {
          await world.stopServer()
          await world.startServer()
        }
        const next = status === LATER ? id : await begin(world, '/v1/sync/ga4/run')
        assert.equal((await world.ended(next)).status, 'success')
        assert.deepEqual(facts(world), whole)
        await world.assertSettled()
      })
    })

  it('an answer that drips is given up after about a minute, not waited for', { timeout: 150000 }, t =>
    aCase(
      t,
      (request, response) => new Mock().drip(10000)(request, response),
      async (world, mock) => {
        const id = await begin(world, '/v1/sync/ga4/run')
        const begun = Date.now()
        await eventually(() => mock.count >= 2 || /"sync.(retry|later)"/.test(world.server.log), {
          ms: 100000,
          every: 250,
          why: 'it waits on',
        })
        const seconds = (Date.now() - begun) / 1000
        assert.ok(seconds >= 30 && seconds <= 95, `after ${seconds} s`)
        mock.answer()
        assert.equal((await world.ended(id, { ms: 40000 })).status, 'success')
        assert.deepEqual(facts(world), whole)
      },
    ),
  )
})
