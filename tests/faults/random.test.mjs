// kill -9 at fifty random moments on each engine, in several worlds at once. Whatever the moment: what was accepted is
// there after the restart, every day is whole, every job ends, and in the end the facts are those of an undisturbed run.
// The seed is printed; FAULT_SEED=n strikes at the same moments again.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { ask } from '../lib/http.mjs'
import { assertWholeDays, dice, each, facts, onEachEngine, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const KILLS = 50,
  WORLDS = 4
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 1e9))

// Ask for a run, and strike before or after the answer is there. Only what was answered 202 was accepted.
async function askAndStrike(world, user, random, accepted) {
  const answer = ask(world.url, '/v1/sync/all/run', { method: 'POST', token: user.token }).then(
    ({ status, json }) => (status === 202 ? accepted.add(json.job_id) : undefined),
    () => {}, // the server died under it
  )
  const hasty = random() < 0.3
  await (hasty ? sleep(random() * 15) : answer)
  if (!hasty) await sleep(random() * 1500)
  await world.crash()
  await answer
}

async function oneWorld(from, whole, number, kills) {
  const random = dice(seed + number)
  const engineHasLeases = from.engine === 'postgresql'
  const world = await from.start()
  const user = world.owner(),
    accepted = new Set()
  try {
    await withLog(world, async () => {
      for (let kill = 0; kill < kills; kill++) {
        await askAndStrike(world, user, random, accepted)
        assertWholeDays(facts(world), whole)
        for (const id of accepted) await world.job(id)
        await world.restart()
        if (engineHasLeases) await world.leaseRunsOut()
        await world.retryNow()
      }
      for (const id of accepted) await world.ended(id)
      assert.equal((await user.sync('/v1/sync/all/run')).status, 'success', 'the next run is blocked')
      assert.deepEqual(facts(world), whole)
      await world.assertSettled()
    })({ name: `world ${number}` })
  } finally {
    await world.stop()
  }
  return accepted
}

onEachEngine('fifty times kill -9', {}, engine => {
  let sim, from
  before(
    async () => {
      sim = await simulator()
      await sim.set({ slow: 40, meta_slow: 40, ig_slow: 40 })
      from = await new Seed(engine, { sim }).make()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim))

  it('every job ends, no day is half, and the facts are as if nothing had happened', { timeout: 280000 }, async t => {
    t.diagnostic(`FAULT_SEED=${seed}`)
    const whole = await from.whole()
    const shares = Array.from({ length: WORLDS }, (_, n) => Math.floor((KILLS + n) / WORLDS))
    const accepted = []
    await each(
      shares.map((kills, number) => ({ kills, number })),
      WORLDS,
      async ({ kills, number }) => {
        accepted.push(...(await oneWorld(from, whole, number, kills)))
      },
    )
    assert.equal(
      shares.reduce((sum, kills) => sum + kills),
      KILLS,
    )
    assert.ok(accepted.length >= WORLDS, `only ${accepted.length} jobs: they were not disturbed often enough`)
    t.diagnostic(`${accepted.length} jobs were accepted`)
  })
})
