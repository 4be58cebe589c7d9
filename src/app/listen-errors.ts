import type { SettingName } from '../config/settings.ts'
import { ExitError } from '../errors/exit-error.ts'

const MAX_PORT = 65_535

/** The fields that Node sets on errors of `listen` and of the lookup before it. */
type ListenError = {
  readonly code?: string
  readonly port?: number
  readonly address?: string
  readonly hostname?: string
}

/** Runs `start`. If a server cannot listen, throws an ExitError that names the setting to change. */
export async function explainListenErrors<T>(setting: SettingName, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const explanation = explain(error as ListenError, setting)
    throw explanation === undefined ? error : new ExitError(explanation)
  }
}

function explain({ code, port = 0, address, hostname }: ListenError, setting: SettingName) {
  const advice = (other: number) => `Set ${setting} to another one, for example ${setting}=${other}.`
  if (code === 'EADDRINUSE')
    return `Port ${port} is already in use. ${advice(port < MAX_PORT ? port + 1 : port - 1)}`
  if (code === 'EACCES' && port > 0)
    return `Port ${port} requires privileges that this user lacks. ${advice(port + 4_000)}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `This machine has no address ${address ?? hostname}. Set HOST to an address of this machine, for example HOST=127.0.0.1.`
  return undefined
}
