import { z } from 'zod'
import { durationSetting, type Setting } from './setting-definition.ts'
import { enumSchema, nonEmptySchema } from './setting-schemas.ts'

/**
 * Parses an OpenTelemetry key-value list such as `a=1,b=2`; values are percent-encoded (W3C Baggage §3.2.1).
 * @throws Error when it is malformed
 */
export function parseKeyValueList(text: string): Readonly<Record<string, string>> {
  const members = text.split(',').filter((member) => member.trim() !== '')
  return Object.fromEntries(
    members.map((member) => {
      const at = member.indexOf('=')
      const name = member.slice(0, Math.max(at, 0)).trim()
      if (name === '') throw new Error('not a key-value list')
      return [name, decodeURIComponent(member.slice(at + 1).trim())]
    }),
  )
}

const keyValueListSchema = z.string().superRefine((text, context) => {
  try {
    parseKeyValueList(text)
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be a list such as a=1,b=2 with percent-encoded values',
    })
  }
})

function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
const endpointSchema = z.string().refine(isEndpoint, 'must be an http or https URL without credentials')

const RATIO_MESSAGE = 'must be a number from 0 to 1'
const ratioSchema = z.coerce.number(RATIO_MESSAGE).min(0, RATIO_MESSAGE).max(1, RATIO_MESSAGE)

/** Settings for traces, with the names that OpenTelemetry defines. */
export const OTEL_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: endpointSchema,
    defaultText: 'none: no traces',
    example: 'http://127.0.0.1:4318',
    description: 'the base URL of the OTLP/HTTP collector; traces are sent to `/v1/traces` below it',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: endpointSchema,
    defaultText: 'none',
    example: 'http://127.0.0.1:4318/v1/traces',
    description: 'the full URL for traces; takes precedence over OTEL_EXPORTER_OTLP_ENDPOINT',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: keyValueListSchema,
    defaultText: 'none',
    secret: 'whole',
    example: 'authorization=Basic%20…',
    description: 'headers of the trace exports, as `name=value,…`, percent-encoded',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: durationSetting(3_000, 'timeout of a trace export, also at shutdown'),
  OTEL_SERVICE_NAME: {
    schema: nonEmptySchema,
    defaultText: 'fakebook-api',
    defaultValue: 'fakebook-api',
    example: 'fakebook-api',
    description: 'the service name in traces',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    schema: keyValueListSchema,
    defaultText: 'none',
    example: 'deployment.environment.name=production',
    description: 'resource attributes of every trace, as `name=value,…`',
  },
  OTEL_TRACES_SAMPLER: {
    schema: enumSchema([
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
    description: 'the sampler; `parentbased_…` follows the caller’s decision where there is one',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: ratioSchema,
    defaultText: '1',
    defaultValue: '1',
    example: '0.1',
    description: 'the sampling ratio of `…traceidratio`, from 0 to 1',
  },
  OTEL_SDK_DISABLED: {
    schema: enumSchema(['true', 'false']),
    defaultText: 'false',
    defaultValue: 'false',
    example: 'true',
    description: '`true` disables traces',
  },
} as const satisfies Record<string, Setting>
