import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { findFreePort } from '../free-port.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { SELF_SIGNED_CERTIFICATE } from '../self-signed-certificate.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'
import { waitUntil } from '../wait-until.ts'

const NGINX = '/usr/sbin/nginx'
export const hasNginx = existsSync(NGINX)

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGTERM')
})

/** Returns the shipped configuration, with host names, ports and paths of containers replaced by local ones. */
function localConfiguration(folder: string, port: number, ports: Readonly<Record<string, number>>): string {
  let text = readFileSync(join(PROJECT_ROOT, 'deploy/nginx.conf'), 'utf8')
  for (const [name, localPort] of Object.entries(ports))
    text = text.replace(new RegExp(`server ${name}:\\d+`), `server 127.0.0.1:${localPort}`)
  return text
    .replaceAll('listen 8443', `listen 127.0.0.1:${port}`)
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll('/run/secrets/', `${folder}/`)
    .replace(/\/dev\/std\w+/g, `${folder}/log`)
}

type ProxyResponse = { readonly status: number; readonly text: string }

type ProxyRequest = {
  readonly path: string
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
  /** The virtual host; no DNS lookup. */
  readonly host?: string
}

/**
 * Starts nginx with the shipped configuration.
 * @param ports the local port of each upstream server
 */
export async function startNginx(ports: Readonly<Record<'api-1' | 'api-2' | 'webapp', number>>) {
  const folder = createTemporaryFolder()
  const port = await findFreePort()
  writeFileSync(join(folder, 'tls_certificate'), SELF_SIGNED_CERTIFICATE.cert)
  writeFileSync(join(folder, 'tls_key'), SELF_SIGNED_CERTIFICATE.key)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, localConfiguration(folder, port, ports))
  const check = spawnSync(NGINX, ['-t', '-c', file, '-p', folder], { encoding: 'utf8' })
  if (check.status !== 0) throw new Error(check.stderr)
  const child = spawn(NGINX, ['-c', file, '-p', folder, '-g', 'daemon off;'], { stdio: 'ignore' })
  children.add(child)
  const sendRequest = ({
    path,
    method = 'GET',
    headers = {},
    body,
    host = 'books.example.com',
  }: ProxyRequest) =>
    new Promise<ProxyResponse>((done, fail) => {
      // The certificate is self-signed.
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
    // nginx answers this path itself.
    sendRequest({ path: '/healthz' }).then(
      () => true,
      () => false,
    ),
  )
  return { sendRequest, readLog: () => readFileSync(join(folder, 'log'), 'utf8') }
}
