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

export type TraceSettings = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Undefined: the one in `attributes`, or the default. */
  readonly serviceName: string | undefined
  readonly attributes: Readonly<Record<string, string>>
  /** A value of OTEL_TRACES_SAMPLER. */
  readonly sampler: string
  readonly samplingRatio: number
}

const DEFAULT_SERVICE_NAME = 'fakebook-api'
const PARENT_BASED = 'parentbased_'

/** Creates an OpenTelemetry tracer provider. It is not registered globally; only the context manager is. */
export function createTracerProvider(
  settings: TraceSettings,
  version: string,
  logError: (error: unknown) => void,
): TracerProvider {
  const { url, headers, timeoutMs, serviceName, attributes, sampler, samplingRatio } = settings
  // One for the process: a second server in it uses the same.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs })
  const reporting = reportFailures(exporter, logError)
  return new TracerProvider({
    sampler: createSampler(sampler, samplingRatio),
    resource: resourceFromAttributes({
      'service.name': DEFAULT_SERVICE_NAME,
      ...attributes,
      ...(serviceName !== undefined && { 'service.name': serviceName }),
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: reporting, exportTimeoutMillis: timeoutMs })],
  })
}

function createSampler(name: string, ratio: number): Sampler {
  if (name.startsWith(PARENT_BASED))
    return new ParentBasedSampler({ root: createSampler(name.slice(PARENT_BASED.length), ratio) })
  if (name === 'always_off') return new AlwaysOffSampler()
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler()
}

/** Reports the first failed export of an outage, not every batch. The collector's response is not logged. */
function reportFailures(exporter: SpanExporter, logError: (error: unknown) => void): SpanExporter {
  let isFailing = false
  return {
    export(spans, onResult) {
      exporter.export(spans, (result) => {
        const { message, code }: { message?: string; code?: unknown } = result.error ?? {}
        const reason = code === undefined ? message : `${message} (${code})`
        if (result.error && !isFailing)
          logError(new Error(`Traces cannot be sent: ${reason}. Check OTEL_EXPORTER_OTLP_ENDPOINT.`))
        isFailing = result.error !== undefined
        onResult(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}
