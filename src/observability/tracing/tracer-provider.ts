import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'

/** Settings of the exporter, the sampler and the resource. */
export type TraceSettings = {
  /** Of the OTLP endpoint. Undefined: tracing is off. */
  readonly url: string | undefined
  /** May contain a secret. */
  readonly headers: Readonly<Record<string, string>>
  /** For one export of a batch. */
  readonly timeoutMs: number
  readonly serviceName: string
  readonly attributes: Readonly<Record<string, string>>
  /** A value of OTEL_TRACES_SAMPLER. */
  readonly sampler: string
  /** For the ratio samplers, 0 to 1. */
  readonly samplingRatio: number
}

const PARENT_BASED = 'parentbased_'

/** Creates an OpenTelemetry tracer provider. It is not registered globally; only the context manager is. */
export function createTracerProvider(
  settings: TraceSettings & { readonly url: string },
  version: string,
  logError: (error: unknown) => void,
): TracerProvider {
  const { url, headers, timeoutMs, serviceName, attributes } = settings
  // One for the process: a second server in it uses the same.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs })
  return new TracerProvider({
    sampler: createSampler(settings),
    resource: resourceFromAttributes({
      ...attributes,
      'service.name': serviceName,
      'service.version': version,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reportFailures(exporter, logError),
        exportTimeoutMillis: timeoutMs,
      }),
    ],
  })
}

function createSampler({
  sampler,
  samplingRatio,
}: Pick<TraceSettings, 'sampler' | 'samplingRatio'>): Sampler {
  if (sampler.startsWith(PARENT_BASED))
    return new ParentBasedSampler({
      root: createSampler({ sampler: sampler.slice(PARENT_BASED.length), samplingRatio }),
    })
  if (sampler === 'always_off') return new AlwaysOffSampler()
  return sampler === 'traceidratio' ? new TraceIdRatioBasedSampler(samplingRatio) : new AlwaysOnSampler()
}

/** Reports the first failed export of an outage, not every batch. The collector's response is not logged. */
function reportFailures(exporter: SpanExporter, logError: (error: unknown) => void): SpanExporter {
  let isFailing = false
  return {
    export(spans, onResult) {
      exporter.export(spans, (result) => {
        if (result.error && !isFailing)
          logError(new Error(`Traces cannot be sent: ${describeFailure(result.error)}.`))
        isFailing = result.error !== undefined
        onResult(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function describeFailure(error: Error): string {
  const { code } = error as { code?: unknown }
  return code === undefined ? error.message : `${error.message} (${String(code)})`
}
