import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from './temporary-folder.ts'

/** The folder of PostgreSQL's programs on Debian. */
const VERSIONS_FOLDER = '/usr/lib/postgresql'
const [newest = ''] = existsSync(VERSIONS_FOLDER)
  ? readdirSync(VERSIONS_FOLDER).sort((a, b) => Number(b) - Number(a))
  : []
const BIN = join(VERSIONS_FOLDER, newest, 'bin')

/** PostgreSQL refuses to run as root, so root starts it as Debian's `postgres` user. */
const getPostgresId = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
const getUser = () => (process.getuid?.() === 0 ? { uid: getPostgresId('-u'), gid: getPostgresId('-g') } : {})

/** True if PostgreSQL's programs and openssl are installed. */
export const canStartTlsPostgres = newest !== '' && existsSync('/usr/bin/openssl')

/** A password of characters that are special in a URL. */
export const POSTGRES_PASSWORD = 'p@ss/w%rd#? +:'

/**
 * Starts a PostgreSQL server that requires TLS and a password.
 * @param subjectAltName the name in its certificate, such as `IP:127.0.0.1`
 */
export async function startTlsPostgres(port: number, subjectAltName: string) {
  const folder = createTemporaryFolder()
  const options = { ...getUser(), cwd: folder }
  const run = (program: string, ...args: string[]) =>
    void execFileSync(program, args, { ...options, stdio: 'ignore' })
  if (options.uid !== undefined) chownSync(folder, options.uid, options.gid)
  writeFileSync(join(folder, 'password'), POSTGRES_PASSWORD)
  const newCertificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=books']
  run('openssl', ...newCertificate, '-keyout', 'ca.key', '-out', 'ca.crt')
  run('openssl', ...newCertificate, '-keyout', 'other.key', '-out', 'other.crt')
  const signedByCa = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', `subjectAltName=${subjectAltName}`]
  run(
    'openssl',
    ...newCertificate,
    ...signedByCa,
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
  const settings = [...tls, `unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1', 'fsync=off']
  const args = ['-D', 'data', '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(BIN, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  for await (const text of server.stderr.iterator({ destroyOnReturn: false })) {
    output += text
    if (/ready to accept connections/.test(output)) break
  }
  if (server.exitCode !== null) throw new Error(output)
  server.stderr.resume()
  return {
    caPath: join(folder, 'ca.crt'),
    otherCaPath: join(folder, 'other.crt'),
    async close() {
      const exited = once(server, 'exit')
      server.kill('SIGQUIT')
      await exited
    },
  }
}
