// A whole dashboard of twelve widgets that have to be asked: its round trips to PostgreSQL, counted by a proxy, and its
// time against pgbench with the twelve questions in one pipeline.
//
//   dashboard.mjs [seconds a round] [rounds]
import { createServer, connect } from 'node:net'
import { randomUUID } from 'node:crypto'
import { succeeded } from '../tests/lib/http.mjs'
import { inWorld } from './lib/world.mjs'
import { alternate, costed, micro, perSecond, pgbench, row, wrk } from './lib/measure.mjs'
import { fillAll } from './lib/rows.mjs'

const seconds = Number(process.argv[2] ?? 2)
const rounds = Number(process.argv[3] ?? 5)
const user = randomUUID()
const KEYS = ['ga4.users', 'ga4.sessions', 'ga4.conv_rate', 'ga4.traffic_channels', 'ga4.landing_pages', 'ga4.revenue',
  'meta.roas', 'meta.cost_metrics', 'meta.campaigns', 'ig.engagement_rate', 'ig.followers', 'corr.spend_vs_sessions'] // prettier-ignore
const path = '/v1/dashboard/data?compare=previous_period&'

// Stands between the server and PostgreSQL and counts, for each connection, how often an answer follows a question.
async function countingProxy(target) {
  const counts = []
  const server = createServer(client => {
    const own = counts.push(0) - 1
    const database = connect(Number(target.port), target.hostname)
    let asked = false
    client.on('data', data => {
      asked = true
      database.write(data)
    })
    database.on('data', data => {
      if (asked) counts[own]++
      asked = false
      client.write(data)
    })
    for (const [one, other] of [
      [client, database],
      [database, client],
    ]) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return { server, counts, port: server.address().port }
}

// Round trips of one dashboard: those of the connection that carried most of them.
async function roundTrips(world) {
  const target = new URL(world.database.url)
  const proxy = await countingProxy(target)
  const through = new URL(target)
  through.port = proxy.port
  await world.stopServer()
  Object.assign(world.env, { DATABASE_URL: through.href, WORKERS: '1' })
  await world.startServer()
  const ask = n => world.user(user).get(`${path}startDate=2024-03-${10 + n}&endDate=2024-05-01`)
  await ask(0) // prepares the statements
  const before = [...proxy.counts]
  for (let n = 1; n <= 10; n++) await ask(n)
  const most = Math.max(...proxy.counts.map((count, i) => count - (before[i] ?? 0)))
  await world.stopServer()
  proxy.server.close()
  delete world.env.DATABASE_URL
  delete world.env.WORKERS
  await world.startServer()
  return most / 10
}

await inWorld('postgresql', {}, async (world, folder) => {
  fillAll(world.database, user)
  world.database.ask('ANALYZE')
  const widgets = KEYS.map(key => ({ id: key, size: 'm' }))
  succeeded(await world.user(user).post('/v1/dashboard/layout', { widgets, version: 1 }))
  row('dashboard of 12, round trips to PostgreSQL', (await roundTrips(world)).toFixed(1), '', '', '', '<= 1')
  const options = { folder, seconds, pipeline: true }
  const names = KEYS.map(key => `widgets/${key.replace('.', '_')}`)
  wrk(world, user, path, { folder, seconds: 1, connections: 8 })
  const result = await alternate(
    rounds,
    () => costed(world, seconds, () => wrk(world, user, path, { ...options, connections: 8 })),
    () => costed(world, seconds, () => pgbench(world, names, user, options)),
  )
  row('dashboard of 12, pgbench with a pipeline', `${perSecond(result.ours)}, ${micro(result.cost)}`, perSecond(result.theirs),
    result.rateRatio, result.costRatio) // prettier-ignore
})
