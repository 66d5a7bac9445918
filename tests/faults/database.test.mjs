// PostgreSQL goes away, in all the ways it has, in the middle of a job. The process stays up, says what is wrong without
// running in circles, is well again within 30 s of its database, and the job ends as if nothing had happened.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ask, eventually } from '../lib/http.mjs'
import { begin, facts, Network, Postgres, Seed, simulator, Watch, stopAll } from '../lib/faults.mjs'
import { sleep, whyNot } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const HEAL_MS = 30000
const LINES_A_SECOND = 4 // two runners, a ticker and a heartbeat that each say what they could not do
const CPU = 0.25

describe('PostgreSQL goes away', { skip: whyNot('postgresql'), concurrency: true }, () => {
  let sim
  before(
    async () => {
      sim = await simulator()
      await sim.set({ slow: 150, meta_slow: 150, ig_slow: 150 })
    },
    { timeout: 240000 },
  )
  after(() => sim?.stop())

  // Is the whole of it well: every worker reads, and every runner can take a job?
  async function heals(world, mended) {
    const user = world.owner()
    await eventually(
      async () => {
        const looks = await Promise.all([1, 2, 3, 4].map(() => user.call('/v1/connections', { signal: null })))
        return looks.every(({ status }) => status === 200) && (await world.ask('/readyz')).status === 200
      },
      { ms: HEAL_MS + 5000, every: 250, why: 'it does not heal' },
    )
    const took = Date.now() - mended
    assert.ok(took <= HEAL_MS, `it took ${took} ms to heal`)
    return took
  }

  // Something happens to the database for a while, in the middle of a job.
  async function outage(t, world, { strike, mend, seconds }) {
    const whole = await world.from.whole()
    const id = await begin(world)
    await eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, { every: 20 })
    const watch = new Watch(world.server)
    await strike()
    await sleep(seconds * 1000)
    const { lines, cpu } = watch.look()
    t.diagnostic(`${seconds} s: ${lines} lines, ${cpu.toFixed(2)} s of CPU`)
    assert.ok(world.server.running, 'the process has ended')
    assert.equal((await ask(world.url, '/healthz')).status, 200)
    assert.ok(lines <= seconds * LINES_A_SECOND + 20, `${lines} lines in ${seconds} s`)
    assert.ok(cpu <= seconds * CPU, `${cpu} s of CPU in ${seconds} s`)
    await mend()
    t.diagnostic(`well again after ${await heals(world, Date.now())} ms`)
    await sim.set({ slow: 0, meta_slow: 0, ig_slow: 0 })
    await eventually(
      async () => {
        await world.leaseRunsOut()
        return world.ended(id, { ms: 60000 }).catch(() => null)
      },
      { ms: 300000, why: 'the job did not end' },
    )
    const job = await world.job(id)
    assert.equal(job.status, 'success', job.message)
    assert.deepEqual(facts(world), whole)
    await world.assertSettled()
  }

  const story = (title, own, body) =>
    it(title, { timeout: 480000 }, async t => {
      const postgres = own ? await new Postgres().start() : null
      let from, world
      try {
        from = await new Seed('postgresql', { sim, server: postgres?.url }).make()
        world = await from.start({}, { server: false })
        await withLog(world, () => body(t, world, postgres))(t)
      } finally {
        await stopAll(world, from, postgres)
      }
    })

  story('it is killed with -9, and starts again', true, async (t, world, postgres) => {
    await world.startServer()
    await outage(t, world, { seconds: 8, strike: () => postgres.kill9(), mend: () => postgres.again() })
  })

  story('every connection is terminated, again and again', false, async (t, world) => {
    await world.startServer()
    let going = true,
      striking
    const strike = async () => {
      const others =
        'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
      striking = (async () => {
        while (going) {
          await world.query(others)
          await sleep(300)
        }
      })()
    }
    const mend = async () => {
      going = false
      await striking
    }
    await outage(t, world, { seconds: 6, strike, mend })
  })

  // On a server of its own: others would wait for the stopped ones whenever they make or drop a database.
  story('the process that serves a statement is stopped', true, async (t, world) => {
    await world.startServer()
    let stopped = []
    const strike = async () => {
      const pids = await world.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'daymark'",
      )
      stopped = pids.map(Number)
      for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    }
    const mend = async () => stopped.forEach(pid => process.kill(pid, 'SIGCONT'))
    await outage(t, world, { seconds: 10, strike, mend })
  })

  story('the network swallows everything, and old connections never come back', false, async (t, world) => {
    const network = await new Network().start(world.database.url)
    try {
      world.env.DATABASE_URL = network.url
      await world.startServer()
      await outage(t, world, { seconds: 10, strike: () => network.cut(), mend: () => network.mend() })
    } finally {
      await world.stopServer()
      world.server = null
      await network.stop()
    }
  })

  story('it becomes read-only, as after a failover', true, async (t, world) => {
    await world.startServer()
    const set = value => async () => {
      await world.query(`SET default_transaction_read_only = off`)
      for (const sql of [`ALTER SYSTEM SET default_transaction_read_only = ${value}`, 'SELECT pg_reload_conf()'])
        await world.query(sql)
    }
    await outage(t, world, {
      seconds: 8,
      strike: async () => {
        await set('on')()
        await sleep(500)
        const user = world.owner()
        assert.equal((await user.call('/v1/connections')).status, 200, 'what only reads goes on')
        const refused = await user.call('/v1/sync/ga4/run', { method: 'POST' })
        assert.ok([202, 503].includes(refused.status), `${refused.status}: ${refused.text}`)
      },
      mend: set('off'),
    })
  })
})
