import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, parseDocument } from 'yaml'
import { SETTINGS } from '../../../src/config/settings.ts'
import { ROOT } from './containerfile.ts'

/** A part of a YAML file: whatever is asked for is there, empty or not. */
export class Part {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  /** What is below these names, or empty. */
  at(...names: readonly string[]): Part {
    return new Part(
      names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], this.value),
    )
  }

  get list(): readonly Part[] {
    return Array.isArray(this.value) ? this.value.map((one) => new Part(one)) : []
  }

  get keys(): readonly string[] {
    return Object.keys(Object(this.value))
  }

  get text(): string {
    return String(this.value ?? '')
  }

  get number(): number {
    return Number(this.value)
  }
}

const FOLDER = join(ROOT, 'deploy/kubernetes')

/** Every object of the Kubernetes manifests. @throws where one is not YAML */
export const objects: readonly Part[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
    return new Part(document.toJS())
  }),
)

export const ofKind = (kind: string): Part => {
  const found = objects.filter((one) => one.at('kind').text === kind)
  if (found.length !== 1) throw new Error(`${found.length} of ${kind}`)
  return found[0] ?? new Part(undefined)
}

/** compose.yaml with its anchors resolved. */
export const compose = new Part(
  parseDocument(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true }).toJS(),
)

export const service = (name: string) => compose.at('services', name)

/** The API's pod, and what is below names in its container. */
export const pod = ofKind('Deployment').at('spec', 'template', 'spec')
const [container = new Part(undefined)] = pod.at('containers').list
export const of = (...names: readonly string[]) => container.at(...names)

/** The settings of the API in Kubernetes. */
export const config = ofKind('ConfigMap').at('data')

/** Seconds that a copy with these settings may take to stop. */
export const drain = (environment: Part) =>
  (['DRAIN_DELAY', 'DRAIN_TIMEOUT'] as const).reduce((sum, name) => {
    const given = environment.at(name).value ?? SETTINGS[name].fallback
    return sum + Number(given) / 1_000
  }, 0)
