/** What the process of a study is handed, and what it tells: plain data, which is kept until the study is done. */

import type { Reading } from './reading.ts'

/** A program as its text, and the revision that it is compiled as. */
export interface ProgramText {
  source: string
  revision: number
}

/** Orders of a file that was handed in; `path` is where it stands on this machine. */
export interface FileHistory {
  path: string
  map: Record<string, string>
  currency: string
  timezone: string
  /** Where history ends, in ms; null with the last order. */
  until: number | null
}

/** What members of a live program did. */
export interface LedgerHistory {
  program: string
  number: number
  inForce: ProgramText
  /** In ms; null from the beginning. */
  since: number | null
  until: number
}

/** Shares of what rewards save members, that they cost the business. */
export interface RewardCosts {
  all: number
  own: Record<string, number>
}

export interface BacktestTask {
  kind: 'backtest'
  program: ProgramText
  against: ProgramText | null
  history: FileHistory | LedgerHistory
  models: ('none' | 'at-once' | 'saver' | 'random' | 'past')[] | null
  chance: number
  response: { closeness: number; speedup: number } | null
  margin: number
  rewardCosts: RewardCosts
  seed: number
  seeds: number
}

export interface BalanceTask {
  kind: 'balance'
  program: ProgramText
  history: FileHistory
  vary: string[]
  steps: number | null
  target: string | null
  thresholds: string[]
  model: 'none' | 'at-once' | 'saver' | 'random'
  chance: number
  margin: number
  rewardCosts: RewardCosts
}

export interface ReadingTask {
  kind: 'reading'
  history: FileHistory
}

export type Task = BacktestTask | BalanceTask | ReadingTask

/** What a process begins with; the database's address holds a password, so it is never kept with the task. */
export interface Begun {
  task: Task
  url: string
}

export interface Findings {
  /** The texts that the command writes with `--json` and `--html`. */
  report: string
  page: string
  /** A few figures, for lists. */
  summary: Record<string, unknown>
}

/** `problem` is a sentence for whoever asked; `mistake` is one of ours, for the log. */
export type Told =
  | { progress: number }
  | { found: Findings }
  | { reading: Reading }
  | { problem: string }
  | { mistake: string }
