/** What is counted in a running server, from outside: the server has no code for it. */
export interface Counters {
  /** Bytes that were allocated on V8's heap since the start; what was freed again is in it. */
  allocated(): Promise<number>
  /** Calls of JavaScript functions, Node's own among them, while the work is done. The server is slower for it, then and after. */
  calls(work: () => Promise<void>): Promise<number>
  close(): void
}

interface Coverage {
  readonly result: readonly { readonly functions: readonly { readonly ranges: readonly Range[] }[] }[]
}
interface Range {
  readonly count: number
}
interface Evaluated {
  readonly result: { readonly value?: unknown }
}
interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}
type Send = (method: string, parameters?: object) => Promise<unknown>

const ALLOCATED = "process.getBuiltinModule('v8').getHeapStatistics().total_allocated_bytes"

/**
 * Opens the inspector of a Node that was started with `--inspect` on this port of the loopback. Throws where there is
 * none, and where a counter is missing in that Node.
 */
export async function openCounters(port: number): Promise<Counters> {
  const { send, close } = await openInspector(port)

  async function allocated(): Promise<number> {
    const { result } = (await send('Runtime.evaluate', { expression: ALLOCATED })) as Evaluated
    if (typeof result.value !== 'number') throw new Error('This Node does not count the bytes it allocates')
    return result.value
  }

  async function calls(work: () => Promise<void>): Promise<number> {
    await send('Profiler.enable')
    await send('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    await work()
    const { result } = (await send('Profiler.takePreciseCoverage')) as Coverage
    await send('Profiler.stopPreciseCoverage')
    await send('Profiler.disable')
    const functions = result.flatMap((script) => script.functions)
    return functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
  }

  return { allocated, calls, close }
}

async function openInspector(port: number): Promise<{ send: Send; close(): void }> {
  const list = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await list.json()) as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await opened(socket)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Answer
    if (error === undefined) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(error.message))
    waiting.delete(id)
  })
  // A server that died would otherwise be waited for, here and in what is sent after.
  const gone = new Error('The inspector has gone')
  socket.addEventListener('close', () => {
    for (const one of waiting.values()) one.reject(gone)
  })

  const send: Send = async (method, params = {}) => {
    if (socket.readyState !== WebSocket.OPEN) throw gone
    last += 1
    const answer = Promise.withResolvers<unknown>()
    waiting.set(last, answer)
    socket.send(JSON.stringify({ id: last, method, params }))
    return answer.promise
  }
  return { send, close: () => socket.close() }
}

async function opened(socket: WebSocket): Promise<void> {
  const open = Promise.withResolvers<void>()
  socket.addEventListener('open', () => open.resolve(), { once: true })
  socket.addEventListener('error', () => open.reject(new Error('The inspector cannot be reached')), {
    once: true,
  })
  await open.promise
}
