// Several instances on one PostgreSQL. A barrage of cron calls at all of them starts each source's date once; whoever
// was accepted is run once; the others take over what one of them leaves; and a paused one that comes back has lost.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ask, eventually, succeeded } from '../lib/http.mjs'
import { begin, cron, facts, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep, whyNot } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const SOURCES = ['ga4', 'meta', 'instagram']
const paths = [...SOURCES, 'all'].map(source => `/v1/sync/${source}/daily`)
const skip = whyNot('postgresql')

// n servers on a copy of the seed's database; each asks its own of these simulators (Google: all ask the first, which
// knows its tokens)
async function fleet(from, n, [sim, ...more] = []) {
  const world = await from.start(sim && { sim })
  const servers = [{ program: world.server, url: world.url }]
  for (; servers.length < n; more.shift())
    servers.push(await world.launch(more.length ? { META_GRAPH_URL: more[0].url } : {}))
  return { world, servers }
}

const startsOf = (servers, id) =>
  servers.reduce(
    (sum, { program }) =>
      sum + program.log.split(`"sync.started"`).filter(part => part.split('\n')[0].includes(id)).length,
    0,
  )

const at = (world, source) =>
  eventually(
    async () =>
      (
        await world.query(
          `SELECT count(*) FROM sync_steps s JOIN connections c ON c.id = connection_id WHERE c.source = '${source}' AND s.status = 'running'`,
        )
      )[0] === '1',
    { every: 20, why: `it does not get to ${source}` },
  )

const lost = id =>
  new RegExp(`"level":"error","event":"sync.broken","message":"[^"]*(another|lease)[^"]*","job":"${id}"`)

// Who runs the job, as its log says.
const runnerOf = (servers, id) =>
  eventually(() => servers.find(({ program }) => new RegExp(`"sync.started".*${id}`).test(program.log)), {
    every: 10,
    why: 'nobody runs it',
  })

// Each daily run that was accepted, by its id: the sources it has claimed.
async function ledger(world) {
  const lines = await world.query('SELECT source, run_date, job_id FROM sync_ledger ORDER BY 1, 2')
  return lines.map(line => Object.fromEntries(['source', 'date', 'job'].map((name, n) => [name, line.split('|')[n]])))
}

// Accounts are read in this order. A simulator that makes each request for one source wait holds a job there until it
// is let go, however slow the machine.
const SLOW = { ga4: 'slow', instagram: 'ig_slow', meta: 'meta_slow' }
const hold = (sim, source) => sim.set({ [SLOW[source]]: 30000 })
const letGo = (sim, source) => sim.set({ [SLOW[source]]: 0 })

const aFleet = (from, n, body, sims) => async test => {
  const { world, servers } = await fleet(from(), n, sims)
  try {
    await withLog(world, () => body(world, servers))(test)
  } finally {
    await world.stop()
  }
}

// Two of them, and a job that one of them holds at a source: body(world, id, its runner, the other, letGo). Each asks a
// simulator of its own, so that they are let go one by one: letGo(runner).
const inTheMiddle = (from, source, body) => async test => {
  const sims = [await simulator(), await simulator()]
  try {
    for (const sim of sims) await hold(sim, source)
    const story = async (world, servers) => {
      const id = await begin(world)
      const runner = await runnerOf(servers, id)
      await at(world, source)
      const other = servers.find(one => one !== runner)
      await body(world, id, runner, other, server => letGo(sims[servers.indexOf(server)], source))
    }
    await aFleet(from, 2, story, sims)(test)
  } finally {
    await stopAll(...sims)
  }
}

