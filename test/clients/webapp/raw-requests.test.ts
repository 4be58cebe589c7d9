import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WEBAPP_RAW_REQUESTS } from '../../cases/webapp/raw-requests.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test.each(WEBAPP_RAW_REQUESTS)('$id $title', async ({ bytes, statuses }) => {
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1')
  socket.write(bytes)
  const responses = await text(socket)
  expect([...responses.matchAll(/^HTTP\/1.1 (\d+)/gm)].map((match) => Number(match[1]))).toEqual(statuses)
})
