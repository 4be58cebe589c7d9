import { pick, useGraphiQL, useMonaco, useOperationsEditorState } from '@graphiql/react'
import { useEffect } from 'react'
import { type FieldPadlock, findLockedNames } from './padlocks.ts'

/** Underlines the names in the query that the token does not allow. */
export function useLockedMarkers(padlocks: readonly FieldPadlock[]): void {
  const monaco = useMonaco((state) => state.monaco)
  const { schema, queryEditor } = useGraphiQL(pick('schema', 'queryEditor'))
  const [query] = useOperationsEditorState()
  useEffect(() => {
    const model = queryEditor?.getModel()
    if (!monaco || !model) return
    const severity = monaco.MarkerSeverity.Warning
    const names = schema ? findLockedNames(schema, padlocks, query) : []
    const markers = names.map(({ line, column, name, requirement }) => ({
      ...new monaco.Range(line, column, line, column + name.length),
      severity,
      message: `requires ${requirement}`,
    }))
    monaco.editor.setModelMarkers(model, 'scopes', markers)
  }, [monaco, schema, padlocks, queryEditor, query])
}

/** The credentials of an Authorization header, and JWTs without a scheme. */
const CREDENTIALS = '(?<=\\b(?:Bearer|DPoP|Basic) +)[^\\s"]+|eyJ[\\w.-]+'
const DOTS = { inlineClassName: 'ide-hidden-token', beforeContentClassName: 'ide-token-dots' }

/** Shows dots in place of the tokens in the header editor. */
export function useMaskedTokens(): void {
  const headerEditor = useGraphiQL((state) => state.headerEditor)
  useEffect(() => {
    const model = headerEditor?.getModel()
    const decorations = headerEditor?.createDecorationsCollection()
    const update = () => {
      const matches = model?.findMatches(CREDENTIALS, true, true, false, null, false) ?? []
      decorations?.set(matches.map(({ range }) => ({ range, options: DOTS })))
    }
    update()
    // The editor's own event cannot be used: a change of decorations would emit it again.
    const subscription = model?.onDidChangeContent(update)
    return () => subscription?.dispose()
  }, [headerEditor])
}

/** Scrolls to the start of a query that replaces the text, as Prettify does: Monaco may scroll elsewhere. */
export function useQueryInView(): void {
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  useEffect(() => {
    const subscription = queryEditor?.onDidChangeModelContent(({ isFlush }) => {
      if (isFlush) queryEditor.setScrollPosition({ scrollTop: 0, scrollLeft: 0 })
    })
    return () => subscription?.dispose()
  }, [queryEditor])
}
