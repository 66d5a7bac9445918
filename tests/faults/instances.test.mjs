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
const AT_META =
  "SELECT count(*) FROM sync_steps s JOIN connections c ON c.id = connection_id WHERE c.source = 'meta' AND s.status = 'running'"

// n servers on a copy of the seed's database
async function fleet(from, n, options = {}) {
  const world = await from.start(options)
  const servers = [{ program: world.server, url: world.url }]
  while (servers.length < n) servers.push(await world.launch())
  return { world, servers }
}

const startsOf = (servers, id) =>
  servers.reduce(
    (sum, { program }) =>
      sum + program.log.split(`"sync.started"`).filter(part => part.split('\n')[0].includes(id)).length,
    0,
  )

const atMeta = world =>
  eventually(async () => (await world.query(AT_META))[0] === '1', { every: 20, why: 'it does not get to Meta' })

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

const aFleet = (context, from, n, body, options) => async test => {
  const { world, servers } = await fleet(from(), n, options?.())
  try {
    await withLog(world, () => body(world, servers))(test)
  } finally {
    await world.stop()
  }
}

describe('several instances on one PostgreSQL', { skip, concurrency: true }, () => {
  let sim, slow, patient, from, whole
  before(
    async () => {
      sim = await simulator()
      slow = await simulator()
      await slow.set({ slow: 150, meta_slow: 150, ig_slow: 150 })
      patient = await simulator()
      await patient.set({ meta_slow: 3000 })
      from = await new Seed('postgresql', { sim }).make()
      whole = await from.whole()
    },
    { timeout: 480000 },
  )
  after(() => stopAll(from, sim, slow, patient))

  for (const n of [2, 4])
    it(
      `${n} of them under a barrage of cron calls: one job a date and source, each run once`,
      { timeout: 480000 },
      test =>
        aFleet(
          test,
          () => from,
          n,
          async (world, servers) => {
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
            assert.equal(
              (await world.query('SELECT count(*) FROM sync_steps'))[0],
              '3',
              'a connection was read by two of them',
            )
            assert.deepEqual(facts(world), whole)

            for (const { url } of servers)
              for (const path of paths) assert.equal(succeeded(await ask(url, path, cron)).status, 'already-done')
            await world.assertSettled()
          },
        )(test),
    )

  it('the same run asked of two of them at once is one job', { timeout: 240000 }, test =>
    aFleet(
      test,
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
      () => ({ sim: slow }),
    )(test),
  )

  it('one dies in the middle of a job, and another finishes it', { timeout: 480000 }, test =>
    aFleet(
      test,
      () => from,
      2,
      async (world, servers) => {
        const id = await begin(world)
        const dead = await runnerOf(servers, id)
        const alive = servers.find(one => one !== dead)
        await eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, {
          every: 20,
        })
        await kill(world, dead)
        await world.leaseRunsOut()
        const job = await world.ended(id)
        assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 2 })
        assert.equal(startsOf([alive], id), 1)
        assert.deepEqual(facts(world), whole)
        await world.assertSettled()
      },
      () => ({ sim: slow }),
    )(test),
  )

  it('a dead one is found when its lease has run out, within 120 s, and not before', { timeout: 600000 }, test =>
    aFleet(
      test,
      () => from,
      2,
      async (world, servers) => {
        const id = await begin(world)
        const dead = await runnerOf(servers, id)
        await eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, {
          every: 20,
        })
        const died = Date.now()
        await kill(world, dead)
        const alive = servers.find(one => one !== dead)
        await eventually(() => startsOf([alive], id) === 1, { ms: 125000, every: 200, why: 'nobody took it over' })
        const found = (Date.now() - died) / 1000
        assert.ok(found <= 120, `it was found after ${found} s`)
        assert.ok(found >= 60, `after ${found} s its lease had not run out: it could have been alive`)
        assert.equal((await world.ended(id)).status, 'success')
        assert.deepEqual(facts(world), whole)
        test.diagnostic(`found after ${found.toFixed(1)} s`)
      },
      () => ({ sim: slow }),
    )(test),
  )

  it('one that was paused past its lease is fenced: it writes nothing, and says so', { timeout: 600000 }, test =>
    aFleet(
      test,
      () => from,
      2,
      async (world, servers) => {
        const id = await begin(world)
        const paused = await runnerOf(servers, id)
        const other = servers.find(one => one !== paused)
        await eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, {
          every: 20,
        })
        paused.program.child.kill('SIGSTOP')
        try {
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
      () => ({ sim: slow }),
    )(test),
  )

  it('one that comes back while another has its job leaves it to the other', { timeout: 480000 }, test =>
    aFleet(
      test,
      () => from,
      2,
      async (world, servers) => {
        const id = await begin(world)
        const stale = await runnerOf(servers, id)
        const other = servers.find(one => one !== stale)
        await atMeta(world)
        stale.program.child.kill('SIGSTOP')
        try {
          await world.leaseRunsOut()
          await eventually(() => startsOf([other], id) === 1, { ms: 60000, why: 'nobody took it over' })
          await atMeta(world)
        } finally {
          stale.program.child.kill('SIGCONT')
        }
        // Both are at the same account of the same running job now: only the token in each write tells them apart.
        await stale.program.says(lost(id), { from: 'log', ms: 60000 })
        const job = await world.ended(id)
        assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 2 })
        assert.match(other.program.log, new RegExp(`"sync.finished".*${id}`))
        assert.deepEqual(facts(world), whole)
      },
      () => ({ sim: patient }),
    )(test),
  )

  // Without waiting: the lease is taken away under a worker that believes in it by its own clock, and what it comes
  // back to has ended.
  for (const [moment, reached, of = () => slow] of [
    ['that has just begun', async () => {}],
    [
      'that has written days',
      async world =>
        eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, { every: 20 }),
    ],
    [
      'at its last account',
      atMeta,
      () => patient,
    ],
  ])
    it(`a worker ${moment} and loses its lease cannot write any more`, { timeout: 480000 }, test =>
      aFleet(
        test,
        () => from,
        2,
        async (world, servers) => {
          const id = await begin(world)
          const stale = await runnerOf(servers, id)
          await reached(world)
          stale.program.child.kill('SIGSTOP')
          try {
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
        () => ({ sim: of() }),
      )(test),
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
