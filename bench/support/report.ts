/** Formats a Markdown table with the rows' keys as its head. All columns but the first are aligned as numbers. */
export function markdownTable(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const head = Object.keys(rows[0] ?? {})
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  const cells = rows.map((row) => Object.values(row))
  return [head, rule, ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** Prints progress to stderr; stdout has the report alone. */
export function log(line: string): void {
  console.error(`bench: ${line}`)
}
