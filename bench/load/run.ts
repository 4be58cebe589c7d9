import { addBooks, Contestant } from '../http/measure.ts'
import { findRow } from '../http/rows.ts'
import { withIssuer } from '../support/issuer.ts'
import { apiCommand, withServer } from '../support/server-process.ts'
import { measureOverload } from './overload.ts'
import { measureSlowClients } from './slow-clients.ts'

/** Loads the API beyond its limits. @returns whether the goal is met */
export function runLoad(kind: 'overload' | 'slow'): Promise<boolean> {
  return withIssuer((issuer) =>
    withServer(apiCommand(), issuer.url, async (server) => {
      const [page, book] = [findRow('page'), findRow('book')]
      await addBooks([server], page, issuer)
      const [pageAt, bookAt] = [await page.prepare(issuer), await book.prepare(issuer)]
      if (kind === 'slow') return measureSlowClients(server.port, bookAt(0))
      const isMet = await measureOverload(new Contestant(server, page, pageAt), pageAt(0))
      // Not judged: two refusals for each answer cost more than a tenth of what so cheap an answer does.
      await measureOverload(new Contestant(server, book, bookAt), bookAt(0))
      return isMet
    }),
  )
}
