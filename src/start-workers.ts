import { isPrimary } from './cluster/worker.ts'
import { type Config, requireIssuer } from './config.ts'

/**
 * The API in several processes that share its port, under one that serves nothing itself. Each side loads what it needs.
 * @throws SettingsFaults, and in a worker what `startApiServer` throws
 */
export async function startWorkers(config: Config): Promise<void> {
  const issuer = requireIssuer(config)
  if (!isPrimary()) return (await import('./start-worker.ts')).startWorker(config, issuer)
  return (await import('./start-primary.ts')).startPrimary(config, issuer)
}
