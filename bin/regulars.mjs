#!/usr/bin/env node
/** The executable `regulars`: in a clone it first makes sure that the sources are compiled, then hands over to the commands. */
import { makeReadyOrExit } from './ready.mjs'

makeReadyOrExit()
await import('../dist/src/cli.js')
