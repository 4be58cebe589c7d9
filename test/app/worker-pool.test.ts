import cluster from 'node:cluster'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { WorkerPool } from '../../src/app/workers/worker-pool.ts'
import type { Logger } from '../../src/observability/logger.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

const listWorkers = () => Object.values(cluster.workers ?? {})
const isAlive = (pid: number | undefined) => pid !== undefined

test('replaces a worker whose process could not be spawned, and closes', async () => {
  const folder = createTemporaryFolder()
  const exec = join(folder, 'listen.cjs')
  writeFileSync(exec, "require('node:net').createServer().listen(0)")
  const errors: unknown[] = []
  const log = { error: (error: unknown) => errors.push(error), info() {} } as unknown as Logger
  const pool = new WorkerPool({ size: 2, stopTimeoutMs: 5_000, log })
  cluster.setupPrimary({ exec })
  await pool.start()
  const pids = () => listWorkers().map((worker) => worker?.process.pid)
  await waitUntil(async () => pids().filter(isAlive).length === 2)
  // A working folder that does not exist stands in for a lack of processes or memory.
  cluster.setupPrimary({ exec, cwd: join(folder, 'missing') })
  const [first] = listWorkers()
  first?.process.kill('SIGKILL')
  await waitUntil(async () => errors.some((error) => (error as { code?: string }).code === 'ENOENT'))
  cluster.setupPrimary({ exec, cwd: folder })
  await waitUntil(async () => pids().length === 2 && pids().every(isAlive))
  await pool.close()
  expect(listWorkers()).toEqual([])
})
