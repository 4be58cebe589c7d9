export interface Stage {
  readonly name: string
  /** Names of functions and files: whichever of them stands innermost on the stack has the time. */
  readonly frames: RegExp
}

/** Where a request's time goes, from the socket to the socket; the first that fits a frame has it. */
export const stages: readonly Stage[] = [
  {
    name: 'garbage collection',
    frames: /Scaveng|MarkCompact|Heap::CollectGarbage|Sweeper|MarkingVisitor|IncrementalMarking/,
  },
  {
    name: 'write: head, socket, the kernel’s part',
    frames:
      /_http_outgoing|_http_server:.*(writeHead|resOnFinish)|WriteUtf8String|WriteString|DoTryWrite|sock_sendmsg|ksys_write|src\/http\/visit/,
  },
  { name: 'storage', frames: /src\/store|kysely|sqlite3|node::sqlite|node_modules\/pg\// },
  { name: 'token', frames: /src\/token/ },
  { name: 'scopes: plan, decide', frames: /src\/scopes|scope-gate/ },
  {
    name: 'documents: limits, parse and validate, or their caches',
    frames:
      /document-limits|document-size|document-store|trusted-documents|computeQueryHash|graphql\/(?:language|validation|utilities)/,
  },
  {
    name: 'execute',
    frames: /src\/executor|src\/api\/(?:compiled|resolvers|book)|graphql-scalars|node_modules\/graphql\//,
  },
  { name: 'serialise', frames: /JsonStringif|JSONStringify/ },
  {
    name: 'body',
    frames:
      /src\/http\/body|internal\/streams\/readable|JsonParse|JSONParse|parseBody|IncomingMessage\._read/,
  },
  { name: 'Apollo Server’s pipeline', frames: /@apollo|negotiator|whatwg-mimetype/ },
  { name: 'numbers and log', frames: /prom-client|src\/metrics|src\/log|src\/audit|pino/ },
  { name: 'our own rooms: front, handle, guard, runner', frames: /src\/(?:http|api|start-)|find-my-way/ },
  {
    name: 'HTTP: parse, head',
    frames: /llhttp|http_parser|Parser::|_http_common|_http_incoming|_http_server/,
  },
  {
    name: 'socket: read, wait',
    frames:
      /uv__read|uv__stream|onStreamRead|stream_base_commons|tcp_recvmsg|sock_recv|ksys_read|epoll|node:net/,
  },
  {
    name: 'event loop: microtasks, timers, events',
    frames:
      /RunMicrotasks|processTicks|internal\/timers|CheckImmediate|InternalCallbackScope|node:events|async_hooks|uv_run/,
  },
]

/** Samples of other threads: V8's, which compile and collect garbage beside the requests. */
export const BACKGROUND = 'V8’s background threads'
/** What no stage has: allocations in C++, above all, which lose their stack. */
export const OTHER = 'no stage known'
