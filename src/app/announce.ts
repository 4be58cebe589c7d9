import type { Config } from '../config/config.ts'
import type { Logger } from '../observability/logger.ts'

/** The URLs of the servers of this process. */
export type Addresses = { readonly [server in 'api' | 'authorizationServer' | 'webapp']?: string }

/** Prints where the servers listen, as one log line where the log is JSON. */
export function announce({ logFormat }: Config, log: Logger, addresses: Addresses): void {
  const { authorizationServer, webapp } = addresses
  const api = addresses.api && `${addresses.api}/graphql`
  if (logFormat === 'json') {
    log.info({ api, authorizationServer, webapp }, 'listening')
    return
  }
  if (api) console.log(`API                   ${api}`)
  if (authorizationServer) console.log(`Authorization server  ${authorizationServer}`)
  if (webapp) console.log(`Web app               ${webapp}`)
}
