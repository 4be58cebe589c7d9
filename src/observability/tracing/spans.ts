import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { ApiError } from '../../errors/api-error.ts'
import type { HttpResponse, OperationInfo, Route } from '../../lib/http-messages.ts'
import type { Instrument } from '../../lib/instrument.ts'
import { parseParentContext } from './parent-context.ts'
import { createTracerProvider } from './tracer-provider.ts'
import type { ExecutedStatement, TraceSettings, Tracing } from './tracing.ts'

const FAULT = 500
const LONGEST_NAME = 100

/** Spans by the semantic conventions; none has a token, a header, a variable or a path's values. */
export function createTracing(
  settings: TraceSettings & { readonly url: string },
  version: string,
  logError: (fault: unknown) => void,
): Tracing {
  const provider = createTracerProvider(settings, version, logError)
  const tracer = provider.getTracer('fakebook-api', version)
  return Object.freeze({
    traceRoute: routed(tracer),
    instrument: spanning(tracer),
    recordStatement: (system, run) => addStatement(tracer, system, run),
    // Why the last ones could not be sent has been reported.
    close: () => provider.shutdown().catch(() => undefined),
  } satisfies Tracing)
}

/** Around a step: whether it returns, promises or throws. */
const spanning =
  (tracer: Tracer): Instrument =>
  <Args extends unknown[], Result>(name: string, step: (...args: Args) => Result) =>
  (...args: Args): Result =>
    tracer.startActiveSpan(name, (span) => {
      try {
        const result = step(...args)
        if (!(result instanceof Promise)) return ended(span, result)
        return result.then(
          (value) => ended(span, value),
          (error) => {
            throw failed(span, error)
          },
        ) as Result
      } catch (error) {
        throw failed(span, error)
      }
    })

function ended<T>(span: Span, value: T): T {
  span.end()
  return value
}

/** Its message may repeat what somebody sent: the kind of error says enough. */
function failed(span: Span, error: unknown): unknown {
  span.setAttribute('error.type', typeOf(error)).setStatus({ code: SpanStatusCode.ERROR }).end()
  return error
}

function typeOf(error: unknown): string {
  if (error instanceof ApiError) return error.details.reason ?? error.details.code
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'error')
}

/** The server's span. */
const routed =
  (tracer: Tracer) =>
  (route: Route): Route => ({
    ...route,
    handler: (question) => {
      const attributes = {
        'http.request.method': question.method,
        'http.route': route.url,
        'url.scheme': 'http',
        // A path with placeholders has values in it, which may be anything.
        ...(!route.url.includes(':') && { 'url.path': route.url }),
      }
      return tracer.startActiveSpan(
        `${question.method} ${route.url}`,
        { kind: SpanKind.SERVER, attributes },
        parseParentContext(question.headers),
        async (span) => {
          try {
            const answer = await route.handler(question)
            describe(span, answer)
            return ended(span, answer)
          } catch (error) {
            throw failed(span, error)
          }
        },
      )
    },
  })

/** What a client did wrong is no error of the server's span; what we did is. */
function describe(span: Span, { status, operationInfo = {} }: HttpResponse): void {
  span.setAttributes({ 'http.response.status_code': status, ...operationOf(operationInfo) })
  if (status >= FAULT)
    span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
}

const operationOf = ({ operationType, operationName, errorCode }: OperationInfo) => ({
  ...(operationType && { 'graphql.operation.type': operationType }),
  ...(operationName && { 'graphql.operation.name': operationName.slice(0, LONGEST_NAME) }),
  ...(errorCode && { 'fakebook.code': errorCode }),
})

/** Below a request alone: what is asked of the database now and then is no part of a trace. */
function addStatement(tracer: Tracer, system: string, { sql, durationMs, error }: ExecutedStatement): void {
  if (!trace.getSpan(context.active())?.isRecording()) return
  const operation = /^\w+/.exec(sql)?.[0]?.toUpperCase() ?? 'SQL'
  const end = Date.now()
  const span = tracer.startSpan(operation, {
    kind: SpanKind.CLIENT,
    startTime: end - durationMs,
    attributes: { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql },
  })
  if (error !== undefined)
    span.setAttribute('error.type', typeOf(error)).setStatus({ code: SpanStatusCode.ERROR })
  span.end(end)
}
