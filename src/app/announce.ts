import type { Config } from '../config/config.ts'
import type { Logger } from '../observability/logger.ts'
import { listProductionWarnings } from './production-warnings.ts'

/** The URLs of the servers of this process. */
export type Addresses = { readonly [server in 'api' | 'authorizationServer' | 'webapp']?: string }

/** Logs the warnings about the settings, and prints where the servers listen, as one log line where the log is JSON. */
export function announce(config: Config, log: Logger, addresses: Addresses): void {
  for (const warning of listProductionWarnings(config, Object.keys(addresses))) log.warn(warning)
  const { authorizationServer, webapp } = addresses
  const api = addresses.api && `${addresses.api}/graphql`
  if (config.logFormat === 'json') {
    log.info({ api, authorizationServer, webapp }, 'listening')
    return
  }
  if (api) console.log(`API                   ${api}`)
  if (authorizationServer) console.log(`Authorization server  ${authorizationServer}`)
  if (webapp) console.log(`Web app               ${webapp}`)
}
