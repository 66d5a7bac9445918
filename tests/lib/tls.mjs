// Certificates of nobody, and how to ask a server that shows one.
import { execFileSync } from 'node:child_process'
import { Agent, request } from 'node:https'
import { join } from 'node:path'

// FOLDER/NAME.key and FOLDER/NAME.crt, for that name.
export function makePair(folder, name, days = 90) {
  const [key, cert] = ['key', 'crt'].map(end => join(folder, `${name}.${end}`))
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-subj', `/CN=${name}`, '-days', String(days), ...pair], { stdio: 'ignore' })
  return { key, cert }
}

// { name, status, text }: whose certificate was shown, and what was answered.
export const askTls = (port, path, { agent = new Agent({ keepAlive: false }), headers = {} } = {}) =>
  new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port, path, agent, headers, rejectUnauthorized: false }, answer => {
      const name = answer.socket.getPeerCertificate().subject?.CN
      let text = ''
      answer.on('data', data => {
        text += data
      })
      answer.on('end', () => done({ name, status: answer.statusCode, text }))
    })
    asked.on('error', failed)
    asked.end()
  })
