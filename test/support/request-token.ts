/** Requests an access token from the embedded authorization server, with the credentials of the job. */
export async function requestToken(issuerUrl: string, scope: string): Promise<string> {
  const response = await fetch(`${issuerUrl}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
