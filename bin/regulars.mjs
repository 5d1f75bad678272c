#!/usr/bin/env -S node --max-semi-space-size=64
/**
 * The executable `regulars`: in a clone it first makes sure that the sources are compiled, then hands over to the commands.
 * What a thousand calls in flight hold at once fits into young generations of 64 MB; in Node's own 16 MB it would be taken
 * for long-lived, and collecting it cost a tenth of the server's time.
 */
import { makeReadyOrExit } from './ready.mjs'

makeReadyOrExit()
await import('../dist/src/cli.js')
