const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Tests whether a URL names this machine, by its host as the URL standard spells it. */
export const isLoopbackUrl = ({ hostname }: URL): boolean => LOOPBACK_HOSTS.has(hostname)
