import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { InvalidSettingsError } from './resolve-settings.ts'

/** What this project's own clients send. */
const OWN = ['job', 'webapp'].map((client) =>
  fileURLToPath(new URL(`../generated/${client}/persisted-documents.json`, import.meta.url)),
)

/** The client preset of GraphQL Code Generator: texts by `sha256:…`. */
const codegen = z.record(z.string(), z.string())
/** Apollo's generate-persisted-query-manifest. */
const apollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/**
 * Reads the texts of manifests, in either of the two forms that code generators write.
 * @param files paths; none: the manifests of this project's own clients
 * @throws InvalidSettingsError naming each file that cannot be read, is no manifest, or has a text that is not its hash's
 */
export function readDocumentManifests(files: readonly string[]): readonly string[] {
  const faults: string[] = []
  const texts = (files.length > 0 ? files : OWN).flatMap((file) => {
    try {
      return textsIn(JSON.parse(readFileSync(file, 'utf8')))
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      faults.push(`TRUSTED_DOCUMENTS_MANIFEST: ${file}: ${code ?? message}`)
      return []
    }
  })
  if (faults.length > 0) throw new InvalidSettingsError(faults)
  return texts
}

function textsIn(manifest: unknown): string[] {
  const entries = entriesOf(manifest)
  const wrong = entries.find(([id, text]) => id.replace(/^sha256:/, '') !== sha256(text))
  if (wrong) throw new Error(`"${wrong[0].slice(0, 80)}" is not the SHA-256 of its document.`)
  return entries.map(([, text]) => text)
}

function entriesOf(manifest: unknown): (readonly [id: string, text: string])[] {
  const byApollo = apollo.safeParse(manifest)
  if (byApollo.success) return byApollo.data.operations.map(({ id, body }) => [id, body])
  const byCodegen = codegen.safeParse(manifest)
  if (byCodegen.success) return Object.entries(byCodegen.data)
  throw new Error('is no manifest of documents by their SHA-256.')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
