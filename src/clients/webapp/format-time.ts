/** The first language tag, with a region or without. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{2})?(?=[,;]|$)/i

/**
 * Formats a time as the user's language does, in UTC: the server does not know the user's time zone.
 * @param time milliseconds since 1970
 * @param acceptLanguage the header `Accept-Language`; British English without it
 */
export function formatTime(time: number, acceptLanguage = ''): string {
  const language = LANGUAGE.exec(acceptLanguage)?.[0] ?? 'en-GB'
  return new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(time)
}
