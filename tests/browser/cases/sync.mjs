// The sync button: progress while it runs, and an end.
import assert from 'node:assert/strict'
import { openBoard, scene, settled } from '../browser.mjs'

scene('a sync shows its progress, ends, and refreshes the numbers', async page => {
  await openBoard(page)
  const started = page.waitForResponse(response => response.url().endsWith('/v1/sync/all/run'))
  const progress = page.locator('#sync-progress')
  await page.locator('#sync').click()
  assert.equal((await started).status(), 202)
  await progress.waitFor()
  assert.match(await progress.textContent(), /sync is (running|starting)/)
  assert.equal(await progress.locator('progress').count(), 1)
  const refreshed = page.waitForRequest(request => request.url().includes('/v1/dashboard/data?'), {
    timeout: 60_000,
  })
  await page.locator('#sync-note').waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('#sync-note.note-good').count(), 1, await page.locator('#sync-note').textContent())
  await refreshed
  await settled(page)
  assert.match(await page.locator('.freshness').textContent(), /synced/)
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
    assert.match(await page.locator('#sync-note').textContent(), /3 of 5 accounts/)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    assert.equal(await page.locator('#sync-note').count(), 0)
  },
  { expected: [/409/] },
)

scene('a failed sync says why and can be tried again', async page => {
  const id = '00000000-0000-4000-8000-000000000001'
  await page.route('**/v1/sync/all/run', route => route.fulfill({ status: 202, json: { job_id: id } }))
  await page.route(`**/v1/sync/job/${id}`, route =>
    route.fulfill({
      json: {
        status: 'failed',
        message: 'Analytics: the quota of the day is used up.',
        last_sync_at: null,
        progress: { done: 0, total: 1 },
        steps: [],
      },
    }),
  )
  await openBoard(page)
  await page.locator('#sync').click()
  const note = page.locator('#sync-note.note-bad')
  assert.match(await note.textContent(), /quota of the day/)
  assert.equal(await note.getByRole('button', { name: 'Try again' }).count(), 1)
})

scene('a sync that was already running is followed', async page => {
  const id = '00000000-0000-4000-8000-000000000002'
  let polls = 0
  await page.route('**/v1/dashboard/meta', async route => {
    const reply = await route.fetch()
    await route.fulfill({ response: reply, json: { ...(await reply.json()), active_job: polls < 2 ? id : null } })
  })
  await page.route(`**/v1/sync/job/${id}`, route => {
    polls++
    const status = polls < 3 ? 'running' : 'success'
    return route.fulfill({
      json: { status, message: null, last_sync_at: null, progress: { done: polls - 1, total: 2 }, steps: [] },
    })
  })
  const shown = page.locator('#sync-progress').waitFor()
  await openBoard(page)
  await shown
  assert.match(await page.locator('#sync-note').textContent(), /up to date/)
})
