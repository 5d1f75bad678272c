/** How the embedded server is set up: for one small machine that keeps a business's books. */
import { totalmem } from 'node:os'

const MB = 1024 * 1024

/** Settings that are passed at every start, so that a new release brings its own to old data. */
export function serverSettings(port: number): Record<string, string> {
  const memory_mb = availableMemory() / MB
  return {
    // Only this machine, and only by password: there is no socket file that others could find.
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',

    // What was answered is on the disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Not `minimal`, which writes hardly less for short transactions, so that a base backup or a replica can be taken
    // with PostgreSQL's own tools while the server runs.
    wal_level: 'replica',
    // Room for writing between two checkpoints: after each one, every page is written whole once.
    max_wal_size: '4GB',
    min_wal_size: '512MB',
    checkpoint_timeout: '15min',

    // Modest shares: the machine has other work, and the system's file cache does the rest.
    shared_buffers: `${Math.round(between(64, memory_mb / 8, 2048))}MB`,
    effective_cache_size: `${Math.round(memory_mb / 2)}MB`,
    work_mem: '16MB',
    maintenance_work_mem: `${Math.round(between(64, memory_mb / 32, 256))}MB`,

    // Compiling a statement costs more than our short statements take, and solid-state disks seek for nothing.
    jit: 'off',
    random_page_cost: '1.1',

    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors are logged without the values that caused them, which may be somebody's phone number.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  }
}

/** The machine's memory, or what a container may use of it. */
function availableMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function between(lowest: number, value: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value))
}
