// The page on PostgreSQL, with an account of one's own: the flows that write and read the most.
//
//   TEST_POSTGRES_URL=… node --test tests/browser/postgres.test.mjs
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { ask, eventually, succeeded } from '../lib/http.mjs'
import { whyNot } from '../lib/programs.mjs'
import { World } from '../lib/world.mjs'

/** The first account, made with the code that the server prints; its session. */
async function account(world) {
  const [, code] = await world.server.says(/#setup=(\S+)/)
  const body = { code, email: 'ana@northlight.example', password: 'correct horse battery staple' }
  const answer = await ask(world.url, '/v1/auth/setup', { method: 'POST', body })
  succeeded(answer)
  return answer.headers.get('set-cookie').split(';')[0]
}

/** All three sources, synced. */
async function fill(world, cookie) {
  const call = (path, body) => ask(world.url, path, { method: 'POST', body, cookie, headers: { origin: world.url } })
  const { property_id, ad_account_id, instagram_id, meta_access_token, instagram_token } = world.simulated
  const token = access_token => ({ type: 'access_token', access_token })
  for (const [source, external_id, credential] of [
    ['ga4', property_id, world.credential()],
    ['meta', ad_account_id, token(meta_access_token)],
    ['instagram', instagram_id, token(instagram_token)],
  ])
    succeeded(await call('/v1/connections', { source, external_id, credential }), 201)
  const { job_id } = succeeded(await call('/v1/sync/all/run', {}), 202)
  const job = async () => succeeded(await ask(world.url, `/v1/sync/job/${job_id}`, { cookie }))
  await eventually(async () => (await job()).status === 'success', { ms: 120_000, why: 'the sync did not end' })
}

const why = whyNot('postgresql')
if (why) test('the page on PostgreSQL', { skip: why })
else {
  const world = await new World('postgresql', { env: { CORS_ORIGINS: '' } }).start()
  process.env.URL = world.url
  const { close, launch, signInWith } = await import('./browser.mjs')
  const cookie = await account(world)
  await fill(world, cookie)
  assert.match(cookie, /=/)
  signInWith(cookie)
  before(launch)
  after(async () => {
    await close()
    await world.stop()
  })
  await import('./cases/question.mjs')
  await import('./cases/layout.mjs')
  await import('./cases/edit.mjs')
  await import('./cases/cards.mjs')
  await import('./cases/explain.mjs')
  await import('./cases/opens.mjs')
}
