/**
 * A decision is many small functions, one for each idea, that V8 puts into each other as it compiles them. It stops at
 * 920 bytes of code, half-way through a decision; with room for all of it a backtest takes a tenth less. To be imported
 * by whatever decides much, for its effect alone.
 */

import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000')
setFlagsFromString('--max-inlined-bytecode-size=1000')
