import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from './cli-process.ts'

/** Where Debian has PostgreSQL's own programs. */
const VERSIONS = '/usr/lib/postgresql'
const [newest = ''] = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : []
const BIN = join(VERSIONS, newest, 'bin')

/** PostgreSQL does not run as root: then as whom Debian runs it. */
const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
const user = () => (process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {})

/** Whether a server of one's own can be made here: its programs, and openssl for its certificates. */
export const canStartTlsPostgres = newest !== '' && existsSync('/usr/bin/openssl')

/** What has every letter that means something in a URL. */
export const POSTGRES_PASSWORD = 'p@ss/w%rd#? +:'

/**
 * A PostgreSQL server of its own that lets in who comes by TLS with a password.
 * @param subjectAltName whom its certificate is for, as in `IP:127.0.0.1`
 */
export async function startTlsPostgres(port: number, subjectAltName: string) {
  const folder = createTemporaryFolder()
  const options = { ...user(), cwd: folder }
  const run = (program: string, ...args: string[]) =>
    void execFileSync(program, args, { ...options, stdio: 'ignore' })
  if (options.uid !== undefined) chownSync(folder, options.uid, options.gid)
  writeFileSync(join(folder, 'password'), POSTGRES_PASSWORD)
  const key = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=books']
  run('openssl', ...key, '-keyout', 'ca.key', '-out', 'ca.crt')
  run('openssl', ...key, '-keyout', 'other.key', '-out', 'other.crt')
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', `subjectAltName=${subjectAltName}`]
  run(
    'openssl',
    ...key,
    ...signed,
    '-addext',
    'basicConstraints=critical,CA:false',
    '-keyout',
    'server.key',
    '-out',
    'server.crt',
  )
  const auth = ['--auth-host=scram-sha-256', '--pwfile=password']
  run(join(BIN, 'initdb'), '-D', 'data', '-U', 'owner', '--no-sync', '--encoding=UTF8', ...auth)
  const hba = 'hostssl all all 127.0.0.1/32 scram-sha-256\n'
  writeFileSync(join(folder, 'data', 'pg_hba.conf'), hba)
  const tls = ['ssl=on', `ssl_cert_file=${folder}/server.crt`, `ssl_key_file=${folder}/server.key`]
  const set = [...tls, `unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1', 'fsync=off']
  const args = ['-D', 'data', '-p', String(port), ...set.flatMap((one) => ['-c', one])]
  const server = spawn(join(BIN, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  for await (const text of server.stderr.iterator({ destroyOnReturn: false })) {
    said += text
    if (/ready to accept connections/.test(said)) break
  }
  if (server.exitCode !== null) throw new Error(said)
  server.stderr.resume()
  return {
    caPath: join(folder, 'ca.crt'),
    otherCaPath: join(folder, 'other.crt'),
    async close() {
      const ended = once(server, 'exit')
      server.kill('SIGQUIT')
      await ended
    },
  }
}
