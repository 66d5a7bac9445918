// daymark backup and restore: taken while the server works, restored into an empty database of either engine, and proven by
// destroying the original. And daymark doctor, which says what is wrong with what it finds.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeeded } from '../lib/http.mjs'
import { engines, newDatabase, root, whyNot } from '../lib/programs.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

const QUESTION = '/v1/widgets/ga4.sessions?startDate=2026-01-01&endDate=2026-12-31'
const OTHER_KEY = 'ffeeddccbbaa99887766554433221100'.repeat(2)
// What a backup leaves behind, and what a server writes by itself as soon as it runs.
const NOT_COMPARED = ['schema_migrations', 'sessions', 'connect_states', 'connect_grants', 'news', 'app_settings']

const sqlite = (file, text) => execFileSync('sqlite3', ['-batch', file, text], { encoding: 'utf8', maxBuffer: 1e9 })
function emptyDatabase(engine, folder) {
  mkdirSync(folder)
  return newDatabase(engine, folder)
}
const tablesOf = file =>
  sqlite(file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
    .trim()
    .split('\n')
    .filter(name => !name.startsWith('sqlite') && !NOT_COMPARED.includes(name))
// PostgreSQL orders the keys of JSON anew.
const ordered = text => text.replace(/\{.*\}/, json => [...json.replaceAll(' ', '')].sort().join(''))
const contentOf = file =>
  Object.fromEntries(
    tablesOf(file).map(name => [name, sqlite(file, `SELECT * FROM ${name}`).split('\n').map(ordered).sort()]),
  )

onBothEngines('a backup', { sim: ['--days', '60'] }, (world, test) => {
  let user, answer
  const file = name => join(world.folder, name)
  // At the end of the block the world drops what is its database then.
  const others = []
  const fresh = (engine, name) => {
    const database = emptyDatabase(engine, file(name))
    others.push(database)
    return database
  }
  const into = (database, args, env = {}) =>
    world.command(args, { env: { ...world.environment(), DATABASE_URL: database.url, ...env } })

  test('is one snapshot, taken while the server works', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    await user.sync()
    succeeded(
      await user.post('/v1/dashboard/layout', { widgets: [{ id: "o'clock", key: 'ga4.users', size: 'md' }], version: 1 }),
    )
    succeeded(await user.post('/v1/annotations', { date: '2026-03-01', text: 'Fr\u00fchling \u{1f337} "quoted" \\ \n end' }), 201)
    const days = { startDate: '2026-01-01', endDate: '2026-01-31' }
    succeeded(await user.post('/v1/shares', { name: 'For Acme', expires_in_days: 30, ...days }), 201)
    answer = await user.get(QUESTION)
    assert.ok(answer.stats.value > 0)

    const asked = []
    const busy = (async () => {
      while (!asked.done) {
        asked.push((await user.call(QUESTION)).status)
        await user.post('/v1/annotations', { date: '2026-03-02', text: `the ${asked.length}th` })
      }
    })()
    const done = await world.command(['backup', file('one.db')])
    asked.done = true
    await busy
    assert.equal(done.code, 0, done.log)
    assert.match(done.out, /: \d+ rows\n/)
    assert.ok(asked.every(status => status === 200))
    assert.equal(sqlite(file('one.db'), 'PRAGMA integrity_check').trim(), 'ok')
    assert.equal(statSync(file('one.db')).mode & 0o777, 0o600)
    assert.deepEqual(
      readdirSync(world.folder).filter(name => name.startsWith('one.db')),
      ['one.db'],
    )
  })

  test('never replaces a file, and leaves none behind when it fails', async () => {
    const before = readFileSync(file('one.db'))
    const again = await world.command(['backup', file('one.db')])
    assert.equal(again.code, 1)
    assert.match(again.log, /exists already/)
    assert.deepEqual(readFileSync(file('one.db')), before)
    const nowhere = await world.command(['backup', file('no/such/folder.db')])
    assert.equal(nowhere.code, 1)
    assert.ok(!existsSync(file('no')))
    assert.equal((await world.command(['backup'])).code, 1)
  })

  for (const engine of engines.filter(one => !whyNot(one)))
    test(`is restored into an empty ${engine}, row by row`, async () => {
      const database = fresh(engine, `into-${engine}`)
      const done = await into(database, ['restore', file('one.db')])
      assert.equal(done.code, 0, done.log)
      const back = await into(database, ['backup', file(`${engine}-again.db`)])
      assert.equal(back.code, 0, back.log)
      assert.deepEqual(contentOf(file(`${engine}-again.db`)), contentOf(file('one.db')))

      const twice = await into(database, ['restore', file('one.db')])
      assert.equal(twice.code, 1)
      assert.match(twice.log, /nothing was changed: the database is not empty/)
    })

  test('does not go into a database that a server uses', async () => {
    const refused = await world.command(['restore', file('one.db')])
    assert.equal(refused.code, 1)
    assert.match(refused.log, /another daymark.* owns the database file|a daymark server is using this database/)
  })

  test('brings everything back after the original is destroyed', async () => {
    await world.stopServer()
    world.database.drop()
    if (world.engine === 'sqlite') for (const end of ['', '-wal', '-shm']) rmSync(world.database.path + end, { force: true })
    world.database = emptyDatabase(world.engine, file('anew'))
    const done = await world.command(['restore', file('one.db')])
    assert.equal(done.code, 0, done.log)
    await world.startServer()
    assert.deepEqual((await user.get(QUESTION)).series, answer.series)
    assert.equal((await user.get('/v1/dashboard/layout')).widgets[0].id, "o'clock")
    assert.match((await user.get('/v1/annotations?startDate=2026-03-01&endDate=2026-03-01')).annotations[0].text, /\u{1f337} "quoted" \\/u)
    const [{ id }] = (await user.get('/v1/connections')).connections
    assert.equal(succeeded(await user.post(`/v1/connections/${id}/test`)).status, 'connected')
    assert.equal((await user.sync()).status, 'success')
  })

  test('with another master key says what is lost, and keeps the rest', async () => {
    const database = fresh('sqlite', 'other-key')
    const done = await into(database, ['restore', file('one.db')], { SECRET_KEY: OTHER_KEY })
    assert.equal(done.code, 0, done.log)
    assert.match(done.out, /1 of 1 stored credentials do not open/)
  })

  test('refuses what is no backup, and changes nothing', async () => {
    const database = fresh(world.engine, 'stays-empty')
    writeFileSync(file('text'), 'This is no database.\n'.repeat(100))
    sqlite(file('other.db'), 'CREATE TABLE t (a integer PRIMARY KEY)')
    const torn = file('torn.db')
    writeFileSync(torn, readFileSync(file('one.db')).subarray(0, 60000))
    for (const name of ['text', 'other.db', 'torn.db', 'absent.db']) {
      const refused = await into(database, ['restore', file(name)])
      assert.equal(refused.code, 1, name)
      assert.match(refused.log, /is no backup|there is no file|malformed|not a database/, name)
      assert.ok(!existsSync(file('absent.db')))
    }
    const done = await into(database, ['restore', file('one.db')])
    assert.equal(done.code, 0, done.log) // it was still empty
    others.forEach(one => one.drop())
  })
})

