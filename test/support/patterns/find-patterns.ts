import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ESTree, parseSync, Visitor } from 'vite'
import { PROJECT_ROOT } from '../project-root.ts'

export type Pattern = { readonly file: string; readonly source: string; readonly flags: string }

/** Finds every regular expression below `src` that repeats something; others take few steps at each position. */
export const findPatterns = (): readonly Pattern[] =>
  readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('generated'))
    .flatMap(findInFile)
    .filter(({ source }) => /[*+{]/.test(source))

function findInFile(file: string): readonly Pattern[] {
  const patterns: Pattern[] = []
  const addCall = ({ callee, arguments: [source, flags] }: ESTree.NewExpression | ESTree.CallExpression) => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp')
      patterns.push({ file, source: readText(source), flags: flags ? readText(flags) : '' })
  }
  const visitor = new Visitor({
    NewExpression: addCall,
    CallExpression: addCall,
    Literal(node) {
      if ('regex' in node) patterns.push({ file, source: node.regex.pattern, flags: node.regex.flags })
    },
  })
  visitor.visit(parseSync(file, readFileSync(join(PROJECT_ROOT, 'src', file), 'utf8')).program)
  return patterns
}

/** Returns the text of a string, or of a template with a name in place of each expression. @throws Error for other nodes */
function readText(node: ESTree.Node | undefined): string {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.cooked).join('name')
  throw new Error('A computed pattern cannot be checked: write it as a literal.')
}
