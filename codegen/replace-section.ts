import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces the text between `<!-- NAME: npm run codegen -->` and `<!-- /NAME -->` in a Markdown file. */
export function replaceSection(file: string, name: string, content: string): void {
  const text = readFileSync(file, 'utf8')
  const section = new RegExp(`(<!-- ${name}: npm run codegen -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!section.test(text)) throw new Error(`${file} has no section "${name}"`)
  writeFileSync(
    file,
    text.replace(section, (_, start, end) => `${start}${content}\n${end}`),
  )
}
