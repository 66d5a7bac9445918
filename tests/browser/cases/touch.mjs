// Fingers: they scroll the page, and move and resize cards only while the board is edited.
import assert from 'node:assert/strict'
import { card, eventually, openBoard, savedLayout, scene } from '../browser.mjs'

const LAYOUT = {
  version: 1,
  widgets: [
    { id: 'ga4.users', key: 'ga4.users', size: 'md', x: 0, y: 0, w: 4, h: 3 },
    { id: 'ga4.sessions', key: 'ga4.sessions', size: 'md', x: 4, y: 0, w: 4, h: 3 },
    { id: 'ga4.revenue', key: 'ga4.revenue', size: 'lg', x: 0, y: 3, w: 12, h: 12 },
  ],
}
const TOUCH = { viewport: { width: 1180, height: 820 }, hasTouch: true, isMobile: true }

/** A finger that rests on a card takes hold of it after a moment; the grid then acts as for a mouse. */
const heldDown = () =>
  new Promise(resolve => addEventListener('mousedown', () => resolve(true), { capture: true, once: true }))

/** A finger, as the browser itself gets it: it may scroll, unlike events that a script makes. */
async function finger(page, context) {
  const session = await context.newCDPSession(page)
  const send = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  return async (from, to, { hold = false } = {}) => {
    const taken = hold && page.evaluate(heldDown)
    await send('touchStart', [from])
    await taken
    for (let step = 1; step <= 12; step++) {
      const part = step / 12
      await send('touchMove', [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }])
    }
    await send('touchEnd', [])
  }
}
const middle = async locator => {
  const { x, y, width, height } = await locator.boundingBox()
  return { x: x + width / 2, y: y + height / 2 }
}
const widget = async (page, id) => (await savedLayout(page)).widgets.find(one => one.id === id)
const places = async page => (await savedLayout(page)).widgets.map(({ x, y, w, h }) => [x, y, w, h].join())

scene(
  'a finger on a card scrolls the page and moves no card',
  async (page, context) => {
    await openBoard(page, { layout: LAYOUT })
    const swipe = await finger(page, context)
    const before = await places(page)
    const from = await middle(card(page, 'ga4.users').locator('.card-title'))
    await swipe({ x: from.x, y: from.y + 300 }, from)
    await eventually(() => page.evaluate(() => window.scrollY > 50), 'the page did not scroll')
    const title = await middle(card(page, 'ga4.revenue').locator('.card-title'))
    const down = await page.evaluate(() => window.scrollY)
    await swipe(title, { x: title.x, y: title.y - 200 })
    await eventually(() => page.evaluate(was => window.scrollY > was, down), 'a card holds up scrolling')
    assert.deepEqual(await places(page), before)
  },
  TOUCH,
)

scene(
  'while the board is edited a finger drags a card by its head and resizes it by its corner',
  async (page, context) => {
    await openBoard(page, { layout: LAYOUT })
    await page.locator('#edit').tap()
    await page.locator('.edit-bar', { hasText: 'Hold a card by its title' }).waitFor()
    const swipe = await finger(page, context)
    const head = await middle(card(page, 'ga4.users').locator('.card-title'))
    await swipe(head, { x: head.x + 640, y: head.y }, { hold: true })
    await eventually(async () => (await widget(page, 'ga4.users')).x >= 6, 'it was not dragged')
    assert.equal(await page.evaluate(() => window.scrollY), 0, 'the page scrolled along')
    const item = page.locator('.grid-stack-item', { has: card(page, 'ga4.users') })
    const before = await widget(page, 'ga4.users')
    const corner = await middle(item.locator('.ui-resizable-se'))
    await swipe(corner, { x: corner.x - 20, y: corner.y + 210 }, { hold: true })
    await eventually(async () => (await widget(page, 'ga4.users')).h > before.h, 'it was not resized')
  },
  TOUCH,
)
