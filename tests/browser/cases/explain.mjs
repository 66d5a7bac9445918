// Why a number changed.
import assert from 'node:assert/strict'
import { card, eventually, openBoard, scene, until } from '../browser.mjs'

const LAYOUT = {
  version: 1,
  widgets: [
    { id: 'a', key: 'ga4.sessions', size: 'md', x: 0, y: 0, w: 4, h: 3 },
    { id: 'b', key: 'ga4.conv_rate', size: 'md', x: 4, y: 0, w: 4, h: 3 },
    { id: 'c', key: 'ga4.users', size: 'md', x: 8, y: 0, w: 4, h: 3 },
    { id: 'd', key: 'meta.cost_metrics', size: 'md', x: 0, y: 3, w: 6, h: 4 },
  ],
}
/** "−1,292", "+0.25 pp", "€1,240" as numbers. */
const figure = text => Number(text.replace('\u2212', '-').replace(/[^\d.-]/g, ''))
const why = (page, key) => card(page, key).locator('.figure .delta').click()
const dialogOf = page => page.getByRole('dialog')
/** Read in one go: the table is drawn anew when its parts arrive. */
const rows = (page, part) =>
  page.locator(`.why-table ${part} tr`).evaluateAll(list =>
    list.map(row => ({
      name: row.querySelector('th').textContent.trim(),
      cells: [...row.querySelectorAll('td:not(.why-bar)')].map(cell => cell.textContent.trim()),
    })),
  )
/** The places of the bars, each as a part of the row's width. */
const bars = page =>
  page.locator('.why-table .fall i').evaluateAll(all =>
    all.map(bar => {
      const row = bar.parentElement.getBoundingClientRect(),
        box = bar.getBoundingClientRect()
      return { from: (box.left - row.left) / row.width, to: (box.right - row.left) / row.width }
    }),
  )

scene('a change is explained by parts that add up to it, as shown and as drawn', async page => {
  await openBoard(page, { layout: LAYOUT })
  const asked = page.waitForResponse(reply => reply.url().includes('/v1/widgets/ga4.sessions/explain?'))
  await why(page, 'ga4.sessions')
  const told = await (await asked).json()
  await page.locator('.why-table').waitFor()
  const parts = await rows(page, 'tbody'),
    [total] = await rows(page, 'tfoot')
  const change = cells => figure(cells[2])
  assert.equal(
    parts.reduce((sum, { cells }) => sum + change(cells), 0),
    change(total.cells),
  )
  assert.equal(change(total.cells), told.rounded)
  assert.equal(parts[0].name, told.parts[0].name)
  assert.equal(figure(parts[0].cells[1]), told.parts[0].current)
  const words = await page.locator('.why-words').textContent()
  assert.ok(words.includes(Math.abs(told.rounded).toLocaleString('en-GB')), words)
  assert.match(words, told.rounded < 0 ? /^Sessions fell by / : /^Sessions rose by /)
  // Each bar begins where the one before it ended, and the last reaches from the first to the end.
  const drawn = await bars(page)
  const sign = Math.sign(told.rounded)
  const whole = drawn.at(-1)
  const start = sign < 0 ? whole.to : whole.from
  let at = start
  for (const [i, part] of parts.entries()) {
    const up = change(part.cells) > 0
    assert.ok(Math.abs((up ? drawn[i].from : drawn[i].to) - at) < 0.03, `the bar of ${part.name} begins elsewhere`)
    at = up ? drawn[i].to : drawn[i].from
  }
  assert.ok(Math.abs(at - (sign < 0 ? whole.from : whole.to)) < 0.03, 'the bars do not end at the whole')
})

scene('the way to split is chosen, and the focus comes back', async page => {
  await openBoard(page, { layout: LAYOUT })
  await card(page, 'ga4.conv_rate').locator('.figure .delta').focus()
  await page.keyboard.press('Enter')
  await page.locator('.why-table').waitFor()
  const asked = page.waitForRequest(request => /explain\?.*by=account/.test(request.url()))
  await dialogOf(page).getByRole('button', { name: 'Account' }).click()
  await asked
  await page.locator('.why-table thead th', { hasText: 'Account' }).waitFor()
  await until(() => dialogOf(page).getByRole('button', { name: 'Account' }).getAttribute('aria-pressed'), 'true')
  await page.keyboard.press('Escape')
  await dialogOf(page).waitFor({ state: 'detached' })
  await eventually(
    async () =>
      await card(page, 'ga4.conv_rate')
        .locator('.figure .delta')
        .evaluate(el => el === document.activeElement),
    'the focus was lost',
  )
})

