// daymark rekey: all stored secrets change their key, or none does, also when it is killed on the way.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, succeeded } from '../lib/http.mjs'
import { DAYMARK, Program } from '../lib/programs.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

const newKey = () => randomBytes(32).toString('hex')
const sealed = world => world.database.ask('SELECT credential FROM connections ORDER BY id')

async function connect(world, n) {
  const users = Array.from({ length: n }, () => world.user())
  for (const user of users) succeeded(await user.connect(), 201)
  return users
}

// Each user's stored credential opens, and Google takes what is in it.
async function allWork(users) {
  for (const user of users) {
    const [{ id }] = (await user.get('/v1/connections')).connections
    const answer = succeeded(await user.post(`/v1/connections/${id}/test`))
    assert.equal(answer.status, 'connected', JSON.stringify(answer))
  }
}

// Makes the last row's change take for ever: all others are sealed anew by then, inside the transaction. Says when that
// is so, and takes it away again.
async function trap(world) {
  const { ask, url, path } = world.database
  const query = (program, args) =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const isWritten = () => {
    try {
      query('sqlite3', ['-batch', path, 'BEGIN IMMEDIATE; ROLLBACK'])
      return false
    } catch {
      return true
    }
  }
  if (world.engine === 'sqlite') {
    ask(`CREATE VIEW endless AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e10)
           SELECT count(*) AS n FROM n;
         CREATE TRIGGER trap BEFORE UPDATE OF credential ON connections
           WHEN OLD.id = (SELECT max(id) FROM connections) BEGIN SELECT n FROM endless; END;`)
    return { sprung: isWritten, remove: async () => ask('DROP TRIGGER trap; DROP VIEW endless') }
  }
  const child = spawn('psql', ['-X', '-q', '-A', '-t', '-d', url], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise(done => child.on('close', done))
  let out = ''
  child.stdout.on('data', data => {
    out += data
  })
  child.stdin.write("BEGIN;\nSELECT id FROM connections ORDER BY id DESC LIMIT 1 FOR UPDATE;\nSELECT 'held';\n")
  await eventually(() => out.includes('held'))
  return {
    sprung: () =>
      ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()").length > 0,
    remove: () => {
      child.stdin.end('ROLLBACK;\n')
      return ended
    },
  }
}

async function killInTheMiddle(world, options) {
  const { sprung, remove } = await trap(world)
  const program = new Program(DAYMARK, ['rekey'], { env: world.environment(), ...options })
  await eventually(() => sprung() || !program.running)
  assert.ok(program.running, program.tail())
  await program.stop('SIGKILL')
  await remove()
}

// The address stays when the port changes: the consent page is asked before a restart and sends back after it.
const PUBLIC_URL = 'http://daymark.test:8080'

onBothEngines('a new SECRET_KEY', { sim: ['--days', '30'], env: { PUBLIC_URL } }, (world, test) => {
  const options = key => ({ input: `${key}\n` })

  test('seals everything anew, and only then the old one is of no use', async () => {
    const users = await connect(world, 5),
      before = sealed(world),
      key = newKey()
    const refused = await world.command(['rekey'], options(key))
    assert.equal(refused.code, 1)
    assert.match(refused.log, /another daymark.* owns the database file|a daymark server is using this database/)
    assert.deepEqual(sealed(world), before)
    await allWork(users)
    await world.stopServer()

    const lacking = await world.command(['rekey'], options('short'))
    assert.equal(lacking.code, 1)
    assert.match(lacking.log, /too short/)
    const wrong = await world.command(['rekey'], {
      ...options(key),
      env: { ...world.environment(), SECRET_KEY: newKey() },
    })
    assert.equal(wrong.code, 1)
    assert.match(wrong.log, /nothing was changed.*sealed with another SECRET_KEY/)
    assert.deepEqual(sealed(world), before)

    const done = await world.command(['rekey'], options(key))
    assert.equal(done.code, 0, done.log)
    assert.match(done.out, /^5 credentials sealed/)
    assert.ok(sealed(world).every((text, i) => text !== before[i]))
    const again = await world.command(['rekey'], options(key))
    assert.equal(again.code, 1)
    assert.match(again.log, /sealed with this new key already/)

    world.env = { PUBLIC_URL, SECRET_KEY: key }
    await world.startServer()
    await allWork(users)
  })

  test('also what a sign-in in the browser has left on its way', async () => {
    const key = newKey(),
      [underWay, parked] = [world.user(), world.user()]
    const location = answer => new URL(answer.headers.get('location'), world.url)
    const consent = async user => {
      const page = location(await user.call('/v1/connect/ga4/start'))
      return location(await fetch(page, { redirect: 'manual' }))
    }
    const finish = async back => location(await world.ask(back.pathname + back.search)).hash.replace('#connect=', '')
    const accounts = async (user, id) =>
      succeeded(await user.call(`/v1/connect/${id}/accounts`)).accounts.map(one => one.external_id)

    const back = await consent(underWay),
      id = await finish(await consent(parked))
    await world.stopServer()
    const done = await world.command(['rekey'], options(key))
    assert.equal(done.code, 0, done.log)
    assert.match(done.out, /^7 credentials sealed/) // five connections, a verifier, a parked sign-in
    world.env = { PUBLIC_URL, SECRET_KEY: key }
    await world.startServer()
    assert.ok((await accounts(parked, id)).includes(world.simulated.property_id))
    assert.ok((await accounts(underWay, await finish(back))).includes(world.simulated.property_id))
    assert.deepEqual(await accounts(parked, id), await accounts(parked, id))
    world.database.ask('DELETE FROM connect_grants')
  })

  test('killed in the middle it has changed nothing', async () => {
    const before = sealed(world),
      key = newKey()
    await world.stopServer()
    await killInTheMiddle(world, options(key))
    assert.deepEqual(sealed(world), before)

    const file = join(world.folder, 'new.key')
    writeFileSync(file, `${key}\n`, { mode: 0o600 })
    const done = await world.command(['rekey', '--new-key-file', file])
    assert.equal(done.code, 0, done.log)
    world.env = { PUBLIC_URL, SECRET_KEY: key }
    await world.startServer()
  })
})

onEngine('sqlite', 'a new daymark.key', { sim: ['--days', '30'], env: { SECRET_KEY: '' } }, (world, test) => {
  let users
  const file = () => join(world.folder, 'daymark.key'),
    next = () => `${file()}.next`,
    read = path => readFileSync(path, 'utf8').trim()

  test('takes the place of the old one', async () => {
    users = await connect(world, 3)
    await world.stopServer()
    const old = read(file())
    const done = await world.command(['rekey'])
    assert.equal(done.code, 0, done.log)
    assert.match(read(file()), /^[0-9a-f]{64}$/)
    assert.notEqual(read(file()), old)
    assert.equal(statSync(file()).mode & 0o777, 0o600)
    assert.ok(!existsSync(next()))
    await world.startServer()
    await allWork(users)
  })

  test('a wrong one leaves no trace', async () => {
    await world.stopServer()
    const before = sealed(world),
      right = read(file())
    writeFileSync(file(), newKey(), { mode: 0o600 })
    const wrong = await world.command(['rekey'])
    assert.equal(wrong.code, 1)
    assert.match(wrong.log, /nothing was changed/)
    assert.deepEqual(sealed(world), before)
    assert.ok(!existsSync(next()))
    writeFileSync(file(), right, { mode: 0o600 })
    await world.startServer()
    await allWork(users)
  })

  test('killed before the commit, the old one stays', async () => {
    await world.stopServer()
    const old = read(file()),
      before = sealed(world)
    await killInTheMiddle(world)
    assert.ok(existsSync(next()))
    const meanwhile = await world.command(['connect', 'ga4', '1', '--user', users[0].id, '--refresh-token'], {
      input: 'x\n',
    })
    assert.match(meanwhile.log, /rekey` is at work, or was broken off/)
    await world.startServer()
    assert.ok(!existsSync(next()))
    assert.equal(read(file()), old)
    assert.deepEqual(sealed(world), before)
    await allWork(users)
  })

  test('killed between the commit and the renaming, the new one is found', async () => {
    await world.stopServer()
    copyFileSync(file(), join(world.folder, 'old.key'))
    assert.equal((await world.command(['rekey'])).code, 0)
    const made = read(file())
    renameSync(file(), next()) // what a crash at that moment leaves
    copyFileSync(join(world.folder, 'old.key'), file())
    await world.startServer()
    assert.equal(read(file()), made)
    assert.ok(!existsSync(next()))
    await allWork(users)
  })
})
