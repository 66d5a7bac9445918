// A real mail server for tests: STARTTLS with a certificate of its own, a log-in, and a say in what it takes.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { eventually } from './http.mjs'

export const MAIL_USER = 'daymark@mail.example.org'
export const MAIL_PASSWORD = 'canary-smtp-password-51c8a1'

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code })

function certificate(folder) {
  const file = name => join(folder, name)
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=mail.test', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
    ],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')), path: file('cert.pem') }
}

export class Mailbox {
  mails = [] // { to, from, raw, parsed }
  logins = 0
  tries = 0 // how often somebody began to write one
  // What becomes of a recipient, and of a mail whose text is there: undefined takes it, [code, text] refuses it;
  // 'hang' says nothing, 'cut' hangs up.
  recipient = () => undefined
  message = () => undefined

  async start({ starttls = true } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'daymark-mail-'))
    const { key, cert, path } = certificate(this.folder)
    this.ca = path
    this.server = new SMTPServer({
      ...{ key, cert, logger: false, closeTimeout: 100, hideSTARTTLS: !starttls, allowInsecureAuth: !starttls },
      onAuth: (auth, session, done) => {
        this.logins++
        if (auth.username === MAIL_USER && auth.password === MAIL_PASSWORD) done(null, { user: auth.username })
        else done(refusal(535, `no such log-in: ${auth.username} ${auth.password}`))
      },
      onRcptTo: (address, session, done) => this.#judge(this.recipient(address.address), session, done),
      onData: (stream, session, done) => this.#take(stream, session, done),
    })
    this.server.on('error', () => {})
    await new Promise(done => this.server.listen(0, '127.0.0.1', done))
    this.url = `smtp://127.0.0.1:${this.server.server.address().port}`
    return this
  }

  // What a Daymark needs to know of it.
  environment() {
    return {
      SMTP_URL: this.url,
      SMTP_USER: MAIL_USER,
      SMTP_PASSWORD: MAIL_PASSWORD,
      SMTP_TLS: 'required',
      SMTP_CA: this.ca,
      MAIL_FROM: 'reports@daymark.example.org',
    }
  }

  #judge(verdict, session, done) {
    if (verdict === 'hang') return
    if (verdict === 'cut') for (const connection of this.server.connections) connection._socket.destroy()
    else if (verdict) done(refusal(...verdict))
    else done()
  }

  #take(stream, session, done) {
    const pieces = []
    this.tries++
    const verdict = this.message(session)
    if (verdict === 'cut') return this.#judge(verdict, session, done)
    stream.on('data', piece => pieces.push(piece))
    stream.on('end', async () => {
      if (verdict) return this.#judge(verdict, session, done)
      const raw = Buffer.concat(pieces)
      const { mailFrom, rcptTo } = session.envelope
      this.mails.push({
        to: rcptTo.map(one => one.address),
        from: mailFrom.address,
        secure: session.secure,
        user: session.user,
        raw: raw.toString('latin1'),
        parsed: await simpleParser(raw, { skipImageLinks: true }),
      })
      done()
    })
  }

  // The mails to that address, as soon as there are that many.
  async for(address, n = 1, ms = 90000) {
    const his = () => this.mails.filter(mail => mail.to.includes(address))
    await eventually(() => his().length >= n, { ms, why: () => `only ${his().length} mails came to ${address}` })
    return his()
  }

  async stop() {
    await new Promise(done => {
      this.server.close(done)
      for (const connection of this.server.connections) connection._socket.destroy()
    })
    rmSync(this.folder, { recursive: true, force: true })
  }
}
