import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { log, markdownTable } from '../support/report.ts'
import { apiCommand, type ServerProcess, withServer } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { withDatabases } from './databases.ts'
import { addBooks, MeasuredServer, type MeasureOptions } from './measure.ts'
import type { RequestRow } from './rows.ts'
import { pinned } from './servers.ts'

/** Samples a second of CPU time. */
const FREQUENCY = 4_000
const ATTACH_MS = 500
const MAX_OUTPUT_BYTES = 1_000_000_000
const BACKGROUND = 'V8’s background threads'
/** Mostly allocations in C++, whose stacks are lost. */
const UNKNOWN = 'unknown'

/** Functions and files by stage. A sample belongs to its innermost frame that matches, and to the first stage that does. */
const STAGES: Readonly<Record<string, RegExp>> = {
  'garbage collection': /Scaveng|MarkCompact|Heap::CollectGarbage|Sweeper|MarkingVisitor|IncrementalMarking/,
  'write: head, socket, the kernel’s part':
    /_http_outgoing|_http_server:.*(writeHead|resOnFinish)|WriteUtf8String|WriteString|DoTryWrite|sock_sendmsg|ksys_write|(?:send|record\w*) \S*src\/http\/request-handler/,
  storage: /src\/database|kysely|sqlite3|node::sqlite|node_modules\/pg\//,
  token: /src\/auth\//,
  'scopes: plan, decide': /src\/scopes|requires-scope/,
  'documents: limits, parse and validate, or their caches':
    /document-(?:limits|size|cache|store)|validate-document|merge-pairs|trusted-documents|computeQueryHash|graphql\/(?:language|validation|utilities)/,
  execute: /src\/executor|src\/graphql\/(?:compiled|resolvers|book)|node_modules\/graphql\//,
  serialise: /JsonStringif|JSONStringify/,
  body: /src\/http\/parse-request|internal\/streams\/readable|JsonParse|JSONParse|parseBody|IncomingMessage\._read/,
  'Apollo Server’s pipeline': /@apollo|negotiator|whatwg-mimetype/,
  'metrics and logs': /prom-client|src\/observability|pino/,
  'this project’s HTTP and GraphQL layers': /src\/(?:http|routes|graphql|app|lib)|find-my-way/,
  'HTTP: parse, head': /llhttp|http_parser|Parser::|_http_common|_http_incoming|_http_server/,
  'socket: read, wait':
    /uv__read|uv__stream|onStreamRead|stream_base_commons|tcp_recvmsg|sock_recv|ksys_read|epoll|node:net/,
  'event loop: microtasks, timers, events':
    /RunMicrotasks|processTicks|internal\/timers|CheckImmediate|InternalCallbackScope|node:events|async_hooks|uv_run/,
}

/** Samples the API's stacks with perf, and returns a table of CPU time by stage for each row. */
export function reportProfile(rows: readonly RequestRow[], options: MeasureOptions): Promise<string> {
  return withIssuer(async (issuer) => {
    const tables: string[] = []
    for (const row of rows) tables.push(await profileRow(row, issuer, options))
    return tables.join('\n\n')
  })
}

function profileRow(row: RequestRow, issuer: BenchIssuer, options: MeasureOptions): Promise<string> {
  log(row.title)
  // perf finds the names of JavaScript functions in the file that this option writes.
  const command = pinned(apiCommand({}, ['--perf-basic-prof-only-functions']))
  const profile = async (server: ServerProcess) => {
    await addBooks([server], row, issuer)
    const measured = new MeasuredServer(server, row, await row.prepare(issuer))
    await measured.check()
    await measured.warmUp(options)
    const before = await measured.load(options)
    const { output, result } = await samplePerf(server.pid, () => measured.load(options))
    const samples = countSamples(output)
    const stages = [...Object.keys(STAGES), BACKGROUND, UNKNOWN]
      .map((name) => ({ name, micros: ((samples.get(name) ?? 0) * 1e6) / FREQUENCY / result.requests }))
      .sort((a, b) => b.micros - a.micros)
    const sum = stages.reduce((total, { micros }) => total + micros, 0)
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`
    const lines = [...stages, { name: 'sum of the stages', micros: sum }].map(({ name, micros }) => ({
      stage: name,
      'µs/request': micros.toFixed(1),
      share: percent(micros / sum),
    }))
    const { cpuPerRequest } = result
    const note =
      `By the system’s own clock a request took ${cpuPerRequest.toFixed(1)} µs while it was sampled (the sum is ` +
      `${percent(sum / cpuPerRequest)} of that) and ${before.cpuPerRequest.toFixed(1)} µs before.`
    return [`### ${row.title}`, markdownTable(lines), note].join('\n\n')
  }
  return withDatabases([command], row.database, ([prepared = command]) =>
    withServer(prepared, issuer.url, profile),
  )
}

/**
 * Samples all threads of a process while `work` runs.
 * @returns its result, and the output of `perf script`
 * @throws Error when perf is not installed (Debian: linux-perf) or not permitted
 */
async function samplePerf<Result>(pid: number, work: () => Promise<Result>) {
  const file = join(createTemporaryFolder(), 'perf.data')
  try {
    const args = `record -q -e cpu-clock -F ${FREQUENCY} -g -p ${pid} -o`.split(' ')
    const perf = spawn('perf', [...args, file], { stdio: ['ignore', 'ignore', 'inherit'] })
    await once(perf, 'spawn')
    const exited = once(perf, 'exit')
    await sleep(ATTACH_MS)
    const result = await work()
    perf.kill('SIGINT')
    await exited
    const output = execFileSync('perf', ['script', '-i', file, '-F', 'comm,tid,ip,sym'], {
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return { output, result }
  } finally {
    rmSync(`/tmp/perf-${pid}.map`, { force: true })
  }
}

/** Counts samples by stage. Each has a head, its stack from the innermost frame, and an empty line. */
function countSamples(output: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const sample of output.split('\n\n')) {
    const [head = '', ...frames] = sample.trim().split('\n')
    if (head === '') continue
    const stage = head.includes('MainThread') ? findStage(frames) : BACKGROUND
    counts.set(stage, (counts.get(stage) ?? 0) + 1)
  }
  return counts
}

function findStage(frames: readonly string[]): string {
  for (const frame of frames)
    for (const [stage, pattern] of Object.entries(STAGES)) if (pattern.test(frame)) return stage
  return UNKNOWN
}
