import { randomUUID } from 'node:crypto'

// A job that moves only when the test says so: nobody claims it for ten minutes.
export function plant(world, scope, { source = 'all', trigger = 'manual', created = new Date() } = {}) {
  const id = randomUUID(),
    move = what => world.database.ask(`UPDATE sync_jobs SET ${what} WHERE id = '${id}'`)
  const instant = time => new Date(time).toISOString().replace('Z', '000Z')
  world.database.ask(
    `INSERT INTO sync_jobs (id, created_at, source, scope, trigger, status, message, not_before, progress_total)
     VALUES ('${id}', '${instant(created)}', '${source}', '${scope}', '${trigger}',
             'pending', 'Waiting', '${instant(Date.now() + 600e3)}', 10)`,
  )
  return { id, path: `/v1/sync/job/${id}`, move, end: () => move("status = 'success', message = 'Done'") }
}
