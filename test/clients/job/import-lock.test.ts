import { rmSync, writeFileSync } from 'node:fs'
import { expect, jest, test } from '@jest/globals'
import { acquireImportLock } from '../../../src/clients/job/import-lock.ts'

const API_URL = `http://lock-${process.pid}.test`

function catchMessage(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('says when another user created a lock file that cannot be opened', () => {
  const releaseLock = acquireImportLock(API_URL)
  const [path = ''] = /\/\S+\.lock/.exec(catchMessage(() => acquireImportLock(API_URL))) ?? []
  releaseLock()
  // The superuser may open any database, but nothing else.
  writeFileSync(path, 'not a database')
  const ownFile = catchMessage(() => acquireImportLock(API_URL))
  jest.spyOn(process, 'getuid').mockReturnValue(-1)
  const fileOfOther = catchMessage(() => acquireImportLock(API_URL))
  jest.restoreAllMocks()
  rmSync(path)
  expect(ownFile).toBe(`The lock file ${path} cannot be opened: file is not a database.`)
  expect(fileOfOther).toBe(`${ownFile} Another user created it. Delete it when no import is running.`)
})
