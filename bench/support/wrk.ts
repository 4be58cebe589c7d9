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
  /** The number of the first request; see `RequestTemplate`. */
  readonly firstNumber: number
  readonly connections: number
  readonly seconds: number
}

export interface WrkResult {
  /** Counts of responses by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** The count of requests with a number, including those without a response at the end. 0 if all requests are the same. */
  readonly numberedRequests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly generatorCores: number
}

const SCRIPT = join(import.meta.dirname, 'wrk.lua')

/** The name and version of wrk, or undefined if it is not installed (Debian: wrk). */
export const WRK_VERSION = readVersion()

function readVersion(): string | undefined {
  // Prints the version and a help text, with status 1.
  const { stdout } = spawnSync('wrk', ['--version'], { encoding: 'utf8' })
  return /^wrk \S+/.exec(stdout ?? '')?.[0]
}

/**
 * Loads a server with wrk, which sends from one thread as fast as the server responds.
 * @throws Error when wrk fails, or a connection or a request does
 */
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
