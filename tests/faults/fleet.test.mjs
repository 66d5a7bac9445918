// Three instances behind HAProxy, one PostgreSQL through PgBouncer that shares sessions between transactions, and Redis.
// While people read, write and sync, an instance is killed, then Redis, then PgBouncer. What was acknowledged is there,
// what was read was right, and what failed was on its way just then.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { ask, eventually, lastDays, mint, succeeded } from '../lib/http.mjs'
import { cron, facts, FINAL, Seed, simulator, sleep, stopAll } from '../lib/faults.mjs'
import { whyNot } from '../lib/programs.mjs'
import { documented, Front, Pooler, replaced } from '../lib/fronts.mjs'
import { Redis } from '../lib/redis.mjs'

const SOURCES = ['ga4', 'meta', 'instagram']
const LOAD_MS = 9000
const FRESH_MS = 20000 // docs/scaling.md promises about a second; a kept answer would live for 90
const READERS = 6

const widgets = ['ga4.sessions', 'ga4.users', 'ga4.traffic_channels', 'meta.spend', 'meta.roas', 'ig.reach']
const paths = widgets.flatMap(key => [7, 14, 28].map(n => `/v1/widgets/${key}?${lastDays(n)}`))
const noted = paths[1]

// An answer without what moves while the numbers stay: the user's notes, and when they were last read.
function parts(text) {
  const { annotations = [], quality, ...rest } = JSON.parse(text)
  delete quality.as_of
  return { numbers: JSON.stringify({ ...rest, quality }), notes: annotations.map(one => one.text) }
}

const haproxy = servers =>
  new Front('haproxy', port =>
    replaced(documented('deploy.md', 'haproxy'), [
      ['maxconn 20000', 'maxconn 2000'],
      [':443 ssl crt /etc/haproxy/dash.example.org.pem alpn h2,http/1.1', `127.0.0.1:${port}`],
      ...['10.0.0.11', '10.0.0.12', '10.0.0.13'].map((address, n) => [`${address}:8080`, new URL(servers[n].url).host]),
    ]),
  )

