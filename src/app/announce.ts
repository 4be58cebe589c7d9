import type { Config } from '../config/config.ts'
import type { Logger } from '../observability/logger.ts'

/** The addresses at which the servers of this process listen. */
type Addresses = {
  readonly api?: string
  readonly authorizationServer?: string
  readonly webapp?: string
}

const LABELS = { api: 'API', authorizationServer: 'Authorization server', webapp: 'Web app' } as const
const LABEL_WIDTH = 22

/** Prints the addresses, as one log line where the log is JSON. */
export function announce({ logFormat }: Config, log: Logger, addresses: Addresses): void {
  if (logFormat === 'json') log.info(addresses, 'listening')
  else
    for (const [name, url] of Object.entries(addresses))
      console.log(LABELS[name as keyof Addresses].padEnd(LABEL_WIDTH) + url)
}
