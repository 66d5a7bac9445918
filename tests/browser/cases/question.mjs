// Dates, comparison, sources: what they ask, and that the numbers follow.
import assert from 'node:assert/strict'
import { card, eventually, nextQuestion, openBoard, scene, settled, until, value } from '../browser.mjs'

const KEY = 'ga4.sessions'
const length = query => (Date.parse(query.get('endDate')) - Date.parse(query.get('startDate'))) / 86400e3 + 1

scene('a preset changes the question and the numbers', async page => {
  await openBoard(page)
  const before = await value(page, KEY)
  const asked = nextQuestion(page, KEY)
  await page.locator('#range').click()
  await page.locator('[data-preset="7d"]').click()
  assert.equal(length(await asked), 7)
  await eventually(async () => (await value(page, KEY)) !== before, 'the numbers did not follow')
  await until(() => page.locator('#range').textContent(), /Last 7 days/)
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
  await eventually(async () => await show.isDisabled(), 'the first day may not be after the last')
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
  await until(() => page.locator('.figure .delta').count(), 0)
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
  await until(() => delta.textContent(), /(Up|Down) [\d.,]+%|No change/)
  await until(() => delta.textContent(), /against \d/)
  await delta.hover()
  await until(() => page.locator('.tip').textContent(), /against \d/)
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
  await until(() => toggle.getAttribute('aria-pressed'), 'true')
  const asked = nextQuestion(page, KEY)
  await toggle.click()
  assert.equal((await asked).get('sources'), 'meta,instagram')
  await settled(page)
  await until(() => toggle.getAttribute('aria-pressed'), 'false')
  await until(() => page.locator('.card .value').count(), 0)
  await eventually(
    async () => (await card(page, KEY).locator('.card-state').textContent()).length > 3,
    'the card does not say why it is empty',
  )
  await page.locator('[data-source="meta"]').click()
  await until(
    () => page.locator('[data-source="meta"]').getAttribute('aria-pressed'),
    'true',
    'the last source went off',
  )
  await page.locator('[data-source="instagram"]').click({ force: true }) // it looks disabled, and says why when pressed
  await until(() => page.locator('.toast').textContent(), /Not connected/)
})

scene('the calendar is used by keyboard, and weeks begin as they do where the reader is', async page => {
  await openBoard(page)
  await page.keyboard.press('d')
  const day = () => page.evaluate(() => document.activeElement.dataset.day)
  const goes = async (key, expected) => {
    await page.keyboard.press(key)
    await eventually(async () => (await day()) === expected, `${key} does not lead to ${expected}`)
  }
  await until(() => page.locator('.sheet-month th').first().textContent(), 'Mon')
  await page.locator('.day[tabindex="0"]').focus()
  const last = await day()
  const before = n => new Date(Date.parse(last) - n * 86400e3).toISOString().slice(0, 10)
  await goes('ArrowLeft', before(1))
  await goes('ArrowUp', before(8))
  const monday = before(8 + ((new Date(before(8)).getUTCDay() + 6) % 7))
  await goes('Home', monday)
  await goes('End', new Date(Date.parse(monday) + 6 * 86400e3).toISOString().slice(0, 10))
  const first = before(30)
  for (let i = 1; (await day()) !== first; i++) {
    assert.ok(i < 40)
    const earlier = new Date(Date.parse(await day()) - 86400e3).toISOString().slice(0, 10)
    await goes('ArrowLeft', earlier)
  }
  await page.keyboard.press('PageUp')
  await eventually(async () => (await day())?.slice(0, 7) < first.slice(0, 7), 'Page up does not lead a month back')
  await page.keyboard.press('PageDown')
  await eventually(async () => (await day()) === first, 'Page down does not lead back')
  await page.keyboard.press('Enter')
  await goes('ArrowDown', before(23))
  await goes('ArrowDown', before(16))
  await page.keyboard.press('Enter')
  const end = new Date(Date.parse(first) + 14 * 86400e3).toISOString().slice(0, 10)
  await page.locator('.within').first().waitFor()
  const asked = nextQuestion(page, KEY)
  await page.getByRole('button', { name: 'Show these days' }).click()
  const query = await asked
  assert.deepEqual([query.get('startDate'), query.get('endDate')], [first, end])
})

scene(
  'in America the week begins on Sunday',
  async page => {
    await openBoard(page)
    await page.keyboard.press('d')
    await until(() => page.locator('.sheet-month th').first().textContent(), 'Sun')
  },
  { locale: 'en-US' },
)

scene('a comparison with days of one\u2019s own', async page => {
  await openBoard(page)
  let asked = nextQuestion(page, KEY)
  await page.locator('#compare').selectOption('custom')
  const query = await asked
  assert.equal(query.get('compare'), 'custom')
  assert.equal(Date.parse(query.get('startDate')) - Date.parse(query.get('compareEnd')), 86400e3)
  const panel = page.locator('.panel:popover-open')
  await panel.locator('input[name="from"]').fill('2026-08-03')
  await panel.locator('input[name="to"]').fill('2026-08-09')
  asked = nextQuestion(page, KEY)
  await panel.getByRole('button', { name: 'Compare with these days' }).click()
  const own = await asked
  assert.deepEqual([own.get('compareStart'), own.get('compareEnd')], ['2026-08-03', '2026-08-09'])
  await until(() => page.locator('#compare-days').textContent(), /3 .* 9 Aug/)
  const again = nextQuestion(page, KEY)
  await page.reload()
  assert.equal((await again).get('compareStart'), '2026-08-03', 'a link to itself does not hold the days')
})

scene('back and forward go through what was asked', async page => {
  await openBoard(page, { path: '/?range=28d&compare=previous_period' })
  await page.locator('#range').click()
  await page.locator('[data-preset="7d"]').click()
  await settled(page)
  await page.locator('#compare').selectOption('off')
  await settled(page)
  await until(() => page.url(), /range=7d&compare=off/)
  let asked = nextQuestion(page, KEY)
  await page.goBack()
  assert.equal((await asked).get('compare'), 'previous_period')
  await until(() => page.locator('#compare').inputValue(), 'previous_period')
  asked = nextQuestion(page, KEY)
  await page.goBack()
  assert.equal(length(await asked), 28)
  await until(() => page.locator('#range').textContent(), /Last 28 days/)
  asked = nextQuestion(page, KEY)
  await page.goForward()
  assert.equal(length(await asked), 7)
})

scene('each key says what it did', async page => {
  await openBoard(page)
  const said = async (key, pattern) => {
    await page.keyboard.press(key)
    await page.locator('.notes [role="status"] .toast', { hasText: pattern }).waitFor()
  }
  await said('c', /Comparison: Previous year/)
  await said('1', /Analytics: off/)
  await said('1', /Analytics: on/)
  await said('2', /Meta Ads: off/)
  await said('3', /Instagram: off/)
  await said('.', /Theme: Light/)
  await page.keyboard.press('i')
  await page.locator('.insights-folded').waitFor()
  await page.keyboard.press('?')
  await until(() => page.getByRole('dialog').textContent(), /Edit the board/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('s')
  await page.locator('#sync-progress, #sync-note').first().waitFor()
})

scene('freshness is told source by source', async page => {
  await openBoard(page)
  const line = page.locator('.freshness p')
  await until(() => line.textContent(), /Complete through \w+ \d+ \w+.*synced \d/)
  await line.focus()
  await until(
    () => page.locator('.tip').textContent(),
    /Analytics complete through .*Meta Ads complete through .*may change from .*Next sync/,
  )
})
