// Targets, notes about days, and widgets of one's own: made, changed and taken away from a card.
import assert from 'node:assert/strict'
import { base, card, eventually, openBoard, savedLayout, scene, until } from '../browser.mjs'

const LAYOUT = {
  version: 1,
  widgets: [
    { id: 'a', key: 'ga4.sessions', size: 'md', x: 0, y: 0, w: 6, h: 4 },
    { id: 'b', key: 'meta.roas', size: 'md', x: 6, y: 0, w: 4, h: 3 },
  ],
}
const ask = async (page, method, path, data) => {
  const options = { method, headers: { origin: base, 'content-type': 'application/json' } }
  return (await page.request.fetch(base + path, data ? { ...options, data: JSON.stringify(data) } : options)).json()
}
/** What an earlier case may have left. */
async function clear(page) {
  await page.request.get(base + '/')
  for (const { id } of (await ask(page, 'GET', '/v1/targets')).targets) await ask(page, 'DELETE', `/v1/targets/${id}`)
  for (const { id } of (await ask(page, 'GET', '/v1/annotations')).annotations)
    await ask(page, 'DELETE', `/v1/annotations/${id}`)
  for (const { key } of (await ask(page, 'GET', '/v1/widgets')).widgets)
    if (key.startsWith('custom.')) await ask(page, 'DELETE', `/v1/widgets/${key}`)
}
const choose = async (page, key, name) => {
  await card(page, key).hover()
  await card(page, key).locator('.card-menu').click()
  await page.getByRole('menuitem', { name, exact: true }).click()
  await page.getByRole('dialog').waitFor()
}
const dialogOf = page => page.getByRole('dialog')

