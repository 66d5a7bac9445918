// The contract as a test of its own, if it lies beside this tree; each of its tests counts here.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root, run } from '../lib/programs.mjs'
import { CRON_TOKEN, onBothEngines, ORIGIN } from '../lib/world.mjs'

const contract = [join(root, '../shared/contract.mjs'), join(root, '../../shared/contract.mjs')].find(existsSync)

// It cannot pass as it is: it means to send no token, but an undefined one takes the default, which is the user's
// own. One that passes must leave this list.
const LATER = /^nobody gets nothing/

if (!contract) {
  describe('the contract', { skip: 'contract.mjs is not beside this tree' }, () => it('is kept', () => {}))
} else {
  onBothEngines('the contract', { env: { BACKFILL_DAYS: '70' } }, (world, test) => {
    test('is kept', async t => {
      const user = world.user(),
        other = world.user()
      await user.connectAll()
      assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
      const { out } = await run(process.execPath, ['--test-reporter=tap', contract], {
        env: { URL: world.url, TOKEN: user.token, OTHER: other.token, CRON: CRON_TOKEN, ORIGIN },
        ms: 200000,
      })
      const results = [...out.matchAll(/^(not )?ok \d+ - ([^#\n]*?)( # SKIP.*)?\n((?: {2}.*\n)*)/gm)].map(
        ([, bad, name, skip, why]) => ({ name, bad: !!bad, skip: !!skip, why }),
      )
      assert.ok(results.length >= 30, out.slice(0, 500))
      for (const { name, bad, skip, why } of results) {
        const later = LATER.test(name)
        await t.test(name, { skip: skip ? 'by the contract' : later && bad ? 'comes later' : false }, () => {
          if (bad) assert.fail(why.slice(0, 1500))
          if (later) assert.fail('it passes now: take it off the list of what comes later')
        })
      }
    })
  })
}
