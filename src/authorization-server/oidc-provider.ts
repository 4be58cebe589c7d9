import type { Provider as OidcProvider } from 'oidc-provider'

/** Imports oidc-provider without its warning about a Node.js that has no LTS code name, which no option turns off. */
async function importOidcProvider() {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

export const { errors, interactionPolicy, Provider } = await importOidcProvider()
export type Provider = OidcProvider
