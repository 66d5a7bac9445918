// Connecting as a person does: the consent page, the choice of accounts, a test, and the way out again.
import assert from 'node:assert/strict'
import { openBoard, scene } from '../browser.mjs'

const dialog = page => page.locator('.connections-dialog')
const row = (page, account) => page.locator(`.connection[data-account="${account}"]`)

async function openConnections(page) {
  await openBoard(page)
  await page.locator('#account').click()
  await page.locator('#connections').click()
  await page.locator('.connection').first().waitFor()
}

scene('an account is connected through the consent page, tested, paused and disconnected', async page => {
  const account = '455500001'
  await openConnections(page)
  assert.equal(await row(page, account).count(), 0)
  await dialog(page).getByRole('button', { name: 'Google Analytics' }).click()
  await page.locator('#connect-choice').waitFor()
  assert.doesNotMatch(page.url(), /connect=|code=|state=/, 'what came back stays in the address')
  // What is connected already is ticked, as it gets the new sign-in.
  assert.equal(await page.locator('#connect-choice input:checked').count(), 1)
  for (const box of await page.locator('#connect-choice input:checked').all()) await box.uncheck()
  assert.ok(await page.locator('#connect-choice button').isDisabled())
  await page.locator(`#connect-choice input[name="${account}"]`).check()
  await page.locator('#connect-choice').getByRole('button', { name: 'Connect 1 account' }).click()
  await row(page, account).waitFor()
  assert.equal(await page.locator('#connect-choice').count(), 0)
  await page.locator('#sync-note').waitFor({ timeout: 60_000 })

  await row(page, account).getByRole('button', { name: 'Test' }).click()
  await page.locator('.toast', { hasText: 'can be read' }).waitFor()
  await row(page, account).getByRole('button', { name: 'Pause' }).click()
  await page.locator(`.connection[data-account="${account}"][data-status="paused"]`).waitFor()
  await row(page, account).getByRole('button', { name: 'Disconnect' }).click()
  assert.match(await page.locator('.sure').textContent(), /and delete its numbers here\?/)
  await page.locator('.sure').getByRole('button', { name: 'Cancel' }).click()
  assert.equal(await page.locator('.sure').count(), 0)
  await row(page, account).getByRole('button', { name: 'Disconnect' }).click()
  await page.locator('.sure').getByRole('button', { name: 'Disconnect' }).click()
  await row(page, account).waitFor({ state: 'detached' })
})

for (const [name, source] of [
  ['Meta Ads', 'act_'],
  ['Instagram', '1784'],
])
  scene(`${name}: the consent page leads to its accounts`, async page => {
    await openConnections(page)
    await dialog(page).getByRole('button', { name, exact: true }).click()
    await page.locator('#connect-choice').waitFor()
    assert.ok((await page.locator(`#connect-choice input[name^="${source}"]`).count()) > 0)
  })

scene(
  'whoever says no on the consent page is told so',
  async page => {
    await page.route('**/v1/connect/ga4/start', async route => {
      const reply = await route.fetch({ maxRedirects: 0 })
      const state = new URL(reply.headers().location).searchParams.get('state')
      await route.fulfill({
        status: 302,
        headers: { location: `/v1/connect/ga4/callback?error=access_denied&state=${encodeURIComponent(state)}` },
      })
    })
    await openConnections(page)
    await dialog(page).getByRole('button', { name: 'Google Analytics' }).click()
    const alert = dialog(page).locator('[role=alert]')
    await alert.waitFor()
    assert.match(await alert.textContent(), /access was not allowed on the consent page/)
  },
  { expected: [/422/] },
)

scene(
  'a wrong id and a broken key are told in plain words, and what was typed stays',
  async page => {
    await openConnections(page)
    await page.getByText('With a key or token of your own').click()
    const form = page.locator('#connect-own')
    const refused = async (account, key) => {
      await form.locator('[name=account]').fill(account)
      await form.locator('[name=key]').fill(key)
      await form.getByRole('button', { name: 'Connect' }).click()
      await form.locator('[role=alert]').waitFor()
      const words = await form.locator('[role=alert]').textContent()
      assert.equal(await form.locator('[name=account]').inputValue(), account)
      return words
    }
    assert.match(await refused('123456789', '{"type": "service_account", "private'), /cut off/)
    const key = JSON.stringify({
      type: 'service_account',
      client_email: 'a@b.c',
      private_key: '<img onerror=alert(1)>',
    })
    assert.match(await refused('G-ABC123', key), /measurement ID/)
    assert.equal(await form.locator('img').count(), 0)
  },
  { expected: [/422/] },
)
