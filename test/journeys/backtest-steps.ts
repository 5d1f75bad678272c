/** What somebody does on the pages of backtests, step by step, for journeys that lead through them. */

import type { Page } from 'playwright-core'

/** Hands in a file of past orders, and waits until it is told what was understood. */
export async function dropOrders(page: Page, path: string): Promise<void> {
  await page.setInputFiles('input[type=file]', path)
  await page.getByRole('heading', { name: 'What was understood' }).waitFor()
}

/** Says which column a field is read from. */
export async function mendColumn(page: Page, field: string, column: string): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page.getByRole('option', { name: column, exact: true }).click()
}

/** Runs the backtest of what the page shows, and waits for its answer. */
export async function runBacktest(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run the backtest' }).click()
  await page.getByRole('heading', { name: 'Is it too generous or too stingy?' }).waitFor()
}
