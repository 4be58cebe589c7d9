import { type Config, requireIssuer } from '../../config/config.ts'
import { isPrimary } from './worker-process.ts'

/**
 * The API in several processes that share its port, under one that serves nothing itself. Each side loads what it needs.
 * @throws InvalidSettingsError, and in a worker what `startApiServer` throws
 */
export async function startWorkers(config: Config): Promise<void> {
  const issuer = requireIssuer(config)
  if (!isPrimary()) return (await import('./worker.ts')).startWorker(config, issuer)
  return (await import('./primary.ts')).startPrimary(config)
}
