// A stream of events (text/event-stream), read as a browser would, but by hand: it can be left, paused and looked into.
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { eventually } from './http.mjs'

export class Events {
  // Resolves when the head of the answer is there.
  static async open(base, path, { token, headers = {}, method = 'GET', agent, ca } = {}) {
    const events = new Events(),
      url = new URL(base + path)
    await new Promise((done, failed) => {
      const send = url.protocol === 'https:' ? secure : plain
      events.request = send(url, {
        method,
        agent: agent ?? false,
        ca,
        headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      })
      events.request.on('response', answer => {
        events.status = answer.statusCode
        events.headers = answer.headers
        events.answer = answer
        answer.setEncoding('utf8')
        answer.on('data', text => events.take(text))
        answer.on('end', () => events.over('end'))
        answer.on('error', () => events.over('error'))
        done()
      })
      events.request.on('error', error => (events.left ? done() : failed(error)))
      events.request.end()
    })
    return events
  }

  text = ''
  list = [] // { event, id, data, at }
  beats = 0
  ended = null // 'end', or 'error' if it was cut

  take(text) {
    this.text += text
    for (let end; (end = this.text.indexOf('\n\n')) >= 0; this.text = this.text.slice(end + 2))
      this.read(this.text.slice(0, end))
  }
  read(block) {
    const one = { event: 'message', at: Date.now() }
    for (const line of block.split('\n')) {
      const [, name, value] = line.match(/^(\w*): ?(.*)$/) ?? [, 'comment', line]
      if (name === '') this.beats++
      else if (name === 'retry') this.retry = Number(value)
      else one[name] = value
    }
    if (one.data === undefined || one.comment !== undefined) return
    one.json = JSON.parse(one.data)
    this.list.push(one)
  }
  over(how) {
    this.ended ??= how
  }

  get last() {
    return this.list.at(-1)
  }
  get states() {
    return this.list.filter(one => one.event === 'message').map(one => one.json)
  }
  async until(what, why, ms = 30000) {
    await eventually(() => what(this), { ms, every: 10, why: () => `${why}: ${JSON.stringify(this.list).slice(-600)}` })
    return this
  }
  leave() {
    this.left = true
    this.request.on('error', () => {})
    this.request.destroy()
  }
}
