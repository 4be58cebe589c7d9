import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { compose, fetchSdl } from './compose.js'
import { reviewsSdl, startReviews } from './reviews.js'

// Composes FakeBook and the reviews, and starts the reviews and the gateway. FakeBook must run: `SUBGRAPH=on npm start`.
const { API_URL = 'http://localhost:4000', REVIEWS_PORT = '4100', PORT = '4200' } = process.env

const books = `${API_URL}/graphql`
const reviews = await startReviews(Number(REVIEWS_PORT))
const supergraph = compose([
  { name: 'books', url: books, sdl: await fetchSdl(books) },
  { name: 'reviews', url: reviews, sdl: reviewsSdl },
])
writeFileSync('supergraph.graphql', supergraph)

const args = ['supergraph', 'supergraph.graphql', '--host', 'localhost', '--port', PORT]
const gateway = spawn('hive-gateway', args, { stdio: 'inherit' })
gateway.on('exit', (code) => process.exit(code ?? 1))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => gateway.kill(signal))
