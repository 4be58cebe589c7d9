import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, parseDocument } from 'yaml'
import { SETTINGS } from '../../../src/config/settings.ts'
import { PROJECT_ROOT } from './containerfile.ts'

/** A part of a YAML file: whatever is asked for is there, empty or not. */
export class YamlNode {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  /** What is below these names, or empty. */
  at(...names: readonly string[]): YamlNode {
    return new YamlNode(
      names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], this.value),
    )
  }

  get items(): readonly YamlNode[] {
    return Array.isArray(this.value) ? this.value.map((one) => new YamlNode(one)) : []
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

const FOLDER = join(PROJECT_ROOT, 'deploy/kubernetes')

/** Every object of the Kubernetes manifests. @throws where one is not YAML */
export const kubernetesObjects: readonly YamlNode[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
    return new YamlNode(document.toJS())
  }),
)

export const findObject = (kind: string): YamlNode => {
  const found = kubernetesObjects.filter((one) => one.at('kind').text === kind)
  if (found.length !== 1) throw new Error(`${found.length} of ${kind}`)
  return found[0] ?? new YamlNode(undefined)
}

/** compose.yaml with its anchors resolved. */
export const composeFile = new YamlNode(
  parseDocument(readFileSync(join(PROJECT_ROOT, 'compose.yaml'), 'utf8'), { merge: true }).toJS(),
)

export const composeService = (name: string) => composeFile.at('services', name)

/** The API's pod, and what is below names in its container. */
export const podSpec = findObject('Deployment').at('spec', 'template', 'spec')
const [container = new YamlNode(undefined)] = podSpec.at('containers').items
export const containerNode = (...names: readonly string[]) => container.at(...names)

/** The settings of the API in Kubernetes. */
export const configMapData = findObject('ConfigMap').at('data')

/** Seconds that a copy with these settings may take to stop. */
export const drainSeconds = (environment: YamlNode) =>
  (['DRAIN_DELAY', 'DRAIN_TIMEOUT'] as const).reduce((sum, name) => {
    const given = environment.at(name).value ?? SETTINGS[name].defaultValue
    return sum + Number(given) / 1_000
  }, 0)
