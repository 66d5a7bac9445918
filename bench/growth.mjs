// What a widget costs when others have more rows, and when its own user has. Four servers, each on a database of its
// own, take turns, so that what disturbs the machine disturbs all of them.
//
//   growth.mjs [whole seconds a round] [rounds] [rows of others] [engine]
//
// One connection, one question after the other; milliseconds are medians over the rounds.
import { randomUUID } from 'node:crypto'
import { inFolder, newWorld } from './lib/world.mjs'
import { costed, median, row, wrk } from './lib/measure.mjs'
import { fillOthers, fillProperties } from './lib/rows.mjs'

const seconds = Number(process.argv[2] ?? 1)
const rounds = Number(process.argv[3] ?? 3)
const most = Number(process.argv[4] ?? 1000000)
const engines = process.argv[5] ? [process.argv[5]] : ['sqlite', 'postgresql']
const path = '/v1/widgets/ga4.sessions?compare=previous_period&'
const user = randomUUID()

// Properties of one's own, rows of others.
const KINDS = [
  { name: 'few', own: 1, others: most / 100 },
  { name: '10x own rows', own: 10, others: most / 100 },
  { name: `10x rows of others (${most / 10})`, own: 1, others: most / 10 },
  { name: `100x rows of others (${most})`, own: 1, others: most },
]

async function measure(kinds, folder, sameDays) {
  for (const kind of kinds) kind.results = []
  for (let i = 0; i < rounds; i++)
    for (const { world, results } of kinds)
      results.push(
        await costed(world, seconds, () => wrk(world, user, path, { folder, seconds, connections: 1, sameDays })),
      )
  return kinds.map(({ results }) => ({
    ms: median(results.map(one => 1000 / one.rate)),
    cost: median(results.map(one => one.cost)),
  }))
}

function print(engine, how, kinds, results) {
  for (let i = 1; i < kinds.length; i++) {
    const [now, few] = [results[i], results[0]]
    const aim = kinds[i].own > 1 ? '< 10' : '<= 1.1'
    const what = `${engine}: ${kinds[i].name}, ${how}`
    row(what, `${now.ms.toFixed(3)} ms`, `${few.ms.toFixed(3)} ms`, now.ms / few.ms, now.cost / few.cost, aim)
  }
}

async function growth(engine, folder) {
  const kinds = KINDS.map(kind => ({
    ...kind,
    world: newWorld(engine, {}),
  }))
  const name = engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  try {
    for (const { world, own, others } of kinds) {
      await world.start()
      fillProperties(world.database, user, own)
      fillOthers(world.database, 0, others)
    }
    print(name, 'uncached', kinds, await measure(kinds, folder, false))
    for (const { world } of kinds) {
      await world.stopServer()
      world.env.CACHE_TTL = '3600'
      await world.startServer()
    }
    print(name, 'cached', kinds, await measure(kinds, folder, true))
  } finally {
    for (const { world } of kinds) await world.stop()
  }
}

await inFolder(async folder => {
  for (const engine of engines)
    if (engine === 'sqlite' || process.env.TEST_POSTGRES_URL) await growth(engine, folder)
})
