import type { Provider as OidcProvider } from 'oidc-provider'

/** oidc-provider's warning about a Node.js without an LTS code name in `process.release`, which Node 26 may not have. */
const RUNTIME_WARNING = 'Unsupported runtime. Use Node.js v22.x LTS, or a later LTS release.'

/** Imports oidc-provider without its warning about the runtime, which no option turns off. Other messages are printed. */
async function importOidcProvider() {
  const { warn } = console
  console.warn = (...message) => {
    if (!String(message[0]).includes(RUNTIME_WARNING)) warn(...message)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

export const { errors, interactionPolicy, Provider } = await importOidcProvider()
export type Provider = OidcProvider
