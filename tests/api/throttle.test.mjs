// Who asks too often is told to wait, by address before he is known and by user afterwards; nobody else is.
import assert from 'node:assert/strict'
import { eventually, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'
import { CRON_TOKEN } from '../lib/world.mjs'

const QUERY = 'startDate=2026-01-01&endDate=2026-01-31'

onBothEngines('too many requests', { sim: null }, (world, test) => {
  const login = (password, from) =>
    world.ask('/v1/auth/login', {
      method: 'POST',
      body: { email: 'anna@example.org', password },
      headers: { 'X-Forwarded-For': from },
    })
  const refusedAt = async ask => {
    for (let n = 0; n < 1000; n++) {
      const answer = await ask()
      if (answer.status === 429) return { n, answer }
    }
    throw new Error('never refused')
  }

  test('of wrong passwords end the guessing from that address, and from no other', async () => {
    const added = await world.command(['user', 'add', 'anna@example.org'], { input: 'a good password\n' })
    assert.equal(added.code, 0, added.log)
    const { n, answer } = await refusedAt(() => login('a wrong password', '198.51.100.1'))
    assert.ok(n >= 20 && n < 30, `refused after ${n}`)
    problem(answer, 429, 'too-often')
    assert.match(answer.headers.get('retry-after'), /^([1-9]|10)$/)
    problem(await login('a good password', '198.51.100.1'), 429)
    succeeded(await login('a good password', '198.51.100.2'))
    problem(await login('a good password', '198.51.100.77, 198.51.100.1'), 429) // the first is only what the client says
  })

  test('of the right password are nobody s business', async () => {
    for (let n = 0; n < 25; n++) succeeded(await login('a good password', '203.0.113.5'))
  })

  test('with wrong cron tokens close that door, with the right one never', async () => {
    const cron = (token, from) =>
      world.ask('/v1/sync/all/daily', { headers: { 'X-CRON-TOKEN': token, 'X-Forwarded-For': from } })
    for (let n = 0; n < 40; n++) assert.ok([200, 202].includes((await cron(CRON_TOKEN, '198.51.100.9')).status))
    let closed
    await eventually(async () => {
      await refusedAt(() => cron('guessed', '198.51.100.9'))
      closed = await cron(CRON_TOKEN, '198.51.100.9') // on a busy machine the second after which it opens may be over
      return closed.status === 429
    })
    problem(closed, 429, 'too-often')
    assert.equal((await cron(CRON_TOKEN, '198.51.100.10')).status, 200)
  })

  for (const [name, path, method] of [
    ['sync', '/v1/sync/ga4/run', 'POST'],
    ['insights', `/v1/insights?${QUERY}`],
    ['export', `/v1/widgets/ga4.sessions/export?${QUERY}`],
  ])
    test(`of one user's ${name} say how many are left, and do not touch another's`, async () => {
      const [anna, ben] = [world.user(), world.user()]
      const first = await anna.call(path, { method })
      const [, quota] = first.headers.get('ratelimit-policy').match(new RegExp(`^"${name}";q=(\\d+);w=60$`))
      assert.match(first.headers.get('ratelimit'), new RegExp(`^"${name}";r=${quota - 1};t=\\d+$`))
      const { answer } = await refusedAt(() => anna.call(path, { method }))
      problem(answer, 429, 'too-often')
      assert.match(answer.headers.get('ratelimit'), /;r=0;/)
      assert.ok((await ben.call(path, { method })).status < 300)
      succeeded(await anna.call('/v1/widgets')) // everything else goes on
    })

  test('are counted', async () => {
    const text = await (await fetch(`${world.url}/metrics`)).text()
    for (const rule of ['login', 'cron', 'sync', 'insights', 'export'])
      assert.match(text, new RegExp(`^daymark_refused_too_often_total\\{rule="${rule}"\\} [1-9]`, 'm'))
  })
})