describe('several instances on one PostgreSQL', { skip, concurrency: true }, () => {
  let sim, slow, from, whole
  before(
    async () => {
      sim = await simulator()
      slow = await simulator()
      await slow.set({ slow: 150, meta_slow: 150, ig_slow: 150 })
      from = await new Seed('postgresql', { sim }).make()
      whole = await from.whole()
    },
    { timeout: 480000 },
  )
  after(() => stopAll(from, sim, slow))

  const barrage = n => async (world, servers) => {
    const calls = Array.from({ length: 160 }, (_, k) => [servers[k % n].url, paths[(k * 7) % paths.length]])
    const answers = await Promise.all(calls.map(([url, path]) => ask(url, path, cron)))
    for (const { status, text } of answers) assert.ok([200, 202].includes(status), `${status}: ${text}`)
    const accepted = answers.filter(({ status }) => status === 202).map(({ json }) => json.job_id)
    assert.equal(new Set(accepted).size, accepted.length, 'a job was accepted twice')
    for (const { json } of answers) assert.ok(accepted.includes(json.job_id), 'a job that nobody started')

    for (const id of accepted) assert.deepEqual((await world.ended(id, { hurry: false })).status, 'success')
    const claims = await ledger(world)
    assert.deepEqual(
      claims.map(({ source }) => source),
      [...SOURCES].sort(),
      'one row a source for this date',
    )
    assert.deepEqual(new Set(claims.map(({ job }) => job)), new Set(accepted))
    for (const id of accepted) {
      assert.equal(startsOf(servers, id), 1, 'it was run more than once')
      assert.equal((await world.job(id)).attempt, 1)
    }
    const rows = await world.query(
      "SELECT count(*), count(DISTINCT run_key) FROM sync_jobs WHERE trigger IN ('cron', 'daily')",
    )
    assert.equal(rows[0], `${accepted.length}|${accepted.length}`)
    assert.equal((await world.query('SELECT count(*) FROM sync_steps'))[0], '3', 'a connection was read by two of them')
    assert.deepEqual(facts(world), whole)

    for (const { url } of servers)
      for (const path of paths) assert.equal(succeeded(await ask(url, path, cron)).status, 'already-done')
    await world.assertSettled()
  }
  for (const n of [2, 4])
    it(
      `${n} of them under a barrage of cron calls: one job a date and source, each run once`,
      { timeout: 480000 },
      aFleet(() => from, n, barrage(n)),
    )

  it('the same run asked of two of them at once is one job', { timeout: 240000 }, test =>
    aFleet(
      () => from,
      2,
      async (world, servers) => {
        const token = world.owner().token
        const asked = Array.from({ length: 40 }, (_, k) =>
          ask(servers[k % 2].url, '/v1/sync/ga4/run', { method: 'POST', token }),
        )
        const ids = new Set((await Promise.all(asked)).map(answer => succeeded(answer, 202).job_id))
        for (const id of ids) assert.equal((await world.ended(id)).status, 'success')
        for (const id of ids) assert.equal(startsOf(servers, id), 1)
        // A second job can only have begun after the first had ended.
        const overlaps = await world.query(
          'SELECT count(*) FROM sync_jobs a JOIN sync_jobs b ON a.id < b.id WHERE a.created_at < b.finished_at AND b.created_at < a.finished_at',
        )
        assert.equal(overlaps[0], '0', 'two active jobs of one source')
      },
      [slow],
    )(test),
  )

  it(
    'one dies in the middle of a job, and another finishes it',
    { timeout: 480000 },
    inTheMiddle(
      () => from,
      'instagram',
      async (world, id, dead, alive, goOn) => {
        await kill(world, dead)
        await goOn(alive)
        await world.leaseRunsOut()
        const job = await world.ended(id)
        assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 2 })
        assert.equal(startsOf([alive], id), 1)
        assert.deepEqual(facts(world), whole)
        await world.assertSettled()
      },
    ),
  )

  it('a dead one is found when its lease has run out, within 120 s, and not before', { timeout: 600000 }, test =>
    inTheMiddle(
      () => from,
      'instagram',
      async (world, id, dead, alive, goOn) => {
        const died = Date.now()
        await kill(world, dead)
        await goOn(alive)
        await eventually(() => startsOf([alive], id) === 1, { ms: 125000, every: 200, why: 'nobody took it over' })
        const found = (Date.now() - died) / 1000
        assert.ok(found <= 120, `it was found after ${found} s`)
        assert.ok(found >= 60, `after ${found} s its lease had not run out: it could have been alive`)
        assert.equal((await world.ended(id)).status, 'success')
        assert.deepEqual(facts(world), whole)
        test.diagnostic(`found after ${found.toFixed(1)} s`)
      },
    )(test),
  )

  it(
    'one that was paused past its lease is fenced: it writes nothing, and says so',
    { timeout: 600000 },
    inTheMiddle(
      () => from,
      'instagram',
      async (world, id, paused, other, goOn) => {
        paused.program.child.kill('SIGSTOP')
        try {
          await goOn(paused)
          await goOn(other)
          await eventually(() => startsOf([other], id) === 1, { ms: 125000, every: 200, why: 'nobody took it over' })
          assert.equal((await world.ended(id)).status, 'success')
          assert.deepEqual(facts(world), whole)
          await leaveMarks(world)
        } finally {
          paused.program.child.kill('SIGCONT')
        }
        await saysThatItLost(paused, id, world)
        assert.equal((await ask(paused.url, '/readyz')).status, 200, 'it serves on')
      },
    ),
  )

  it(
    'one that comes back while another has its job leaves it to the other',
    { timeout: 480000 },
    inTheMiddle(
      () => from,
      'meta',
      async (world, id, stale, other, goOn) => {
        stale.program.child.kill('SIGSTOP')
        try {
          await goOn(stale)
          await world.leaseRunsOut()
          await eventually(() => startsOf([other], id) === 1, { ms: 60000, why: 'nobody took it over' })
          await at(world, 'meta')
        } finally {
          stale.program.child.kill('SIGCONT')
        }
        // Both are at the same account of the same running job now: only the token in each write tells them apart.
        await stale.program.says(lost(id), { from: 'log', ms: 60000 })
        await goOn(other)
        const job = await world.ended(id)
        assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 2 })
        assert.match(other.program.log, new RegExp(`"sync.finished".*${id}`))
        assert.deepEqual(facts(world), whole)
      },
    ),
  )

  // Without waiting: the lease is taken away under a worker that believes in it by its own clock, and what it comes
  // back to has ended.
  for (const [moment, source] of [
    ['that has just begun', 'ga4'],
    ['that has written days', 'instagram'],
    ['at its last account', 'meta'],
  ])
    it(
      `a worker ${moment} and loses its lease cannot write any more`,
      { timeout: 480000 },
      inTheMiddle(
        () => from,
        source,
        async (world, id, stale, other, goOn) => {
          stale.program.child.kill('SIGSTOP')
          try {
            await goOn(stale)
            await goOn(other)
            await world.leaseRunsOut()
            const job = await world.ended(id)
            assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 2 })
            assert.deepEqual(facts(world), whole)
            await leaveMarks(world)
          } finally {
            stale.program.child.kill('SIGCONT')
          }
          await saysThatItLost(stale, id, world)
        },
      ),
    )

  async function kill(world, { program }) {
    if (program === world.server) await world.crash()
    else await program.stop('SIGKILL')
  }

  // A stale worker would write the same numbers again, and nobody would see it: so they are made different.
  async function leaveMarks(world) {
    await world.query('UPDATE ga4_daily SET sessions = 987654321')
    await world.query('UPDATE meta_daily SET impressions = 987654321')
    await world.query('UPDATE ig_daily SET reach = 987654321')
    await world.query("UPDATE connections SET last_error = 'mark'")
    await world.query("UPDATE sync_jobs SET message = 'mark', progress_done = 77, progress_total = 77")
    await world.query("UPDATE sync_steps SET message = 'mark', rows = 77")
  }
  async function assertMarks(world) {
    const none = async sql =>
      assert.equal((await world.query(`SELECT count(*) FROM ${sql}`))[0], '0', `it has written: ${sql}`)
    await none('ga4_daily WHERE sessions <> 987654321')
    await none('meta_daily WHERE impressions <> 987654321')
    await none('ig_daily WHERE reach <> 987654321')
    await none("connections WHERE last_error IS DISTINCT FROM 'mark' OR lease_token IS NOT NULL")
    await none("sync_jobs WHERE message <> 'mark' OR progress_done <> 77 OR status <> 'success'")
    await none("sync_steps WHERE message <> 'mark' OR rows <> 77 OR status <> 'success'")
  }
  // However it ends the job: first nothing of it may have been written, then it must have been said.
  async function saysThatItLost({ program }, id, world) {
    await program.says(new RegExp(`"sync.(broken|finished|later)".*${id}`), { from: 'log', ms: 60000 })
    await sleep(3000) // whatever else it might have in mind
    await assertMarks(world)
    assert.match(program.log, lost(id))
  }
})
