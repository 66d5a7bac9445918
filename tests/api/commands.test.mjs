// Commands beside a server: what they refuse, and what holds in the server afterwards.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { eventually, problem, succeeded } from '../lib/http.mjs'
import { DAYMARK, run } from '../lib/programs.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

const email = 'anna@example.org'

onBothEngines('commands', { sim: null }, (world, test) => {
  test('a new password ends the sessions of the old one', async () => {
    const added = await world.command(['user', 'add', email], { input: 'the old password\n' })
    assert.equal(added.code, 0, added.log)
    const login = password => world.ask('/v1/auth/login', { method: 'POST', body: { email, password } })
    const answer = await login('the old password')
    succeeded(answer)
    const cookie = answer.headers.get('set-cookie').split(';')[0]
    const me = () => world.ask('/v1/auth/me', { cookie })
    succeeded(await me())
    const changed = await world.command(['user', 'password', email], { input: 'the new password\n' })
    assert.equal(changed.code, 0, changed.log)
    await eventually(async () => (await me()).status === 401, { ms: 8000, why: 'the old session lives on' })
    problem(await login('the old password'), 401)
    succeeded(await login('the new password'))
  })

  test('a token lasts as long as was asked, or is refused', async () => {
    const user = world.user()
    const create = days => world.command(['token', 'create', '--user', user.id, '--days', String(days)])
    for (const days of [-1, 3651, 30000, 2147483647]) {
      const refused = await create(days)
      assert.equal(refused.code, 1, `--days ${days}`)
      assert.match(refused.log, /--days must be 1 to 3650/)
    }
    const made = await create(3650)
    assert.equal(made.code, 0, made.log)
    succeeded(await world.ask('/v1/auth/me', { token: made.out.trim() }))
    const [{ expires_at }] = (await user.get('/v1/auth/tokens')).tokens
    assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 3650 * 86400e3) < 60e3, expires_at)
  })
})

onEngine('sqlite', 'a sync without a server', { sim: null }, (world, test) => {
  test('says why it cannot own the database file', async () => {
    const path = `${world.folder}/other.db`
    mkdirSync(`${path}.lock`)
    const ended = await run(DAYMARK, ['sync'], {
      env: { ...world.environment(), DATABASE_URL: `sqlite:${path}` },
      ms: 10000,
    })
    assert.equal(ended.code, 1)
    assert.match(ended.log, /cannot open .*other\.db\.lock/)
  })

  test('a word too many is refused, not overlooked', async () => {
    for (const args of [
      ['serve', 'demo'],
      ['sync', 'ga4'],
    ]) {
      const ended = await world.command(args, { ms: 10000 })
      assert.ok(ended.code > 0, `${args}: ${ended.signal ?? ended.code}`)
      assert.match(ended.log, /does not take "(demo|ga4)"/)
    }
  })
})
