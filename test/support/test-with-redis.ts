import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from '@jest/globals'

export const REDIS_URL = 'redis://127.0.0.1:6379'
const socket = connect(6379, '127.0.0.1')
/** `test`, skipped on a machine without Redis. CI fails on skipped tests. */
export const testWithRedis = await once(socket, 'connect').then(
  () => test,
  () => test.skip,
)
socket.destroy()
