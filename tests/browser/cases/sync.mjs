// The sync button: progress while it runs, and an end.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { openBoard, scene, settled, until } from '../browser.mjs'

scene('a sync shows its progress, ends, and refreshes the numbers', async page => {
  await openBoard(page)
  // News is held back until the progress was seen: a demo's sync is over soon.
  let seen
  const wasSeen = new Promise(resolve => (seen = resolve))
  await page.route('**/v1/sync/job/**', async route => {
    await wasSeen
    await route.fallback()
  })
  const started = page.waitForResponse(response => response.url().endsWith('/v1/sync/all/run'))
  const progress = page.locator('#sync-progress')
  await page.locator('#sync').click()
  assert.equal((await started).status(), 202)
  await progress.filter({ hasText: /sync is (running|starting)/ }).waitFor()
  await until(() => progress.locator('progress').count(), 1)
  seen()
  const refreshed = page.waitForRequest(request => request.url().includes('/v1/dashboard/data?'), {
    timeout: 60_000,
  })
  await page.locator('#sync-note').waitFor({ timeout: 60_000 })
  await until(() => page.locator('#sync-note.note-good').count(), 1)
  await refreshed
  await settled(page)
  await until(() => page.locator('.freshness').textContent(), /synced/)
})

scene('two presses are one sync', async page => {
  await openBoard(page)
  let runs = 0
  page.on('request', request => {
    runs += request.url().endsWith('/v1/sync/all/run') ? 1 : 0
  })
  await page.locator('#sync').dblclick()
  await page.locator('#sync-note').waitFor({ timeout: 60_000 })
  assert.equal(runs, 1)
})

scene(
  'a refusal is told in the words of the server',
  async page => {
    const detail = 'The nightly sync is running (3 of 5 accounts). You can look around meanwhile.'
    await page.route('**/v1/sync/all/run', route =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        json: { status: 409, title: 'Conflict', code: 'sync-active', detail },
      }),
    )
    await openBoard(page)
    await page.locator('#sync').click()
    await until(() => page.locator('#sync-note').textContent(), /3 of 5 accounts/)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await until(() => page.locator('#sync-note').count(), 0)
  },
  { expected: [/409/] },
)

const id = '00000000-0000-4000-8000-000000000001'
const job = changes => ({
  id,
  source: 'all',
  trigger: 'manual',
  status: 'running',
  message: null,
  last_sync_at: null,
  progress: { done: 0, total: 2 },
  steps: [],
  ...changes,
})
const event = (data, tag) => `id: ${tag}\ndata: ${JSON.stringify(data)}\n\n`
const start = page => page.route('**/v1/sync/all/run', route => route.fulfill({ status: 202, json: { job_id: id } }))
const noStream = page => page.route(`**/v1/sync/job/${id}/events`, route => route.fulfill({ status: 503, body: '' }))

scene(
  'a failed sync says why, shows which account, and can be tried again',
  async page => {
    const step = {
      connection_id: id,
      source: 'ga4',
      name: '<img src=x onerror=alert(1)>',
      status: 'failed',
      rows: 0,
      message: 'Analytics: the quota of the day is used up.',
    }
    await start(page)
    await noStream(page)
    await page.route(`**/v1/sync/job/${id}`, route =>
      route.fulfill({ json: job({ status: 'failed', message: step.message, steps: [step] }) }),
    )
    await openBoard(page)
    await page.locator('#sync').click()
    const note = page.locator('#sync-note.note-bad')
    await until(() => note.textContent(), /quota of the day/)
    await until(() => note.getByRole('button', { name: 'Try again' }).count(), 1)
    await note.getByRole('button', { name: 'Details' }).click()
    await page.locator('.syncs-dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.syncs-dialog').waitFor({ state: 'detached' })
  },
  { expected: [/503/] },
)

scene(
  'a sync that was already running is followed by asking, where no stream comes through',
  async page => {
    let polls = 0
    await page.route('**/v1/dashboard/meta', async route => {
      const reply = await route.fetch()
      await route.fulfill({ response: reply, json: { ...(await reply.json()), active_job: polls < 2 ? id : null } })
    })
    await noStream(page)
    await page.route(`**/v1/sync/job/${id}`, route => {
      polls++
      return route.fulfill({ json: job({ status: polls < 3 ? 'running' : 'success' }) })
    })
    const shown = page.locator('#sync-progress').waitFor()
    await openBoard(page)
    await shown
    await until(() => page.locator('#sync-note').textContent(), /up to date/)
  },
  { expected: [/503/] },
)

scene('a stream that breaks is taken up where it was, and no poll is needed', async page => {
  let polls = 0
  const asked = []
  await start(page)
  await page.route(`**/v1/sync/job/${id}`, route => {
    polls++
    return route.fulfill({ status: 404 })
  })
  const steps = [
    { connection_id: 'a', source: 'ga4', name: 'Shop', status: 'success', rows: 7, message: null },
    { connection_id: 'b', source: 'meta', name: 'Ads', status: 'running', rows: 0, message: 'Reading Ads' },
  ]
  // Interception hides the header that matters, so a server of our own answers.
  const server = createServer((request, reply) => {
    asked.push(request.headers['last-event-id'] ?? null)
    const news =
      asked.length < 3 ? job({ steps, progress: { done: asked.length, total: 9 } }) : job({ status: 'success' })
    reply.setHeader('content-type', 'text/event-stream')
    reply.end('retry: 300\n\n' + event(news, `tag${asked.length}`))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await page.route(`**/v1/sync/job/${id}/events`, route =>
    route.continue({ url: `http://127.0.0.1:${server.address().port}/` }),
  )
  await openBoard(page)
  await page.locator('#sync').click()
  await page
    .locator('#sync-progress')
    .filter({ hasText: /1 of 2 accounts.*Reading Ads/ })
    .waitFor()
  await page.locator('#sync-note.note-good').waitFor()
  server.close()
  assert.deepEqual(asked, [null, 'tag1', 'tag2'])
  assert.equal(polls, 0)
})

scene('the syncs are listed with what each changed, and one under way can be stopped', async page => {
  let cancelled = 0
  await start(page)
  await page.route(`**/v1/sync/job/${id}/cancel`, route => {
    cancelled++
    return route.fulfill({ status: 202, json: { job_id: id } })
  })
  await page.route(`**/v1/sync/job/${id}/events`, route =>
    route.fulfill({
      contentType: 'text/event-stream',
      body:
        'retry: 300\n\n' +
        event(cancelled ? job({ status: 'failed', message: 'Cancelled' }) : job({ message: 'Reading Analytics' }), 'x'),
    }),
  )
  await openBoard(page)
  await page.locator('#account').click()
  await page.locator('#syncs').click()
  const dialog = page.locator('.syncs-dialog')
  const first = dialog.locator('.sync-past').last()
  await until(() => first.textContent(), /Done.*[\d,]+ rows/)
  await first.locator('summary').click()
  await until(() => first.locator('.sync-step').first().textContent(), /Alpenglow Outdoor.*Up to date/)
  await until(() => dialog.textContent(), /The next nightly sync starts/)
  await dialog.locator('#sync-start').click()
  await dialog.locator('#sync-cancel').click()
  await dialog.locator('#sync-start').waitFor()
  assert.equal(cancelled, 1)
  await page.keyboard.press('Escape')
  await until(() => page.locator('#sync-note').textContent(), /Cancelled/)
  await until(() => page.evaluate(() => document.activeElement.id), 'account')
})
