// Phones, keyboards, screen readers, the dark.
import assert from 'node:assert/strict'
import { card, eventually, FIRST, openBoard, scene, until, value } from '../browser.mjs'

scene(
  '390 px: one column, nothing to the side, the rest in a sheet',
  async page => {
    await openBoard(page)
    const boxes = await page
      .locator('.card')
      .evaluateAll(cards => cards.map(one => one.getBoundingClientRect().toJSON()))
    assert.equal(boxes.length, FIRST.length)
    for (const box of boxes) {
      assert.equal(Math.round(box.left), Math.round(boxes[0].left))
      assert.ok(box.width > 340 && box.right <= 390, `${box.width} px`)
    }
    await eventually(
      async () => await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      'the page scrolls sideways',
    )
    const before = await value(page, 'ga4.sessions')
    await page.locator('#range').click()
    const panel = await page.locator('.panel:popover-open').boundingBox()
    assert.ok(panel.x >= 0 && panel.x + panel.width <= 390, 'the panel leaves the screen')
    await page.locator('[data-preset="7d"]').click()
    await page.waitForFunction(
      ([key, old]) => document.querySelector(`[data-widget="${key}"] .value`)?.textContent !== old,
      ['ga4.sessions', before],
    )
    await page.locator('#more').click()
    for (const id of ['#compare', '#sync', '#add']) await page.locator(id).waitFor({ state: 'visible', timeout: 3000 })
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
)

for (const width of [320, 640, 800, 1024, 1180, 1280, 1920])
  scene(
    `${width} px: no sideways scroll, no card over another`,
    async page => {
      await openBoard(page)
      await eventually(
        async () => await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
        'the page scrolls sideways',
      )
      const boxes = await page
        .locator('.card')
        .evaluateAll(cards => cards.map(one => one.getBoundingClientRect().toJSON()))
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1))
          assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, 'cards overlap')
    },
    { viewport: { width, height: 900 } },
  )

/** Where the focus is, once it can be seen. */
const focusShown = page =>
  page.evaluate(() => {
    const el = document.activeElement
    const body = el === document.body
    const id = el.closest('.card')?.dataset.widget || el.id || el.dataset.source || ''
    return (body || getComputedStyle(el).outlineStyle !== 'none') && { id, body }
  })

scene('every main control is reached by Tab, in reading order, with a visible focus', async page => {
  await openBoard(page)
  const reached = []
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const at = await eventually(() => focusShown(page), 'no visible focus')
    if (at.body) break
    if (!reached.includes(at.id)) reached.push(at.id)
  }
  const wanted = ['range', 'compare', 'ga4', 'meta', 'instagram', 'sync', 'edit', 'add', 'account', ...FIRST]
  assert.deepEqual(
    reached.filter(id => wanted.includes(id)),
    wanted,
  )
})

scene('the board can be used by keyboard alone', async page => {
  await openBoard(page)
  await page.keyboard.press('d')
  await page.locator('.panel:popover-open').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => /Last 7 days/.test(document.getElementById('range').textContent))
  await page.keyboard.press('c')
  await until(() => page.locator('#compare').inputValue(), 'previous_year')
  await card(page, 'ga4.users').locator('.card-menu').focus()
  await page.keyboard.press('Enter')
  await page.locator('.panel:popover-open').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.panel:popover-open').waitFor({ state: 'detached' })
  await eventually(
    async () =>
      await card(page, 'ga4.users')
        .locator('.card-menu')
        .evaluate(el => el === document.activeElement),
    'the focus was lost',
  )
  await page.keyboard.press('?')
  await until(() => page.getByRole('dialog').textContent(), /Keyboard/)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

scene('charts speak', async page => {
  await openBoard(page)
  await until(
    () => card(page, 'ga4.sessions').locator('.chart').getAttribute('aria-label'),
    /Sessions by day, .*Highest .* on .*, lowest/,
  )
})

const colours = page =>
  page.evaluate(() => ({
    ground: getComputedStyle(document.documentElement).backgroundColor,
    line: document
      .querySelector('[data-widget="ga4.sessions"] .chart svg path[stroke-width="2"]')
      .getAttribute('stroke'),
  }))

scene(
  'dark is what the system says, and what the user says',
  async page => {
    await openBoard(page, { layout: { version: 1, widgets: [{ id: 'ga4.sessions', size: 'md' }] } })
    await page.locator('[data-widget="ga4.sessions"] .chart svg path[stroke-width="2"]').first().waitFor()
    const dark = await colours(page)
    assert.ok(
      dark.ground
        .match(/\d+/g)
        .slice(0, 3)
        .every(c => Number(c) < 40),
      dark.ground,
    )
    await page.locator('#account').click()
    await page.locator('[data-theme-choice="light"]').click()
    await page.waitForFunction(
      old =>
        document
          .querySelector('[data-widget="ga4.sessions"] .chart svg path[stroke-width="2"]')
          .getAttribute('stroke') !== old,
      dark.line,
    )
    const light = await colours(page)
    assert.ok(
      light.ground
        .match(/\d+/g)
        .slice(0, 3)
        .every(c => Number(c) > 220),
      light.ground,
    )
    await page.reload()
    await page.locator('.card').first().waitFor()
    await until(() => page.evaluate(() => document.documentElement.dataset.theme), 'light')
  },
  { colorScheme: 'dark' },
)
