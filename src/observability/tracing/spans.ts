import type { IncomingHttpHeaders } from 'node:http'
import {
  type Context,
  context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { ApiError } from '../../errors/api-error.ts'
import type { HttpResponse, OperationInfo, Route } from '../../lib/http-messages.ts'
import type { Instrument } from '../../lib/instrument.ts'
import { parseTraceparent } from '../trace-context.ts'
import { createTracerProvider, type TraceSettings } from './tracer-provider.ts'

/** A SQL statement that has been executed, without its parameters. */
export type ExecutedStatement = {
  readonly sql: string
  readonly durationMs: number
  readonly error?: unknown
}

export type Tracing = {
  /** Wraps a route's handler in a server span, a child of the caller's span if there is one. */
  readonly traceRoute: (route: Route) => Route
  /** Wraps a function in a span. */
  readonly instrument: Instrument
  /** Adds a client span for a statement that has just been executed. */
  readonly recordStatement: (system: 'sqlite' | 'postgresql', statement: ExecutedStatement) => void
  /** Exports the remaining spans, within the export timeout. */
  close(): Promise<void>
}

const SERVER_ERROR = 500
const MAX_NAME_LENGTH = 100

/**
 * Creates tracing by OpenTelemetry's semantic conventions. Spans contain no token, header, variable, SQL parameter or
 * path parameter.
 */
export function createTracing(
  settings: TraceSettings & { readonly url: string },
  version: string,
  logError: (error: unknown) => void,
): Tracing {
  const provider = createTracerProvider(settings, version, logError)
  const tracer = provider.getTracer('fakebook-api', version)
  return Object.freeze({
    traceRoute: (route) => traceRoute(tracer, route),
    instrument: (name, step) => traceStep(tracer, name, step),
    recordStatement: (system, statement) => recordStatement(tracer, system, statement),
    // The exporter has reported the error already.
    close: () => provider.shutdown().catch(() => undefined),
  } satisfies Tracing)
}

const traceRoute = (tracer: Tracer, route: Route): Route => ({
  ...route,
  handler: (request) => {
    const attributes = {
      'http.request.method': request.method,
      'http.route': route.url,
      'url.scheme': 'http',
      // The path of a route with parameters contains values sent by the client.
      ...(!route.url.includes(':') && { 'url.path': route.url }),
    }
    return tracer.startActiveSpan(
      `${request.method} ${route.url}`,
      { kind: SpanKind.SERVER, attributes },
      parentContextOf(request.headers),
      async (span) => {
        try {
          const response = await route.handler(request)
          setResponseAttributes(span, response)
          span.end()
          return response
        } catch (error) {
          endWithError(span, error)
          throw error
        }
      },
    )
  },
})

function parentContextOf({ traceparent, tracestate }: IncomingHttpHeaders): Context {
  const parent = parseTraceparent(traceparent)
  if (!parent) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.parentId,
    traceFlags: parent.flags & TraceFlags.SAMPLED,
    isRemote: true,
    ...(typeof tracestate === 'string' && { traceState: createTraceState(tracestate) }),
  })
}

/** Marks the server span as failed for 5xx only, as the semantic conventions require. */
function setResponseAttributes(span: Span, { status, operationInfo = {} }: HttpResponse): void {
  span.setAttributes({ 'http.response.status_code': status, ...operationAttributes(operationInfo) })
  if (status >= SERVER_ERROR)
    span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
}

const operationAttributes = ({ operationType, operationName, errorCode }: OperationInfo) => ({
  ...(operationType && { 'graphql.operation.type': operationType }),
  ...(operationName && { 'graphql.operation.name': operationName.slice(0, MAX_NAME_LENGTH) }),
  ...(errorCode && { 'fakebook.code': errorCode }),
})

function traceStep<Args extends unknown[], Result>(
  tracer: Tracer,
  name: string,
  step: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) =>
    tracer.startActiveSpan(name, (span) => {
      try {
        const result = step(...args)
        if (result instanceof Promise) return endWhenSettled(span, result) as Result
        span.end()
        return result
      } catch (error) {
        endWithError(span, error)
        throw error
      }
    })
}

async function endWhenSettled<T>(span: Span, promise: Promise<T>): Promise<T> {
  try {
    const value = await promise
    span.end()
    return value
  } catch (error) {
    endWithError(span, error)
    throw error
  }
}

/** Records the error's type only: its message may repeat input. */
function endWithError(span: Span, error: unknown): void {
  span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR }).end()
}

function errorTypeOf(error: unknown): string {
  if (error instanceof ApiError) return error.details.reason ?? error.details.code
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'error')
}

/** Ignores statements outside a request, such as readiness checks and clean-up. */
function recordStatement(
  tracer: Tracer,
  system: string,
  { sql, durationMs, error }: ExecutedStatement,
): void {
  if (!trace.getSpan(context.active())?.isRecording()) return
  const operation = /^\w+/.exec(sql)?.[0]?.toUpperCase() ?? 'SQL'
  const end = Date.now()
  const span = tracer.startSpan(operation, {
    kind: SpanKind.CLIENT,
    startTime: end - durationMs,
    attributes: { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql },
  })
  if (error !== undefined)
    span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR })
  span.end(end)
}
