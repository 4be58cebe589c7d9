import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { startSite } from '../../support/webapp/site.ts'

const ASK = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

test('a connection past CONNECTION_LIMIT is closed, and the one before it goes on', async () => {
  const site = await startSite({}, undefined, { CONNECTION_LIMIT: '1' })
  const port = Number(new URL(site.url).port)
  const first = connect(port, '127.0.0.1')
  first.write(ASK)
  await once(first, 'data')
  const second = connect(port, '127.0.0.1')
  const [bytes] = await Promise.all([text(second).catch(() => ''), once(second, 'close')])
  expect(bytes).toBe('')
  first.write(ASK)
  expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /)
  first.destroy()
  await site.close()
})