// The schema as it was at an earlier version, with a user and a day in it.
function oldBackup(path, version) {
  const schema = join(root, 'sql/schema'),
    now = '2026-01-01T00:00:00.000000Z'
  const names = readdirSync(schema).filter(name => /^\d{3}-/.test(name) && Number(name.slice(0, 3)) <= version)
  const texts = names
    .sort()
    .map(name => readFileSync(join(schema, name), 'utf8').replace(/^--sqlite /gm, '').replaceAll('now()', `'${now}'`))
    .join('\n')
  sqlite(
    path,
    `CREATE TABLE schema_migrations (version bigint PRIMARY KEY NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL);
     ${texts}
     ${names.map(name => `INSERT INTO schema_migrations VALUES (${Number(name.slice(0, 3))}, '${name}', '${now}');`).join('\n')}
     INSERT INTO users (id, email, password_hash, role, created_at)
       VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'anna@example.org', NULL, 'admin', '${now}');
     INSERT INTO ga4_daily VALUES ('aaaaaaaa-0000-4000-8000-000000000001', '1', '2026-01-01', 1, 1, 1, 1, 9007199254740993, 1, 1, 1, 1);`,
  )
}

onBothEngines('a backup of an earlier daymark', { sim: null }, (world, test) => {
  const schema = readdirSync(join(root, 'sql/schema'))
  const newest = Math.max(...schema.map(name => Number(name.slice(0, 3)) || 0))

  for (let version = 1; version <= newest; version++)
    test(`with schema ${version} is restored and brought up to date`, async () => {
      const path = join(world.folder, `v${version}.db`),
        database = emptyDatabase(world.engine, join(world.folder, `into-v${version}`))
      oldBackup(path, version)
      const done = await world.command(['restore', path], { env: { ...world.environment(), DATABASE_URL: database.url } })
      assert.equal(done.code, 0, done.log)
      assert.deepEqual(database.ask('SELECT max(version) FROM schema_migrations'), [String(newest)])
      assert.deepEqual(database.ask('SELECT sessions FROM ga4_daily'), ['9007199254740993'])
      database.drop()
    })

  test('of a later one is refused', async () => {
    const path = join(world.folder, 'later.db'),
      database = emptyDatabase(world.engine, join(world.folder, 'into-later'))
    oldBackup(path, newest)
    sqlite(path, `INSERT INTO schema_migrations VALUES (${newest + 1}, 'later', '2030-01-01T00:00:00.000000Z')`)
    const refused = await world.command(['restore', path], { env: { ...world.environment(), DATABASE_URL: database.url } })
    assert.equal(refused.code, 1)
    assert.match(refused.log, /newer/)
    database.drop()
  })
})