scene('a target is set, shown with its pace, changed and removed', async page => {
  await clear(page)
  await openBoard(page, { layout: LAYOUT, path: '/?range=7d' })
  await until(() => card(page, 'ga4.sessions').locator('.aim').count(), 0)
  await choose(page, 'ga4.sessions', 'Target')
  const dialog = dialogOf(page)
  await dialog.getByRole('button', { name: 'Set target' }).click()
  await dialog.getByRole('alert').filter({ hasText: 'Enter a number.' }).waitFor()
  await dialog.getByLabel('Period').selectOption('quarter')
  await dialog.getByLabel('Value').fill('100000')
  await dialog.getByRole('button', { name: 'Set target' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { targets } = await ask(page, 'GET', '/v1/targets')
  const { value, progress } = targets[0]
  const aim = card(page, 'ga4.sessions').locator('.aim')
  const part = Math.round((progress.value / value) * 100)
  await aim.filter({ hasText: `${part}% of 100k` }).waitFor()
  await until(() => aim.textContent(), /(ahead of|behind|on) pace/)
  // The line of the target is in the chart, with its value.
  const daily = targets[0].value / progress.days
  const label = card(page, 'ga4.sessions').locator('.chart svg text', {
    hasText: Math.round(daily).toLocaleString('en-GB'),
  })
  await label.waitFor()
  await eventually(
    async () => (await label.getAttribute('fill-opacity')) !== '0',
    'the value is there, and nobody sees it',
  )
  await aim.click()
  await dialog.getByRole('button', { name: /^Edit/ }).click()
  await dialog.getByLabel('Value').fill('50000')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await aim.filter({ hasText: `${Math.round((progress.value / 50000) * 100)}% of 50,000` }).waitFor()
  await dialog.getByRole('button', { name: /^Remove/ }).click()
  await aim.waitFor({ state: 'detached' })
  await until(async () => (await ask(page, 'GET', '/v1/targets')).targets, [])
})

scene(
  'a target of a rate is said as it is, and a second one of the same period is refused in words',
  async page => {
    await clear(page)
    await openBoard(page, { layout: LAYOUT })
    await choose(page, 'meta.roas', 'Target')
    await dialogOf(page).getByLabel('Value').fill('4,5')
    await page.keyboard.press('Enter')
    await card(page, 'meta.roas').locator('.aim').filter({ hasText: 'target at least 4.50' }).waitFor()
    await choose(page, 'meta.roas', 'Target')
    await dialogOf(page).getByLabel('Value').fill('5')
    await page.keyboard.press('Enter')
    await dialogOf(page).getByRole('alert').waitFor()
    await eventually(async () => await dialogOf(page).isVisible())
    await clear(page)
  },
  { expected: [/409/] },
)

scene('a day of a chart is noted, the note shown, changed and removed', async page => {
  await clear(page)
  await openBoard(page, { layout: LAYOUT, path: '/?from=2026-10-05&to=2026-10-14&compare=off' })
  const chart = card(page, 'ga4.sessions').locator('.chart')
  await chart.locator('svg').waitFor()
  const box = await chart.boundingBox()
  await chart.click({ position: { x: box.width / 2, y: box.height / 2 } })
  const dialog = dialogOf(page)
  await dialog.waitFor()
  const day = await dialog.getByLabel('Day', { exact: true }).inputValue()
  assert.match(day, /^2026-10-(09|10)$/)
  await dialog.getByLabel('What happened').fill('Sale began <b>today</b>')
  await dialog.getByRole('button', { name: 'Add note' }).click()
  await dialog.locator('.entry bdi').filter({ hasText: 'Sale began <b>today</b>' }).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await chart.locator('svg path').last().waitFor({ state: 'attached' })
  await chart.focus()
  await page.keyboard.press('Home')
  for (let i = 0; i < Number(day.slice(8)) - 5; i++) await page.keyboard.press('ArrowRight')
  await page.locator('.tip-mark').filter({ hasText: 'Sale began <b>today</b>' }).waitFor()
  await page.keyboard.press('Enter') // the keyboard's way to note a day
  await dialog.waitFor()
  await until(() => dialog.getByLabel('Day', { exact: true }).inputValue(), day)
  await dialog.getByRole('button', { name: /^Edit/ }).click()
  await dialog.getByLabel('What happened').fill('Sale ended')
  await dialog.getByLabel('Only for Sessions').check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.locator('.entry bdi').filter({ hasText: 'Sale ended' }).waitFor()
  const [note] = (await ask(page, 'GET', '/v1/annotations')).annotations
  assert.deepEqual([note.text, note.widget, note.date], ['Sale ended', 'ga4.sessions', day])
  await dialog.getByRole('button', { name: /^Remove/ }).click()
  await dialog.getByText('Nothing is noted for these days').waitFor()
  await until(async () => (await ask(page, 'GET', '/v1/annotations')).annotations, [])
})

scene(
  'a widget of one\u2019s own is checked as it is typed, previewed, kept, changed and deleted',
  async page => {
    await clear(page)
    await openBoard(page, { layout: LAYOUT })
    await page.keyboard.press('/')
    await page.getByRole('button', { name: 'A widget of your own' }).click()
    const dialog = dialogOf(page).filter({ hasText: 'Formula' })
    await dialog.getByLabel('Name').fill('Cost of a <i>visit</i>')
    await dialog.getByLabel('Formula').fill('meta.spend / ga4.nonsense')
    await dialog.getByText(/character 14.*ga4\.nonsense/).waitFor()
    await eventually(async () => await dialog.getByRole('button', { name: 'Add to the board' }).isDisabled())
    await dialog.getByLabel('Formula').fill('meta.spend / ')
    await dialog.getByLabel('Insert a metric').selectOption('ga4.sessions')
    await until(() => dialog.getByLabel('Formula').inputValue(), 'meta.spend / ga4.sessions')
    await dialog.locator('.preview .value').waitFor()
    await until(() => dialog.locator('.preview .value').textContent(), /^€\d/)
    const shown = await dialog.locator('.preview .value').textContent()
    await dialog.getByRole('button', { name: 'Add to the board' }).click()
    await dialog.waitFor({ state: 'detached' })
    const own = card(page, 'custom.cost_of_a_i_visit_i')
    await own.locator('.value').waitFor()
    await until(() => own.locator('.value').textContent(), shown)
    await until(() => own.locator('.card-title').textContent(), 'Cost of a <i>visit</i>')
    await own.locator('.figure .delta').click()
    await page.locator('.why-table tbody tr').nth(1).waitFor()
    await until(() => page.locator('.why-words').textContent(), /^Cost of a <i>visit<\/i> (rose|fell) by /)
    await page.keyboard.press('Escape')
    await choose(page, 'custom.cost_of_a_i_visit_i', 'Edit formula')
    await until(() => dialog.getByLabel('Formula').inputValue(), 'meta.spend / ga4.sessions')
    await dialog.getByLabel('Formula').fill('ga4.conversions / ga4.sessions')
    await dialog.getByLabel('A share').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await own.locator('.value').filter({ hasText: '%' }).waitFor()
    await choose(page, 'custom.cost_of_a_i_visit_i', 'Edit formula')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.locator('[data-sure]').click()
    await own.waitFor({ state: 'detached' })
    await eventually(async () => (await savedLayout(page)).widgets.length === 2, 'the board still names it')
    await eventually(
      async () => !(await ask(page, 'GET', '/v1/widgets')).widgets.some(({ key }) => key.startsWith('custom.')),
    )
  },
  { expected: [/422/] },
)

scene(
  'in a low window the dialogs scroll to their buttons',
  async page => {
    await openBoard(page, { layout: LAYOUT })
    await page.keyboard.press('/')
    await page.getByRole('button', { name: 'A widget of your own' }).click()
    await page.getByLabel('Formula').fill('ga4.sessions')
    const button = page.getByRole('button', { name: 'Add to the board' })
    await button.scrollIntoViewIfNeeded()
    const inside = () =>
      button.evaluate(el => el.getBoundingClientRect().bottom <= el.closest('dialog').getBoundingClientRect().bottom)
    await eventually(inside, 'the button lies below the dialog')
  },
  { viewport: { width: 800, height: 420 } },
)
