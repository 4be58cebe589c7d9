import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { encodeRequest } from './load-generator.ts'
import { readChildrenCpuMicros } from './process-usage.ts'
import { PLACEHOLDER, type RequestTemplate } from './request-template.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

export interface WrkOptions {
  readonly port: number
  readonly template: RequestTemplate
  /** The number of the first request. */
  readonly firstNumber: number
  readonly connections: number
  readonly seconds: number
}

export interface WrkResult {
  /** Counts of responses. */
  readonly statuses: Readonly<Record<string, number>>
  /** The number of requests that were sent, also those that were not answered at the end. */
  readonly sent: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly generatorCores: number
}

const SCRIPT = join(import.meta.dirname, 'wrk.lua')

/** Returns the version of wrk, or undefined if it is not installed (Debian: wrk). */
export function findWrk(): string | undefined {
  // It prints its version and its help, with status 1.
  const { stdout } = spawnSync('wrk', ['--version'], { encoding: 'utf8' })
  return /^wrk \S+/.exec(stdout ?? '')?.[0]
}

/** Sends as fast as the server responds, from one thread. @throws Error when a connection fails */
export async function runWrk(options: WrkOptions): Promise<WrkResult> {
  const { port, template, firstNumber, connections, seconds } = options
  const folder = createTemporaryFolder()
  const [head = '', ...tail] = encodeRequest(template.request).toString().split(PLACEHOLDER)
  writeFileSync(join(folder, 'head'), head)
  writeFileSync(join(folder, 'tail'), tail.join(PLACEHOLDER))
  if (template.values) writeFileSync(join(folder, 'values'), template.values.join('\n'))
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', SCRIPT]
  const number = tail.length > 0 ? [String(firstNumber)] : []
  const cpuBefore = readChildrenCpuMicros()
  const wrk = spawn('wrk', [...load, `http://127.0.0.1:${port}`, '--', folder, ...number], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await Promise.all([text(wrk.stdout), once(wrk, 'close')])
  const cpuMicros = readChildrenCpuMicros() - cpuBefore
  const line = output.split('\n').findLast((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk failed. Its output:\n${output}`)
  const { failures, ...result } = JSON.parse(line)
  if (failures > 0) throw new Error(`wrk counted ${failures} failed connections or requests`)
  return { ...result, generatorCores: cpuMicros / 1e6 / result.seconds }
}
