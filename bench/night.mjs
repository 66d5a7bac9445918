// How long a night takes: the accounts of so many users, each call of a platform answered after 300 ms, read by 1, 4, 16 and 64
// at once. node bench/night.mjs [users] [engine] [readers...]
import { eventually, succeeded } from '../tests/lib/http.mjs'
import { CRON_TOKEN, World } from '../tests/lib/world.mjs'
import { processorTime } from './lib/measure.mjs'

const users = Number(process.argv[2] ?? 20)
const engine = process.argv[3] ?? 'postgresql'
const sizes = process.argv.length > 4 ? process.argv.slice(4).map(Number) : [1, 4, 16, 64]
const LATENCY = 300
const slow = ms => ({ slow: ms, meta_slow: ms, ig_slow: ms })

const world = await new World(engine, {
  sim: ['--days', '100'],
  env: { BACKFILL_DAYS: '60', LOG_REQUESTS: 'off' },
}).start()
try {
  const people = Array.from({ length: users }, () => world.user())
  for (const user of people) {
    await user.connectAll()
    await user.sync('/v1/sync/all/run')
  }
  // All users have the same property here, whose quotas are for one.
  await world.sim.set({
    ...slow(LATENCY),
    quota_concurrent: 1000,
    quota_hour: 1e9,
    quota_project_hour: 1e9,
    quota_day: 1e9,
  })
  for (const readers of sizes) {
    await world.stopServer()
    world.env.SYNC_READERS = String(readers)
    world.database.ask('DELETE FROM sync_ledger')
    world.database.ask('DELETE FROM sync_jobs')
    await world.startServer()
    const [cpu, begun] = [processorTime(world), Date.now()]
    const { job_id: id } = succeeded(
      await world.ask('/v1/sync/all/daily', { headers: { 'x-cron-token': CRON_TOKEN } }),
      202,
    )
    const status = () => world.database.ask(`SELECT status FROM sync_jobs WHERE id = '${id}'`)[0]
    await eventually(() => ['success', 'failed'].includes(status()), { ms: 3600000, every: 200 })
    const seconds = (Date.now() - begun) / 1000
    console.log(
      `${String(readers).padStart(2)} readers: ${users} users in ${seconds.toFixed(1)} s, ${((users / seconds) * 7200).toFixed(0)} in two hours;`,
      `${((processorTime(world) - cpu) / users).toFixed(3)} s of processor a user; ${status()}`,
    )
  }
} finally {
  await world.stop()
}
