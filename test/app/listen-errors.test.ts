import { expect, test } from '@jest/globals'
import { explainListenErrors } from '../../src/app/listen-errors.ts'

test.each([
  { port: 4000, advice: 'PORT=4001' },
  { port: 65_535, advice: 'PORT=65534' },
])('suggests a valid port when port $port is in use', async ({ port, advice }) => {
  const listen = () => Promise.reject(Object.assign(new Error(), { code: 'EADDRINUSE', port }))
  await expect(explainListenErrors('PORT', listen)).rejects.toThrow(
    `Port ${port} is already in use. Set PORT to another one, for example ${advice}.`,
  )
})
