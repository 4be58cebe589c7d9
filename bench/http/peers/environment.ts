/** Returns the port and the issuer that the run gives to a peer; throws where one is missing. */
export function environment(): { readonly port: number; readonly issuer: string } {
  const { PORT, OKTA_ISSUER } = process.env
  if (PORT === undefined || OKTA_ISSUER === undefined) throw new Error('PORT and OKTA_ISSUER are needed')
  return { port: Number(PORT), issuer: OKTA_ISSUER }
}
