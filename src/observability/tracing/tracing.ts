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
  trace,
} from '@opentelemetry/api'
import { ApiError } from '../../errors/api-error.ts'
import type { HttpResponse, Route } from '../../lib/http-messages.ts'
import type { Instrument } from '../../lib/instrument.ts'
import { observeCall } from '../observe-call.ts'
import { parseTraceparent } from '../trace-context.ts'
import { createTracerProvider, type TraceSettings } from './tracer-provider.ts'

/** A SQL statement that has been executed, without its parameters. */
type ExecutedStatement = { readonly sql: string; readonly durationMs: number; readonly error?: unknown }

const MAX_NAME_LENGTH = 100

/** Creates tracing by OpenTelemetry's semantic conventions. Spans contain no token, header, variable or parameter. */
export function createTracing(settings: TraceSettings, version: string, logError: (error: unknown) => void) {
  const provider = createTracerProvider(settings, version, logError)
  const tracer = provider.getTracer('fakebook-api', version)
  /** Wraps a function in a span. */
  const instrument: Instrument =
    (name, step) =>
    (...args) =>
      tracer.startActiveSpan(name, (span) =>
        observeCall(
          () => step(...args),
          () => span.end(),
          (error) => endWithError(span, error),
        ),
      )
  return Object.freeze({
    instrument,
    /** Wraps a route's handler in a server span, a child of the caller's span if there is one. */
    traceRoute(route: Route): Route {
      const attributes = {
        'http.route': route.url,
        'url.scheme': 'http',
        // The path of a route with parameters contains values sent by the client.
        'url.path': route.url.includes(':') ? undefined : route.url,
      }
      return {
        ...route,
        handler: (request) =>
          tracer.startActiveSpan(
            `${request.method} ${route.url}`,
            { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, ...attributes } },
            parentContextOf(request.headers),
            (span) =>
              observeCall(
                () => route.handler(request),
                (response) => endWithResponse(span, response),
                (error) => endWithError(span, error),
              ),
          ),
      }
    },
    /** Adds a client span for a statement that has just been executed; none outside a request. */
    recordStatement(system: 'sqlite' | 'postgresql', { sql, durationMs, error }: ExecutedStatement) {
      if (!trace.getSpan(context.active())?.isRecording()) return
      const operation = /^\w+/.exec(sql)?.[0]?.toUpperCase() ?? 'SQL'
      const end = Date.now()
      const span = tracer.startSpan(operation, {
        kind: SpanKind.CLIENT,
        startTime: end - durationMs,
        attributes: { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql },
      })
      if (error === undefined) span.end(end)
      else endWithError(span, error, end)
    },
    /** Exports the remaining spans, within the export timeout. The exporter reports an error. */
    close: () => provider.shutdown().catch(() => undefined),
  })
}

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
function endWithResponse(span: Span, { status, operationInfo = {} }: HttpResponse): void {
  span.setAttributes({
    'http.response.status_code': status,
    'graphql.operation.type': operationInfo.operationType,
    'graphql.operation.name': operationInfo.operationName?.slice(0, MAX_NAME_LENGTH),
    'fakebook.code': operationInfo.errorCode,
  })
  if (status >= 500) span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** Records the error's type only: its message may repeat input. */
function endWithError(span: Span, error: unknown, end?: number): void {
  span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR }).end(end)
}

function errorTypeOf(error: unknown): string {
  if (error instanceof ApiError) return error.details.reason ?? error.details.code
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'error')
}
