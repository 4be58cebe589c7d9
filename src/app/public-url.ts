import { toMetadataUrl } from '../routes/metadata.ts'

/** The public URL of the API. Without API_URL it is the address that the server listens on, which is known only then. */
export class PublicUrl {
  #url: string
  #metadataUrl: string

  constructor(configuredUrl: string | undefined) {
    this.#url = configuredUrl ?? ''
    this.#metadataUrl = configuredUrl === undefined ? '' : toMetadataUrl(configuredUrl)
  }

  /** Sets the URL, unless API_URL has set it. */
  setDefault(url: string): void {
    if (this.#url !== '') return
    this.#url = url
    this.#metadataUrl = toMetadataUrl(url)
  }

  readonly get = (): string => this.#url

  /** Returns the URL of the API's metadata (RFC 9728). */
  readonly getMetadataUrl = (): string => this.#metadataUrl
}
