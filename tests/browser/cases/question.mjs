// Dates, comparison, sources: what they ask, and that the numbers follow.
import assert from 'node:assert/strict'
import { card, nextQuestion, openBoard, scene, settled, value } from '../browser.mjs'

const KEY = 'ga4.sessions'
const length = query => (Date.parse(query.get('endDate')) - Date.parse(query.get('startDate'))) / 86400e3 + 1

scene('a preset changes the question and the numbers', async page => {
  await openBoard(page)
  const before = await value(page, KEY)
  const asked = nextQuestion(page, KEY)
  await page.locator('#range').click()
  await page.locator('[data-preset="7d"]').click()
  assert.equal(length(await asked), 7)
  await settled(page)
  assert.notEqual(await value(page, KEY), before)
  assert.match(await page.locator('#range').textContent(), /Last 7 days/)
})

scene('two dates are asked as they are, survive a reload, and must be in order', async page => {
  await openBoard(page)
  await page.locator('#range').click()
  const from = page.locator('input[name="from"]'),
    to = page.locator('input[name="to"]'),
    show = page.getByRole('button', { name: 'Show these days' })
  const last = await to.inputValue()
  const first = new Date(Date.parse(last) - 4 * 86400e3).toISOString().slice(0, 10)
  await from.fill(last)
  await to.fill(first)
  assert.ok(await show.isDisabled(), 'the first day may not be after the last')
  await from.fill(first)
  await to.fill(last)
  const asked = nextQuestion(page, KEY)
  await show.click()
  const query = await asked
  assert.deepEqual([query.get('startDate'), query.get('endDate')], [first, last])
  const again = nextQuestion(page, KEY)
  await page.reload()
  assert.equal((await again).get('startDate'), first)
})

scene('a comparison gives a delta with words, and none when it is off', async page => {
  await openBoard(page, { path: '/?compare=off' })
  assert.equal(await page.locator('.figure .delta').count(), 0)
  for (const mode of ['previous_period', 'previous_year']) {
    const asked = nextQuestion(page, KEY)
    await page.locator('#compare').selectOption(mode)
    assert.equal((await asked).get('compare'), mode)
    await settled(page)
  }
  const asked = nextQuestion(page, KEY)
  await page.locator('#compare').selectOption('previous_period')
  await asked
  await settled(page)
  const delta = card(page, KEY).locator('.figure .delta')
  assert.match(await delta.textContent(), /(Up|Down) [\d.,]+%|No change/)
  assert.match(await delta.textContent(), /against \d/)
  await delta.hover()
  assert.match(await page.locator('.tip').textContent(), /against \d/)
})

scene('a source that is off is left out of the question', async page => {
  const meta = {
    connected_sources: { ga4: true, meta: true, instagram: false },
    last_sync_at: null,
    next_scheduled_at: null,
    sources: {},
  }
  await page.route('**/v1/dashboard/meta', route => route.fulfill({ json: meta }))
  await openBoard(page, { layout: { version: 1, widgets: [{ id: KEY }, { id: 'ga4.users' }] } })
  const toggle = page.locator('[data-source="ga4"]')
  assert.equal(await toggle.getAttribute('aria-pressed'), 'true')
  const asked = nextQuestion(page, KEY)
  await toggle.click()
  assert.equal((await asked).get('sources'), 'meta,instagram')
  await settled(page)
  assert.equal(await toggle.getAttribute('aria-pressed'), 'false')
  assert.equal(await page.locator('.card .value').count(), 0)
  assert.ok(
    (await card(page, KEY).locator('.card-state').textContent()).length > 3,
    'the card does not say why it is empty',
  )
  await page.locator('[data-source="meta"]').click()
  assert.equal(
    await page.locator('[data-source="meta"]').getAttribute('aria-pressed'),
    'true',
    'the last source went off',
  )
  await page.locator('[data-source="instagram"]').click({ force: true }) // it looks disabled, and says why when pressed
  assert.match(await page.locator('.toast').textContent(), /Not connected/)
})
