import { deepStrictEqual } from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchIssuer } from '../support/issuer.ts'
import { closedLoop, type LoadRequest } from '../support/load-generator.ts'
import { readCpuMicros, readResidentMb } from '../support/process-usage.ts'
import { log } from '../support/report.ts'
import { fillTemplate, type RequestTemplate } from '../support/request-template.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { median, quantile } from '../support/statistics.ts'
import { runWrk, WRK_VERSION } from '../support/wrk.ts'
import { FIRST_BOOKS } from './peers/first-books.ts'
import { findRow, type RequestRow } from './rows.ts'

export interface MeasureOptions {
  readonly rounds: number
  /** Length of a measurement. */
  readonly seconds: number
  readonly connections: number
}

/** The figures of one server under load in one round. Latencies are those of all responses. */
export interface Measurement {
  readonly requests: number
  readonly perSecond: number
  /** Responses with 503, which load shedding sends. */
  readonly shedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the server's processes, in microseconds. */
  readonly cpuPerRequest: number
  readonly serverCores: number
  readonly generatorCores: number
  readonly residentMb: number
}

type LoadOptions = Omit<MeasureOptions, 'rounds'>

const SERVICE_UNAVAILABLE = 503
const WARM_UP_SECONDS = 2
const MIN_WARM_UP_TURNS = 4
const MAX_WARM_UP_TURNS = 10
export const MIN_WARM_UP_SECONDS = MIN_WARM_UP_TURNS * WARM_UP_SECONDS
/** A turn that costs at least this part of the one before shows that the server is warm. */
const STEADY_RATIO = 0.97
const CHECK_ATTEMPTS = 10
const RETRY_MS = 200
/** The id of an added book, which differs for each. */
const ADDED_ID = /(?<="addBook":\{)"id":"\d+",/

/** A server, the requests of one row, which are numbered through all rounds, and the measurement of each round. */
export class MeasuredServer {
  readonly server: ServerProcess
  readonly row: RequestRow
  readonly measurements: Measurement[] = []
  readonly #template: RequestTemplate
  #number = 0

  constructor(server: ServerProcess, row: RequestRow, template: RequestTemplate) {
    this.server = server
    this.row = row
    this.#template = template
  }

  /** Returns one figure of each round. */
  values(figure: keyof Measurement): number[] {
    return this.measurements.map((measurement) => measurement[figure])
  }

  median(figure: keyof Measurement): number {
    return median(this.values(figure))
  }

  /** Sends the next request. @throws Error when the response differs from the row's */
  async check(): Promise<void> {
    const { origin, command } = this.server
    const expected = this.row.expected(command.name, this.#number)
    const { status, text } = await sendUntilAvailable(origin, this.#next())
    const message = `${command.title}, ${this.row.title}: HTTP ${status} ${text}`
    if (status !== expected.status) throw new Error(message)
    const body = JSON.parse(text.replace(ADDED_ID, ''))
    if (expected.body !== undefined) deepStrictEqual(body, expected.body, message)
    if (expected.code !== undefined && body.errors?.[0]?.extensions?.code !== expected.code)
      throw new Error(message)
  }

  /** Loads the server. @throws Error at another status than the row's or 503 */
  async load({ connections, seconds }: LoadOptions): Promise<Measurement> {
    const { pid, port, command } = this.server
    const { status } = this.row.expected(command.name, 0)
    const cpuBefore = readCpuMicros(pid)
    const result = await this.#sendLoad({
      port,
      connections: this.row.connections ?? connections,
      seconds,
    })
    const cpuMicros = readCpuMicros(pid) - cpuBefore
    const { [status]: requests = 0, [SERVICE_UNAVAILABLE]: shed = 0, ...others } = result.statuses
    for (const other in others)
      throw new Error(`${command.title}, ${this.row.title}: HTTP ${other} under load`)
    return {
      requests,
      perSecond: requests / result.seconds,
      shedPerSecond: shed / result.seconds,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      cpuPerRequest: cpuMicros / requests,
      serverCores: cpuMicros / 1e6 / result.seconds,
      generatorCores: result.generatorCores,
      residentMb: readResidentMb(pid),
    }
  }

  /** Loads the server until its code is compiled, and a turn costs about as much as the one before. */
  async warmUp({ connections }: Pick<LoadOptions, 'connections'>): Promise<void> {
    let before = Number.POSITIVE_INFINITY
    for (let turn = 1; turn <= MAX_WARM_UP_TURNS; turn++) {
      const { cpuPerRequest } = await this.load({ connections, seconds: WARM_UP_SECONDS })
      if (turn >= MIN_WARM_UP_TURNS && cpuPerRequest > before * STEADY_RATIO) return
      before = cpuPerRequest
    }
  }

  /** Uses wrk if it is installed: it needs less CPU than the generator in Node. */
  async #sendLoad(load: LoadOptions & { readonly port: number }) {
    if (WRK_VERSION !== undefined) {
      const result = await runWrk({ ...load, template: this.#template, firstNumber: this.#number })
      this.#number += result.numberedRequests
      return result
    }
    const { latencies, ...result } = await closedLoop({ ...load, next: () => this.#next() })
    const all = [...latencies.values()].flat()
    return {
      ...result,
      statuses: Object.fromEntries([...latencies].map(([status, { length }]) => [status, length])),
      p50Ms: quantile(all, 0.5),
      p99Ms: quantile(all, 0.99),
    }
  }

  #next(): LoadRequest {
    return fillTemplate(this.#template, this.#number++)
  }
}

/** Adds books until each server has as many as the row needs. */
export async function addBooks(
  servers: readonly ServerProcess[],
  { books = 0 }: RequestRow,
  issuer: BenchIssuer,
) {
  const write = findRow('write')
  const template = await write.prepare(issuer)
  for (const server of servers) {
    const measured = new MeasuredServer(server, write, template)
    for (let count = FIRST_BOOKS.length; count < books; count++) await measured.check()
  }
}

/**
 * Measures the servers one after the other in every round, starting with another one each time.
 * @throws Error at a wrong response before, during or after a round
 */
export async function measureInterleaved(
  servers: readonly MeasuredServer[],
  options: MeasureOptions,
): Promise<void> {
  for (const server of servers) await server.check()
  for (const server of servers) await server.warmUp(options)
  for (let round = 0; round < options.rounds; round++) {
    const first = round % servers.length
    for (const server of [...servers.slice(first), ...servers.slice(0, first)])
      server.measurements.push(await server.load(options))
    for (const server of servers) await server.check()
    log(`round ${round + 1} of ${options.rounds}`)
  }
}

/** A server may still shed load from the measurement before. */
async function sendUntilAvailable(origin: string, { path, headers = {}, body }: LoadRequest) {
  const init = body === undefined ? { headers } : { method: 'POST', headers, body }
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${origin}${path}`, init)
    const text = await response.text()
    if (response.status !== SERVICE_UNAVAILABLE || attempt === CHECK_ATTEMPTS)
      return { status: response.status, text }
    await sleep(RETRY_MS)
  }
}
