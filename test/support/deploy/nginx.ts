import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { createTemporaryFolder } from '../cli-process.ts'
import { findFreePort } from '../free-port.ts'
import { SELF_SIGNED_CERTIFICATE } from '../self-signed-certificate.ts'
import { waitUntil } from '../wait-until.ts'
import { PROJECT_ROOT } from './containerfile.ts'

const NGINX = '/usr/sbin/nginx'
export const hasNginx = existsSync(NGINX)

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGTERM')
})

/** The proxy's settings as they are shipped, but for names and places of containers. */
function configuration(folder: string, port: number, ports: Readonly<Record<string, number>>): string {
  let text = readFileSync(join(PROJECT_ROOT, 'deploy/nginx.conf'), 'utf8')
  for (const [name, own] of Object.entries(ports))
    text = text.replace(new RegExp(`server ${name}:\\d+`), `server 127.0.0.1:${own}`)
  return text
    .replaceAll('listen 8443', `listen 127.0.0.1:${port}`)
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll('/run/secrets/', `${folder}/`)
    .replace(/\/dev\/std\w+/g, `${folder}/log`)
}

type Asked = { readonly status: number; readonly text: string }

/** Where a request goes; whatever its name in DNS would be. */
type Request = {
  readonly path: string
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
  readonly host?: string
}

/**
 * The real proxy, with its real settings, in front of these.
 * @param ports where each name of its settings is
 */
export async function startNginx(ports: Readonly<Record<'api-1' | 'api-2' | 'webapp', number>>) {
  const folder = createTemporaryFolder()
  const port = await findFreePort()
  writeFileSync(join(folder, 'tls_certificate'), SELF_SIGNED_CERTIFICATE.cert)
  writeFileSync(join(folder, 'tls_key'), SELF_SIGNED_CERTIFICATE.key)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, port, ports))
  const checked = spawnSync(NGINX, ['-t', '-c', file, '-p', folder], { encoding: 'utf8' })
  if (checked.status !== 0) throw new Error(checked.stderr)
  const child = spawn(NGINX, ['-c', file, '-p', folder, '-g', 'daemon off;'], { stdio: 'ignore' })
  children.add(child)
  const sendRequest = ({ path, method = 'GET', headers = {}, body, host = 'books.example.com' }: Request) =>
    new Promise<Asked>((done, fail) => {
      // Nobody vouches for the certificate; what is looked at is not who it is.
      const tls = { rejectUnauthorized: false, servername: host, agent: false }
      const sent = request(
        { ...tls, port, host: '127.0.0.1', path, method, headers: { host, ...headers } },
        (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => done({ status: response.statusCode ?? 0, text }))
        },
      )
      sent.on('error', fail)
      sent.end(body)
    })
  await waitUntil(() =>
    // Answered by the proxy itself.
    sendRequest({ path: '/healthz' }).then(
      () => true,
      () => false,
    ),
  )
  return { ask: sendRequest, log: () => readFileSync(join(folder, 'log'), 'utf8') }
}
