import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { findFreePort } from '../free-port.ts'
import { sendRequest } from '../service.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'
import { waitUntil } from '../wait-until.ts'
import type { ContainerImage } from './dockerfile.ts'

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Writes a secret to a file that every user can read, as container engines mount it. */
export function createSecretFile(content: string): string {
  const folder = createTemporaryFolder()
  chmodSync(folder, 0o755)
  const file = join(folder, 'secret')
  writeFileSync(file, `${content}\n`, { mode: 0o444 })
  return file
}

/** Copies Node next to the image, where the image's user can read it. */
function copyNode(image: ContainerImage): string {
  const node = join(image.folder, '..', 'node')
  if (!existsSync(node)) copyFileSync(process.execPath, node)
  return node
}

/** Only root can switch users; otherwise the image runs as the current user. */
function userOf(image: ContainerImage) {
  const [uid = 0, gid = 0] = image.user.split(':').map(Number)
  return process.getuid?.() === 0 ? { uid, gid } : {}
}

/** Runs an image's command as its user, with its environment and without that of this machine. */
export async function startContainer(image: ContainerImage, settings: Readonly<Record<string, string>>) {
  const port = String(await findFreePort())
  const env = { ...image.env, PORT: port, ...settings }
  const node = copyNode(image)
  const options = { cwd: image.folder, env, ...userOf(image) }
  const argumentsOf = (command: readonly string[]) => command.slice(1)
  const child = spawn(node, argumentsOf(image.command), { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  let hasExited = false
  const exited = once(child, 'close').then(([status]) => {
    hasExited = true
    children.delete(child)
    return status as number | null
  })
  const url = `http://127.0.0.1:${port}`
  return {
    child,
    port,
    url,
    exited,
    output: () => output,
    /** Runs the image's health check and returns its exit status. */
    runHealthCheck: () => spawnSync(node, argumentsOf(image.healthCheck), options).status,
    waitUntilReady: () =>
      waitUntil(async () => {
        if (hasExited) throw new Error(`the container exited early:\n${output}`)
        const reply = await sendRequest(`${url}/readyz`).catch(() => undefined)
        return reply?.status === 200
      }),
  }
}
