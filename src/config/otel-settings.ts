import { z } from 'zod'
import { durationSetting, type Setting } from './setting.ts'

/**
 * OpenTelemetry's lists of names and values, as `a=1,b=2`; values are percent-encoded (W3C Baggage §3.2.1).
 * @throws Error when it is not such a list
 */
export function parseKeyValueList(text: string): Readonly<Record<string, string>> {
  const members = text.split(',').filter((member) => member.trim() !== '')
  return Object.fromEntries(
    members.map((member) => {
      const at = member.indexOf('=')
      const name = member.slice(0, Math.max(at, 0)).trim()
      if (name === '') throw new Error('not a list of names and values')
      return [name, decodeURIComponent(member.slice(at + 1).trim())]
    }),
  )
}

const pairs = z.string().superRefine((text, context) => {
  try {
    parseKeyValueList(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be names and values, as a=1,b=2, percent-encoded' })
  }
})

function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
const endpoint = z.string().refine(isEndpoint, 'must be http or https, without a name and password')

/** Settings of traces, by OpenTelemetry's own names. */
export const OTEL_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: endpoint,
    defaultText: 'none: no traces',
    example: 'http://127.0.0.1:4318',
    description: 'where traces go by OTLP over HTTP, to `/v1/traces` below it',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: endpoint,
    defaultText: 'none',
    example: 'http://127.0.0.1:4318/v1/traces',
    description: 'the same as a whole address; it wins over the other',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: pairs,
    defaultText: 'none',
    secret: 'whole',
    example: 'authorization=Basic%20…',
    description: 'headers that go with traces, as `name=value,…`, percent-encoded',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: durationSetting(3_000, 'how long traces may take to be sent, at a stop too'),
  OTEL_SERVICE_NAME: {
    schema: z.string().min(1),
    defaultText: 'fakebook-api',
    defaultValue: 'fakebook-api',
    example: 'fakebook-api',
    description: 'the service’s name in traces',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    schema: pairs,
    defaultText: 'none',
    example: 'deployment.environment.name=production',
    description: 'what else every trace tells of this copy, as `name=value,…`',
  },
  OTEL_TRACES_SAMPLER: {
    schema: z.enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    defaultText: 'parentbased_always_on',
    defaultValue: 'parentbased_always_on',
    example: 'parentbased_traceidratio',
    description: 'which requests are traced; `parentbased_…`: as the caller says, where it says so',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number().min(0).max(1),
    defaultText: '1',
    defaultValue: '1',
    example: '0.1',
    description: 'the share of requests that `…traceidratio` traces, 0 to 1',
  },
  OTEL_SDK_DISABLED: {
    schema: z.enum(['true', 'false']),
    defaultText: 'false',
    defaultValue: 'false',
    example: 'true',
    description: '`true`: no traces, whatever else is set',
  },
} as const satisfies Record<string, Setting>
