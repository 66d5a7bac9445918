// daymark-sim as a program: what it says of its own numbers.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { Simulator } from '../lib/world.mjs'

const folder = mkdtempSync(join(tmpdir(), 'daymark-sim-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function truthOf(...args) {
  const file = join(folder, `${args.join('')}.json`)
  const sim = await new Simulator().start(['--today', '2026-11-20', '--truth', file, ...args])
  try {
    return {
      sim,
      truth: JSON.parse(readFileSync(file, 'utf8')),
      demo: await sim.demo(),
      asked: await sim.truth((await sim.demo()).property_id, '2020-01-01', '2030-01-01'),
    }
  } finally {
    await sim.stop()
  }
}

it('writes the truth to a file: the same for the same seed, with the unusual days that were planted', async () => {
  const [one, again, other] = [await truthOf('--seed', '7'), await truthOf('--seed', '7'), await truthOf('--seed', '8')]
  assert.deepEqual(one.truth, again.truth)
  assert.notDeepEqual(one.truth.properties[0].days, other.truth.properties[0].days)
  assert.deepEqual(one.truth.properties[0].days, one.asked.days)
  assert.equal(one.truth.properties.length, 3)
  assert.equal(one.truth.ad_accounts.length, 3)
  assert.equal(one.truth.instagram_accounts.length, 2)
  assert.ok(one.truth.properties[0].days.length >= 400)
  assert.ok(one.truth.ad_accounts[0].days.length >= 400)
  assert.ok(one.truth.properties[0].unusual_days.length > 0)
  for (const { date, kind } of one.truth.properties[0].unusual_days) {
    assert.match(date, /^\d{4}-\d\d-\d\d$/)
    assert.ok(kind)
  }
})

it('says so when the file cannot be written', async () => {
  await assert.rejects(new Simulator().start(['--truth', join(folder, 'no', 'such', 'folder')]), /daymark-sim: /)
})