scene('ratios say what is rate and what is mix', async page => {
  await openBoard(page, { layout: LAYOUT })
  await why(page, 'ga4.conv_rate')
  await dialogOf(page).getByRole('button', { name: 'Channel' }).click()
  await page.locator('.why-table thead th', { hasText: 'By weight' }).waitFor()
  const [first] = await rows(page, 'tbody')
  const [, , change, rate, mix] = first.cells.map(figure)
  assert.ok(Math.abs(rate + mix - change) < 0.0101, `${rate} + ${mix} is not ${change}`)
})

scene('what cannot be split has no such button, side figures have their own', async page => {
  await openBoard(page, { layout: LAYOUT })
  await until(() => card(page, 'ga4.users').locator('button.delta').count(), 0)
  await card(page, 'ga4.users').hover()
  await card(page, 'ga4.users').locator('.card-menu').click()
  await page.getByRole('menu').waitFor()
  await until(() => page.getByRole('menuitem', { name: 'Explain the change' }).count(), 0)
  await page.keyboard.press('Escape')
  const asked = page.waitForRequest(request => /meta\.cost_metrics\/explain\?.*metric=cpc/.test(request.url()))
  await card(page, 'meta.cost_metrics').locator('.metrics button.delta').first().click()
  await asked
  await dialogOf(page).getByRole('heading', { name: /CPC/ }).waitFor()
})

scene(
  'a refusal is told in the words of the server, a failure can be tried again',
  async page => {
    let status = 422
    await page.route('**/explain?*', route =>
      status === 200
        ? route.fallback()
        : route.fulfill({
            status,
            contentType: 'application/problem+json',
            json: { status, code: 'x', title: 'x', detail: 'Followers are a level: they have no parts.' },
          }),
    )
    await openBoard(page, { layout: LAYOUT })
    await why(page, 'ga4.sessions')
    await dialogOf(page).getByRole('alert').filter({ hasText: 'they have no parts' }).waitFor()
    await until(() => dialogOf(page).getByRole('button', { name: 'Try again' }).count(), 0)
    await page.keyboard.press('Escape')
    status = 500
    await why(page, 'ga4.sessions')
    await dialogOf(page).getByRole('button', { name: 'Try again' }).waitFor()
    status = 200
    await dialogOf(page).getByRole('button', { name: 'Try again' }).click()
    await page.locator('.why-table').waitFor()
  },
  { expected: [/422/, /500/] },
)

const EVIL = '<img src=x onerror="window.hacked=1">{a|b}\u202eabc\u{1f9e8}' + 'x'.repeat(300)

scene('hostile names in an explanation are text, and stay in their column', async page => {
  await page.route('**/explain?*', async route => {
    const reply = await route.fetch()
    const json = await reply.json()
    for (const part of json.parts) part.name = EVIL
    json.notices.push({ code: 'other', text: EVIL })
    await route.fulfill({ response: reply, json })
  })
  await openBoard(page, { layout: LAYOUT })
  await why(page, 'ga4.sessions')
  await page.locator('.why-table').waitFor()
  await until(() => page.locator('.why-table tbody bdi').first().textContent(), EVIL)
  await until(() => page.locator('#app img').count(), 0)
  await until(() => page.evaluate(() => window.hacked), undefined)
  const ends = await page.locator('.why-table tbody tr').evaluateAll(all =>
    all.map(row => {
      const figure = row.querySelector('td').getBoundingClientRect()
      return {
        name: row.querySelector('bdi').getBoundingClientRect().right - figure.left,
        figure: figure.right - row.closest('dialog').getBoundingClientRect().right,
      }
    }),
  )
  assert.ok(ends.length > 1)
  for (const { name, figure } of ends) {
    assert.ok(name <= 1, 'the name lies over the figures')
    assert.ok(figure <= 0, 'the figures leave the dialog')
  }
})

scene(
  '390 px: the explanation fits',
  async page => {
    await openBoard(page, { layout: LAYOUT })
    await why(page, 'ga4.sessions')
    await page.locator('.why-table').waitFor()
    const frame = page.locator('.why .table-frame')
    await eventually(
      async () => await frame.evaluate(el => el.scrollWidth <= el.clientWidth),
      'the table scrolls sideways',
    )
    await eventually(async () => (await bars(page)).some(bar => bar.to - bar.from > 0.2), 'the bars are too small')
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
)

scene('the explanation asks what the card asks', async page => {
  await openBoard(page, { layout: LAYOUT, path: '/?range=7d&compare=previous_year' })
  const asked = page.waitForRequest(request => request.url().includes('/explain?'))
  await card(page, 'ga4.sessions').hover()
  await card(page, 'ga4.sessions').locator('.card-menu').click()
  await page.getByRole('menuitem', { name: 'Explain the change' }).click()
  const query = new URL((await asked).url()).searchParams
  assert.equal(query.get('compare'), 'previous_year')
  assert.ok(query.get('startDate') && query.get('endDate'))
})
