import { expect, test } from '@jest/globals'
import { mapOutage } from '../../src/database/errors.ts'
import { ApiError } from '../../src/errors/api-error.ts'

const failing = (code: string) => {
  const fault = Object.assign(new Error('of a query'), { code })
  return { fault, told: mapOutage(Promise.reject(fault)).catch((error: unknown) => error) }
}

test.each(['ECONNREFUSED', 'EAI_AGAIN', '57P01', '53300', 'CERT_HAS_EXPIRED', 'ERR_SQLITE_ERROR'])(
  '%s is an outage',
  async (code) => {
    expect(await failing(code).told).toBeInstanceOf(ApiError)
  },
)

test.each(['ERR_ASSERTION', 'ERR_INVALID_ARG_TYPE', '42601', '22P02', '23505'])(
  '%s is a bug',
  async (code) => {
    const { fault, told } = failing(code)
    expect(await told).toBe(fault)
  },
)
