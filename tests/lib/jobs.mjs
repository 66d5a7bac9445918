import { randomUUID } from 'node:crypto'

// A job that moves only when the test says so: nobody claims it before the year 2100.
export function plant(world, scope, { source = 'all', trigger = 'manual', created = new Date() } = {}) {
  const id = randomUUID(),
    move = what => world.database.ask(`UPDATE sync_jobs SET ${what} WHERE id = '${id}'`)
  world.database.ask(
    `INSERT INTO sync_jobs (id, created_at, source, scope, trigger, status, message, not_before, progress_total)
     VALUES ('${id}', '${created.toISOString().replace('Z', '000Z')}', '${source}', '${scope}', '${trigger}',
             'pending', 'Waiting', '2100-01-01T00:00:00.000000Z', 10)`,
  )
  return { id, path: `/v1/sync/job/${id}`, move, end: () => move("status = 'success', message = 'Done'") }
}
