import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { startSite } from '../../support/webapp/site.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

test('closes a connection beyond CONNECTION_LIMIT and keeps the earlier one open', async () => {
  const site = await startSite({ webappSettings: { CONNECTION_LIMIT: '1' } })
  const port = Number(new URL(site.url).port)
  const first = connect(port, '127.0.0.1')
  first.write(REQUEST)
  await once(first, 'data')
  const second = connect(port, '127.0.0.1')
  const [bytes] = await Promise.all([text(second).catch(() => ''), once(second, 'close')])
  expect(bytes).toBe('')
  first.write(REQUEST)
  expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /)
  first.destroy()
  await site.close()
})
