// Every way in which the simulated platforms can be unpleasant, in their real error shapes: no secret comes out of any.
import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { everythingKept, noSecret } from '../lib/canary.mjs'
import { eventually, succeeded } from '../lib/http.mjs'
import { DAYMARK_SIM, run } from '../lib/programs.mjs'
import { onEngine } from '../lib/world.mjs'

// [[switch, value], …] as `daymark-sim --help` lists them, in every position but the usual one.
async function positions() {
  const { out } = await run(DAYMARK_SIM, ['--help'])
  return [...out.matchAll(/^ {2}(\w+) +.* \[(?:default (\d+)|([\w/|]+))\]$/gm)].flatMap(([, name, number, choices]) => {
    if (/slow$/.test(name)) return []
    if (choices)
      return choices
        .split('|')
        .slice(1)
        .map(value => [name, value])
    return [[name, number === '1' ? 0 : 1]]
  })
}

const settings = { sim: ['--days', '12'], env: { BACKFILL_DAYS: '8', LOG_LEVEL: 'debug' } }

// On one engine: what is said does not depend on where it is kept.
onEngine('sqlite', 'canaries and switches', settings, (world, test) => {
  const answers = [],
    user = world.user(randomUUID())
  // Tokens that the simulators make by themselves; in the middle of what is sealed there may be anything.
  const made = /(?<![\w-])(ya29\.|1\/\/|4\/0A|EAA)[\w-]{12,}/

  async function ask(path, options) {
    const answer = await user.call(path, options)
    answers.push([path, answer.text + JSON.stringify([...answer.headers])])
    return answer
  }

  test('none comes out in any position of any switch', async () => {
    const sim = world.simulated
    const key = await world.sim.serviceAccount()
    const tokens = [sim.meta_access_token, sim.instagram_token]
    const secrets = [
      ...tokens,
      ...tokens.map(token => createHmac('sha256', sim.meta_app_secret).update(token).digest('hex')),
      sim.refresh_token,
      sim.client_secret,
      sim.meta_app_secret,
      key.private_key.split('\n')[5],
    ]
    const credentials = {
      ga4: [sim.property_id, world.credential()],
      meta: [sim.ad_account_id, { type: 'access_token', access_token: sim.meta_access_token }],
      instagram: [sim.instagram_id, { type: 'access_token', access_token: sim.instagram_token }],
    }
    const connections = []
    for (const [source, [external_id, credential]] of Object.entries(credentials))
      connections.push({
        id: succeeded(await ask('/v1/connections', { method: 'POST', body: { source, external_id, credential } }), 201)
          .id,
        source,
        credential,
      })
    const other = succeeded(
      await ask('/v1/connections', {
        method: 'POST',
        body: {
          source: 'ga4',
          external_id: sim.small_property_id,
          credential: { type: 'service_account', key },
        },
      }),
      201,
    )
    connections.push({ id: other.id, source: 'ga4', credential: { type: 'service_account', key } })

    const all = await positions()
    assert.ok(all.length > 90, `only ${all.length} positions`)
    for (const [name, value] of all) {
      await world.sim.reset()
      await world.sim.set({ [name]: value })
      const sources = /^ig_/.test(name) ? ['instagram'] : /^meta_/.test(name) ? ['meta', 'instagram'] : ['ga4']
      for (const { id, source, credential } of connections)
        if (sources.includes(source)) {
          await ask(`/v1/connections/${id}/test`, { method: 'POST' })
          await ask(`/v1/connections/${id}`, { method: 'PATCH', body: { credential } })
        }
      const { job_id: job } = succeeded(await ask(`/v1/sync/${sources[0]}/run`, { method: 'POST' }), 202)
      await eventually(
        () =>
          world.database.ask(
            `SELECT 1 FROM sync_jobs WHERE id = '${job}' AND (status IN ('success', 'failed') OR not_before IS NOT NULL)`,
          ).length,
        { ms: 60000, why: () => `${name}=${value}: ${world.server.tail()}` },
      )
      for (const path of [`/v1/sync/job/${job}`, '/v1/connections', '/v1/dashboard/meta', '/metrics']) await ask(path)
      world.database.ask(`UPDATE sync_jobs SET status = 'failed', not_before = NULL WHERE id = '${job}'`)
      world.database.ask("UPDATE connections SET status = 'connected'")
    }
    for (const [where, text] of [...answers, ...everythingKept(world)]) {
      noSecret(secrets, where, text)
      assert.doesNotMatch(text, made, where)
    }
  })
})
