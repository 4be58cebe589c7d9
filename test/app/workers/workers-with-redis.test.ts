import { expect } from '@jest/globals'
import { createDpopClient } from '../../support/dpop-client.ts'
import { startStubIssuer } from '../../support/stub-issuer.ts'
import { REDIS_URL, testWithRedis } from '../../support/test-with-redis.ts'
import {
  connectToEachWorker,
  type KeepAliveConnection,
  startWorkerProcesses,
  stopWorkerProcesses,
} from '../../support/workers/worker-processes.ts'

testWithRedis('W12 with Redis the primary is asked for no proof and no count', async () => {
  const issuer = await startStubIssuer()
  const several = await startWorkerProcesses(issuer.url, { REDIS_URL, CLIENT_RATE_LIMIT: '4' })
  const { origin, child } = several
  const both = (await connectToEachWorker(origin)) as [KeepAliveConnection, KeepAliveConnection]
  const client = await createDpopClient()
  // Redis remembers from one run of this test to the next.
  const token = await issuer.signToken({ cnf: { jkt: client.jkt }, cid: client.jkt })
  const ask = (kept: KeepAliveConnection, dpop: string) =>
    kept.send('/books/1', { headers: { authorization: `DPoP ${token}`, dpop } })
  const prove = () => client.createProof({ url: `${origin}/books/1`, method: 'GET', token })
  child.kill('SIGSTOP')
  const proof = await prove()
  const answers = []
  for (const [kept, dpop] of [
    [both[0], proof],
    [both[1], proof],
    [both[1], await prove()],
  ] as const)
    answers.push(await ask(kept, dpop))
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 200])
  expect(answers.filter(({ status }) => status === 200).map(({ headers }) => headers.ratelimit)).toEqual([
    expect.stringMatching(/"client";r=3;/),
    expect.stringMatching(/"client";r=2;/),
  ])
  child.kill('SIGCONT')
  expect(await stopWorkerProcesses(several)).toBe(0)
  await issuer.close()
})
