// The real server, measured from outside: start, memory, and how many cached widgets a second it answers.
// The client is node, so requests a second say more about changes than about the server's own limit (see http_bench).
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { lastDays, succeeded } from '../tests/lib/http.mjs'
import { DAYMARK } from '../tests/lib/programs.mjs'
import { World } from '../tests/lib/world.mjs'
import { row } from './lib/measure.mjs'

const plain = (what, value, aim = '') => row(what, value, '', '', '', aim)

// kB of a line of /proc/PID/smaps_rollup
const memory = (pid, name) =>
  Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1])

// Requests a second over n connections, each asking again once it is answered.
function rate(port, request, n, ms) {
  return new Promise((done, failed) => {
    let answers = 0
    const sockets = Array.from({ length: n }, () => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(request))
      socket.setNoDelay(true)
      socket.on('error', failed)
      socket.on('data', data => {
        text += data.toString('latin1')
        const split = text.indexOf('\r\n\r\n')
        const length = Number(text.slice(0, split).match(/content-length: (\d+)/i)?.[1] ?? 0)
        if (split < 0 || text.length < split + 4 + length) return
        text = text.slice(split + 4 + length)
        answers++
        socket.write(request)
      })
      return socket
    })
    setTimeout(() => {
      sockets.forEach(socket =>
        socket
          .removeAllListeners('error')
          .on('error', () => {})
          .destroy(),
      )
      done((answers * 1000) / ms)
    }, ms)
  })
}

const world = await new World('sqlite', { sim: ['--days', '100'], env: { LOG_REQUESTS: 'off' } }).start()
try {
  const user = world.user()
  const path = `/v1/widgets/ga4.sessions?${lastDays(30)}`
  const begin = performance.now()
  await world.stopServer()
  const stopped = performance.now()
  await world.startServer()
  succeeded(await world.ask('/readyz'))
  const started = performance.now()
  const [resident, own] = ['Rss', 'Private_Dirty'].map(name => memory(world.server.pid, name) / 1024)

  succeeded(await user.connect(), 201)
  const job = await user.sync()
  if (job.status !== 'success') throw new Error(job.message)
  succeeded(await user.call(path))
  const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`
  await rate(world.port, request, 32, 500)
  const cached = await rate(world.port, request, 32, 3000)

  plain('binary', `${(statSync(DAYMARK).size / 1e6).toFixed(1)} MB`, '< 5 MB')
  plain('start to first answer', `${(started - stopped).toFixed(0)} ms`, '< 50 ms')
  plain('stop', `${(stopped - begin).toFixed(0)} ms`)
  plain('resident when idle', `${resident.toFixed(1)} MB`, '< 24 MB')
  plain('of it private', `${own.toFixed(1)} MB`, '< 8 MB')
  plain('cached widget, 32 connections, node as client', `${cached.toFixed(0)}/s`)
} finally {
  await world.stop()
}