onBothEngines('the doctor', { sim: ['--days', '30'] }, (world, test) => {
  const doctor = (env = {}) => world.command(['doctor'], { env: { ...world.environment(), ...env } })
  const line = (ended, what) => ended.out.split('\n').filter(text => text.slice(7).startsWith(what)).join('\n')

  test('finds nothing wrong where nothing is', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    await user.sync()
    const ended = await doctor()
    assert.equal(ended.code, 0, ended.out + ended.log)
    assert.doesNotMatch(ended.out, /WRONG/)
    assert.match(line(ended, 'accounts'), /^ok .*1 connected/)
    assert.match(line(ended, 'server'), /^ok .*ready/)
    assert.match(line(ended, 'Google'), /^ok/)
  })

  test('names each thing that is wrong, and what to do', async () => {
    world.database.ask("UPDATE connections SET status = 'reconnect'")
    const ended = await doctor({ SECRET_KEY: OTHER_KEY, META_GRAPH_URL: 'http://127.0.0.1:1', LISTEN: '0.0.0.0:1' })
    assert.equal(ended.code, 1)
    assert.match(line(ended, 'key'), /^WRONG .*opens 0 of 1/)
    assert.match(line(ended, 'account'), /^WRONG .*has to be connected again/)
    assert.match(line(ended, 'Meta'), /^WRONG/)
    assert.match(line(ended, 'server'), /^look .*nothing answers/)
    assert.match(line(ended, 'exposure'), /^look .*without TLS/)
  })

  test('says what it cannot open, and never a password', async () => {
    const ended = await doctor({ DATABASE_URL: 'postgresql://someone:canary-password@127.0.0.1:1/none' })
    assert.equal(ended.code, 1)
    assert.match(line(ended, 'database'), /^WRONG/)
    assert.doesNotMatch(ended.out + ended.log, /canary-password/)
  })

  test('makes nothing that was not there', async () => {
    const path = join(world.folder, 'nothing/daymark.db')
    const ended = await doctor({ DATABASE_URL: `sqlite:${path}`, SECRET_KEY: '' })
    assert.match(line(ended, 'database'), /^look .*there is no/)
    assert.ok(!existsSync(path) && !existsSync(join(world.folder, 'nothing')))
  })
})

onEngine('sqlite', 'the doctor on a key', { sim: null, env: { SECRET_KEY: '' } }, (world, test) => {
  test('that others can read', async () => {
    chmodSync(join(world.folder, 'daymark.key'), 0o644)
    const ended = await world.command(['doctor'])
    assert.match(ended.out, /WRONG +key .*chmod 600/)
    chmodSync(join(world.folder, 'daymark.key'), 0o600)
  })
})
