// Many widgets asked at once are answered together: each as if it had been asked alone.
import assert from 'node:assert/strict'
import { daysAgo, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

onBothEngines('widgets asked at once', { env: { CACHE_TTL: '0', LOOPS: '1', WORKERS: '2' } }, (world, test) => {
  let user, paths
  const all = (who, list) => Promise.all(list.map(path => who.call(path)))

  test('a source is connected and read', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    paths = ['ga4.sessions', 'ga4.users', 'ga4.conv_rate', 'ga4.landing_pages', 'meta.spend'].flatMap(key =>
      [3, 9, 17, 30].map(
        n => `/v1/widgets/${key}?startDate=${daysAgo(n + 4)}&endDate=${daysAgo(n % 4)}&compare=previous_period`,
      ),
    )
  })

  test('each gets its own answer', async () => {
    const alone = []
    for (const path of paths) alone.push((await user.call(path)).text)
    assert.equal(new Set(alone).size, paths.length, 'the answers should differ')
    for (let round = 0; round < 5; round++)
      assert.deepEqual(
        (await all(user, [...paths, ...paths])).map(answer => answer.text),
        [...alone, ...alone],
      )
    const joined = (await world.ask('/metrics')).text.match(/^daymark_http_joined_total (\d+)/m)
    assert.ok(Number(joined?.[1]) > paths.length, 'none were answered together')
  })

  test('one that is refused spoils no other', async () => {
    const bad = [
      '/v1/widgets/ga4.nonsense?startDate=2026-01-01&endDate=2026-01-31',
      '/v1/widgets/ga4.users?startDate=2026-02-31&endDate=2026-03-01',
      '/v1/widgets/ga4.users',
    ]
    const answers = await all(
      user,
      paths.flatMap((path, i) => [path, bad[i % bad.length]]),
    )
    answers.forEach((answer, i) => (i % 2 ? problem(answer, [404, 422, 422][((i - 1) / 2) % 3]) : succeeded(answer)))
  })

  test("nobody gets another's", async () => {
    const other = world.user()
    const [mine, theirs] = await Promise.all([all(user, paths), all(other, paths)])
    mine.forEach((answer, i) => {
      const full = !paths[i].includes('meta.')
      assert.equal(
        answer.json.quality.notices.some(notice => notice.code === 'not_connected'),
        !full,
      )
      assert.ok(theirs[i].json.quality.notices.some(notice => notice.code === 'not_connected'))
      assert.equal(theirs[i].json.stats.value, null)
    })
  })

  test('a token that was revoked gets nothing, also among others', async () => {
    const { id, token } = succeeded(await user.post('/v1/auth/tokens', { name: 'short' }), 201)
    const call = path => world.ask(path, { token })
    for (const answer of await Promise.all(paths.map(call))) succeeded(answer)
    succeeded(await user.call(`/v1/auth/tokens/${id}`, { method: 'DELETE' }))
    const answers = await Promise.all(paths.flatMap(path => [user.call(path), call(path)]))
    answers.forEach((answer, i) => (i % 2 ? problem(answer, 401) : succeeded(answer)))
  })
})
