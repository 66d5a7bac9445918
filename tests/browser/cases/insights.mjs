// Insights: sentences beside the board, and what each figure rests on.
import assert from 'node:assert/strict'
import { eventually, openBoard, scene, until } from '../browser.mjs'

const fact = (id, changes = {}) => ({
  id,
  metric: 'sessions',
  entity: null,
  value: 26572,
  unit: 'count',
  currency: null,
  text: '26,572',
  window: { start: '2026-10-24', end: '2026-11-20' },
  compare: null,
  direction: null,
  evidence: {
    widget: 'ga4.sessions',
    view: 'widget',
    parameters: { startDate: '2026-10-24' },
    pointer: '/stats/value',
  },
  ...changes,
})
const told = (changes = {}) => ({
  items: [{ group: 'Traffic', bullets: ['26,572 sessions.'], evidence: [['F1']] }],
  facts: [fact('F1')],
  engine: 'rules',
  model: null,
  ...changes,
})
const answer = (page, json) => page.route('**/v1/insights?*', route => route.fulfill({ json }))
const rail = page => page.locator('.insights')

scene('insights come beside the board, and each figure leads to the answer it was read from', async page => {
  await openBoard(page)
  const figure = rail(page).locator('.figure-link').first()
  await figure.waitFor()
  const words = await figure.textContent()
  await until(
    () => rail(page).textContent(),
    /Cross-channel.*Written by rules\. Every figure is computed by Daymark\./s,
  )
  await figure.click()
  const dialog = page.getByRole('dialog')
  const first = dialog.locator('.evidence-fact').first()
  await until(() => first.locator('b').textContent(), words)
  await until(() => first.textContent(), /Days.*\d.*Shown by.*Place in the answer/s)
  await first.getByRole('button', { name: 'Look it up now' }).click()
  await first.getByText(`The answer says ${words}: the same figure.`).waitFor()
  await first.getByRole('button', { name: 'Show on the board' }).click()
  await until(() => dialog.count(), 0)
  await page.locator('.card-found').waitFor()
  await eventually(async () => await page.evaluate(() => document.activeElement.matches('.card')))
})

scene('every fact that the demo cites can be looked up', async page => {
  await openBoard(page)
  const asked = page.waitForRequest(/\/v1\/insights\?/)
  await page.reload()
  const { facts } = await (await page.request.get((await asked).url())).json()
  assert.ok(facts.length > 20)
  await rail(page).locator('.figure-link').first().waitFor()
  await eventually(async () => (await rail(page).locator('.figure-link').count()) > 15, 'figures lead nowhere')
})

scene('folded it stays so, by the button and by i, and the focus stays with it', async page => {
  await openBoard(page)
  await rail(page).locator('.figure-link').first().waitFor()
  const before = (await page.locator('.board').boundingBox()).width
  await page.keyboard.press('i')
  await page.locator('.insights-folded').waitFor()
  await until(() => page.evaluate(() => document.activeElement.id), 'insights-fold')
  await eventually(async () => (await page.locator('.board').boundingBox()).width > before + 200)
  await page.reload()
  await page.locator('.insights-folded').waitFor()
  await page.locator('#insights-fold').click()
  await rail(page).locator('.figure-link').first().waitFor()
})

scene('they wait for the numbers, and move nothing when they come', async page => {
  await page.addInitScript(() => {
    window.shift = 0
    new PerformanceObserver(list => {
      for (const one of list.getEntries()) window.shift += one.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const order = []
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    if (/^\/v1\/(insights|widgets\/|dashboard\/data)/.test(pathname)) order.push(pathname)
  })
  await openBoard(page)
  await rail(page).locator('.figure-link').first().waitFor()
  assert.ok(
    order.indexOf('/v1/insights') >
      order.findIndex(path => path.startsWith('/v1/widgets/') || path === '/v1/dashboard/data'),
  )
  await eventually(async () => (await page.evaluate(() => window.shift)) < 0.02, 'something moved')
})

scene('a slow model is waited for with words, and the board is ready meanwhile', async page => {
  let go
  const held = new Promise(resolve => (go = resolve))
  await page.route('**/v1/insights?*', async route => {
    await held
    await route.fulfill({ json: told({ engine: 'llm', model: 'test-7b <img src=x>' }) })
  })
  await openBoard(page)
  const status = rail(page).getByRole('status')
  await status.filter({ hasText: 'Reading the numbers.' }).waitFor()
  await status.filter({ hasText: 'can take up to 20 seconds' }).waitFor()
  await eventually(async () => (await page.locator('.card .value').count()) > 2)
  go()
  await rail(page).getByText('Worded by test-7b <img src=x>, figures by Daymark.').waitFor()
  await until(() => rail(page).locator('img').count(), 0)
})

scene(
  'a failure is told and can be tried again; nothing to say is said',
  async page => {
    let broken = true
    await page.route('**/v1/insights?*', route =>
      broken
        ? route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            json: { detail: 'The server is busy.' },
          })
        : route.fulfill({ json: told({ items: [], facts: [] }) }),
    )
    await openBoard(page)
    await rail(page).getByRole('alert').filter({ hasText: 'The server is busy.' }).waitFor()
    broken = false
    await rail(page).getByRole('button', { name: 'Try again' }).click()
    await rail(page).getByText('There is nothing to say about these days yet.').waitFor()
  },
  { expected: [/503/] },
)

scene('figures are found in words, not in dates; hostile names stay text', async page => {
  const name = '\u201c<img src=x onerror=alert(1)>\u201d',
    long = 'x'.repeat(300)
  await answer(
    page,
    told({
      items: [
        {
          group: 'Ads',
          bullets: [
            `Between 12 Nov and 20 Nov, of 1,012 with ${name}, 12 left; ${long} stayed.`,
            'Nothing that is linked.',
          ],
          evidence: [['F1'], ['F2']],
        },
      ],
      facts: [
        fact('F1', { text: '\u221212', entity: '<b>x</b>' }),
        fact('F2', { evidence: { ...fact('F2').evidence, pointer: null } }),
      ],
    }),
  )
  await openBoard(page)
  const figures = rail(page).locator('.figure-link')
  await figures.first().waitFor()
  await until(() => figures.count(), 1)
  await until(() => figures.evaluate(one => one.previousSibling.textContent), /, $/)
  await until(() => rail(page).locator('img').count(), 0)
  const box = await rail(page).boundingBox()
  assert.ok(box.width <= 320)
  await figures.click()
  await until(() => page.getByRole('dialog').textContent(), /\u201c<b>x<\/b>\u201d/)
  await page.keyboard.press('Escape')
  await eventually(
    async () => await figures.evaluate(one => one === document.activeElement),
    'the focus did not come back',
  )
  await rail(page).getByRole('button', { name: 'Evidence', exact: true }).click()
  await until(() => page.getByRole('dialog').textContent(), /Reckoned from the answer/)
})

scene(
  '390 px: a panel of its size above the board, swiped sideways',
  async page => {
    await openBoard(page)
    await rail(page).locator('.figure-link').first().waitFor()
    const [panel, first] = [await rail(page).boundingBox(), await page.locator('.card').first().boundingBox()]
    assert.ok(panel.y + panel.height <= first.y)
    assert.ok(panel.height < 260)
    await eventually(async () => (await page.evaluate(() => document.documentElement.scrollWidth)) <= 390)
  },
  { viewport: { width: 390, height: 844 } },
)
