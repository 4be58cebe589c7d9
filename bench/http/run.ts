import { UsageError } from '../../src/errors/exit-error.ts'
import { leaveServerCore } from '../support/pinning.ts'
import { API_NAME } from '../support/server-process.ts'
import { reportGoals } from './goals.ts'
import type { MeasureOptions } from './measure.ts'
import { reportProfile } from './profile.ts'
import { DEFAULT_ROWS, findRow } from './rows.ts'
import { checkoutServer, findServer, installPeers, SERVERS } from './servers.ts'
import { reportTables } from './tables.ts'

export interface HttpOptions extends MeasureOptions {
  readonly rows?: readonly string[]
  readonly servers?: readonly string[]
  /** Path of another checkout. */
  readonly beside?: string
}

/** Prints a report on the API's performance over HTTP. @returns whether the goals are met; undefined if none was measured */
export async function runHttp(
  report: 'tables' | 'goals' | 'profile',
  options: HttpOptions,
): Promise<boolean | undefined> {
  const { beside } = options
  const rows = options.rows?.map(findRow)
  const servers = options.servers?.map(findServer)
  if (report === 'goals' && (rows || servers || beside !== undefined))
    throw new UsageError('goals takes no --rows, --servers or --beside')
  if (beside !== undefined && (servers || report === 'profile'))
    throw new UsageError('--beside is for tables, and takes no --servers')
  leaveServerCore()
  if (report === 'profile') console.log(await reportProfile(rows ?? [findRow('book')], options))
  else if (beside !== undefined) {
    const checkouts = [findServer(API_NAME), checkoutServer(beside)]
    console.log(await reportTables(rows ?? DEFAULT_ROWS, checkouts, options))
  } else {
    installPeers()
    if (report === 'goals') return reportGoals(options)
    console.log(await reportTables(rows ?? DEFAULT_ROWS, servers ?? SERVERS, options))
  }
  return undefined
}
