/** What the environment says about this installation, read and checked once, at the start. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { OidcSettings } from './access/oidc.ts'

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const wholeNumber = (lowest: number, highest: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, `must be between ${lowest} and ${highest}`)

const Environment = z.object({
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, 'must look like postgres://user:password@host:5432/database')
    .optional(),
  DATABASE_CONNECTIONS: wholeNumber(2, 1000).default(10),
  PORT: wholeNumber(0, 65_535).default(4000),
  // A first start prints a demo login and a key: whoever wants other machines to reach it says so, with 0.0.0.0.
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
  REGULARS_HOME: z.string().optional(),
  // Whoever may register a webhook could otherwise have this machine knock at doors inside its network.
  PRIVATE_WEBHOOKS: z.enum(['allow', 'refuse'], 'must be allow or refuse').default('refuse'),
  SIGNING_KEY: z.string().optional(),
  RATE_LIMIT: wholeNumber(0, 1_000_000).default(600),
  // Whoever could say by a header where they come from would be counted as somebody else each time.
  PROXIES: wholeNumber(0, 10).default(0),
  OIDC_ISSUER: z.string().refine(isIssuer, 'must be an https address').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  FILE_LIMIT_MB: wholeNumber(1, 1_000_000).default(2_000),
  BACKTESTS_AT_ONCE: wholeNumber(1, 64).default(1),
})

export interface Config {
  /** A server of one's own; null means the embedded one in `home`. */
  databaseUrl: string | null
  /** The most connections that are open to it at once. */
  databaseConnections: number
  /** 0 lets the system choose a free one. */
  port: number
  host: string
  logLevel: (typeof LEVELS)[number]
  /** Calls a second that a key may make unless its limits say otherwise; 0 for as many as it likes. */
  rate: number
  /** How many proxies of one's own stand before the server: so many of the addresses that they name are believed. */
  proxies: number
  /** The largest file of past orders that is taken, in bytes. */
  fileLimit: number
  /** How many backtests are worked out at once; the others wait. */
  backtestsAtOnce: number
  /** The folder of the embedded server: `.regulars` in the project unless said otherwise. */
  home: string
  /** Whether webhooks of live programs may lead to addresses inside the network. */
  privateWebhooks: boolean
  /** The private key that signs daily roots, as PEM or the path of a file with it; null for one that the database keeps. */
  signingKey: string | null
  /** The provider of the company's own accounts; null where people have passwords alone. */
  oidc: OidcSettings | null
}

/** Every mistake in one message, a line each. Values are not repeated: they may hold a password. */
export class ConfigMistaken extends Error {
  constructor(mistakes: readonly string[]) {
    super(`The environment is not as it must be:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`)
    this.name = 'ConfigMistaken'
  }
}

export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  // A variable that is set to nothing counts as not set, as in `PORT= npm start`.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    throw new ConfigMistaken(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`))
  }
  const { data } = parsed
  return {
    databaseUrl: data.DATABASE_URL ?? null,
    databaseConnections: data.DATABASE_CONNECTIONS,
    port: data.PORT,
    host: data.HOST,
    logLevel: data.LOG_LEVEL,
    rate: data.RATE_LIMIT,
    proxies: data.PROXIES,
    fileLimit: data.FILE_LIMIT_MB * 1_000_000,
    backtestsAtOnce: data.BACKTESTS_AT_ONCE,
    home: data.REGULARS_HOME ? resolve(data.REGULARS_HOME) : join(projectFolder(), '.regulars'),
    privateWebhooks: data.PRIVATE_WEBHOOKS === 'allow',
    signingKey: data.SIGNING_KEY ?? null,
    oidc: readOidc(data),
  }
}

/** All three or none: a provider that is named by half would leave people outside. */
function readOidc(data: z.output<typeof Environment>): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = data
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret }
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null
  throw new ConfigMistaken(['OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all three or none.'])
}

/** Without TLS only on this very machine, where one tries things. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname))
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
}

/** The clone that this file belongs to; an installed package belongs to the project that runs it. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  // Compiled files have a copy of package.json beside them, in a folder that people delete to build afresh.
  while (!existsSync(join(folder, 'bin', 'regulars.mjs'))) folder = dirname(folder)
  return folder.includes(`${sep}node_modules${sep}`) ? process.cwd() : folder
}
