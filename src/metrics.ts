import { Counter, Gauge, Registry } from 'prom-client'

type Options = {
  /** Why credentials can be refused: the label's values, a closed list. */
  readonly reasons: readonly string[]
  /** What is measured at the moment that somebody asks; age in seconds. */
  readonly keys: () => { readonly size: number; readonly age: number }
}

export type Metrics = {
  readonly tokenVerified: (scheme: string) => void
  readonly tokenFromCache: () => void
  readonly credentialsRefused: (reason: string) => void
  readonly keysFetched: (outcome: 'ok' | 'failed') => void
  /** Prometheus' text format. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** The service's numbers, named as Prometheus asks, in one registry for each server. */
export function createMetrics({ reasons, keys }: Options): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers })

  const verified = counter('fakebook_tokens_verified_total', 'Requests with a good access token.', ['scheme'])
  const cached = counter(
    'fakebook_token_cache_hits_total',
    'Checks of a token that were answered from memory.',
  )
  const refused = counter(
    'fakebook_credentials_refused_total',
    'Requests refused for their credentials, or because keys or memory were unavailable.',
    ['reason'],
  )
  const fetches = counter('fakebook_key_fetches_total', 'Fetches of the issuer’s key set.', ['outcome'])
  for (const scheme of ['Bearer', 'DPoP']) verified.inc({ scheme }, 0)
  // What has not happened yet is there all the same, as 0: a rise from nothing can be seen.
  for (const reason of reasons) refused.inc({ reason }, 0)
  for (const outcome of ['ok', 'failed']) fetches.inc({ outcome }, 0)
  addKeyGauges(registers, keys)
  return Object.freeze({
    tokenVerified: (scheme) => verified.inc({ scheme }),
    tokenFromCache: () => cached.inc(),
    credentialsRefused: (reason) => refused.inc({ reason }),
    keysFetched: (outcome) => fetches.inc({ outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  } satisfies Metrics)
}

function addKeyGauges(registers: Registry[], keys: Options['keys']): void {
  new Gauge({
    name: 'fakebook_keys',
    help: 'Public keys of the issuer in use.',
    registers,
    collect() {
      this.set(keys().size)
    },
  })
  new Gauge({
    name: 'fakebook_keys_age_seconds',
    help: 'Seconds since the issuer’s keys were fetched; +Inf before the first time.',
    registers,
    collect() {
      this.set(keys().age)
    },
  })
}
