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
import type { TraceSettings } from './tracing.ts'

const PARENT_BASED = 'parentbased_'

/** OpenTelemetry's own parts for these settings; nothing of it is global but which span is under way. */
export function createTracerProvider(
  settings: TraceSettings & { readonly url: string },
  version: string,
  logError: (fault: unknown) => void,
): TracerProvider {
  const { url, headers, timeoutMs, serviceName, attributes } = settings
  // There is one in a process; a second server in it shares the first one's.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs })
  return new TracerProvider({
    sampler: samplerOf(settings),
    resource: resourceFromAttributes({
      ...attributes,
      'service.name': serviceName,
      'service.version': version,
    }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: reporting(exporter, logError), exportTimeoutMillis: timeoutMs }),
    ],
  })
}

function samplerOf({ sampler, samplingRatio }: TraceSettings): Sampler {
  if (sampler.startsWith(PARENT_BASED)) {
    const root = samplerOf({ sampler: sampler.slice(PARENT_BASED.length), samplingRatio } as TraceSettings)
    return new ParentBasedSampler({ root })
  }
  if (sampler === 'always_off') return new AlwaysOffSampler()
  return sampler === 'traceidratio' ? new TraceIdRatioBasedSampler(samplingRatio) : new AlwaysOnSampler()
}

/** Says once that traces cannot be sent, not with each batch. What the other end answered is not repeated. */
function reporting(exporter: SpanExporter, report: (fault: unknown) => void): SpanExporter {
  let away = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error && !away) report(new Error(`Traces cannot be sent: ${reasonOf(result.error)}.`))
        away = result.error !== undefined
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function reasonOf(error: Error): string {
  const { code } = error as { code?: unknown }
  return code === undefined ? error.message : `${error.message} (${String(code)})`
}
