import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, parseDocument } from 'yaml'
import { SETTINGS } from '../../../src/config/settings.ts'
import { PROJECT_ROOT } from '../project-root.ts'

/** A node of a YAML file. Missing nodes are empty instead of undefined, so that paths can be chained. */
export class YamlNode {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  /** Returns the node at a path of member names. */
  at(...names: readonly string[]): YamlNode {
    return new YamlNode(
      names.reduce<unknown>((node, name) => (Object(node) as Record<string, unknown>)[name], this.value),
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

/** Every object of the Kubernetes manifests. Throws if a file is not valid YAML. */
export const kubernetesObjects: readonly YamlNode[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
    return new YamlNode(document.toJS())
  }),
)

export const findObject = (kind: string): YamlNode => {
  const found = kubernetesObjects.filter((one) => one.at('kind').text === kind)
  if (found.length !== 1) throw new Error(`expected one ${kind}, found ${found.length}`)
  return found[0] ?? new YamlNode(undefined)
}

/** Reads a Compose file and resolves its anchors. */
const readComposeFile = (name: string) =>
  new YamlNode(parseDocument(readFileSync(join(PROJECT_ROOT, name), 'utf8'), { merge: true }).toJS())

/** compose.production.yaml. */
export const productionFile = readComposeFile('compose.production.yaml')
/** compose.yaml, which is for trying the project out. */
export const demoFile = readComposeFile('compose.yaml')

export const productionService = (name: string) => productionFile.at('services', name)

/** The pod of the API, and the nodes of its container. */
export const podSpec = findObject('Deployment').at('spec', 'template', 'spec')
const [container = new YamlNode(undefined)] = podSpec.at('containers').items
export const containerNode = (...names: readonly string[]) => container.at(...names)

/** The settings of the API in Kubernetes. */
export const configMapData = findObject('ConfigMap').at('data')

/** The operator's part: values of `${NAME…}` in a Compose file, and of secrets by their file's name. */
const PROVIDED: Readonly<Record<string, string>> = {
  OKTA_ISSUER: 'https://example.okta.com/oauth2/default',
  OKTA_CLIENT_ID: 'job',
  WEBAPP_CLIENT_ID: 'webapp',
  database_url: 'postgres://fakebook:password@postgres:5432/fakebook',
  redis_url: 'redis://:password@redis:6379',
  session_secret: 'x'.repeat(44),
  webapp_client_secret: 'secret',
  okta_client_secret: 'secret',
}

/** Returns the settings that a container gets, with the contents of the secret files in place of their paths. */
export function resolveEnvironment(environment: YamlNode): Record<string, string> {
  const resolved = environment.keys.map((name) => {
    const text = environment
      .at(name)
      .text.replace(/\$\{(\w+):(?:-([^}]*)|[^}]*)\}/g, (_, key, value) => PROVIDED[key] ?? value ?? '')
    const secret = /^\/run\/secrets\/(?:\w+\/)?(\w+)$/.exec(text)?.[1]
    return secret ? [name.replace(/_FILE$/, ''), PROVIDED[secret] ?? ''] : [name, text]
  })
  return Object.fromEntries(resolved)
}

/** Returns the maximum time that a server with these settings takes to stop. */
export const drainSeconds = (environment: YamlNode) =>
  (['DRAIN_DELAY', 'DRAIN_TIMEOUT'] as const).reduce((sum, name) => {
    const milliseconds = environment.at(name).value ?? SETTINGS[name].defaultValue
    return sum + Number(milliseconds) / 1_000
  }, 0)
