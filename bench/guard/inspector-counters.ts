/** Counters of a running Node process, read through its inspector. */
export interface InspectorCounters {
  /** Returns the bytes allocated on V8's heap since the start, freed ones included. */
  allocatedBytes(): Promise<number>
  /** Counts calls of JavaScript functions, Node's own included, during `work`. The process is slower from then on. */
  countCalls(work: () => Promise<void>): Promise<number>
  close(): void
}

interface ScriptCoverage {
  readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[]
}
interface InspectorMessage {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

const ALLOCATED_BYTES = "process.getBuiltinModule('v8').getHeapStatistics().total_allocated_bytes"

/**
 * Connects to the inspector of a Node that was started with `--inspect`.
 * @param output what it printed, which names the inspector's URL
 * @throws Error when there is no inspector, and later when this Node lacks a counter
 */
export async function openInspectorCounters(output: string): Promise<InspectorCounters> {
  const [url = ''] = /ws:\/\/\S+/.exec(output) ?? []
  const { send, close } = await openInspector(url)
  return {
    async allocatedBytes() {
      const { result } = (await send('Runtime.evaluate', { expression: ALLOCATED_BYTES })) as {
        result: { value?: unknown }
      }
      if (typeof result.value !== 'number') throw new Error('This Node does not count allocated bytes')
      return result.value
    },
    async countCalls(work) {
      await send('Profiler.enable')
      await send('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
      await work()
      const { result } = (await send('Profiler.takePreciseCoverage')) as { result: readonly ScriptCoverage[] }
      await send('Profiler.stopPreciseCoverage')
      await send('Profiler.disable')
      const functions = result.flatMap((script) => script.functions)
      return functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
    },
    close,
  }
}

async function openInspector(url: string) {
  const socket = new WebSocket(url)
  const opened = Promise.withResolvers<void>()
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const closed = new Error('The inspector closed the connection')
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', () => opened.reject(new Error('The inspector cannot be reached')))
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as InspectorMessage
    if (error === undefined) pending.get(id)?.resolve(result)
    else pending.get(id)?.reject(new Error(error.message))
    pending.delete(id)
  })
  socket.addEventListener('close', () => {
    for (const request of pending.values()) request.reject(closed)
  })
  await opened.promise

  let lastId = 0
  async function send(method: string, params: object = {}): Promise<unknown> {
    if (socket.readyState !== WebSocket.OPEN) throw closed
    lastId += 1
    const response = Promise.withResolvers<unknown>()
    pending.set(lastId, response)
    socket.send(JSON.stringify({ id: lastId, method, params }))
    return response.promise
  }
  return { send, close: () => socket.close() }
}