describe('three instances behind HAProxy, PgBouncer and Redis', { skip: whyNot('postgresql') }, () => {
  let sim, seed, world, pooler, servers, front
  let whole, truth // of one server that nobody disturbs
  const redis = new Redis()

  before(
    async () => {
      sim = await simulator()
      seed = await new Seed('postgresql', { sim }).make()
      const undisturbed = await seed.start()
      try {
        assert.equal((await undisturbed.owner().sync('/v1/sync/all/run')).status, 'success')
        whole = facts(undisturbed)
        const answers = await Promise.all(paths.map(path => undisturbed.owner().get(path).then(JSON.stringify)))
        truth = new Map(paths.map((path, n) => [path, parts(answers[n]).numbers]))
      } finally {
        await undisturbed.stop()
      }
      world = await seed.start({}, { server: false })
      pooler = await new Pooler().start(world.database.url)
      await redis.start()
      Object.assign(world.env, { DATABASE_URL: pooler.url, REDIS_URL: redis.url, TRUSTED_PROXIES: '127.0.0.1' })
      servers = [await world.launch(), await world.launch(), await world.launch()]
      front = await haproxy(servers).start()
      world.url = `http://127.0.0.1:${front.port}`
    },
    { timeout: 480000 },
  )
  after(() => stopAll(front, world, pooler, redis, seed, sim))

  it('each knows the pooler, and the client behind HAProxy', { timeout: 240000 }, async () => {
    for (const { program } of servers) await program.says(/"news\.reading"/, { from: 'log' })
    for (const { url } of servers) succeeded(await ask(url, '/readyz'))
    // Whoever guesses is known by his own address, whatever he says of himself; nobody else has to wait.
    const guess = (from, n) => askFrom(from, front.port, { 'x-cron-token': 'no', 'x-forwarded-for': `198.51.100.${n}` })
    const twenty = from => Promise.all(Array.from({ length: 20 }, (_, n) => guess(from, n)))
    for (let n = 0, refused = false; !refused; n++) {
      refused = (await twenty('127.0.0.3')).includes(429)
      assert.ok(n < 100, 'guessing is never refused')
    }
    assert.deepEqual(new Set(await twenty('127.0.0.4')), new Set([403]))
  })

  it('lose nothing and say nothing wrong while they are killed', { timeout: 480000 }, async test => {
    const token = mint({ sub: seed.user_id })
    const failures = [] // { at, status, what }
    let peace = Infinity // until something is done to them
    const jobs = new Set()
    const notes = { acknowledged: [], tried: [] }
    const layouts = { tried: [], acknowledged: -1, user: mint({ sub: randomUUID() }) }
    let reads = 0,
      unchanged = 0
    const call = async (what, path, options = {}, url = world.url) => {
      const answer = await ask(url, path, { token, ...options }).catch(error => ({
        status: 0,
        text: String(error.cause),
      }))
      if (answer.status === 0 || answer.status >= 500)
        failures.push({
          at: Date.now(),
          status: answer.status,
          what: `${what} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`,
        })
      return answer
    }

    // The first run comes to its end, so that from here on each answer is known.
    assert.equal((await world.owner().sync('/v1/sync/all/run')).status, 'success')
    assert.deepEqual(facts(world), whole)
    await sim.set({ slow: 30, meta_slow: 30, ig_slow: 30 })

    const end = Date.now() + LOAD_MS
    const during = async (every, work) => {
      for (let n = 0; Date.now() < end; n++) {
        await work(n)
        await sleep(every)
      }
    }
    const etags = new Map()
    const read = async n => {
      const path = paths[n % paths.length]
      const seen = n % 2 ? etags.get(path) : undefined
      const answer = await call('read', path, seen ? { headers: { 'if-none-match': seen } } : {})
      if (answer.status === 304) unchanged++
      if (answer.status === 304 && seen) assert.equal(answer.headers.get('etag'), seen)
      if (answer.status !== 200) return
      reads++
      const { numbers, notes: shown } = parts(answer.text)
      assert.equal(numbers, truth.get(path), `a wrong answer to ${path}`)
      assertInOrder(shown, notes)
      etags.set(path, answer.headers.get('etag'))
    }
    const note = async n => {
      const text = `note ${n}`
      notes.tried.push(text)
      const answer = await call('note', '/v1/annotations', { method: 'POST', body: { date: seed.noteDay, text } })
      if (answer.status === 201) notes.acknowledged.push(text)
      else assert.ok(answer.status === 0 || answer.status >= 500, `${answer.status} ${answer.text}`)
    }
    const arrange = async n => {
      layouts.tried.push({ widgets: [{ id: 'ga4.sessions', size: 'm' }], version: n + 1 })
      const body = layouts.tried[n]
      const answer = await call('layout', '/v1/dashboard/layout', { method: 'POST', body, token: layouts.user })
      if (answer.status === 200) layouts.acknowledged = n
      else assert.ok(answer.status === 0 || answer.status >= 500, `${answer.status} ${answer.text}`)
    }
    const alive = () => servers.filter(({ program }) => program.running)
    const sync = async n => {
      const { url } = alive()[n % alive().length]
      const answer = await call('sync', `/v1/sync/${SOURCES[n % 3]}/run`, { method: 'POST' }, url)
      if (answer.status === 202) jobs.add(answer.json.job_id)
      else assert.ok([0, 409, 503].includes(answer.status) || answer.status >= 500, `${answer.status} ${answer.text}`)
    }
    const nightly = async () => {
      const answers = await Promise.all(
        alive().map(({ url }) => call('cron', '/v1/sync/all/daily', { ...cron, token: undefined }, url)),
      )
      for (const { status, json } of answers) if ([200, 202].includes(status)) jobs.add(json.job_id)
    }
    const mischief = async () => {
      await sleep(2000)
      peace = Date.now()
      await servers[1].program.stop('SIGKILL')
      await sleep(1500)
      await redis.kill()
      await sleep(1500)
      await redis.start()
      await sleep(1000)
      await pooler.restart()
    }

    seed.noteDay = noted.match(/endDate=([\d-]+)/)[1]
    await Promise.all([
      ...Array.from({ length: READERS }, (_, k) => during(12, n => read(n + k * 5))),
      during(120, note),
      during(60, arrange),
      during(700, sync),
      during(2500, nightly),
      mischief(),
    ])
    await sim.set({ slow: 0, meta_slow: 0, ig_slow: 0 })

    // What failed was on its way when something was done to them, and says so.
    for (const { at, what, status } of failures) {
      assert.ok(at >= peace, `out of the blue: ${what}`)
      assert.ok([0, 502, 503, 504].includes(status), what)
    }
    const done = {
      reads,
      unchanged,
      notes: notes.acknowledged.length,
      layouts: layouts.acknowledged + 1,
      jobs: jobs.size,
    }
    for (const [what, n] of Object.entries(done)) assert.ok(n > 0, `there were no ${what}`)
    for (const url of [...alive().map(one => one.url), world.url])
      await eventually(async () => (await ask(url, '/readyz')).status === 200)
    const failed = failures.length
    await Promise.all(Array.from({ length: 60 }, (_, n) => read(n)))
    await note(notes.tried.length)
    assert.deepEqual(failures.slice(failed), [], 'it has not recovered')

    // Nothing is lost: jobs, each ended once, by whomever.
    for (const id of jobs) {
      const { status, message } = await ended(id)
      assert.equal(status, 'success', message)
      const ends = servers.reduce((sum, { program }) => sum + endsIn(program, id), 0)
      assert.ok(ends <= 1, `${id} has ended ${ends} times`)
    }
    await world.assertSettled()
    assert.deepEqual(facts(world), whole)

    // Writes: each that was acknowledged is there, once, on every instance that is left, within the promised time.
    for (const { url } of alive()) succeeded(await ask(url, noted, { token })) // each keeps an answer without it
    const begun = Date.now()
    const last = succeeded(await world.owner().post('/v1/annotations', { date: seed.noteDay, text: 'the last' }), 201)
    for (const { url } of alive())
      await eventually(async () => parts((await ask(url, noted, { token })).text).notes.includes('the last'), {
        ms: FRESH_MS,
        every: 20,
        why: `${url} shows an old answer after ${FRESH_MS} ms`,
      })
    test.diagnostic(`every instance knew after ${Date.now() - begun} ms`)
    const { annotations } = await world.owner().get('/v1/annotations')
    const stored = annotations.filter(({ id }) => id !== last.id).map(({ text }) => text)
    assert.equal(new Set(stored).size, stored.length, 'a note is there twice')
    assert.deepEqual(
      notes.acknowledged.filter(text => !stored.includes(text)),
      [],
      'acknowledged, and lost',
    )
    assert.deepEqual(
      stored.filter(text => !notes.tried.includes(text)),
      [],
    )
    for (const { url } of alive()) {
      const { version } = succeeded(await ask(url, '/v1/dashboard/layout', { token: layouts.user }))
      assert.ok(version >= layouts.acknowledged + 1, `layout ${version} of ${layouts.acknowledged + 1}`)
    }
    for (const { program } of alive()) assert.doesNotMatch(program.log, /sync\.hangs|Sanitizer/)
    test.diagnostic(
      `${reads} read, ${unchanged} unchanged, ${notes.acknowledged.length} notes, ${layouts.acknowledged + 1} layouts, ` +
        `${jobs.size} jobs, ${failures.length} failures: ${failures
          .map(({ what }) => what)
          .join(' | ')
          .slice(0, 1500)}`,
    )
  })

  // Does one of those that live say that it works on the job?
  const isWorkedOn = id =>
    servers.some(({ program }) => {
      const last = program.log.split('\n').findLast(line => line.includes('"event":"sync.') && line.includes(id))
      return program.running && last?.includes('"sync.started"')
    })

  // What the dead one had in hand, also what it had only just claimed: the 90 seconds of its lease pass.
  async function leaseOfTheDeadRunsOut(id) {
    const past = "clock_timestamp() - interval '1 second'"
    const running = `id = '${id}' AND status = 'running' AND claimed_at < clock_timestamp() - interval '5 seconds'`
    if (isWorkedOn(id)) return
    await world.query(
      `UPDATE connections SET lease_until = ${past} WHERE lease_token IN (SELECT lease_token FROM sync_jobs WHERE ${running})`,
    )
    await world.query(`UPDATE sync_jobs SET lease_until = ${past} WHERE ${running}`)
  }

  async function ended(id) {
    let job
    await eventually(
      async () => {
        if (FINAL.includes((job = await world.job(id)).status)) return true
        await leaseOfTheDeadRunsOut(id)
        await world.retryNow()
        return false
      },
      { ms: 180000, every: 200, why: () => `the job did not end: ${JSON.stringify(job)}` },
    )
    return job
  }

  // The status of a refused cron call from another address of this machine.
  const askFrom = (localAddress, port, headers) =>
    new Promise((done, failed) => {
      const request = get({ port, host: '127.0.0.1', localAddress, headers, path: '/v1/sync/all/daily' }, answer => {
        answer.resume()
        done(answer.statusCode)
      })
      request.on('error', failed)
    })

  const endsIn = (program, id) =>
    program.log.split('\n').filter(line => line.includes('"sync.finished"') && line.includes(id)).length

  // Notes appear in the order in which they were acknowledged: one that is shown has all before it.
  function assertInOrder(shown, { acknowledged, tried }) {
    for (const text of shown) assert.ok(tried.includes(text), `a note that nobody wrote: ${text}`)
    const last = Math.max(-1, ...shown.map(text => tried.indexOf(text)))
    for (const text of acknowledged)
      if (tried.indexOf(text) < last) assert.ok(shown.includes(text), `${text} is missing beside later ones`)
  }
})
