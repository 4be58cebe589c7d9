import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { StartOptions } from '../package/start-options.ts'

/** A process of test/support/package/server.ts. */
export type ServerProcess = {
  /** Starts a server for a schema; returns the URL of its endpoint. */
  readonly start: (server: string, sdl: string, options: StartOptions) => Promise<string>
  /** Returns the fields whose resolvers were called, by the header `X-Request-Id` of the request. */
  readonly readCalls: () => Promise<ReadonlyMap<string, readonly string[]>>
  readonly stop: () => Promise<void>
}

type Message = {
  readonly url?: string
  readonly done?: true
  readonly call?: { readonly requestId: string; readonly field: string }
}

export function startServerProcess(folder: string): ServerProcess {
  const child: ChildProcess = fork(join(folder, 'server.ts'), {
    cwd: folder,
    env: { PATH: process.env.PATH },
    execArgv: [],
    // graphql-http prints the errors that it does not return.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const calls = new Map<string, string[]>()
  child.on('message', ({ call }: Message) => {
    if (call) calls.set(call.requestId, [...(calls.get(call.requestId) ?? []), call.field])
  })

  /** Not a loop of `once`, which misses messages that arrive together. */
  const waitFor = <Name extends 'url' | 'done'>(name: Name) =>
    new Promise<NonNullable<Message[Name]>>((resolve, reject) => {
      const fail = () => reject(new Error('The server process has ended.'))
      child.once('exit', fail)
      child.on('message', function listener(message: Message) {
        const value = message[name]
        if (value === undefined) return
        child.off('message', listener)
        child.off('exit', fail)
        resolve(value)
      })
    })

  return {
    start(server, sdl, options) {
      const url = waitFor('url')
      child.send({ server, sdl, options })
      return url
    },
    async readCalls() {
      const done = waitFor('done')
      child.send({})
      await done
      return calls
    },
    async stop() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}
