import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { InvalidSettingsError } from './resolve-settings.ts'

/** The manifests of this project's own clients, written by `npm run codegen`. */
const OWN_MANIFESTS = ['job', 'webapp'].map((client) =>
  fileURLToPath(new URL(`../generated/${client}/persisted-documents.json`, import.meta.url)),
)

/** The manifest of Apollo's generate-persisted-query-manifest. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})
/** The manifest of GraphQL Code Generator's client preset: documents by `sha256:…`. */
const codegenManifest = z.record(z.string(), z.string())
const manifestSchema = z.union(
  [
    apolloManifest.transform(({ operations }) => operations),
    codegenManifest.transform((documents) => Object.entries(documents).map(([id, body]) => ({ id, body }))),
  ],
  'contains no manifest of documents by their SHA-256.',
)

/**
 * Reads the documents of trusted-document manifests.
 * @param files paths; if empty, the manifests of this project's own clients
 * @throws InvalidSettingsError naming each file that cannot be read, is no manifest, or has a document with another hash
 */
export function readDocumentManifests(files: readonly string[]): readonly string[] {
  const errors: string[] = []
  const documents: string[] = []
  for (const file of files.length > 0 ? files : OWN_MANIFESTS)
    try {
      documents.push(...readDocuments(JSON.parse(readFileSync(file, 'utf8'))))
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      errors.push(
        files.length > 0
          ? `TRUSTED_DOCUMENTS_MANIFEST: ${file}: ${code ?? message}`
          : `${file} cannot be read (${code ?? message}). Run "npm run codegen".`,
      )
    }
  if (errors.length > 0) throw new InvalidSettingsError(errors)
  return documents
}

function readDocuments(manifest: unknown): string[] {
  const { data: entries, error } = manifestSchema.safeParse(manifest)
  if (error) throw new Error(error.issues[0]?.message)
  const invalid = entries.find(({ id, body }) => id.replace(/^sha256:/, '') !== hash('sha256', body))
  if (invalid) throw new Error(`"${invalid.id.slice(0, 80)}" is not the SHA-256 of its document.`)
  return entries.map(({ body }) => body)
}
