// A widget that has to be asked, on each engine, against the engine alone with the widget's own question. Ours asks
// more: the accounts, which days there are, notices, targets and notes.
//
//   widgets.mjs [seconds a round] [rounds]
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { root } from '../tests/lib/programs.mjs'
import { inWorld } from './lib/world.mjs'
import { alternate, costed, micro, perSecond, pgbench, row, wrk } from './lib/measure.mjs'
import { fillProperties } from './lib/rows.mjs'

const seconds = Number(process.argv[2] ?? 2)
const rounds = Number(process.argv[3] ?? 5)
const user = randomUUID()
const path = '/v1/widgets/ga4.sessions?compare=previous_period&'

function sqliteAlone(world) {
  const text = execFileSync(join(root, 'build/tests/sqlite_loop'), [world.database.path, user, String(seconds)], {
    encoding: 'utf8',
  })
  const [rate, cost] = text.split(' ').map(Number)
  return { rate, cost }
}

async function measure(engine, aim) {
  await inWorld(engine, {}, async (world, folder) => {
    fillProperties(world.database, user)
    if (engine === 'postgresql') world.database.ask('ANALYZE')
    const options = { folder, seconds }
    wrk(world, user, path, { folder, seconds: 1 })
    const result = await alternate(
      rounds,
      () => costed(world, seconds, () => wrk(world, user, path, options)),
      () =>
        engine === 'sqlite'
          ? sqliteAlone(world)
          : costed(world, seconds, () => pgbench(world, ['widgets/ga4_sessions'], user, options)),
    )
    const what = `uncached widget on ${engine === 'sqlite' ? 'SQLite, bare sqlite3 loop' : 'PostgreSQL, pgbench'}`
    row(
      what,
      `${perSecond(result.ours)}, ${micro(result.cost)}`,
      perSecond(result.theirs),
      result.rateRatio,
      result.costRatio,
      aim,
    )
  })
}

await measure('sqlite', '>= 0.7')
if (process.env.TEST_POSTGRES_URL) await measure('postgresql', '>= 0.8')
