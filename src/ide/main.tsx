import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './ide.css'
import { createRoot } from 'react-dom/client'
import { arrive } from './arrive.ts'
import { Ide } from './ide.tsx'
import { keptSession } from './session.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(document.getElementById('settings')?.textContent ?? '')
const arrival = await arrive(settings)
const session = arrival?.kind === 'signed-in' ? arrival.session : keptSession()
const place = document.getElementById('ide')
if (place) createRoot(place).render(<Ide settings={settings} session={session} arrival={arrival} />)
